//! Topic `todo.reminder.due`: creates the notification of a fired reminder.

mod handler;

use events::EventType;
use runtime::{App, Function};

pub use handler::notify;

/// The function.
pub fn function(app: App) -> Function {
    Function::reaction("on-reminder-due", EventType::ReminderDue, app, handler::handle)
}
