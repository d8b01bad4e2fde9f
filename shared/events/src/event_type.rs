//! The kinds of event. A type's name is its CloudEvents `type` and the Kafka topic it goes to.

use std::{fmt, str::FromStr};

macro_rules! event_types {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A kind of event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum EventType {
            $($(#[$doc])* $variant,)*
        }

        impl EventType {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The kind's name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

event_types! {
    /// A task was created, by a person or as the next occurrence.
    TaskCreated = "todo.task.created",
    /// Members of a task changed.
    TaskUpdated = "todo.task.updated",
    /// A task was completed.
    TaskCompleted = "todo.task.completed",
    /// A completed task was reopened.
    TaskReopened = "todo.task.reopened",
    /// A task was deleted, or withdrawn with the completion that had made it.
    TaskDeleted = "todo.task.deleted",
    /// A deleted or withdrawn task is back.
    TaskRestored = "todo.task.restored",
    /// A reminder's moment came.
    ReminderDue = "todo.reminder.due",
    /// A series has its next occurrence.
    RecurringNextCreated = "todo.recurring.next_created",
    /// A notification was made.
    NotificationCreated = "todo.notification.created",
    /// A notification was read.
    NotificationRead = "todo.notification.read",
}

/// The text names no kind of event that this version knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownEventType;

impl FromStr for EventType {
    type Err = UnknownEventType;

    fn from_str(text: &str) -> Result<Self, UnknownEventType> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == text)
            .ok_or(UnknownEventType)
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
