//! Publishes the log to Kafka: each event at least once, in each topic the first appearances of a user's in order. While
//! Kafka is away the log waits, and is published in order when it is back.

mod refusals;
mod relay;

use std::time::Duration;

use kafka::{Settings, topics};
use runtime::{App, Function};

/// How long Kafka may leave events without an answer. The client waits by the machine's wall clock: set back by an hour, its
/// threads may sleep for an hour.
const ANSWER_PATIENCE: Duration = Duration::from_secs(30);

/// The function.
pub fn function(app: App, kafka: Settings) -> Function {
    function_with_patience(app, kafka, ANSWER_PATIENCE)
}

/// The function, which replaces a client that Kafka leaves without an answer for `patience`; twice as long while it is away.
pub fn function_with_patience(app: App, kafka: Settings, patience: Duration) -> Function {
    Function::looping("relay-log", move |stop| relay::run(app, kafka, patience, stop))
}

/// Creates the topics that are missing, and says which are there otherwise than they would be created.
///
/// # Errors
/// Kafka cannot be asked, or does not let this user.
pub async fn create_topics(kafka: &Settings) -> anyhow::Result<()> {
    let created = topics::create_missing(kafka).await?;
    tracing::info!(?created, of = topics::all().len(), "the topics are there");
    for (topic, partitions) in topics::otherwise_partitioned(kafka).await? {
        tracing::warn!(
            topic = topic.name,
            partitions,
            expected = topic.partitions,
            "a topic has another number of partitions than it would be created with; it is left as it is"
        );
    }
    Ok(())
}
