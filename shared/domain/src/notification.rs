//! What a person finds in the in-app inbox.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{NotificationId, Reminder, ReminderId, TaskId, Title};

/// A notification. Its JSON form is the API's representation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notification {
    /// Its identity: one firing of one reminder.
    pub id: NotificationId,
    /// The task it is about.
    pub task_id: TaskId,
    /// What it tells.
    pub kind: Kind,
    /// The task's title when the reminder fired.
    pub title: Title,
    /// The moment the reminder was set for.
    pub remind_at: DateTime<Utc>,
    /// The moment it fired.
    pub fired_at: DateTime<Utc>,
    /// How late it fired, in milliseconds.
    pub late_ms: i64,
    /// When the person read it.
    pub read_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// The reminder it came from.
    #[serde(skip)]
    pub reminder_id: ReminderId,
}

/// What a notification tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A reminder's moment came.
    Reminder,
}

impl Notification {
    /// The notification of `reminder`, which has fired.
    #[must_use]
    pub fn of(task_id: TaskId, title: Title, reminder: &Reminder, now: DateTime<Utc>) -> Self {
        let fired_at = reminder.fired_at.unwrap_or(now);
        Self {
            id: reminder.notification_id(),
            task_id,
            kind: Kind::Reminder,
            title,
            remind_at: reminder.fire_at,
            fired_at,
            late_ms: (fired_at - reminder.fire_at).num_milliseconds(),
            read_at: None,
            created_at: now,
            reminder_id: reminder.id,
        }
    }
}
