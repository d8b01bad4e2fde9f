//! Reading dead letters, one at a time.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use rdkafka::{
    Message, Offset, TopicPartitionList,
    consumer::{Consumer, StreamConsumer},
    error::KafkaError,
    message::BorrowedMessage,
    types::RDKafkaErrorCode,
};
use tokio::time::{Instant, timeout_at};

use super::{
    DeadLetter, Place,
    marks::{self, Replayed},
};
use crate::{Settings, complaints::Complaints, topics};

/// How long Kafka may say nothing.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait for a partition to have a leader before asking again.
const LEADERLESS: Duration = Duration::from_millis(20);

/// Reads dead letters.
pub struct Reader {
    consumer: Arc<StreamConsumer<Complaints>>,
    complaints: Complaints,
}

/// The letters of one function, in the order of each partition. Those that come later are not among them.
#[derive(Debug)]
pub struct Letters<'a> {
    reader: &'a mut Reader,
    left: VecDeque<Part>,
    under_way: Option<(Part, Replayed)>,
}

/// What a partition holds from an offset on.
#[derive(Debug, Clone, Copy)]
struct Part {
    next: Place,
    end: i64,
}

impl Reader {
    /// A reader.
    ///
    /// # Errors
    /// The settings are of no use to the client.
    pub fn new(settings: &Settings) -> Result<Self, KafkaError> {
        let complaints = Complaints::default();
        let consumer = settings
            .client()
            // The client asks for a name, and nothing is done under it.
            .set("group.id", "dormouse-dead-letters")
            .set("enable.auto.commit", "false")
            .set("enable.partition.eof", "true")
            .set("auto.offset.reset", "earliest")
            .set("queued.max.messages.kbytes", "4096")
            .set("fetch.wait.max.ms", "50")
            .create_with_context(complaints.clone())?;
        Ok(Self {
            consumer: Arc::new(consumer),
            complaints,
        })
    }

    /// What `function` could not take and was not replayed since.
    ///
    /// # Errors
    /// Kafka does not answer.
    pub async fn letters_of(&mut self, function: &'static str) -> anyhow::Result<Letters<'_>> {
        let left = self.parts(function).await?.into();
        Ok(Letters {
            reader: self,
            left,
            under_way: None,
        })
    }

    /// The letter at `place`, unless it was replayed.
    ///
    /// # Errors
    /// Kafka does not answer.
    pub async fn find(&mut self, place: Place) -> anyhow::Result<Option<DeadLetter>> {
        let parts = self.parts(place.function).await?;
        let part = parts.into_iter().find(|part| {
            part.next.partition == place.partition && part.next.offset <= place.offset && place.offset < part.end
        });
        let Some(part) = part else {
            return Ok(None);
        };
        let left = VecDeque::from([Part { next: place, ..part }]);
        let mut letters = Letters {
            reader: self,
            left,
            under_way: None,
        };
        // What is there after one that is gone is another.
        Ok(letters.next().await?.filter(|letter| letter.place == place))
    }

    /// What each partition of `function`'s topic holds now; nothing where there is no such topic.
    async fn parts(&self, function: &'static str) -> anyhow::Result<Vec<Part>> {
        let consumer = Arc::clone(&self.consumer);
        let asked = tokio::task::spawn_blocking(move || parts(&consumer, function)).await?;
        asked.map_err(|error| self.complaints.explain(&error))
    }

    /// What was replayed of `part`, which is begun with.
    async fn replayed(&self, mut part: Part) -> anyhow::Result<Replayed> {
        let mut replayed = Replayed::default();
        let partitions = partitions(part)?;
        self.consumer.assign(&partitions)?;
        while let Some(record) = self.next(&mut part).await? {
            if let Some(offset) = marks::marked(&record) {
                replayed.add(offset);
            }
        }
        Ok(replayed)
    }

    /// Goes back to where `part` begins. It is assigned already, and not once more: librdkafka 2.12 may abort the process over
    /// one that is assigned again while it ends.
    async fn begin_again(&self, part: Part) -> anyhow::Result<()> {
        let (consumer, partitions) = (Arc::clone(&self.consumer), partitions(part)?);
        let seeking = tokio::task::spawn_blocking(move || consumer.seek_partitions(partitions, PATIENCE));
        let sought = seeking.await?.map_err(|error| self.complaints.explain(&error))?;
        for partition in sought.elements() {
            partition.error()?;
        }
        Ok(())
    }

    /// The next record of the part that was begun.
    async fn next(&self, part: &mut Part) -> anyhow::Result<Option<BorrowedMessage<'_>>> {
        let deadline = Instant::now() + PATIENCE;
        while part.next.offset < part.end {
            match timeout_at(deadline, self.consumer.recv()).await {
                Ok(Ok(record)) => {
                    let offset = record.offset();
                    part.next.offset = offset + 1;
                    return Ok(Some(record).filter(|_| offset < part.end));
                }
                // The last offsets may have no record.
                Ok(Err(KafkaError::PartitionEOF(_))) => return Ok(None),
                // The client tries on by itself.
                Ok(Err(error)) => self.complaints.note(error.to_string()),
                Err(_) => {
                    let timed_out = KafkaError::MessageConsumption(RDKafkaErrorCode::OperationTimedOut);
                    return Err(self.complaints.explain(&timed_out));
                }
            }
        }
        Ok(None)
    }
}

impl Letters<'_> {
    /// The next letter.
    ///
    /// # Errors
    /// Kafka does not answer.
    pub async fn next(&mut self) -> anyhow::Result<Option<DeadLetter>> {
        loop {
            let Some((part, replayed)) = &mut self.under_way else {
                let Some(part) = self.left.pop_front() else {
                    return Ok(None);
                };
                if part.next.offset >= part.end {
                    continue;
                }
                let replayed = self.reader.replayed(part).await?;
                self.reader.begin_again(part).await?;
                self.under_way = Some((part, replayed));
                continue;
            };
            let Some(record) = self.reader.next(part).await? else {
                self.under_way = None;
                continue;
            };
            let offset = record.offset();
            if marks::marked(&record).is_none() && !replayed.contains(offset) {
                return Ok(Some(DeadLetter::of(Place { offset, ..part.next }, &record)));
            }
        }
    }
}

/// Where the client is to read.
fn partitions(part: Part) -> Result<TopicPartitionList, KafkaError> {
    let (place, mut partitions) = (part.next, TopicPartitionList::new());
    partitions.add_partition_offset(&place.topic(), place.partition, Offset::Offset(place.offset))?;
    Ok(partitions)
}

fn parts(consumer: &StreamConsumer<Complaints>, function: &'static str) -> Result<Vec<Part>, KafkaError> {
    let topic = topics::dead_letters_of(function);
    let metadata = consumer.fetch_metadata(Some(&topic), PATIENCE)?;
    let mut parts = Vec::new();
    for found in metadata.topics() {
        match found.error().map(RDKafkaErrorCode::from) {
            None => {}
            Some(RDKafkaErrorCode::UnknownTopic | RDKafkaErrorCode::UnknownTopicOrPartition) => return Ok(parts),
            Some(code) => return Err(KafkaError::MetadataFetch(code)),
        }
        for partition in found.partitions().iter().map(|partition| partition.id()) {
            let (offset, end) = watermarks(consumer, &topic, partition)?;
            let next = Place {
                function,
                partition,
                offset,
            };
            parts.push(Part { next, end });
        }
    }
    Ok(parts)
}

/// Where a partition begins and ends. One that is new or moves has no leader for a moment.
fn watermarks(consumer: &StreamConsumer<Complaints>, topic: &str, partition: i32) -> Result<(i64, i64), KafkaError> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match consumer.fetch_watermarks(topic, partition, PATIENCE) {
            Err(KafkaError::MetadataFetch(
                RDKafkaErrorCode::NotLeaderForPartition | RDKafkaErrorCode::LeaderNotAvailable,
            )) if Instant::now() < deadline => std::thread::sleep(LEADERLESS),
            known => return known,
        }
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}
