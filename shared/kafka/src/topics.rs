//! The topics of an installation, said once: what creates them, whatever reads or writes them, and tests go by this.

use std::time::Duration;

use events::EventType;
use rdkafka::{
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    error::KafkaError,
    types::RDKafkaErrorCode,
};

use crate::Settings;

/// How long the brokers may take to create topics.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many consumers of a function can share its work at most. It cannot be changed later without two of a user's events
/// being in two partitions at once.
const PARTITIONS: i32 = 12;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long consumers may be away. The log keeps what happened for good.
const EVENTS_KEPT: Duration = DAY.saturating_mul(7);
/// How long somebody has to look at what could not be delivered.
const DEAD_LETTERS_KEPT: Duration = DAY.saturating_mul(30);
/// The functions that are woken by events.
pub const CONSUMERS: [&str; 2] = ["on-reminder-due", "on-task-completed"];

/// A topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// How many partitions it is created with.
    pub partitions: i32,
    /// How long records are kept. None is compacted: each says what happened, not how things stand.
    pub kept: Duration,
}

/// Every topic of an installation: one for each type of event, which has its name, and one for what each consumer could
/// not take.
#[must_use]
pub fn all() -> Vec<Topic> {
    let events = EventType::ALL.iter().map(|kind| Topic {
        name: kind.to_string(),
        partitions: PARTITIONS,
        kept: EVENTS_KEPT,
    });
    let dead_letters = CONSUMERS.into_iter().map(|consumer| Topic {
        name: dead_letters_of(consumer),
        partitions: 1,
        kept: DEAD_LETTERS_KEPT,
    });
    events.chain(dead_letters).collect()
}

/// The topic of what `consumer` could not take.
#[must_use]
pub fn dead_letters_of(consumer: &str) -> String {
    format!("{consumer}.dead-letter")
}

/// The topics that are there with other partitions than they are said to have, and how many these are.
///
/// # Errors
/// The brokers cannot be asked.
pub async fn otherwise_partitioned(settings: &Settings) -> Result<Vec<(Topic, usize)>, KafkaError> {
    let admin: AdminClient<DefaultClientContext> = settings.client().create()?;
    let asking = tokio::task::spawn_blocking(move || admin.inner().fetch_metadata(None, PATIENCE));
    let metadata = asking.await.map_err(|_| KafkaError::Canceled)??;
    let partitions = |topic: &Topic| {
        let found = metadata.topics().iter().find(|found| found.name() == topic.name)?;
        Some(found.partitions().len())
    };
    let found = all()
        .into_iter()
        .filter_map(|topic| partitions(&topic).map(|count| (topic, count)));
    Ok(found
        .filter(|(topic, count)| i32::try_from(*count) != Ok(topic.partitions))
        .collect())
}

/// Creates the topics that are missing, each with the brokers' default number of replicas, and answers their names. What
/// exists is never changed.
///
/// # Errors
/// The brokers cannot be asked, or do not let this user create topics.
pub async fn create_missing(settings: &Settings) -> Result<Vec<String>, KafkaError> {
    let admin: AdminClient<DefaultClientContext> = settings.client().create()?;
    let topics = all();
    let kept: Vec<_> = topics.iter().map(|topic| topic.kept.as_millis().to_string()).collect();
    let wanted = topics.iter().zip(&kept).map(|(topic, kept)| {
        NewTopic::new(&topic.name, topic.partitions, TopicReplication::Fixed(-1))
            .set("retention.ms", kept)
            .set("cleanup.policy", "delete")
    });
    let wanted: Vec<_> = wanted.collect();
    let options = AdminOptions::new().operation_timeout(Some(PATIENCE));
    let mut created = Vec::new();
    for outcome in admin.create_topics(&wanted, &options).await? {
        match outcome {
            Ok(name) => created.push(name),
            Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((_, code)) => return Err(KafkaError::AdminOp(code)),
        }
    }
    Ok(created)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ones_that_kafka_takes_and_each_is_there_once() {
        let mut names: Vec<_> = all().into_iter().map(|topic| topic.name).collect();
        for name in &names {
            let is_fit = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_');
            assert!(name.len() <= 249 && name.chars().all(is_fit), "{name}");
        }
        // Kafka cannot tell `_` from `.` in its metrics, and refuses names that differ in that alone.
        for name in &mut names {
            *name = name.replace('_', ".");
        }
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
