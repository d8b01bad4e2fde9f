//! One round.

use std::{cell::RefCell, time::Duration};

use futures_util::future::join_all;
use runtime::{CancellationToken, Clock};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};

use super::{
    check::{Violation, check},
    clock::MovedClock,
    disturbed::Disturbed,
    follower::Followers,
    history::Attempt,
    observe::{Observed, ends, observe},
    people::{Board, Person},
    quiet,
    schedule::{self, Disturbance, Planned},
};
use crate::cluster::{Cluster, Part};

/// How many work at once.
const PEOPLE: u64 = 6;
/// How long people go on once nothing is disturbed any more.
const RECOVERY: Duration = Duration::from_secs(3);
/// How often is repaired what delivery left.
const RECONCILED_EVERY: Duration = Duration::from_secs(2);

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
    /// How often those who follow their logs were cut off.
    pub cuts: usize,
    /// What hit nothing, as what it was to hit did not run.
    pub missed: Vec<Disturbance>,
    /// What does not hold.
    pub violations: Vec<Violation>,
}

/// What a round is carried out on.
#[derive(Debug, Clone, Copy)]
pub struct Stage<'a> {
    /// The system.
    pub cluster: &'a Cluster,
    /// Its functions' clock.
    pub clock: &'a MovedClock,
    /// The clock of the `reconcile` that runs beside.
    pub reconciles_by: &'a MovedClock,
}

/// Runs one: people work for `busy`, and on until `schedule` has happened, and then everything is compared.
///
/// # Errors
/// It could not be carried out, or did not come to rest.
pub async fn round(stage: Stage<'_>, seed: u64, schedule: &[Planned], busy: Duration) -> anyhow::Result<Outcome> {
    let (cluster, gateway) = (stage.cluster, stage.cluster.address().await?);
    let mut names: Vec<_> = (0..PEOPLE).map(|number| format!("{seed}-{number}")).collect();
    let mut followers = Followers::default();
    for (number, name) in (0..).zip(&names) {
        followers.add(name, gateway, seed.wrapping_add(number));
    }
    let (history, disturbed) = disturbed(stage, seed, schedule, busy, &names).await?;
    names.push(format!("{seed}-{PEOPLE}"));
    let given_up = quiet::come(cluster, stage.reconciles_by).await?;
    cluster.run("dormouse", &["--database-url", cluster.database_url(), "verify"])?;
    let observed = Observed {
        followed: followers.end(&ends(&cluster.pool(), &names).await?).await,
        given_up,
        disturbed,
        ..observe(cluster, &names).await?
    };
    outcome(&history, &observed)
}

fn outcome(history: &[Attempt], observed: &Observed) -> anyhow::Result<Outcome> {
    let acknowledged = history.iter().filter(|attempt| attempt.answer().is_some()).count();
    anyhow::ensure!(acknowledged > 0, "nobody was served, so that there is nothing to check");
    let missed = observed.disturbed.iter().filter(|disturbed| !disturbed.is_hit);
    Ok(Outcome {
        acknowledged,
        attempts: history.len(),
        events: observed.events.len(),
        notifications: observed.notifications.len(),
        repaired: observed.given_up.len(),
        dead_letters: observed.dead_letters.len(),
        cuts: observed.followed.iter().map(|followed| followed.cuts).sum(),
        missed: missed.map(|disturbed| disturbed.what.clone()).collect(),
        violations: check(history, observed),
    })
}

/// Has people work while `schedule` happens, and then somebody ask every function; what they did, and what happened.
async fn disturbed(
    stage: Stage<'_>,
    seed: u64,
    schedule: &[Planned],
    busy: Duration,
    names: &[String],
) -> anyhow::Result<(Vec<Attempt>, Vec<Disturbed>)> {
    let (began, gateway, board) = (Instant::now(), stage.cluster.address().await?, Board::default());
    let person = |name, number| {
        let seed = seed.wrapping_mul(PEOPLE).wrapping_add(number);
        Person::new(name, gateway, seed, Board::clone(&board))
    };
    let (mut people, length) = (JoinSet::new(), schedule::length(schedule) + RECOVERY);
    for (number, name) in (0..).zip(names) {
        people.spawn(person(name.clone(), number).work(busy, length));
    }
    let log = RefCell::new(Vec::new());
    // Side by side, as one may begin before another is over.
    let disturbing = schedule.iter().map(async |planned| {
        sleep_until(began + planned.at).await;
        let from = Clock::system().now();
        let is_hit = disturb(stage, &planned.disturbance).await?;
        log.borrow_mut().push(Disturbed {
            what: planned.disturbance.clone(),
            from,
            to: Clock::system().now(),
            is_hit,
        });
        anyhow::Ok(())
    });
    let stop = CancellationToken::new();
    let working = async {
        let disturbed = join_all(disturbing).await;
        let mut history: Vec<_> = people.join_all().await.into_iter().flatten().collect();
        history.extend(person(format!("{seed}-{PEOPLE}"), PEOPLE).ask_everybody().await);
        stop.cancel();
        disturbed.into_iter().collect::<anyhow::Result<()>>().map(|()| history)
    };
    let (history, ()) = tokio::try_join!(working, reconcile(stage, &stop))?;
    Ok((history, log.into_inner()))
}

/// Repairs now and then what delivery left, until it is told to stop.
async fn reconcile(stage: Stage<'_>, stop: &CancellationToken) -> anyhow::Result<()> {
    while stop.run_until_cancelled(sleep(RECONCILED_EVERY)).await.is_some() {
        stage
            .cluster
            .reconcile()
            .run(&stage.reconciles_by.environment())
            .await?;
    }
    Ok(())
}

/// Answers whether there was something to disturb.
async fn disturb(stage: Stage<'_>, disturbance: &Disturbance) -> anyhow::Result<bool> {
    let cluster = stage.cluster;
    if disturbance.part() == Some(Part::Reconcile) {
        // It takes a moment of every two seconds: hardly anything would ever hit it.
        cluster.reconcile().begins().await;
    }
    match *disturbance {
        Disturbance::Kill(part, down) => {
            let is_hit = cluster.kill(part).await?;
            sleep(down).await;
            cluster.start_again(part).await?;
            return Ok(is_hit);
        }
        Disturbance::Pause(part, length) => return cluster.pause(part, length).await,
        Disturbance::Failover => {
            let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
            // It may be away already.
            return Ok(sqlx::query(cut).execute(&cluster.pool()).await.is_ok());
        }
        Disturbance::Jump(seconds, length) => {
            stage.clock.set(seconds)?;
            stage.reconciles_by.set(seconds)?;
            sleep(length).await;
            stage.clock.set(0)?;
            stage.reconciles_by.set(0)?;
        }
        Disturbance::Haste(length) => {
            stage.reconciles_by.set(quiet::LATER)?;
            sleep(length).await;
            stage.reconciles_by.set(0)?;
        }
    }
    Ok(true)
}
