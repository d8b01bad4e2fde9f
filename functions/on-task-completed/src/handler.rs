//! The reaction. It trusts an event's ids only, takes the user's head, reads the present state and converges: a late,
//! doubled, reordered or forged event finds nothing to do.

use domain::{Place, Task, TaskId, UserId, transition};
use events::{Event, EventType, NextCreated, TaskChanged, TaskSubject};
use runtime::{App, EventError, TraceContext};
use storage::{log::LogTransaction, series, tasks};

pub(crate) async fn handle(app: App, trace: TraceContext, subject: TaskSubject) -> Result<(), EventError> {
    converge(&app, &trace, subject.user_id, subject.task_id).await?;
    Ok(())
}

/// Gives a completed occurrence its successor where it should have one and has none; says whether it did.
///
/// # Errors
/// [`storage::Error`] when it could not be done now.
pub async fn converge(app: &App, trace: &TraceContext, user: UserId, id: TaskId) -> Result<bool, storage::Error> {
    let Some(mut log) = LogTransaction::begin_reaction(&app.database, user).await? else {
        return Ok(false);
    };
    let task = tasks::load(log.connection(), user, id).await?;
    let is_made = match task
        .as_ref()
        .filter(|task| task.is_completed())
        .and_then(|task| Some((task, task.place.as_ref()?)))
    {
        Some((completed, place)) => make_successor(app, trace, &mut log, user, completed, place).await?,
        None => false,
    };
    // Also where it is rightly declined, so that nobody looks into it again.
    tasks::stop_awaiting_successor(log.connection(), user, id).await?;
    log.commit().await?;
    app.nudge.log_grew();
    app.nudge.reminders_changed();
    Ok(is_made)
}

async fn make_successor(
    app: &App,
    trace: &TraceContext,
    log: &mut LogTransaction,
    user: UserId,
    completed: &Task,
    place: &Place,
) -> Result<bool, storage::Error> {
    let Some(series) = series::load(log.connection(), user, place.series_id, place.revision).await? else {
        return Ok(false);
    };
    let number = place.occurrence + 1;
    let earlier = tasks::generated(log.connection(), user, series.id, number).await?;
    let withdrawn = match earlier {
        None if series.highest_occurrence < number => None,
        Some(earlier) if earlier.is_withdrawn => Some(earlier.task),
        // It lives, or its user deleted it, or it was purged: it is not made again.
        _ => return Ok(false),
    };
    let now = app.clock.now();
    let next = series.successor(completed, now).unwrap_or_else(|error| {
        tracing::error!(%error, series_id = %series.id, "a series ends because its next date cannot be found");
        None
    });
    let Some(mut successor) = next else {
        return Ok(false);
    };
    let kind = match withdrawn {
        None => EventType::TaskCreated,
        Some(withdrawn) => {
            transition::revive(&mut successor.task, &withdrawn);
            EventType::TaskRestored
        }
    };
    let task = &successor.task;
    tasks::put_generated(log.connection(), user, task).await?;
    series::set_highest(log.connection(), user, &series, number, successor.rule_index).await?;
    let next = NextCreated {
        task,
        series_id: series.id,
        occurrence: number,
        previous_task_id: completed.id,
    };
    log.append(Event::new(
        app.clock.stamp(now, trace),
        user,
        &TaskChanged {
            kind,
            task,
            changed: &[],
        },
    ));
    log.append(Event::new(app.clock.stamp(now, trace), user, &next));
    tracing::info!(series_id = %series.id, occurrence = number, "next occurrence made");
    Ok(true)
}
