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

#[cfg(test)]
mod tests {
    use domain::{Civil, Description, NewTask, Priority, Tags, Trigger};
    use uuid::Uuid;

    use super::*;

    /// A task with as much of everything as is allowed.
    fn largest() -> Task {
        let wide = '\u{10FFFF}'.to_string();
        let tags: Vec<_> = (10..30).map(|n| format!("{n}{}", wide.repeat(48))).collect();
        let dates: Vec<Civil> = (0..100)
            .map(|n| format!("2027-01-01T09:{:02}:{:02}", n / 60, n % 60).parse().unwrap())
            .collect();
        let at = "2027-01-01T00:00:00.123456Z".parse().unwrap();
        let task = NewTask {
            title: Title::parse(&wide.repeat(500)).unwrap(),
            description: Description::parse(&wide.repeat(10_000)).unwrap(),
            priority: Priority::Medium,
            tags: Tags::parse(&tags).unwrap(),
            due_date: Some("2026-12-01T09:00".parse().unwrap()),
            time_zone: "America/Argentina/ComodRivadavia".parse().unwrap(),
            recurrence_rule: Some("FREQ=MONTHLY;INTERVAL=99999;UNTIL=99990101T000000".parse().unwrap()),
            recurrence_mode: None,
            exceptions: dates.clone(),
            additions: dates,
            reminders: vec![(String::new(), Trigger::At(at)); NewTask::REMINDER_LIMIT],
        };
        task.create("2026-11-23T08:00:00Z".parse().unwrap(), Uuid::new_v4)
            .unwrap()
            .task
    }

    #[test]
    fn no_event_comes_near_a_brokers_limit_of_one_mebibyte() {
        let task = largest();
        let payload = TaskChanged {
            kind: EventType::TaskCreated,
            task: &task,
            changed: &[],
        };
        let size = payload.data(UserId::LOCAL).len();
        assert!((40_000..100_000).contains(&size), "{size} bytes");
    }

    #[test]
    fn an_event_carries_its_task_whole_and_what_its_handler_needs() {
        let task = largest();
        let payload = ReminderDue::new(&task, &task.reminders[0], "2027-01-01T00:00:01Z".parse().unwrap());
        let data = payload.data(UserId::LOCAL);
        let subject: crate::ReminderSubject = serde_json::from_str(&data).unwrap();
        assert_eq!((subject.task_id, subject.reminder_id), (task.id, task.reminders[0].id));
        let data: serde_json::Value = serde_json::from_str(&data).unwrap();
        assert_eq!(data["task"]["version"], 1);
        assert_eq!(data["completed"], false);
    }
}
