//! What each kind of event carries. Every one carries its task whole, as it stands after the change, so that a
//! consumer needs no other source; sizes are bounded by the limits on a task's members.

use chrono::{DateTime, Utc};
use domain::{Notification, Reminder, ReminderId, SeriesId, Task, TaskId, Title, UserId};
use serde::Serialize;

use crate::EventType;

/// What an event carries.
pub trait Payload: Serialize {
    /// The kind of event it makes.
    fn kind(&self) -> EventType;

    /// The task it is about, after the change.
    fn task(&self) -> &Task;

    /// The names of the task's members that changed.
    fn changed(&self) -> &[&'static str];

    /// The event's `data`.
    fn data(&self, user_id: UserId) -> String {
        let task = self.task();
        let data = Data {
            user_id,
            task_id: task.id,
            title: &task.title,
            completed: task.is_completed(),
            changed: self.changed(),
            details: self,
            task,
        };
        serde_json::to_string(&data).expect("a payload has string keys only and no fallible serializer")
    }
}

#[derive(Serialize)]
struct Data<'a, P: ?Sized> {
    user_id: UserId,
    task_id: TaskId,
    title: &'a Title,
    completed: bool,
    changed: &'a [&'static str],
    #[serde(flatten)]
    details: &'a P,
    task: &'a Task,
}

/// A task was created, updated, completed, reopened, deleted or restored.
#[derive(Debug, Serialize)]
pub struct TaskChanged<'a> {
    /// Which of these.
    #[serde(skip)]
    pub kind: EventType,
    /// The task after it.
    #[serde(skip)]
    pub task: &'a Task,
    /// The members that changed.
    #[serde(skip)]
    pub changed: &'a [&'static str],
}

/// A reminder's moment came.
#[derive(Debug, Serialize)]
pub struct ReminderDue<'a> {
    /// The task after it.
    #[serde(skip)]
    pub task: &'a Task,
    /// The reminder.
    pub reminder_id: ReminderId,
    /// Which scheduling of the reminder.
    pub generation: i32,
    /// The moment it was set for.
    pub remind_at: DateTime<Utc>,
    /// The moment it fired.
    pub fired_at: DateTime<Utc>,
}

/// A series has its next occurrence: the event's task.
#[derive(Debug, Serialize)]
pub struct NextCreated<'a> {
    /// The next occurrence.
    #[serde(skip)]
    pub task: &'a Task,
    /// The series.
    pub series_id: SeriesId,
    /// The next occurrence's number.
    pub occurrence: u32,
    /// The occurrence whose completion made it.
    pub previous_task_id: TaskId,
}

/// A notification was made or read.
#[derive(Debug, Serialize)]
pub struct NotificationChanged<'a> {
    /// Which of these.
    #[serde(skip)]
    pub kind: EventType,
    /// The task it is about.
    #[serde(skip)]
    pub task: &'a Task,
    /// The members of the task that changed with it.
    #[serde(skip)]
    pub changed: &'a [&'static str],
    /// The notification.
    pub notification: &'a Notification,
}

impl<'a> ReminderDue<'a> {
    /// The firing of `reminder` of `task`.
    #[must_use]
    pub fn new(task: &'a Task, reminder: &Reminder, fired_at: DateTime<Utc>) -> Self {
        Self {
            task,
            reminder_id: reminder.id,
            generation: reminder.generation,
            remind_at: reminder.fire_at,
            fired_at,
        }
    }
}

impl Payload for TaskChanged<'_> {
    fn kind(&self) -> EventType {
        self.kind
    }
    fn task(&self) -> &Task {
        self.task
    }
    fn changed(&self) -> &[&'static str] {
        self.changed
    }
}

impl Payload for ReminderDue<'_> {
    fn kind(&self) -> EventType {
        EventType::ReminderDue
    }
    fn task(&self) -> &Task {
        self.task
    }
    fn changed(&self) -> &[&'static str] {
        &["reminders"]
    }
}

impl Payload for NextCreated<'_> {
    fn kind(&self) -> EventType {
        EventType::RecurringNextCreated
    }
    fn task(&self) -> &Task {
        self.task
    }
    fn changed(&self) -> &[&'static str] {
        &[]
    }
}

impl Payload for NotificationChanged<'_> {
    fn kind(&self) -> EventType {
        self.kind
    }
    fn task(&self) -> &Task {
        self.task
    }
    fn changed(&self) -> &[&'static str] {
        self.changed
    }
}
