//! What `knative/` and `keda/` say, as far as this rig does it. A member that it does not know is refused: it would be one
//! that nothing here tries.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Context;
use serde::{Deserialize, de::DeserializeOwned};
use yaml_serde::Value;

/// A `KafkaSource`: which events are delivered where, and what becomes of those that are not taken.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KafkaSource {
    /// Where the brokers are; here they are the rig's.
    pub bootstrap_servers: Vec<String>,
    /// The topics.
    pub topics: Vec<String>,
    /// The consumer group.
    pub consumer_group: String,
    /// Where a group that is new begins.
    pub initial_offset: String,
    /// Whether the order of a partition is kept.
    pub ordering: String,
    /// The function.
    pub sink: Sink,
    /// What happens to what is not taken.
    pub delivery: Delivery,
}

/// Where events go.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sink {
    /// The object.
    #[serde(rename = "ref")]
    pub reference: Reference,
}

/// An object.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reference {
    /// Its group and version.
    pub api_version: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// What happens to an event that is not taken.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Delivery {
    /// How often it is tried again.
    pub retry: u32,
    /// How the pauses grow.
    pub backoff_policy: String,
    /// What they grow from: an ISO 8601 duration.
    pub backoff_delay: String,
    /// How long the function may take: an ISO 8601 duration.
    pub timeout: String,
    /// Where it goes in the end.
    pub dead_letter_sink: Sink,
}

/// A `KafkaSink`: a topic that events can be sent to over HTTP.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KafkaSink {
    /// Where the brokers are; here they are the rig's.
    pub bootstrap_servers: Vec<String>,
    /// The topic.
    pub topic: String,
    /// `binary` or `structured`.
    pub content_mode: String,
}

/// A `ScaledObject`: what wakes what.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScaledObject {
    /// What is scaled.
    pub scale_target_ref: Reference,
    /// How often is looked, in seconds.
    pub polling_interval: u64,
    /// How long it stays after it was last needed, in seconds.
    pub cooldown_period: u64,
    /// The fewest; none.
    pub min_replica_count: u32,
    /// The most.
    pub max_replica_count: u32,
    /// What it is needed for: any of these.
    pub triggers: Vec<Trigger>,
}

/// What something is needed for.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", deny_unknown_fields)]
pub enum Trigger {
    /// Records that a consumer group has not had.
    Kafka {
        /// How it is measured.
        metadata: Lag,
    },
    /// What a query answers.
    #[serde(rename_all = "camelCase")]
    Postgresql {
        /// Who asks.
        authentication_ref: BTreeMap<String, String>,
        /// What is asked.
        metadata: Query,
    },
}

/// How far a consumer group is behind.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Lag {
    /// Where the brokers are; here they are the rig's.
    pub bootstrap_servers: String,
    /// The group.
    pub consumer_group: String,
    /// The topic.
    pub topic: String,
    /// How many records each consumer is to have.
    pub lag_threshold: String,
    /// Above how many there is to be a consumer at all.
    pub activation_lag_threshold: String,
    /// Where a group begins that has committed nothing.
    pub offset_reset_policy: String,
}

/// A question to the database.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Query {
    /// One number.
    pub query: String,
    /// How much of it each replica is to have.
    pub target_query_value: String,
    /// Above how much there is to be a replica at all.
    pub activation_target_query_value: String,
}

impl ScaledObject {
    /// What the database is asked.
    pub fn queries(&self) -> impl Iterator<Item = &Query> {
        self.triggers.iter().filter_map(|trigger| match trigger {
            Trigger::Postgresql { metadata, .. } => Some(metadata),
            Trigger::Kafka { .. } => None,
        })
    }

    /// Which consumer groups are looked at.
    pub fn lags(&self) -> impl Iterator<Item = &Lag> {
        self.triggers.iter().filter_map(|trigger| match trigger {
            Trigger::Kafka { metadata } => Some(metadata),
            Trigger::Postgresql { .. } => None,
        })
    }

    /// How many seconds ahead it looks for reminders, if it does.
    #[must_use]
    pub fn looks_ahead(&self) -> Option<u64> {
        self.queries().find_map(Query::looks_ahead)
    }
}

impl Query {
    fn looks_ahead(&self) -> Option<u64> {
        let (_, after) = self.query.split_once("now() + interval '")?;
        let (seconds, _) = after.split_once(" seconds'")?;
        seconds.parse().ok()
    }
}

/// What makes the role that the queries are asked as, `dormouse_keda`, in a database that is migrated.
pub const ROLE: &str = include_str!("../../../keda/role.sql");

/// Every manifest of one kind, by name.
///
/// # Errors
/// A manifest cannot be read, or says what this rig does not know.
pub fn all<T: DeserializeOwned>(kind: &str) -> anyhow::Result<BTreeMap<String, T>> {
    let mut found = BTreeMap::new();
    for Manifest { metadata, spec, .. } in written()?.into_iter().filter(|manifest| manifest.kind == kind) {
        let spec = yaml_serde::from_value(spec).with_context(|| format!("{kind} {}", metadata.name))?;
        found.insert(metadata.name, spec);
    }
    Ok(found)
}

fn written() -> anyhow::Result<Vec<Manifest>> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut written = Vec::new();
    for folder in ["knative/base", "keda"] {
        for entry in fs::read_dir(project.join(folder))? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "yaml") {
                continue;
            }
            let text = fs::read_to_string(&path)?;
            for document in yaml_serde::Deserializer::from_str(&text) {
                written.push(Manifest::deserialize(document).with_context(|| path.display().to_string())?);
            }
        }
    }
    Ok(written)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Manifest {
    #[cfg_attr(not(test), expect(dead_code, reason = "the rig does without; its tests do not"))]
    api_version: String,
    kind: String,
    metadata: Metadata,
    spec: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Metadata {
    name: String,
    #[cfg_attr(not(test), expect(dead_code, reason = "the rig does without; its tests do not"))]
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests;
