//! What was marked as awaited and never came.

use runtime::{App, TraceContext};
use storage::{reminders, tasks};

use crate::{MARKS, OLD};

/// Makes the notifications of reminders that fired long ago and have none.
pub(crate) async fn notify(app: &App) -> Result<usize, storage::Error> {
    let mut session = app.database.session().await?;
    let awaiting = reminders::awaiting_notification(&mut session, app.clock.now() - OLD, MARKS).await?;
    session.finish().await?;
    let mut repaired = 0;
    for key in awaiting {
        let trace = TraceContext::begin();
        repaired += usize::from(on_reminder_due::notify(app, &trace, key.user, key.task, key.id).await?);
    }
    Ok(repaired)
}

/// Makes the successors of occurrences that were completed long ago and have none.
pub(crate) async fn make_successors(app: &App) -> Result<usize, storage::Error> {
    let mut session = app.database.session().await?;
    let awaiting = tasks::awaiting_successor(&mut session, app.clock.now() - OLD, MARKS).await?;
    session.finish().await?;
    let mut repaired = 0;
    for (user, task) in awaiting {
        repaired += usize::from(on_task_completed::converge(app, &TraceContext::begin(), user, task).await?);
    }
    Ok(repaired)
}
