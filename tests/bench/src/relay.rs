//! The log on its way to Kafka: how soon an event is there, how many a second go, and what that takes of memory, beside
//! what a bare producer needs for the same messages with the same settings.

mod backlog;
mod broker;
mod delay;
mod drain;
mod held;
mod takeover;
mod throughput;
mod watcher;

use self::{broker::Broker, watcher::Watcher};
use crate::{cluster::Cluster, plan::Plan, report::Section};

const HOW: &[&str] = &[
    "relay-log as a process of its own, a broker of one node in KRaft mode (acks=all is its own page cache), PostgreSQL with",
    "fsync on, all on this machine. Bare: librdkafka with the relay's own settings, sending the same keys, headers and data.",
    "Delay: one create at a time, 100 a second at random distances, from its commit (bare: from before the send) until a",
    "consumer of the topics has the record. A relay looks for what is new every 25 ms. Nobody but the relay sees when Kafka",
    "acknowledges to it; but what a consumer has was acknowledged, so commit → consumer is the most that can have been.",
    "From zero: an event waits; from just before relay-log is run until a consumer has it.",
    "Takeover: a second relay stands by, the one that publishes is killed, and an event is written just then.",
    "Backlogs: events of 1,000 users in three topics, written in commit order beforehand, from the moment they are marked",
    "until Kafka has acknowledged all, as the relay counts them. Held: after a warm-up, a transaction in REPEATABLE READ is",
    "begun that holds its snapshot; then a backlog of 200 events of each user, from its commit; then 70 waves of one event of",
    "each, the next as soon as the last one's are acknowledged, which leave versions of every head and mark that cannot be",
    "removed; then another backlog of 200 of each. Not held: the same without the transaction.",
];

/// Who publishes.
#[derive(Debug, Clone, Copy)]
enum Side {
    Bare,
    Relay,
}

impl Side {
    /// Both, each first in every other round: none always finds what the other has warmed.
    fn in_turn(round: u32) -> [Self; 2] {
        let mut sides = [Self::Bare, Self::Relay];
        sides.rotate_left(round as usize % 2);
        sides
    }
}

pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Section> {
    let cluster = Cluster::start(&[]).await?;
    let broker = Broker::start().await?;
    let mut section = Section::new("relay", cluster.version(), HOW);
    // In this order: a consumer that watches would read the backlogs, too.
    let watcher = Watcher::start(&broker)?;
    delay::measure(plan, &cluster, &broker, &watcher, &mut section).await?;
    takeover::measure(plan, &cluster, &broker, &watcher, &mut section).await?;
    drop(watcher);
    held::measure(plan, &cluster, &broker, &mut section).await?;
    throughput::measure(plan, &cluster, &broker, &mut section).await?;
    drain::measure(plan, &cluster, &broker, &mut section).await?;
    cluster.stop().await?;
    Ok(section)
}
