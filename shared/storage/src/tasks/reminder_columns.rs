//! Reminders, column by column, as `unnest` takes them.

use chrono::{DateTime, Utc};
use domain::{Reminder, Trigger};
use uuid::Uuid;

#[derive(Debug, Default)]
pub(super) struct ReminderColumns {
    pub(super) ids: Vec<Uuid>,
    pub(super) positions: Vec<i16>,
    pub(super) ats: Vec<Option<DateTime<Utc>>>,
    pub(super) offsets: Vec<Option<String>>,
    pub(super) fire_ats: Vec<DateTime<Utc>>,
    pub(super) states: Vec<String>,
    pub(super) generations: Vec<i32>,
    pub(super) fired_ats: Vec<Option<DateTime<Utc>>>,
}

impl ReminderColumns {
    pub(super) fn of(reminders: &[Reminder]) -> Self {
        let mut columns = Self::default();
        for (position, reminder) in (0..).zip(reminders) {
            columns.push(position, reminder);
        }
        columns
    }

    pub(super) fn push(&mut self, position: i16, reminder: &Reminder) {
        let (at, offset) = match reminder.trigger {
            Trigger::At(at) => (Some(at), None),
            Trigger::Offset(offset) => (None, Some(offset.to_string())),
        };
        self.ids.push(reminder.id.0);
        self.positions.push(position);
        self.ats.push(at);
        self.offsets.push(offset);
        self.fire_ats.push(reminder.fire_at);
        self.states.push(reminder.state.to_string());
        self.generations.push(reminder.generation);
        self.fired_ats.push(reminder.fired_at);
    }
}
