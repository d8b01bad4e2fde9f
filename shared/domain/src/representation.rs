//! A task's JSON form: what the API answers and what events carry.

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use crate::{
    Civil, Description, Offset, Priority, Reminder, ReminderId, ReminderState, SeriesId, Tags, Task, TaskId, Title,
    Trigger, Zone, recurrence::Rule, series::Mode, transition::Changed,
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
        document(self).serialize(serializer)
    }
}

fn document(task: &Task) -> TaskDocument<'_> {
    let place = task.place.as_ref();
    TaskDocument {
        id: task.id,
        title: &task.title,
        description: &task.description,
        status: if task.is_completed() { "completed" } else { "pending" },
        priority: task.priority,
        tags: &task.tags,
        due_date: task.due.map(|due| due.date),
        time_zone: task.time_zone,
        due_at: task.due.map(|due| due.at),
        recurrence_rule: place.map(|p| p.rule),
        recurrence_mode: place.map(|p| p.mode),
        exceptions: place.map_or(&[], |p| &p.exceptions),
        additions: place.map_or(&[], |p| &p.additions),
        series_id: place.map(|p| p.series_id),
        occurrence: place.map(|p| p.occurrence),
        scheduled_for: place.map(|p| p.scheduled_for),
        reminders: &task.reminders,
        version: task.version,
        created_at: task.created_at,
        updated_at: task.updated_at,
        completed_at: task.completed_at,
        deleted_at: task.deleted_at,
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

/// The members of a task's representation that a person's change may touch, and that differ.
pub(crate) fn changed(before: &Task, after: &Task) -> Changed {
    let (a, b) = (document(before), document(after));
    [
        ("title", a.title != b.title),
        ("description", a.description != b.description),
        ("priority", a.priority != b.priority),
        ("tags", a.tags != b.tags),
        ("due_date", a.due_date != b.due_date),
        ("time_zone", a.time_zone != b.time_zone),
        ("due_at", a.due_at != b.due_at),
        ("recurrence_rule", a.recurrence_rule != b.recurrence_rule),
        ("recurrence_mode", a.recurrence_mode != b.recurrence_mode),
        ("exceptions", a.exceptions != b.exceptions),
        ("additions", a.additions != b.additions),
        ("series_id", a.series_id != b.series_id),
        ("occurrence", a.occurrence != b.occurrence),
        ("scheduled_for", a.scheduled_for != b.scheduled_for),
        ("reminders", a.reminders != b.reminders),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}
