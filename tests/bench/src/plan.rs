//! What is measured, how often and for how long.

use std::{fmt, time::Duration};

use clap::ValueEnum;
use serde::Serialize;

/// A part of the benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// Creates per second, over HTTP and by SQL alone, against a plain INSERT
    Create,
    /// From exec to the first answered request
    ColdStart,
    /// Resident memory of idle processes
    Memory,
    /// How late reminders are
    Lateness,
    /// The dispatcher's CPU while nothing is due
    Dispatcher,
    /// What the gateway adds to a request
    Gateway,
    /// Recurrence against the rrule crate
    Recurrence,
    /// Lists and searches in an account of a million tasks
    List,
    /// Streams of changes: their memory, and how soon a commit reaches a client
    Streams,
    /// The log on its way to Kafka: events a second, delay and memory (needs a JDK from 21 on and Maven)
    Relay,
    /// From a commit to what a function does of it, and so from zero (needs a JDK from 21 on, Maven and Go)
    Chain,
}

/// How often and for how long.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Plan {
    /// Rounds in which sides alternate.
    pub(crate) rounds: u32,
    /// Whether the figures need not mean much.
    pub(crate) is_quick: bool,
    /// How many tasks the other accounts have where lists are measured.
    pub(crate) others_tasks: u32,
}

impl What {
    /// Those of `wanted`, each once, in their order; all where none is.
    pub(crate) fn all(wanted: &[Self]) -> impl Iterator<Item = Self> {
        let all = Self::value_variants().iter().copied();
        all.filter(move |what| wanted.is_empty() || wanted.contains(what))
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "creates",
            Self::ColdStart => "cold starts",
            Self::Memory => "memory",
            Self::Lateness => "lateness",
            Self::Dispatcher => "the dispatcher",
            Self::Gateway => "the gateway",
            Self::Recurrence => "recurrence",
            Self::List => "lists",
            Self::Streams => "streams",
            Self::Relay => "the relay",
            Self::Chain => "the chain",
        })
    }
}

impl Plan {
    pub(crate) fn new(rounds: u32, is_quick: bool, others_tasks: u32) -> Self {
        let rounds = if is_quick { rounds.min(2) } else { rounds };
        Self {
            rounds,
            is_quick,
            others_tasks,
        }
    }

    /// `full`, or `quick` where the figures need not mean much.
    pub(crate) fn pick<T>(&self, full: T, quick: T) -> T {
        if self.is_quick { quick } else { full }
    }

    /// How long one side of a throughput runs in one round.
    pub(crate) fn length(&self) -> Duration {
        self.pick(Duration::from_secs(5), Duration::from_secs(1))
    }

    /// How long it runs before that, unmeasured.
    pub(crate) fn warm_up(&self) -> Duration {
        self.pick(Duration::from_secs(1), Duration::from_millis(300))
    }
}
