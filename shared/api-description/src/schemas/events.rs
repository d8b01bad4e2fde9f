//! What happened, as CloudEvents 1.0 in their structured form.

use utoipa::ToSchema;

use super::{
    notification::Notification,
    task::Task,
    texts::{Cursor, Id, Instant, Title},
};

/// An event, by its `type`.
#[derive(Debug, ToSchema)]
#[serde(untagged)]
#[schema(discriminator(property_name = "type", mapping(
    ("todo.task.created" = "#/components/schemas/TaskEvent"),
    ("todo.task.updated" = "#/components/schemas/TaskEvent"),
    ("todo.task.completed" = "#/components/schemas/TaskEvent"),
    ("todo.task.reopened" = "#/components/schemas/TaskEvent"),
    ("todo.task.deleted" = "#/components/schemas/TaskEvent"),
    ("todo.task.restored" = "#/components/schemas/TaskEvent"),
    ("todo.reminder.due" = "#/components/schemas/ReminderEvent"),
    ("todo.recurring.next_created" = "#/components/schemas/SeriesEvent"),
    ("todo.notification.created" = "#/components/schemas/NotificationEvent"),
    ("todo.notification.read" = "#/components/schemas/NotificationEvent"),
)))]
pub enum CloudEvent {
    /// A task changed.
    Task(TaskEvent),
    /// A reminder's moment came.
    Reminder(ReminderEvent),
    /// A series has its next occurrence.
    Series(SeriesEvent),
    /// A notification was made or read.
    Notification(NotificationEvent),
}

macro_rules! events {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident: $data:ident, $example:path, $types:ident {
            $($(#[doc = $kind_doc:literal])+ $kind:ident = $type:literal,)+
        }
    )*) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, ToSchema)]
            #[schema(examples($example))]
            pub struct $name {
                /// The version of CloudEvents: 1.0.
                #[schema(pattern = "^1\\.0$")]
                pub specversion: String,
                /// A UUIDv7; the same event keeps it however often it arrives.
                pub id: Id,
                /// The installation it happened in.
                #[schema(pattern = "^/dormouse/")]
                pub source: String,
                /// The kind of event.
                #[schema(rename = "type")]
                pub kind: $types,
                /// The task it is about.
                pub subject: Id,
                /// When it happened.
                pub time: Instant,
                /// The data's media type.
                #[schema(pattern = "^application/json$")]
                pub datacontenttype: String,
                /// The data's schema and its version.
                #[schema(pattern = "^urn:dormouse:event:")]
                pub dataschema: String,
                /// Its number in its user's log, from 1 without gaps, padded so that it sorts as text.
                #[schema(pattern = "^[0-9]{20}$")]
                pub sequence: String,
                /// Its user, by whom its order counts.
                pub partitionkey: Id,
                /// The trace of what caused it (W3C Trace Context).
                #[schema(nullable = false, pattern = "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")]
                pub traceparent: Option<String>,
                /// What it carries; null once it was erased.
                #[schema(required)]
                pub data: Option<$data>,
            }

            /// The kinds of such an event.
            #[derive(Debug, ToSchema)]
            pub enum $types {
                $($(#[doc = $kind_doc])+ #[schema(rename = $type)] $kind,)+
            }
        )*
    };
}

/// The members that every event's data has, and those that `$rest` names.
macro_rules! data {
    ($($(#[doc = $doc:literal])+ $name:ident { $($(#[$meta:meta])+ $member:ident: $of:ty,)* })*) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, ToSchema)]
            pub struct $name {
                /// Whose task it is.
                pub user_id: Id,
                /// The task it is about.
                pub task_id: Id,
                /// Its title.
                pub title: Title,
                /// Whether it is done.
                pub completed: bool,
                /// The names of the task's members that changed.
                pub changed: Vec<String>,
                $($(#[$meta])+ pub $member: $of,)*
                /// The task whole, after the event.
                pub task: Task,
            }
        )*
    };
}

events! {
    /// A task was created, updated, completed, reopened, deleted or restored.
    TaskEvent: TaskData, crate::samples::task_event, TaskEventType {
        /// A task was created, by a person or as the next occurrence.
        Created = "todo.task.created",
        /// Members of a task changed.
        Updated = "todo.task.updated",
        /// A task was completed.
        Completed = "todo.task.completed",
        /// A completed task was reopened.
        Reopened = "todo.task.reopened",
        /// A task was deleted, or withdrawn with the completion that had made it.
        Deleted = "todo.task.deleted",
        /// A deleted or withdrawn task is back.
        Restored = "todo.task.restored",
    }
    /// A reminder's moment came.
    ReminderEvent: ReminderData, crate::samples::reminder_event, ReminderEventType {
        /// A reminder's moment came.
        Due = "todo.reminder.due",
    }
    /// A series has its next occurrence.
    SeriesEvent: SeriesData, crate::samples::series_event, SeriesEventType {
        /// A series has its next occurrence.
        NextCreated = "todo.recurring.next_created",
    }
    /// A notification was made or read.
    NotificationEvent: NotificationData, crate::samples::notification_event, NotificationEventType {
        /// A notification was made.
        Created = "todo.notification.created",
        /// A notification was read.
        Read = "todo.notification.read",
    }
}

data! {
    /// What an event of a task carries.
    TaskData {}
    /// What an event of a reminder carries.
    ReminderData {
        /// The reminder.
        reminder_id: Id,
        /// Which scheduling of the reminder.
        #[schema(minimum = 1)]
        generation: i32,
        /// The moment it was set for.
        remind_at: Instant,
        /// The moment it fired.
        fired_at: Instant,
    }
    /// What an event of a series carries; its task is the next occurrence.
    SeriesData {
        /// The series.
        series_id: Id,
        /// The next occurrence's number.
        #[schema(minimum = 1)]
        occurrence: u32,
        /// The occurrence whose completion made it.
        previous_task_id: Id,
    }
    /// What an event of a notification carries.
    NotificationData {
        /// The notification.
        notification: Notification,
    }
}

/// A page of a task's history.
#[derive(Debug, ToSchema)]
pub struct CloudEventPage {
    /// The events, oldest first.
    #[schema(max_items = 200)]
    pub items: Vec<CloudEvent>,
    /// Where the next page begins; null on the last one.
    #[schema(required)]
    pub next_cursor: Option<Cursor>,
}
