//! One round.

use std::time::Duration;

use tokio::{
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};

use super::{
    check::{Violation, check},
    clock::MovedClock,
    history::{self, Attempt},
    observe::{Observed, observe},
    people::Person,
    quiet,
    schedule::{Disturbance, Planned},
};
use crate::cluster::{Cluster, Part};

/// How many work at once.
const PEOPLE: u64 = 6;

/// What came of a round.
#[derive(Debug)]
pub struct Outcome {
    /// How many requests were acknowledged.
    pub acknowledged: usize,
    /// How many were sent.
    pub attempts: usize,
    /// How many events there are.
    pub events: usize,
    /// How many notifications.
    pub notifications: usize,
    /// How many effects came by `reconcile` alone, as their events' deliveries were given up.
    pub repaired: usize,
    /// How many dead letters.
    pub dead_letters: usize,
    /// What does not hold.
    pub violations: Vec<Violation>,
}

/// Runs one: people work for `length` while `schedule` happens, and then everything is compared.
///
/// # Errors
/// It could not be carried out, or did not come to rest.
pub async fn round(
    cluster: &Cluster,
    clock: &MovedClock,
    seed: u64,
    schedule: &[Planned],
    length: Duration,
) -> anyhow::Result<Outcome> {
    let began = Instant::now();
    let gateway = cluster.address().await?;
    let names: Vec<_> = (0..PEOPLE).map(|number| format!("{seed}-{number}")).collect();
    let mut people = JoinSet::new();
    for (number, name) in (0..).zip(&names) {
        let person = Person::new(name.clone(), gateway, seed.wrapping_mul(PEOPLE).wrapping_add(number));
        people.spawn(person.work(length));
    }
    // Side by side, as one may begin before another is over.
    let disturbing = schedule.iter().map(|planned| async move {
        sleep_until(began + planned.at).await;
        disturb(cluster, clock, &planned.disturbance).await
    });
    let disturbed = futures_util::future::join_all(disturbing).await;
    disturbed.into_iter().collect::<anyhow::Result<()>>()?;
    let done: Vec<_> = people.join_all().await.into_iter().flatten().collect();
    let given_up = quiet::come(cluster, clock).await?;
    cluster.run("dormouse", &["--database-url", cluster.database_url(), "verify"])?;
    // The dispatcher drops what it cannot hand to the receiver, or the receiver to Kafka.
    let is_kept = !schedule.iter().any(|planned| {
        let part = planned.disturbance.part();
        [Some(Part::Receiver), Some(Part::Kafka)].contains(&part)
    });
    let observed = Observed {
        given_up: if is_kept { given_up.clone() } else { Vec::new() },
        ..observe(cluster, &names).await?
    };
    let is_acknowledged = |attempt: &&Attempt| matches!(attempt.outcome, history::Outcome::Acknowledged(_));
    let acknowledged = done.iter().filter(is_acknowledged).count();
    anyhow::ensure!(acknowledged > 0, "nobody was served, so that there is nothing to check");
    Ok(Outcome {
        acknowledged,
        attempts: done.len(),
        events: observed.events.len(),
        notifications: observed.notifications.len(),
        repaired: given_up.len(),
        dead_letters: observed.dead_letters.len(),
        violations: check(&done, &observed),
    })
}

async fn disturb(cluster: &Cluster, clock: &MovedClock, disturbance: &Disturbance) -> anyhow::Result<()> {
    match *disturbance {
        Disturbance::Kill(part, down) => {
            cluster.kill(part).await?;
            sleep(down).await;
            cluster.start_again(part).await
        }
        Disturbance::Pause(part, length) => cluster.pause(part, length).await,
        Disturbance::Failover => {
            let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
            // It may be away already.
            let _ = sqlx::query(cut).execute(&cluster.pool()).await;
            Ok(())
        }
        Disturbance::Jump(seconds, length) => {
            clock.set(seconds)?;
            sleep(length).await;
            clock.set(0)
        }
    }
}
