//! Topic `todo.task.completed`: converges a series to its one next occurrence.

mod handler;

use events::EventType;
use runtime::{App, Function};

pub use handler::converge;

/// The function.
pub fn function(app: App) -> Function {
    Function::reaction("on-task-completed", EventType::TaskCompleted, app, handler::handle)
}
