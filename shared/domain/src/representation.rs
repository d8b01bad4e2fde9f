//! A task's JSON form: what the API answers and what events carry.

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use crate::{
    Civil, Description, Offset, Priority, Reminder, ReminderId, ReminderState, SeriesId, Tags, Task, TaskId, Title,
    Trigger, Zone, recurrence::Rule, series::Mode,
};

#[derive(Serialize)]
struct TaskDocument<'a> {
    id: TaskId,
    title: &'a Title,
    description: &'a Description,
    status: &'static str,
    priority: Priority,
    tags: &'a Tags,
    due_date: Option<Civil>,
    time_zone: Zone,
    due_at: Option<DateTime<Utc>>,
    recurrence_rule: Option<Rule>,
    recurrence_mode: Option<Mode>,
    exceptions: &'a [Civil],
    additions: &'a [Civil],
    series_id: Option<SeriesId>,
    occurrence: Option<u32>,
    scheduled_for: Option<Civil>,
    reminders: &'a [Reminder],
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
    deleted_at: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct ReminderDocument {
    id: ReminderId,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<Offset>,
    fire_at: DateTime<Utc>,
    state: ReminderState,
}

impl Serialize for Task {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let place = self.place.as_ref();
        TaskDocument {
            id: self.id,
            title: &self.title,
            description: &self.description,
            status: if self.is_completed() { "completed" } else { "pending" },
            priority: self.priority,
            tags: &self.tags,
            due_date: self.due.map(|due| due.date),
            time_zone: self.time_zone,
            due_at: self.due.map(|due| due.at),
            recurrence_rule: place.map(|p| p.rule),
            recurrence_mode: place.map(|p| p.mode),
            exceptions: place.map_or(&[], |p| &p.exceptions),
            additions: place.map_or(&[], |p| &p.additions),
            series_id: place.map(|p| p.series_id),
            occurrence: place.map(|p| p.occurrence),
            scheduled_for: place.map(|p| p.scheduled_for),
            reminders: &self.reminders,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
            completed_at: self.completed_at,
            deleted_at: self.deleted_at,
        }
        .serialize(serializer)
    }
}

impl Serialize for Reminder {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (at, offset) = match self.trigger {
            Trigger::At(at) => (Some(at), None),
            Trigger::Offset(offset) => (None, Some(offset)),
        };
        ReminderDocument {
            id: self.id,
            at,
            offset,
            fire_at: self.fire_at,
            state: self.state,
        }
        .serialize(serializer)
    }
}
