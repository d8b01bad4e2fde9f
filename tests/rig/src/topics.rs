//! What a broker's topics hold.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::Context;
use chrono::{DateTime, Utc};
use rdkafka::{
    ClientConfig, Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    error::{KafkaError, RDKafkaErrorCode},
    message::Headers,
};

const PATIENCE: Duration = Duration::from_secs(30);

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The topic it is in.
    pub topic: String,
    /// The partition of that.
    pub partition: i32,
    /// When it was published.
    pub at: DateTime<Utc>,
    /// Its key, as text.
    pub key: String,
    /// Its headers.
    pub headers: BTreeMap<String, String>,
    /// Its value, as text.
    pub value: String,
}

impl Record {
    /// The CloudEvents attribute `name`.
    ///
    /// # Panics
    /// It has none.
    #[must_use]
    pub fn attribute(&self, name: &str) -> &str {
        self.headers.get(&format!("ce_{name}")).expect("it has the attribute")
    }
}

/// Everything that `topics` hold now, in the order of each partition. `client` says how to speak to the broker.
///
/// # Errors
/// The broker cannot be asked.
pub fn records(client: &ClientConfig, topics: &[String]) -> anyhow::Result<Vec<Record>> {
    let mut client = client.clone();
    client
        .set("group.id", "looks")
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "false");
    let consumer: BaseConsumer = client.create()?;
    let (mut left, mut partitions) = (BTreeMap::new(), TopicPartitionList::new());
    for topic in topics {
        let metadata = consumer.fetch_metadata(Some(topic), PATIENCE)?;
        for partition in metadata.topics().first().context("a topic has metadata")?.partitions() {
            let (low, high) = watermarks(&consumer, topic, partition.id())?;
            partitions.add_partition_offset(topic, partition.id(), Offset::Offset(low))?;
            left.insert((topic.clone(), partition.id()), high);
        }
    }
    left.retain(|_, high| *high > 0);
    consumer.assign(&partitions)?;
    let (mut records, began) = (Vec::new(), Instant::now());
    while !left.is_empty() {
        anyhow::ensure!(
            began.elapsed() < PATIENCE,
            "the broker does not give what it has: {left:?}"
        );
        let Some(message) = consumer.poll(Duration::from_millis(100)) else {
            continue;
        };
        let message = message?;
        let place = (message.topic().to_owned(), message.partition());
        let is_last = left.get(&place).is_none_or(|high| message.offset() + 1 >= *high);
        if is_last {
            left.remove(&place);
        }
        records.push(record(&message)?);
    }
    Ok(records)
}

/// Where a partition begins and ends. That of a new topic has no leader yet for a moment.
fn watermarks(consumer: &BaseConsumer, topic: &str, partition: i32) -> anyhow::Result<(i64, i64)> {
    let began = Instant::now();
    loop {
        match consumer.fetch_watermarks(topic, partition, PATIENCE) {
            Err(KafkaError::MetadataFetch(
                RDKafkaErrorCode::NotLeaderForPartition | RDKafkaErrorCode::LeaderNotAvailable,
            )) if began.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(20)),
            known => return Ok(known?),
        }
    }
}

fn record(message: &impl Message) -> anyhow::Result<Record> {
    let text = |bytes: Option<&[u8]>| anyhow::Ok(std::str::from_utf8(bytes.unwrap_or_default())?.to_owned());
    let mut headers = BTreeMap::new();
    for header in message.headers().context("a record has headers")?.iter() {
        headers.insert(header.key.to_owned(), text(header.value)?);
    }
    Ok(Record {
        topic: message.topic().to_owned(),
        partition: message.partition(),
        at: message
            .timestamp()
            .to_millis()
            .and_then(DateTime::from_timestamp_millis)
            .context("a record says when it was published")?,
        key: text(message.key())?,
        headers,
        value: text(message.payload())?,
    })
}
