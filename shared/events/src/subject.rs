//! What a consumer takes from an event's data: ids only. It reads the present state itself, so that a late,
//! doubled, reordered or forged event finds nothing to do. Unknown members are ignored: newer events have more.

use domain::{ReminderId, TaskId, UserId};
use serde::Deserialize;

/// The task an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct TaskSubject {
    /// Whose.
    pub user_id: UserId,
    /// Which task.
    pub task_id: TaskId,
}

/// The reminder an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct ReminderSubject {
    /// Whose.
    pub user_id: UserId,
    /// Of which task.
    pub task_id: TaskId,
    /// Which reminder.
    pub reminder_id: ReminderId,
}
