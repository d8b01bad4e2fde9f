//! What happens to the parts in a round: the same for the same seed.

use std::{fmt, time::Duration};

use fastrand::Rng;

use crate::cluster::Part;

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
}

/// Every part, each as often as it is to be chosen.
const PARTS: [Part; 22] = [
    Part::Function("create-task"),
    Part::Function("complete-task"),
    Part::Function("update-task"),
    Part::Function("delete-task"),
    Part::Function("get-task"),
    Part::Function("notifications"),
    Part::Function("on-task-completed"),
    Part::Function("on-task-completed"),
    Part::Function("on-reminder-due"),
    Part::Function("on-reminder-due"),
    Part::Function("dispatch-reminders"),
    Part::Function("dispatch-reminders"),
    Part::Function("relay-log"),
    Part::Function("relay-log"),
    Part::Function("relay-log"),
    Part::Gateway,
    Part::Dispatcher,
    Part::Dispatcher,
    Part::Receiver,
    Part::Kafka,
    Part::Postgres,
    Part::Postgres,
];

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
    /// What is disturbed: a part; the connections go with the database, and the clock is none.
    #[must_use]
    pub fn part(&self) -> Option<Part> {
        match self {
            Self::Kill(part, _) | Self::Pause(part, _) => Some(*part),
            Self::Failover => Some(Part::Postgres),
            Self::Jump(..) => None,
        }
    }
}

fn disturbance(random: &mut Rng) -> Disturbance {
    let part = PARTS[random.usize(0..PARTS.len())];
    let is_away = random.u8(0..8) == 0;
    // Longer than the dispatcher tries for, or hardly noticed.
    let down = Duration::from_millis(if is_away {
        random.u64(14_000..18_000)
    } else {
        random.u64(0..3_000)
    });
    let long = Duration::from_millis(random.u64(200..6_000));
    match random.u8(0..10) {
        0..=5 => Disturbance::Kill(part, down),
        6 | 7 => Disturbance::Pause(part, long),
        8 => Disturbance::Failover,
        _ => {
            let seconds = random.i64(1..=3_600);
            Disturbance::Jump(if random.bool() { seconds } else { -seconds }, long)
        }
    }
}

impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>6} ms  ", self.at.as_millis())?;
        match &self.disturbance {
            Disturbance::Kill(part, down) => write!(f, "kill {part}, down for {} ms", down.as_millis()),
            Disturbance::Pause(part, length) => write!(f, "pause {part} for {} ms", length.as_millis()),
            Disturbance::Failover => write!(f, "cut every connection to the database"),
            Disturbance::Jump(seconds, length) => {
                write!(
                    f,
                    "set the functions' clock by {seconds:+} s for {} ms",
                    length.as_millis()
                )
            }
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
}
