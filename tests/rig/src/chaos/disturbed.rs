//! What was disturbed, and when: what excuses that something was late, refused or given up, and for how long.

use chrono::{DateTime, TimeDelta, Utc};

use super::schedule::Disturbance;
use crate::cluster::Part;

/// How long what is over is still felt: processes start, sessions run out, clocks are looked at once in a second.
const AFTERMATH: TimeDelta = TimeDelta::seconds(12);

/// A disturbance as it was carried out, by the true time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disturbed {
    /// What.
    pub what: Disturbance,
    /// When it began.
    pub from: DateTime<Utc>,
    /// When it was over.
    pub to: DateTime<Utc>,
    /// Whether there was something to disturb.
    pub is_hit: bool,
}

impl Disturbed {
    /// Whether it may be felt at some time between the two.
    #[must_use]
    pub fn is_felt_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
        self.from <= to && from <= self.to + AFTERMATH
    }

    /// Whether `function` may have taken no event because of it: it was away or stopped, or its database was, or what delivers
    /// to it stood still over its own deadline; or one was stopped that held a user's log.
    #[must_use]
    pub fn keeps_from_taking(&self, function: &str) -> bool {
        match self.what {
            Disturbance::Kill(Part::Function(name), _) => name == function,
            Disturbance::Kill(part, _) => part == Part::Postgres,
            Disturbance::Pause(part, _) => {
                matches!(
                    part,
                    Part::Function(_) | Part::Reconcile | Part::Dispatcher | Part::Postgres
                )
            }
            Disturbance::Failover => true,
            Disturbance::Jump(..) | Disturbance::Haste(_) => false,
        }
    }

    /// Whether a dead letter may be lost because of it.
    #[must_use]
    pub fn loses_letters(&self) -> bool {
        [Some(Part::Receiver), Some(Part::Kafka)].contains(&self.what.part())
    }
}
