//! The whole way of an event: from the commit that it is of, by the relay, Kafka and Knative's dispatcher, to the commit of
//! what its function does; with everything running, and from zero.

mod people;
mod zero;

use std::time::Duration;

use rig::cluster::{Cluster, Settings};
use tokio::task::JoinSet;

use self::people::People;
use crate::{pace::Pace, plan::Plan, report::Section, statistics::percentile};

const HOW: &[&str] = &[
    "Every function as a process of its own, PostgreSQL, Kafka and Knative's dispatcher, all on this machine, scaled by what",
    "stands in for KEDA and Knative as keda/ says. From commit to commit, both by track_commit_timestamp of one server.",
    "Warm: completions through the gateway, 15 a second at random distances, each another user's, of a task that repeats,",
    "until its next occurrence. Unmeasured ones go before, as the JVMs compile what they run.",
    "From zero: no function runs and no group consumes (what is not needed goes after 3 s, sooner than keda/ says); at any",
    "moment between two looks of the scaler, one task is completed, or a task with a reminder is written: until its next",
    "occurrence; late from its moment to its notification. One moment the scaler sees coming, one is there before that.",
];
/// How many tasks are completed, with everything running.
const A_SECOND: u32 = 15;

pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Section> {
    let cluster = Cluster::start(Settings::default()).await?;
    let version: String = sqlx::query_scalar("SELECT split_part(current_setting('server_version'), ' ', 1)")
        .fetch_one(&cluster.pool())
        .await?;
    let mut section = Section::new("chain", &version, HOW);
    warm(plan, &cluster, &mut section).await?;
    cluster.stop().await?;
    // One that soon lets go of what is not needed.
    let settings = Settings {
        idle: Duration::from_secs(1),
        cooldown: Some(Duration::from_secs(3)),
        ..Settings::default()
    };
    let cluster = Cluster::start(settings).await?;
    zero::measure(plan, &cluster, &mut section).await?;
    cluster.stop().await?;
    Ok(section)
}

/// With everything running.
async fn warm(plan: &Plan, cluster: &Cluster, section: &mut Section) -> anyhow::Result<()> {
    let count = plan.pick(300, 45);
    let people = People::of(cluster, count).await?;
    let mut rounds = Vec::new();
    // The first is the unmeasured one.
    for _ in 0..=plan.rounds {
        rounds.push(round(&people, count).await?);
    }
    for (name, share) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
        let values = rounds[1..].iter().map(|took| percentile(took, share)).collect();
        section.figure(format!("warm: completion → next occurrence, {name}"), "ms", values);
    }
    Ok(())
}

/// Each of them completes a task.
async fn round(people: &People, count: u32) -> anyhow::Result<Vec<f64>> {
    let began = people.now().await?;
    let (mut completing, mut pace) = (JoinSet::new(), Pace::begin(Duration::from_secs(1) / A_SECOND));
    for user in 0..count {
        pace.next().await;
        let people = people.clone();
        completing.spawn(async move { people.complete(user).await });
    }
    while let Some(completed) = completing.join_next().await {
        completed??;
    }
    let took = people.took(began).await?;
    anyhow::ensure!(took.len() == count as usize, "{} of {count} were completed", took.len());
    Ok(took)
}
