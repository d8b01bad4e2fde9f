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
        repaired += one(on_reminder_due::notify(app, &trace, key.user, key.task, key.id).await)?;
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
        repaired += one(on_task_completed::converge(app, &TraceContext::begin(), user, task).await)?;
    }
    Ok(repaired)
}

/// What one repair came to. Where the data of one cannot be read, the others are repaired all the same.
fn one(repair: Result<bool, storage::Error>) -> Result<usize, storage::Error> {
    match repair {
        Ok(is_repaired) => Ok(usize::from(is_repaired)),
        Err(error) if error.is_transient() => Err(error),
        Err(error) => {
            tracing::error!(%error, "what was left behind cannot be repaired");
            Ok(0)
        }
    }
}
