//! What was marked as awaited and never came. Every mark that is old when a run begins is looked at once in it, so that
//! none that cannot be repaired hides a later one.

use runtime::{App, TraceContext};
use storage::{reminders, tasks};

use crate::{OLD, PAGE, tally::Tally};

/// Makes the notifications of reminders that fired long ago and have none.
pub(crate) async fn notify(app: &App, tally: &mut Tally) -> Result<(), storage::Error> {
    let before = app.clock.now() - OLD;
    let mut after = reminders::FIRST_AWAITING;
    loop {
        let mut session = app.database.session().await?;
        let awaiting = reminders::awaiting_notification(&mut session, before, after, PAGE).await?;
        session.finish().await?;
        let Some(last) = awaiting.last() else { return Ok(()) };
        after = *last;
        for (_, key) in awaiting {
            if !tally.is_held(key.user) {
                let trace = TraceContext::begin();
                let repair = on_reminder_due::notify(app, &trace, key.user, key.task, key.id).await;
                tally.note(key.user, repair)?;
            }
        }
    }
}

/// Makes the successors of occurrences that were completed long ago and have none.
pub(crate) async fn make_successors(app: &App, tally: &mut Tally) -> Result<(), storage::Error> {
    let before = app.clock.now() - OLD;
    let mut after = tasks::FIRST_AWAITING;
    loop {
        let mut session = app.database.session().await?;
        let awaiting = tasks::awaiting_successor(&mut session, before, after, PAGE).await?;
        session.finish().await?;
        let Some(last) = awaiting.last() else { return Ok(()) };
        after = *last;
        for (_, user, task) in awaiting {
            if !tally.is_held(user) {
                let repair = on_task_completed::converge(app, &TraceContext::begin(), user, task).await;
                tally.note(user, repair)?;
            }
        }
    }
}
