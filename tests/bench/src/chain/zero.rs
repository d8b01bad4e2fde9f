//! From zero.

use std::time::Duration;

use anyhow::Context;
use chrono::TimeDelta;
use kafka::topics::CONSUMERS;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rig::{
    cluster::Cluster,
    manifest::{self, ScaledObject},
};
use runtime::Clock;
use sqlx::{Connection as _, PgConnection};
use tokio::time::{sleep, timeout};

use super::people::People;
use crate::{plan::Plan, report::Section, sample};

/// How long things may take to come to rest, and what is waited for to come.
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// What `keda/` says of the scaler.
#[derive(Debug, Clone, Copy)]
struct Scaler {
    /// The longest time between two looks.
    polling: Duration,
    /// How many seconds before a reminder's moment it starts what that needs.
    looks_ahead: i64,
}

impl Scaler {
    fn read() -> anyhow::Result<Self> {
        let scaled = manifest::all::<ScaledObject>("ScaledObject")?;
        let polling = scaled.values().map(|scaled| scaled.polling_interval).max();
        let looks_ahead = scaled.values().filter_map(ScaledObject::looks_ahead).max();
        Ok(Self {
            polling: Duration::from_secs(polling.context("something is scaled")?),
            looks_ahead: looks_ahead.context("reminders are looked for")?.try_into()?,
        })
    }
}

pub(super) async fn measure(plan: &Plan, cluster: &Cluster, section: &mut Section) -> anyhow::Result<()> {
    let (scaler, people) = (Scaler::read()?, People::of(cluster, 1).await?);
    let mut completions = Vec::new();
    // One that the scaler sees coming, and one whose moment is there before anything can be.
    let mut reminders = [(scaler.looks_ahead + 5, Vec::new()), (1, Vec::new())];
    for round in 0..plan.rounds {
        rest(cluster, scaler).await?;
        let began = people.now().await?;
        people.complete(0).await?;
        completions.extend(people.took(began).await?.iter().map(|ms| ms / 1e3));
        // Who consumes is seen: nothing could be told from a rest otherwise.
        anyhow::ensure!(is_consumed(cluster).await?, "an event came without a consumer");
        for (user, (ahead, late)) in (2 * round..).zip(&mut reminders) {
            rest(cluster, scaler).await?;
            late.push(lateness(cluster, user, *ahead).await?);
        }
    }
    let name = "from zero: completion → next occurrence";
    section.figure_for(Some("≤ 15"), name, "s", completions);
    for (ahead, late) in reminders {
        let name = format!("from zero: reminder {ahead} s ahead, late");
        section.figure_for(Some("≤ 10"), name, "s", late);
    }
    Ok(())
}

/// Waits until nothing runs and nothing consumes any more, and then until some moment between two looks of the scaler.
async fn rest(cluster: &Cluster, scaler: Scaler) -> anyhow::Result<()> {
    let resting = async {
        while !cluster.is_idle().await || is_consumed(cluster).await? {
            sleep(LOOK_AGAIN).await;
        }
        anyhow::Ok(())
    };
    timeout(PATIENCE, resting)
        .await
        .context("things do not come to rest")??;
    sleep(scaler.polling.mul_f64(fastrand::f64())).await;
    Ok(())
}

/// Whether a group has members.
async fn is_consumed(cluster: &Cluster) -> anyhow::Result<bool> {
    let client = cluster.kafka_client();
    let asking = tokio::task::spawn_blocking(move || {
        let client: BaseConsumer = client.create()?;
        let groups = client.fetch_group_list(None, PATIENCE)?;
        let mut of_functions = groups.groups().iter().filter(|group| CONSUMERS.contains(&group.name()));
        anyhow::Ok(of_functions.any(|group| !group.members().is_empty()))
    });
    asking.await?
}

/// How long after its moment, so many seconds after it was set, the notification of a user's reminder was committed, in s.
async fn lateness(cluster: &Cluster, user: u32, ahead: i64) -> anyhow::Result<f64> {
    let mut connection = PgConnection::connect(cluster.database_url()).await?;
    let clock = Clock::system();
    let task = sample::new_task(Some(clock.now() + TimeDelta::seconds(ahead)))?;
    let user = sample::user(user);
    sample::create(&mut connection, &clock, user, task).await?;
    let sql = "SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin) - remind_at)::float8 FROM notifications
               WHERE user_id = $1";
    let notified = async {
        loop {
            let late: Option<f64> = sqlx::query_scalar(sql)
                .bind(user.0)
                .fetch_optional(&mut connection)
                .await?;
            match late {
                Some(late) => return anyhow::Ok(late),
                None => sleep(LOOK_AGAIN).await,
            }
        }
    };
    let late = timeout(PATIENCE, notified).await.context("no notification")??;
    anyhow::ensure!(late >= 0.0, "a notification was {late} s early");
    Ok(late)
}
