//! The shapes of what is sent and answered, as JSON Schema 2020-12. They are looked at only to be described: what is
//! read is read by `runtime::input`, what is answered is written by `domain` and `events`, and tests hold both to this.

pub mod events;
pub mod notification;
pub mod page;
pub mod problem;
pub mod recurrence;
pub mod task;
pub mod task_input;
pub mod texts;

pub use events::{CloudEvent, CloudEventPage};
pub use notification::{Notification, NotificationPage, Snooze};
pub use page::{Changes, Nothing};
pub use problem::{Place, Problem};
pub use recurrence::{Preview, PreviewRequest};
pub use task::{Reminder, Task, TaskPage};
pub use task_input::{NewReminder, NewTask, ReminderPatch, TaskPatch};
