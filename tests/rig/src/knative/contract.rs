//! What Knative's control plane makes of `KafkaSource` and `KafkaSink` for the data plane: a contract, which the processes
//! watch. The form is `contract.proto`'s of eventing-kafka-broker v0.50, in protobuf's JSON.

use std::{collections::BTreeMap, net::SocketAddr};

use anyhow::Context;
use domain::Offset;
use serde_json::{Value, json};

use crate::manifest::{KafkaSink, KafkaSource};

/// Where what the manifests name is on this machine.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// The broker.
    pub kafka: SocketAddr,
    /// The functions, by name.
    pub functions: BTreeMap<String, SocketAddr>,
    /// What takes dead letters.
    pub receiver: SocketAddr,
}

/// How soon what was not taken is tried again.
#[derive(Debug, Clone, Copy, Default)]
pub enum Pauses {
    /// As the manifests say: over half an hour in all.
    #[default]
    AsInProduction,
    /// The manifests' in small, so that a test sees their end: from so many milliseconds on, so many times.
    Short {
        /// What the pauses grow from, in milliseconds.
        from: u32,
        /// How often it is tried again.
        retries: u32,
    },
}

/// The contract of what delivers the events of `sources`.
///
/// # Errors
/// A source says what there is not.
pub fn of_sources(
    sources: &BTreeMap<String, KafkaSource>,
    at: &Addresses,
    pauses: Pauses,
) -> anyhow::Result<Vec<Value>> {
    sources
        .iter()
        .map(|(name, source)| of_source(name, source, at, pauses))
        .collect()
}

fn of_source(name: &str, source: &KafkaSource, at: &Addresses, pauses: Pauses) -> anyhow::Result<Value> {
    let function = &source.sink.reference.name;
    let function = at
        .functions
        .get(function)
        .with_context(|| format!("there is no {function}"))?;
    anyhow::ensure!(
        source.initial_offset == "earliest",
        "{name}: only earliest is tried here"
    );
    let dead_letters = &source.delivery.dead_letter_sink.reference.name;
    let (delay, retry) = match pauses {
        Pauses::AsInProduction => (
            milliseconds(&source.delivery.backoff_delay)?,
            i64::from(source.delivery.retry),
        ),
        Pauses::Short { from, retries } => (i64::from(from), i64::from(retries)),
    };
    Ok(json!({
        "uid": name,
        "topics": source.topics,
        "bootstrapServers": at.kafka.to_string(),
        "absentAuth": {},
        "reference": reference(name, "KafkaSource", "sources.knative.dev/v1"),
        "featureFlags": {"enableEventTypeAutocreate": false},
        "egresses": [{
            "uid": name,
            "consumerGroup": source.consumer_group,
            "destination": format!("http://{function}/"),
            "discardReply": {},
            "deliveryOrder": source.ordering.to_uppercase(),
            "keyType": "String",
            "vReplicas": 1,
            "featureFlags": {"enableRateLimiter": false, "enableOrderedExecutorMetrics": false},
            "reference": reference(name, "KafkaSource", "sources.knative.dev/v1"),
            "egressConfig": {
                "retry": retry,
                "backoffPolicy": capitalised(&source.delivery.backoff_policy),
                "backoffDelay": delay.to_string(),
                "timeout": milliseconds(&source.delivery.timeout)?.to_string(),
                "deadLetter": format!("http://{}{}", at.receiver, path(dead_letters)),
            },
        }],
    }))
}

/// The contract of what takes events for the topics of `sinks`.
#[must_use]
pub fn of_sinks(sinks: &BTreeMap<String, KafkaSink>, at: &Addresses) -> Vec<Value> {
    let sink = |(name, sink): (&String, &KafkaSink)| {
        json!({
            "uid": name,
            "topics": [sink.topic],
            "bootstrapServers": at.kafka.to_string(),
            "absentAuth": {},
            "reference": reference(name, "KafkaSink", "eventing.knative.dev/v1alpha1"),
            "ingress": {"path": path(name), "contentMode": sink.content_mode.to_uppercase()},
        })
    };
    sinks.iter().map(sink).collect()
}

/// Where the receiver takes events for `sink`.
#[must_use]
pub fn path(sink: &str) -> String {
    format!("/dormouse/{sink}")
}

fn reference(name: &str, kind: &str, group: &str) -> Value {
    json!({"uuid": name, "namespace": "dormouse", "name": name, "kind": kind, "groupVersion": group})
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

fn milliseconds(duration: &str) -> anyhow::Result<i64> {
    let duration: Offset = duration.parse().with_context(|| format!("{duration} is no duration"))?;
    Ok(duration.as_duration().num_milliseconds())
}
