//! What stands in for KEDA: looks at what a `ScaledObject` names as often as it says, has it there while it is needed, and
//! for as long afterwards as it says. None or one, never more; of a worker two, where that is wanted.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use futures_util::future::join_all;
use rdkafka::{
    ClientConfig, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
};
use sqlx::{AssertSqlSafe, PgPool};
use tokio::time::{Instant, sleep};

use crate::{
    cluster::Consumers,
    deployment::Deployment,
    manifest::{Lag, ScaledObject, Trigger},
};

/// How long Kafka may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Who is asked.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The database.
    pub database: PgPool,
    /// How to speak to the broker.
    pub kafka: ClientConfig,
}

/// What is scaled.
#[derive(Debug)]
pub enum Target {
    /// A source's consumers.
    Consumers(Arc<Consumers>, String),
    /// What works by itself, all its processes at once.
    Worker(Vec<Arc<Deployment>>),
}

impl Target {
    async fn set(&self, is_there: bool) -> anyhow::Result<()> {
        match self {
            Self::Consumers(consumers, source) => consumers.set(source, is_there).await,
            Self::Worker(worker) => {
                let set = worker.iter().map(async |process| {
                    if is_there {
                        process.up().await.map(drop)
                    } else {
                        process.down().await
                    }
                });
                // One that is away keeps no other from starting.
                join_all(set).await.into_iter().collect()
            }
        }
    }
}

/// Looks on, and has what `scaled` names there while it is needed. `cooldown` takes the place of what it says, where
/// a test has no time for that.
pub async fn follow(scaled: ScaledObject, sources: Sources, cooldown: Option<Duration>, target: Target) {
    let cooldown = cooldown.unwrap_or(Duration::from_secs(scaled.cooldown_period));
    let mut needed_until: Option<Instant> = None;
    loop {
        // While one of them cannot be asked, things stay as they are.
        match is_needed(&scaled, &sources).await {
            Ok(true) => needed_until = Some(Instant::now() + cooldown),
            Ok(false) => {}
            Err(_) => needed_until = needed_until.map(|until| until.max(Instant::now() + cooldown)),
        }
        // What cannot be set now, as its database is away, is tried with the next look.
        let _ = target
            .set(needed_until.is_some_and(|until| until > Instant::now()))
            .await;
        sleep(Duration::from_secs(scaled.polling_interval)).await;
    }
}

async fn is_needed(scaled: &ScaledObject, sources: &Sources) -> anyhow::Result<bool> {
    let mut failure = None;
    for trigger in &scaled.triggers {
        match is_active(trigger, sources).await {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(error) => failure = Some(error),
        }
    }
    failure.map_or(Ok(false), Err)
}

async fn is_active(trigger: &Trigger, sources: &Sources) -> anyhow::Result<bool> {
    match trigger {
        Trigger::Kafka { metadata } => {
            let (kafka, lag) = (sources.kafka.clone(), metadata.clone());
            let behind = tokio::task::spawn_blocking(move || behind(kafka, &lag)).await??;
            Ok(behind > metadata.activation_lag_threshold.parse()?)
        }
        Trigger::Postgresql { metadata, .. } => {
            let answer: i64 = sqlx::query_scalar(AssertSqlSafe(metadata.query.as_str()))
                .fetch_one(&sources.database)
                .await?;
            Ok(answer > metadata.activation_target_query_value.parse()?)
        }
    }
}

/// How many records the group has not had, or has not said that it has.
///
/// # Errors
/// The broker cannot be asked.
pub fn behind(mut client: ClientConfig, lag: &Lag) -> anyhow::Result<i64> {
    let consumer: BaseConsumer = client.set("group.id", &lag.consumer_group).create()?;
    let metadata = consumer.fetch_metadata(Some(&lag.topic), PATIENCE)?;
    let topic = metadata.topics().first().context("a topic has metadata")?;
    let mut partitions = TopicPartitionList::new();
    for partition in topic.partitions() {
        partitions.add_partition(&lag.topic, partition.id());
    }
    let committed = consumer.committed_offsets(partitions, PATIENCE)?;
    let mut behind = 0;
    for partition in committed.elements() {
        let (low, high) = consumer.fetch_watermarks(&lag.topic, partition.partition(), PATIENCE)?;
        let at = match partition.offset() {
            Offset::Offset(offset) => offset.max(low),
            _ => low,
        };
        behind += (high - at).max(0);
    }
    Ok(behind)
}
