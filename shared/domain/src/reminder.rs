//! Reminders: when a task calls for its person.
//!
//! A reminder goes scheduled → fired → delivered, or is cancelled. Each (re)scheduling raises its generation, and
//! a notification's identity is (reminder, generation): what was moved away and back fires again, what is
//! delivered twice does not.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Due, NotificationId, Offset, ReminderId, Zone};

/// A reminder of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// Its identity.
    pub id: ReminderId,
    /// What its moment is reckoned from.
    pub trigger: Trigger,
    /// The moment it fires at.
    pub fire_at: DateTime<Utc>,
    /// How far it has come.
    pub state: ReminderState,
    /// How often it was scheduled, from 1.
    pub generation: i32,
    /// When it last fired.
    pub fired_at: Option<DateTime<Utc>>,
}

/// What a reminder's moment is reckoned from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// An instant of its own.
    At(DateTime<Utc>),
    /// The task's due date, a date's from its local midnight.
    Offset(Offset),
}

/// How far a reminder has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReminderState {
    /// Its moment is still awaited.
    Scheduled,
    /// Its moment came; its notification is being made.
    Fired,
    /// Its notification was made.
    Delivered,
    /// Its task was completed or deleted first.
    Cancelled,
}

impl Reminder {
    /// A reminder that awaits its first moment.
    #[must_use]
    pub fn new(id: ReminderId, trigger: Trigger, fire_at: DateTime<Utc>) -> Self {
        Self {
            id,
            trigger,
            fire_at,
            state: ReminderState::Scheduled,
            generation: 1,
            fired_at: None,
        }
    }

    /// Awaits `moment` anew; a moment that is past comes at once.
    pub fn schedule(&mut self, moment: DateTime<Utc>, now: DateTime<Utc>) {
        self.fire_at = moment.max(now);
        self.state = ReminderState::Scheduled;
        self.generation += 1;
        self.fired_at = None;
    }

    /// Its moment has come.
    pub(crate) fn fire(&mut self, now: DateTime<Utc>) {
        self.state = ReminderState::Fired;
        self.fired_at = Some(now);
    }

    /// Follows its task's due date, which moved it to `moment`: one that is past by then fires at once only where it still
    /// awaited its moment and the date itself `is_ahead`.
    pub(crate) fn follow(&mut self, moment: DateTime<Utc>, is_ahead: bool, now: DateTime<Utc>) {
        if moment > now || (is_ahead && self.state == ReminderState::Scheduled) {
            self.schedule(moment, now);
            return;
        }
        self.cancel();
        if self.state == ReminderState::Cancelled {
            self.fire_at = moment;
        }
    }

    /// Awaits nothing while its task is done or gone; should that come back, it is for `moment`.
    pub(crate) fn rest(&mut self, moment: DateTime<Utc>) {
        self.fire_at = moment;
        self.state = ReminderState::Cancelled;
    }

    /// Takes back what was not delivered yet.
    pub fn cancel(&mut self) {
        if matches!(self.state, ReminderState::Scheduled | ReminderState::Fired) {
            self.state = ReminderState::Cancelled;
        }
    }

    /// The notification that this firing makes.
    #[must_use]
    pub fn notification_id(&self) -> NotificationId {
        NotificationId::of_firing(self.id, self.generation)
    }
}

impl Trigger {
    /// The moment it stands for; `None` for an offset from a due date that is not there.
    #[must_use]
    pub fn moment(self, due: Option<Due>, zone: Zone) -> Option<DateTime<Utc>> {
        match self {
            Self::At(at) => Some(at),
            Self::Offset(offset) => due.map(|due| offset.apply(due.date, zone)),
        }
    }

    /// When a reminder that a person sets now first fires, or why it cannot: one whose moment is past fires at once where
    /// it counts from a due date that is still ahead.
    pub(crate) fn first_moment(
        self,
        due: Option<Due>,
        zone: Zone,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, &'static str> {
        let moment = self
            .moment(due, zone)
            .ok_or("needs due_date, which its offset counts from")?;
        match self {
            _ if moment > now => Ok(moment),
            Self::Offset(_) if due.is_some_and(|due| due.is_ahead(zone, now)) => Ok(now),
            Self::Offset(_) => Err("its moment and due_date are both past"),
            Self::At(_) => Err("must be in the future"),
        }
    }

    /// Its distance from `due`, which is what repeats; `None` for an instant farther away than an offset reaches.
    #[must_use]
    pub fn distance_from(self, due: Due) -> Option<Offset> {
        match self {
            Self::At(at) => Offset::between(due.at, at),
            Self::Offset(offset) => Some(offset),
        }
    }
}

impl ReminderState {
    /// The state's name, as the API and the database write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Fired => "fired",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The text names no reminder state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be scheduled, fired, delivered or cancelled")]
pub struct ReminderStateError;

impl FromStr for ReminderState {
    type Err = ReminderStateError;

    fn from_str(text: &str) -> Result<Self, ReminderStateError> {
        [Self::Scheduled, Self::Fired, Self::Delivered, Self::Cancelled]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(ReminderStateError)
    }
}

impl fmt::Display for ReminderState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
