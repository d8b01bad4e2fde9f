//! Waiting until nothing is on its way any more, and repairing what delivery gave up.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context;
use sqlx::PgPool;
use tokio::time::{Instant, sleep};

use super::clock::MovedClock;
use crate::{
    cluster::Cluster,
    manifest::{self, ScaledObject, Trigger},
    scaler,
};

/// How long things may take to come to rest: all that was planned is over, so that it takes no longer than the last
/// of the dispatcher's pauses and a new session of its consumers.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// Older than any mark that `reconcile` leaves to delivery, in seconds.
const LATER: i64 = 360;

/// What still awaits something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
struct Awaiting {
    /// Users whose log is ahead of Kafka.
    behind: i64,
    /// Reminders whose moment is past, and which have not fired.
    overdue: i64,
    /// Reminders that fired and have no notification.
    fired: i64,
    /// Completed occurrences without their next.
    completed: i64,
}

/// Waits until the log was published and delivered, and has repaired what is still awaited then. Answers how much that was.
///
/// # Errors
/// It does not come to rest.
pub async fn come(cluster: &Cluster, clock: &MovedClock) -> anyhow::Result<i64> {
    let (pool, deadline) = (cluster.pool(), Instant::now() + PATIENCE);
    let given_up = loop {
        let awaiting = awaiting(&pool).await?;
        let lag = lag(cluster).await?;
        if awaiting.behind == 0 && awaiting.overdue == 0 && lag == 0 {
            // What was committed between the two looks is seen by the second.
            let left = self::awaiting(&pool).await?;
            if left == awaiting {
                break left.fired + left.completed;
            }
        }
        anyhow::ensure!(
            Instant::now() < deadline,
            "it does not come to rest: {awaiting:?}, {lag} records undelivered"
        );
        sleep(LOOK_AGAIN).await;
    };
    if given_up > 0 {
        clock.set(LATER)?;
        cluster.run("reconcile", &[])?;
        clock.set(0)?;
        while awaiting(&pool).await?.behind > 0 || lag(cluster).await? > 0 {
            anyhow::ensure!(Instant::now() < deadline, "what was repaired is not published");
            sleep(LOOK_AGAIN).await;
        }
    }
    let left = awaiting(&pool).await?;
    anyhow::ensure!(left.fired + left.completed == 0, "what nobody repairs: {left:?}");
    Ok(given_up)
}

async fn awaiting(pool: &PgPool) -> anyhow::Result<Awaiting> {
    let sql = "SELECT (SELECT count(*) FROM log_heads WHERE published_seq < seq) AS behind,
                      (SELECT count(*) FROM reminders WHERE state = 'scheduled' AND fire_at < now()) AS overdue,
                      (SELECT count(*) FROM reminders WHERE state = 'fired') AS fired,
                      (SELECT count(*) FROM tasks WHERE successor_awaited_since IS NOT NULL) AS completed";
    sqlx::query_as(sql)
        .fetch_one(pool)
        .await
        .context("the database does not answer")
}

/// How many records no function has had.
async fn lag(cluster: &Cluster) -> anyhow::Result<i64> {
    let scaled: BTreeMap<String, ScaledObject> = manifest::all("ScaledObject")?;
    let client = cluster.kafka_client();
    let behind = tokio::task::spawn_blocking(move || {
        let mut behind = 0;
        for trigger in scaled.values().flat_map(|scaled| &scaled.triggers) {
            if let Trigger::Kafka { metadata } = trigger {
                behind += scaler::behind(client.clone(), metadata)?;
            }
        }
        anyhow::Ok(behind)
    });
    behind.await?.context("the broker does not answer")
}
