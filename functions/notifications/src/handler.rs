//! Reading and snoozing a notification.

use api_description::{
    answers::{NotFound, NotificationAnswer, Refusals},
    parameters::{self, IdempotencyKey},
    schemas::{Nothing, Snooze},
};
use axum::{extract::State, response::Response};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use domain::{
    Notification, NotificationId, Offset, Task,
    transition::{self, NoSnooze},
};
use events::{EventType, NotificationChanged};
use runtime::{
    App, Caller, Problem,
    command::{self, Command},
    http::answer,
    input::{Bodiless, Object, PathId, Submission, instant},
};
use storage::{
    notifications,
    tasks::{self, Author},
};

/// The longest snooze.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// Mark a notification as read
#[utoipa::path(
    post,
    path = "/v1/notifications/{id}/read",
    operation_id = "markRead",
    tag = "notifications",
    params(parameters::PathId, IdempotencyKey),
    request_body(content = Option<Nothing>),
    responses(
        (status = 200, response = NotificationAnswer),
        (status = 404, response = NotFound),
        Refusals
    )
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId,
    request: Bodiless,
) -> Result<Response, Problem> {
    command::once(&app, &caller, &request.idempotency, async |command| {
        let (mut notification, task) = load(command, NotificationId(id)).await?;
        mark_read(command, &mut notification, &task).await?;
        Ok(answer::of_json(&notification))
    })
    .await
}

/// Be reminded again
///
/// The reminder is set anew and the notification marked as read. 422 where the task is done or gone, or the
/// reminder awaits another moment that was set since.
#[utoipa::path(
    post,
    path = "/v1/notifications/{id}/snooze",
    operation_id = "snooze",
    tag = "notifications",
    params(parameters::PathId, IdempotencyKey),
    request_body(content = Snooze, examples(
        ("for" = (summary = "In ten minutes", value = json!(api_description::samples::snooze()))),
        ("until" = (summary = "At a moment", value = json!({"until": "2030-12-02T10:00:00+01:00"})))
    )),
    responses(
        (status = 200, response = NotificationAnswer),
        (status = 404, response = NotFound),
        Refusals
    )
)]
pub(crate) async fn snooze(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId,
    request: Submission,
) -> Result<Response, Problem> {
    command::once(&app, &caller, &request.idempotency, async |command| {
        let moment = read_moment(request.object, command.now)?;
        let (mut notification, mut task) = load(command, NotificationId(id)).await?;
        transition::snooze(&mut task, notification.reminder_id, moment, command.now)
            .map_err(|why| Problem::not_possible(explain(why)))?;
        command
            .change(&task, EventType::TaskUpdated, &["reminders"], Author::Person)
            .await?;
        mark_read(command, &mut notification, &task).await?;
        Ok(answer::of_json(&notification))
    })
    .await
}

fn explain(why: NoSnooze) -> String {
    match why {
        NoSnooze::Over => "The task is completed or gone, or this reminder was taken off it.".to_owned(),
        NoSnooze::Awaits(moment) => format!(
            "This reminder has been set for {} since, which a snooze would replace. Add another one to the task instead.",
            moment.to_rfc3339_opts(SecondsFormat::AutoSi, true)
        ),
    }
}

/// The notification, and the task it is about.
async fn load(command: &mut Command<'_>, id: NotificationId) -> Result<(Notification, Task), Problem> {
    let user = command.caller.user;
    let notification = notifications::load(command.log.connection(), user, id)
        .await?
        .ok_or_else(Problem::not_found)?;
    let task = tasks::load_any(command.log.connection(), user, notification.task_id).await?;
    Ok((notification, task.ok_or_else(Problem::not_found)?))
}

/// Marks an unread notification as read, with its event.
async fn mark_read(command: &mut Command<'_>, notification: &mut Notification, task: &Task) -> Result<(), Problem> {
    if notification.read_at.is_some() {
        return Ok(());
    }
    notification.read_at = Some(command.now);
    notifications::mark_read(
        command.log.connection(),
        command.caller.user,
        notification.id,
        command.now,
    )
    .await?;
    command.append(&NotificationChanged {
        kind: EventType::NotificationRead,
        task,
        changed: &[],
        notification,
    });
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
