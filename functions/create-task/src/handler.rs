//! The operation.

use api_description::{
    answers::{Refusals, TaskCreated},
    parameters::IdempotencyKey,
    schemas::NewTask,
};
use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::{Task, new_task::Created};
use events::{Event, EventType, TaskChanged};
use runtime::{
    App, Caller, Problem,
    http::{answer, idempotency::Idempotency},
    input::Submission,
};
use storage::tasks::{self, CreateError, Creation};

use crate::read;

/// Create a task
///
/// With a rule it is the first occurrence of a series: completing it makes the next one.
#[utoipa::path(
    post,
    path = "/v1/tasks",
    operation_id = "createTask",
    tag = "tasks",
    params(IdempotencyKey),
    request_body(content = NewTask, examples(
        ("recurring" = (summary = "Every Monday at nine", value = json!(api_description::samples::new_task()))),
        ("plain" = (summary = "Nothing but a title", value = json!({"title": "Call Ann"}))),
        ("reminded" = (
            summary = "A reminder at an instant",
            value = json!({"title": "Call Ann", "remind_at": "2030-12-02T08:00:00Z"})
        ))
    )),
    responses((status = 201, response = TaskCreated), Refusals)
)]
pub(crate) async fn create(State(app): State<App>, caller: Caller, request: Submission) -> Result<Response, Problem> {
    let now = app.clock.now();
    let idempotency = request.idempotency;
    let created = match read::new_task(request.object, now, || app.clock.new_id()) {
        Ok(created) => created,
        // A repetition is answered as before, even where what it asks for has become a fault since: a moment passed.
        Err(problem) => return replayed(&app, &caller, &idempotency, now).await?.ok_or(problem),
    };
    // The key may be held by an answer that has grown too old: then asking for it clears the way for one more try.
    for _ in 0..2 {
        match write(&app, &caller, &idempotency, &created).await {
            Ok(response) => return Ok(response),
            Err(CreateError::Storage(error)) => return Err(error.into()),
            Err(CreateError::KeyTaken) => {}
        }
        if let Some(response) = replayed(&app, &caller, &idempotency, now).await? {
            return Ok(response);
        }
    }
    Err(Problem::unavailable())
}

/// The answer that the request was given before, if it was.
async fn replayed(
    app: &App,
    caller: &Caller,
    idempotency: &Idempotency,
    now: DateTime<Utc>,
) -> Result<Option<Response>, Problem> {
    if idempotency.key().is_none() {
        return Ok(None);
    }
    let mut session = app.database.session().await?;
    let replayed = idempotency.replay(&mut session, caller.user, now).await?;
    session.finish().await?;
    Ok(replayed)
}

async fn write(
    app: &App,
    caller: &Caller,
    idempotency: &Idempotency,
    created: &Created,
) -> Result<Response, CreateError> {
    let task = &created.task;
    let event = Event::new(
        app.clock.stamp(task.created_at, &caller.trace),
        caller.user,
        &created_event(task),
    );
    let answer = answer::of_created(task);
    let key = idempotency.key();
    let creation = Creation {
        task,
        series: created.series.as_ref(),
        event: &event,
        answer: key.as_ref().map(|key| (key, &answer)),
    };
    let turn = app.database.turn(caller.user).await?;
    let mut session = app.database.session().await?;
    tasks::create(&mut session, caller.user, &creation).await?;
    session.finish().await?;
    drop(turn);
    app.nudge.log_grew();
    if !task.reminders.is_empty() {
        app.nudge.reminders_changed();
    }
    Ok(answer::respond(answer))
}

fn created_event(task: &Task) -> TaskChanged<'_> {
    TaskChanged {
        kind: EventType::TaskCreated,
        task,
        changed: &[],
    }
}
