//! What must hold. Each property is a function of what people know and what there is; each answers what violates it.

mod answers;
mod changes;
mod completions;
mod letters;
mod log;
mod privacy;
mod reminders;
mod topics;
mod writes;

use std::fmt;

use super::{history::Attempt, observe::Observed};

/// What must hold, and does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which property.
    pub property: Property,
    /// What violates it.
    pub what: String,
}

/// What must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    /// Every acknowledged write is there, once; one whose answer was lost at most once; one that was refused not at all. What
    /// is read was written, and what was written is read.
    Writes,
    /// Who waits is answered, and nobody is refused what they may ask for.
    Answers,
    /// Nobody is shown, or may touch, what is another's.
    Privacy,
    /// Every log is numbered without gaps, and what is shown is what it says.
    Log,
    /// Every reminder that was asked for fires once, not before its moment, and makes exactly one notification.
    Reminders,
    /// Every completion has exactly one next occurrence.
    Completions,
    /// What was given up is among the dead letters, and these have a cause.
    Letters,
    /// Kafka has every event, and in each topic the first appearances of each user's in order.
    Topics,
    /// Who follows their log is told of each event once, in its order.
    Changes,
}

/// Everything that does not hold.
#[must_use]
pub fn check(history: &[Attempt], observed: &Observed) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut add = |property, found: Vec<String>| {
        violations.extend(found.into_iter().map(|what| Violation { property, what }));
    };
    add(Property::Writes, writes::check(history, observed));
    add(Property::Answers, answers::check(history, observed));
    add(Property::Privacy, privacy::check(history, observed));
    add(Property::Log, log::check(observed));
    add(Property::Reminders, reminders::check(history, observed));
    add(Property::Completions, completions::check(observed));
    add(Property::Letters, letters::check(observed));
    add(Property::Topics, topics::check(observed));
    add(Property::Changes, changes::check(observed));
    violations
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.property, self.what)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use uuid::Uuid;

    use crate::chaos::{
        history::{Attempt, Outcome},
        observe::Logged,
    };

    /// When everything here happens.
    pub(super) const NOON: &str = "2026-11-23T12:00:00Z";

    /// The event of one task of one user.
    pub(super) fn event(seq: i64, kind: &str, data: Value) -> Logged {
        Logged {
            user: Uuid::nil(),
            seq,
            id: Uuid::from_u128(seq.cast_unsigned().into()),
            kind: kind.to_owned(),
            task: Uuid::nil(),
            version: 1,
            data,
            committed_at: NOON.parse().expect("it is an instant"),
        }
    }

    /// What one user asked for.
    pub(super) fn attempt(kind: &'static str, outcome: Outcome) -> Attempt {
        let at = NOON.parse().expect("it is an instant");
        Attempt {
            user: Uuid::nil(),
            kind,
            task: String::new(),
            mark: None,
            moment: None,
            began: at,
            ended: at,
            outcome,
        }
    }
}
