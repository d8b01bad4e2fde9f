//! Every function.

use runtime::{App, Function};

/// Every function that answers requests, reacts to events or goes on by itself.
#[must_use]
pub fn all(app: &App) -> Vec<Function> {
    let functions = [
        create_task::function,
        get_task::function,
        list_tasks::function,
        update_task::function,
        delete_task::function,
        complete_task::function,
        notifications::function,
        stream_changes::function,
        on_task_completed::function,
        on_reminder_due::function,
        dispatch_reminders::function,
    ];
    let stateful = functions.into_iter().map(|function| function(app.clone()));
    stateful.chain([preview_recurrence::function()]).collect()
}
