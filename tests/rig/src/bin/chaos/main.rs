//! `make test-chaos`: rounds in which anything may be killed, each checked when all is quiet.

mod controls;

use std::{io::Write, process::ExitCode, time::Duration};

use clap::Parser;
use rig::{
    chaos::{Stage, clock::MovedClock, round, schedule::schedule},
    cluster::{Cluster, Settings},
    knative::contract::Pauses,
};

/// How many rounds a cluster serves: what it keeps grows, and is read with each.
const ROUNDS_OF_A_CLUSTER: u64 = 20;

/// Kills parts of a running system at moments made of a seed, and checks that nothing acknowledged is lost or doubled.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many rounds
    #[arg(long, default_value_t = 10)]
    rounds: u64,
    /// The first round's seed; each has the one after it
    #[arg(long)]
    seed: Option<u64>,
    /// How long people work in a round, in seconds
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Whether Kafka may be gone for minutes
    #[arg(long)]
    patient: bool,
    /// Breaks the system on purpose in each way that is checked for, and fails where that is not found out
    #[arg(long)]
    controls: bool,
    /// Only the controls whose names begin so
    #[arg(long, requires = "controls", default_value = "")]
    only: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(violated) => {
            let found = if arguments.controls {
                "controls were not found out"
            } else {
                "rounds violated something"
            };
            say(&format!("{violated} {found}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Answers how many rounds something was violated in, or how many controls were not found out.
async fn run(arguments: &Arguments) -> anyhow::Result<u64> {
    let first = arguments.seed.unwrap_or_else(|| fastrand::u64(0..1_000_000));
    let length = Duration::from_secs(arguments.seconds);
    say(&format!("the first round by itself: {}", again(first, arguments)));
    if arguments.controls {
        return controls::run(&arguments.only, first, length).await;
    }
    let (mut violated, mut number) = (0, 0);
    while number < arguments.rounds {
        let folder = tempfile::tempdir()?;
        let clock = MovedClock::new(folder.path(), "clock")?;
        let reconciles_by = MovedClock::new(folder.path(), "reconcile")?;
        let mut cluster = Cluster::start(settings(&clock)).await?;
        let last = arguments.rounds.min(number + ROUNDS_OF_A_CLUSTER);
        while number < last {
            let stage = Stage {
                cluster: &cluster,
                clock: &clock,
                reconciles_by: &reconciles_by,
            };
            let seed = first + number;
            let one = one(stage, seed, length, arguments.patient).await;
            if !matches!(one, Ok(true)) {
                say(&format!("  logs are left in {}", cluster.keep_folder().display()));
                say(&format!("  the same again: {}", again(seed, arguments)));
            }
            violated += u64::from(!one?);
            number += 1;
        }
        cluster.stop().await?;
    }
    Ok(violated)
}

/// What repeats a round: a seed gives another schedule to other arguments.
fn again(seed: u64, arguments: &Arguments) -> String {
    let patient = if arguments.patient { " --patient" } else { "" };
    format!(
        "target/debug/chaos --rounds 1 --seed {seed} --seconds {}{patient}",
        arguments.seconds
    )
}

/// Whether nothing was violated.
async fn one(stage: Stage<'_>, seed: u64, length: Duration, is_patient: bool) -> anyhow::Result<bool> {
    let schedule = schedule(seed, length, is_patient);
    say(&format!("seed {seed}"));
    for planned in &schedule {
        say(&format!("  {planned}"));
    }
    let outcome = round(stage, seed, &schedule, length).await?;
    for missed in &outcome.missed {
        say(&format!("  hit nothing: {missed}"));
    }
    say(&format!(
        "  {} of {} requests acknowledged, {} events followed over {} cuts, {} notifications, {} dead letters, {} repaired",
        outcome.acknowledged,
        outcome.attempts,
        outcome.events,
        outcome.cuts,
        outcome.notifications,
        outcome.dead_letters,
        outcome.repaired
    ));
    for violation in &outcome.violations {
        say(&format!("  VIOLATED {violation}"));
    }
    Ok(outcome.violations.is_empty())
}

pub(crate) fn settings(clock: &MovedClock) -> Settings {
    Settings {
        // Three seconds in all, so that some events are given up.
        pauses: Pauses::Short { from: 100, retries: 4 },
        idle: Duration::from_secs(3),
        cooldown: Some(Duration::from_secs(5)),
        has_second_workers: true,
        environment: clock.environment(),
        ..Settings::default()
    }
}

pub(crate) fn say(line: &str) {
    // Whoever does not listen any more misses nothing.
    let _ = writeln!(std::io::stdout(), "{line}");
}
