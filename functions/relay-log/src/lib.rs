//! Publishes the log to Kafka: each event at least once, in each topic the first appearances of a user's in order. While
//! Kafka is away the log waits, and is published in order when it is back.

mod relay;

use kafka::{Settings, topics};
use runtime::{App, Function};

/// The function.
pub fn function(app: App, kafka: Settings) -> Function {
    Function::looping("relay-log", |stop| relay::run(app, kafka, stop))
}

/// Creates the topics that are missing.
///
/// # Errors
/// Kafka cannot be asked, or does not let this user.
pub async fn create_topics(kafka: &Settings) -> anyhow::Result<()> {
    let created = topics::create_missing(kafka).await?;
    tracing::info!(?created, of = topics::all().len(), "the topics are there");
    Ok(())
}
