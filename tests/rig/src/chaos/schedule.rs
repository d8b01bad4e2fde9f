//! What happens to the parts in a round: the same for the same seed.

use std::{fmt, time::Duration};

use fastrand::Rng;
use kafka::topics::CONSUMERS;

use crate::cluster::{self, Part, SECOND_WORKERS, WORKERS};

/// A disturbance and its moment, counted from the beginning of the round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// When.
    pub at: Duration,
    /// What.
    pub disturbance: Disturbance,
}

/// Something that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disturbance {
    /// A part is killed by SIGKILL, and started again after a while.
    Kill(Part, Duration),
    /// A part is stopped in its tracks, and goes on after a while.
    Pause(Part, Duration),
    /// Every connection to the database is cut, as by a failover.
    Failover,
    /// The functions' clock jumps so many seconds, and back after a while.
    Jump(i64, Duration),
    /// `reconcile` takes whatever is awaited for forgotten, and so repairs beside what delivers it, for a while.
    Haste(Duration),
}

/// How far the functions' clock jumps at most, in seconds.
pub const FARTHEST: i64 = 3_600;

/// Every part, each as often as it is to be chosen: what carries events more often than what answers people.
fn parts() -> Vec<Part> {
    let once = cluster::names().chain(SECOND_WORKERS.map(|(second, _)| second));
    let again = CONSUMERS.into_iter().chain(WORKERS);
    let functions = once.chain(again).map(Part::Function);
    functions
        .chain([
            Part::Reconcile,
            Part::Reconcile,
            Part::Gateway,
            Part::Dispatcher,
            Part::Dispatcher,
            Part::Receiver,
            Part::Kafka,
            Part::Postgres,
            Part::Postgres,
        ])
        .collect()
}

/// How long the last of `schedule` goes on for, from the beginning of the round.
#[must_use]
pub fn length(schedule: &[Planned]) -> Duration {
    let ends = schedule.iter().map(|planned| planned.at + planned.disturbance.length());
    ends.max().unwrap_or_default()
}

/// What happens within `length`, of `seed`. In a `patient` run Kafka may also be gone for minutes.
#[must_use]
pub fn schedule(seed: u64, length: Duration, is_patient: bool) -> Vec<Planned> {
    let mut random = Rng::with_seed(seed);
    let count = random.usize(3..=6);
    let mut planned: Vec<_> = (0..count)
        .map(|_| Planned {
            at: length.mul_f64(random.f64()),
            disturbance: disturbance(&mut random),
        })
        .collect();
    if is_patient && random.u8(0..20) == 0 {
        let gone = Duration::from_secs(random.u64(120..=180));
        planned.push(Planned {
            at: Duration::ZERO,
            disturbance: Disturbance::Kill(Part::Kafka, gone),
        });
    }
    // A part is disturbed by one thing at a time: what was killed cannot be stopped in its tracks, nor started twice.
    let mut disturbed = Vec::new();
    planned.retain(|planned| {
        let part = planned.disturbance.part();
        let is_first = !disturbed.contains(&part);
        disturbed.push(part);
        is_first
    });
    planned.sort_by_key(|planned| planned.at);
    planned
}

impl Disturbance {
    /// What is disturbed: a part; the connections go with the database, and clocks are none.
    #[must_use]
    pub fn part(&self) -> Option<Part> {
        match self {
            Self::Kill(part, _) | Self::Pause(part, _) => Some(*part),
            Self::Failover => Some(Part::Postgres),
            Self::Jump(..) | Self::Haste(_) => None,
        }
    }

    fn length(&self) -> Duration {
        match self {
            Self::Kill(_, length) | Self::Pause(_, length) | Self::Jump(_, length) | Self::Haste(length) => *length,
            Self::Failover => Duration::ZERO,
        }
    }
}

fn disturbance(random: &mut Rng) -> Disturbance {
    let parts = parts();
    let part = parts[random.usize(0..parts.len())];
    let is_away = random.u8(0..8) == 0;
    // Longer than the dispatcher tries for, or hardly noticed.
    let down = Duration::from_millis(if is_away {
        random.u64(14_000..18_000)
    } else {
        random.u64(0..3_000)
    });
    let long = Duration::from_millis(random.u64(200..6_000));
    match random.u8(0..11) {
        0..=5 => Disturbance::Kill(part, down),
        6 | 7 => Disturbance::Pause(part, long),
        8 => Disturbance::Failover,
        9 => Disturbance::Haste(long),
        _ => {
            let seconds = random.i64(1..=FARTHEST);
            Disturbance::Jump(if random.bool() { seconds } else { -seconds }, long)
        }
    }
}

impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>6} ms  {}", self.at.as_millis(), self.disturbance)
    }
}

impl fmt::Display for Disturbance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.length().as_millis();
        match self {
            Self::Kill(part, _) => write!(f, "kill {part}, down for {length} ms"),
            Self::Pause(part, _) => write!(f, "pause {part} for {length} ms"),
            Self::Failover => write!(f, "cut every connection to the database"),
            Self::Jump(seconds, _) => write!(f, "set the functions' clock by {seconds:+} s for {length} ms"),
            Self::Haste(_) => write!(f, "let reconcile repair all at once for {length} ms"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seed_gives_the_same_schedule_and_others_another() {
        let of = |seed| schedule(seed, Duration::from_secs(10), true);
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
    }

    #[test]
    fn every_part_of_a_cluster_may_be_disturbed() {
        let parts = parts();
        let functions = gateway::routes::functions().into_iter().chain(CONSUMERS).chain(WORKERS);
        for function in functions {
            assert!(parts.contains(&Part::Function(function)), "{function}");
        }
        for (second, _) in SECOND_WORKERS {
            assert!(parts.contains(&Part::Function(second)), "{second}");
        }
        for part in [
            Part::Reconcile,
            Part::Gateway,
            Part::Dispatcher,
            Part::Receiver,
            Part::Kafka,
            Part::Postgres,
        ] {
            assert!(parts.contains(&part), "{part}");
        }
    }
}
