//! Fires reminders at their moment: never early by either clock, once however many replicas share the work, and what
//! an outage left overdue in one pass.

mod dispatcher;
mod firing;

use runtime::{App, Function};

pub use firing::fire_overdue;

/// The function.
pub fn function(app: App) -> Function {
    Function::looping("dispatch-reminders", |stop| dispatcher::run(app, stop))
}
