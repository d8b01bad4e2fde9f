//! A consumer of the topics, who notes when it has each event.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::Context;
use kafka::topics;
use rdkafka::{
    ClientConfig, Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    message::Headers,
};
use tokio::sync::watch;
use uuid::Uuid;

use super::Broker;

/// How long an event may take before it counts as missing.
const PATIENCE: Duration = Duration::from_secs(60);

/// When each event was had first.
type Seen = HashMap<Uuid, Instant>;

/// A consumer that watches until this is dropped.
pub(super) struct Watcher {
    seen: watch::Receiver<Seen>,
    is_over: Arc<AtomicBool>,
    watching: Option<JoinHandle<()>>,
}

impl Watcher {
    /// Watches every topic from its first record on.
    pub(super) fn start(broker: &Broker) -> anyhow::Result<Self> {
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", broker.servers())
            .set("group.id", "watches")
            .set("enable.auto.commit", "false")
            .create()?;
        let mut partitions = TopicPartitionList::new();
        for topic in topics::all() {
            for partition in 0..topic.partitions {
                partitions.add_partition_offset(&topic.name, partition, Offset::Beginning)?;
            }
        }
        consumer.assign(&partitions)?;
        let (sender, seen) = watch::channel(Seen::new());
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let watching = std::thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                // What it cannot read now, or at all, is missed by whoever waits for it.
                let Some(Ok(message)) = consumer.poll(Duration::from_millis(100)) else {
                    continue;
                };
                let at = Instant::now();
                if let Some(id) = id_of(&message) {
                    sender.send_modify(|seen| {
                        seen.entry(id).or_insert(at);
                    });
                }
            }
        });
        Ok(Self {
            seen,
            is_over,
            watching: Some(watching),
        })
    }

    /// Waits until it has `event`, and answers when that was.
    pub(super) async fn moment_of(&self, event: Uuid) -> anyhow::Result<Instant> {
        let mut seen = self.seen.clone();
        let waiting = tokio::time::timeout(PATIENCE, seen.wait_for(|seen| seen.contains_key(&event)));
        let seen = waiting.await.context("events do not come to the topics")??;
        seen.get(&event).copied().context("it was seen")
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let _ = self.watching.take().map(JoinHandle::join);
    }
}

fn id_of(message: &impl Message) -> Option<Uuid> {
    let headers = message.headers()?;
    let id = headers.iter().find(|header| header.key == "ce_id")?;
    Uuid::try_parse_ascii(id.value?).ok()
}
