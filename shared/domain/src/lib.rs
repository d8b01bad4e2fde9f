//! What a task is and what may happen to it: types that cannot hold an invalid value, and pure decisions of
//! (state, input, now). Nothing here does I/O or reads a clock.

pub mod civil;
pub mod fault;
pub mod id;
pub mod new_task;
pub mod notification;
pub mod offset;
pub mod priority;
pub mod recurrence;
pub mod reminder;
mod repetition;
pub mod representation;
pub mod series;
pub mod skip;
pub mod tags;
pub mod task;
pub mod text;
pub mod transition;
pub mod update;
pub mod words;
pub mod zone;

pub use civil::Civil;
pub use fault::Fault;
pub use id::{NotificationId, ReminderId, SeriesId, TaskId, UserId};
pub use new_task::NewTask;
pub use notification::Notification;
pub use offset::Offset;
pub use priority::Priority;
pub use reminder::{Reminder, ReminderState, Trigger};
pub use series::{Mode, Series, Template};
pub use tags::Tags;
pub use task::{Due, Place, Task};
pub use text::{Description, Title};
pub use update::{Scope, TaskPatch};
pub use zone::Zone;

#[cfg(test)]
mod samples;
