//! A task as it stands.

use chrono::{DateTime, Utc};

use crate::{
    Civil, Description, Priority, Reminder, SeriesId, Tags, TaskId, Title, Zone, recurrence::Rule, series::Mode,
};

/// A task as it stands. Its JSON form is the API's representation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its identity.
    pub id: TaskId,
    /// What is to be done.
    pub title: Title,
    /// More about it.
    pub description: Description,
    /// How much it matters.
    pub priority: Priority,
    /// Its tags.
    pub tags: Tags,
    /// The zone its local dates are read in.
    pub time_zone: Zone,
    /// When it is due.
    pub due: Option<Due>,
    /// Its place in a series, when it recurs.
    pub place: Option<Place>,
    /// Its reminders, in the order they were given.
    pub reminders: Vec<Reminder>,
    /// Raised by one by whatever changes its representation, from 1.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When its representation last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was completed; `None` while it is pending.
    pub completed_at: Option<DateTime<Utc>>,
    /// When it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// When a task is due: what the person said, and the instant derived from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The date, or local date-time, that the person said.
    pub date: Civil,
    /// Its instant: a date's is its local midnight.
    pub at: DateTime<Utc>,
}

/// A task's place in its series, and the series' rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The series.
    pub series_id: SeriesId,
    /// The series' revision that this occurrence shows, and goes on by.
    pub revision: u32,
    /// Its number in the chain of occurrences, from 1.
    pub occurrence: u32,
    /// The rule's own local time for it; the due date may have been moved since.
    pub scheduled_for: Civil,
    /// The series' rule.
    pub rule: Rule,
    /// What the next occurrence is counted from.
    pub mode: Mode,
    /// Local times left out of the rule.
    pub exceptions: Vec<Civil>,
    /// Local times added to the rule.
    pub additions: Vec<Civil>,
}

impl Due {
    /// `date` in `zone`.
    #[must_use]
    pub fn new(date: Civil, zone: Zone) -> Self {
        Self {
            date,
            at: zone.resolve(date.start()),
        }
    }

    /// The instant from which on it is overdue: a date's day has to end first.
    #[must_use]
    pub fn overdue_from(self, zone: Zone) -> DateTime<Utc> {
        match self.date {
            Civil::Date(date) => zone.end_of_day(date),
            Civil::DateTime(_) => self.at,
        }
    }

    /// Whether it is not overdue yet.
    pub(crate) fn is_ahead(self, zone: Zone, now: DateTime<Utc>) -> bool {
        self.overdue_from(zone) > now
    }
}

impl Task {
    /// Whether it is completed.
    #[must_use]
    pub fn is_completed(&self) -> bool {
        self.completed_at.is_some()
    }

    /// Notes a change of the representation.
    pub(crate) fn touch(&mut self, now: DateTime<Utc>) {
        self.version += 1;
        self.updated_at = now;
    }
}
