//! Reading and snoozing a notification.

use axum::{extract::State, response::Response};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Notification, NotificationId, Offset, Task, transition};
use events::{Event, EventType, NotificationChanged, TaskChanged};
use runtime::{
    App, Caller, Problem,
    http::answer,
    input::{Command, Object, PathId, Submission, instant},
};
use storage::{
    log::LogTransaction,
    notifications,
    tasks::{self, Author},
};

/// The longest snooze.
const LONGEST: TimeDelta = TimeDelta::days(366);

pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId,
    command: Command,
) -> Result<Response, Problem> {
    let mut log = begin(&app, &caller).await?;
    let now = app.clock.now();
    if let Some(replayed) = command.idempotency.replay(log.connection(), caller.user, now).await? {
        log.commit().await?;
        return Ok(replayed);
    }
    let mut notification = load(&mut log, &caller, id).await?;
    let task = tasks::load_any(log.connection(), caller.user, notification.task_id).await?;
    let task = task.ok_or_else(Problem::not_found)?;
    mark_read(&app, &caller, &mut log, &mut notification, &task, now).await?;
    let answer = answer::of_json(&notification);
    command
        .idempotency
        .keep(log.connection(), caller.user, &answer, now)
        .await?;
    log.commit().await?;
    app.nudge.committed();
    Ok(answer::respond(answer))
}

pub(crate) async fn snooze(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId,
    request: Submission,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let moment = read_moment(request.object, now);
    let mut log = begin(&app, &caller).await?;
    if let Some(replayed) = request.idempotency.replay(log.connection(), caller.user, now).await? {
        log.commit().await?;
        return Ok(replayed);
    }
    // Only now: a repetition is answered as before, even where its moment has passed since.
    let moment = moment?;
    let mut notification = load(&mut log, &caller, id).await?;
    let task = tasks::load_any(log.connection(), caller.user, notification.task_id).await?;
    let mut task = task.ok_or_else(Problem::not_found)?;
    if !transition::snooze(&mut task, notification.reminder_id, moment, now) {
        return Err(Problem::not_possible(
            "The task is completed or gone, so there is nothing to be reminded of.",
        ));
    }
    tasks::update(log.connection(), caller.user, &task, Author::Person).await?;
    let payload = TaskChanged {
        kind: EventType::TaskUpdated,
        task: &task,
        changed: &["reminders"],
    };
    log.append(Event::new(app.clock.stamp(now, &caller.trace), caller.user, &payload));
    mark_read(&app, &caller, &mut log, &mut notification, &task, now).await?;
    let answer = answer::of_json(&notification);
    request
        .idempotency
        .keep(log.connection(), caller.user, &answer, now)
        .await?;
    log.commit().await?;
    app.nudge.committed();
    Ok(answer::respond(answer))
}

async fn begin(app: &App, caller: &Caller) -> Result<LogTransaction, Problem> {
    LogTransaction::begin(&app.database, caller.user)
        .await?
        .ok_or_else(Problem::not_found)
}

async fn load(log: &mut LogTransaction, caller: &Caller, id: uuid::Uuid) -> Result<Notification, Problem> {
    let notification = notifications::load(log.connection(), caller.user, NotificationId(id)).await?;
    notification.ok_or_else(Problem::not_found)
}

/// Marks an unread notification as read, with its event.
async fn mark_read(
    app: &App,
    caller: &Caller,
    log: &mut LogTransaction,
    notification: &mut Notification,
    task: &Task,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    if notification.read_at.is_some() {
        return Ok(());
    }
    notification.read_at = Some(now);
    notifications::mark_read(log.connection(), caller.user, notification.id, now).await?;
    let payload = NotificationChanged {
        kind: EventType::NotificationRead,
        task,
        changed: &[],
        notification,
    };
    log.append(Event::new(app.clock.stamp(now, &caller.trace), caller.user, &payload));
    Ok(())
}

/// When to be reminded again: `for` a while from now, or `until` a moment.
fn read_moment(mut object: Object, now: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
    let (has_for, has_until) = (object.has("for"), object.has("until"));
    let after = object.optional("for", |text| match text.parse::<Offset>() {
        Ok(offset) if offset.is_positive() => Ok(now + offset.as_duration()),
        Ok(_) => Err("must be longer than nothing".to_owned()),
        Err(error) => Err(error.to_string()),
    });
    let until = object.optional("until", |text| match instant(text) {
        Ok(until) if until <= now => Err("must be in the future".to_owned()),
        Ok(until) if until > now + LONGEST => Err("must be within 366 days".to_owned()),
        Ok(until) => Ok(until),
        Err(error) => Err(error.to_string()),
    });
    if has_for == has_until {
        object.fault_here("must have either for, such as PT10M, or until, such as 2026-12-01T08:00:00Z");
    }
    let faults = object.faults();
    match after.or(until) {
        Some(moment) if faults.is_empty() => Ok(moment),
        _ => Err(faults.into()),
    }
}
