//! Waiting until nothing is on its way any more, and repairing what delivery gave up.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context;
use sqlx::PgPool;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::{clock::MovedClock, observe::Awaited, schedule::FARTHEST};
use crate::{
    cluster::{Cluster, Part},
    manifest::{self, Lag, ScaledObject, Trigger},
    scaler,
};

/// How long things may take to come to rest: all that was planned is over, so that it takes no longer than the last
/// of the dispatcher's pauses and a new session of its consumers.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// Older than any mark that `reconcile` leaves to delivery, in seconds.
pub const LATER: i64 = 360;

/// What is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
struct Awaiting {
    /// Users whose log is ahead of Kafka.
    behind: i64,
    /// Reminders whose moment is past or near, and which have not fired: none is to fire while everything is looked at.
    overdue: i64,
    /// Reminders that fired and have no notification.
    fired: i64,
    /// Completed occurrences without their next.
    completed: i64,
}

/// Waits until the log was published and delivered, and has repaired what is still awaited then. Answers what that was.
///
/// # Errors
/// It does not come to rest.
pub async fn come(cluster: &Cluster, reconciles_by: &MovedClock) -> anyhow::Result<Vec<Awaited>> {
    rest(cluster).await?;
    let given_up = given_up(&cluster.pool()).await?;
    if !given_up.is_empty() {
        // What was marked while the clock was ahead is marked ahead of time. That of the functions stays: a relay whose clock is
        // set back needs half a minute to get over it.
        reconciles_by.set(LATER + FARTHEST)?;
        cluster.reconcile().run(&reconciles_by.environment()).await?;
        reconciles_by.set(0)?;
        rest(cluster).await?;
        let left = self::given_up(&cluster.pool()).await?;
        anyhow::ensure!(left.is_empty(), "what nobody repairs: {left:?}");
    }
    Ok(given_up)
}

/// Waits until nothing is on its way.
async fn rest(cluster: &Cluster) -> anyhow::Result<()> {
    let (pool, lags, mut deadline) = (cluster.pool(), lags()?, Instant::now() + PATIENCE);
    let mut is_mended = false;
    loop {
        // A server that has just come back may not answer everything yet.
        let looked = look(cluster, &pool, &lags).await;
        if let Ok((awaiting, 0)) = &looked
            && awaiting.is_delivered()
        {
            return Ok(());
        }
        if Instant::now() >= deadline && !is_mended && cluster.is_dispatcher_stuck().await? {
            // As the operator's page says.
            cluster.kill(Part::Dispatcher).await?;
            cluster.start_again(Part::Dispatcher).await?;
            (is_mended, deadline) = (true, Instant::now() + PATIENCE);
        }
        anyhow::ensure!(Instant::now() < deadline, "it does not come to rest: {looked:?}");
        sleep(LOOK_AGAIN).await;
    }
}

/// What is awaited, and how many records are undelivered. What was committed between two looks at what is awaited may not be
/// among the records yet.
async fn look(cluster: &Cluster, pool: &PgPool, lags: &[Lag]) -> anyhow::Result<(Awaiting, i64)> {
    let before = awaiting(pool).await?;
    let lag = lag(cluster, lags).await?;
    let after = awaiting(pool).await?;
    anyhow::ensure!(before == after, "things still change");
    Ok((after, lag))
}

impl Awaiting {
    /// Whether all that was to be fired and published is.
    fn is_delivered(&self) -> bool {
        self.behind == 0 && self.overdue == 0
    }
}

async fn awaiting(pool: &PgPool) -> anyhow::Result<Awaiting> {
    let sql = "SELECT (SELECT count(*) FROM log_heads WHERE published_seq < seq) AS behind,
                      (SELECT count(*) FROM reminders WHERE state = 'scheduled' AND fire_at < now() + interval '20 seconds') AS overdue,
                      (SELECT count(*) FROM reminders WHERE state = 'fired') AS fired,
                      (SELECT count(*) FROM tasks WHERE successor_awaited_since IS NOT NULL) AS completed";
    sqlx::query_as(sql)
        .fetch_one(pool)
        .await
        .context("the database does not answer")
}

/// What no event does any more, once all of them were delivered.
async fn given_up(pool: &PgPool) -> anyhow::Result<Vec<Awaited>> {
    let reminders: Vec<Uuid> = sqlx::query_scalar("SELECT id FROM reminders WHERE state = 'fired'")
        .fetch_all(pool)
        .await?;
    let tasks: Vec<Uuid> = sqlx::query_scalar("SELECT id FROM tasks WHERE successor_awaited_since IS NOT NULL")
        .fetch_all(pool)
        .await?;
    let notifications = reminders.into_iter().map(Awaited::Notification);
    Ok(notifications.chain(tasks.into_iter().map(Awaited::Successor)).collect())
}

/// What every consumer group's lag is measured by.
fn lags() -> anyhow::Result<Vec<Lag>> {
    let scaled: BTreeMap<String, ScaledObject> = manifest::all("ScaledObject")?;
    let triggers = scaled.into_values().flat_map(|scaled| scaled.triggers);
    let lag = |trigger| match trigger {
        Trigger::Kafka { metadata } => Some(metadata),
        Trigger::Postgresql { .. } => None,
    };
    Ok(triggers.filter_map(lag).collect())
}

/// How many records no function has had.
async fn lag(cluster: &Cluster, lags: &[Lag]) -> anyhow::Result<i64> {
    let (client, lags) = (cluster.kafka_client(), lags.to_vec());
    let behind = tokio::task::spawn_blocking(move || {
        let behind = lags.iter().map(|lag| scaler::behind(client.clone(), lag));
        behind.sum::<anyhow::Result<i64>>()
    });
    behind.await?.context("the broker does not answer")
}
