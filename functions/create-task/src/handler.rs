//! The operation.

use axum::{extract::State, response::Response};
use domain::{Task, new_task::Created};
use events::{Event, EventType, TaskChanged};
use runtime::{
    App, Caller, Problem,
    http::{answer, idempotency::Idempotency},
    input::Submission,
};
use storage::tasks::{self, CreateError, Creation};

use crate::read;

pub(crate) async fn create(State(app): State<App>, caller: Caller, request: Submission) -> Result<Response, Problem> {
    let now = app.clock.now();
    let idempotency = request.idempotency;
    let created = read::new_task(request.object, now, || app.clock.new_id())?;
    // The key may be held by an answer that has grown too old: then asking for it clears the way for one more try.
    for _ in 0..2 {
        match write(&app, &caller, &idempotency, &created).await {
            Ok(response) => return Ok(response),
            Err(CreateError::Storage(error)) => return Err(error.into()),
            Err(CreateError::KeyTaken) => {}
        }
        let mut session = app.database.session().await?;
        let replayed = idempotency.replay(&mut session, caller.user, now).await?;
        session.finish().await?;
        if let Some(response) = replayed {
            return Ok(response);
        }
    }
    Err(Problem::unavailable())
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
    let mut session = app.database.session().await?;
    tasks::create(&mut session, caller.user, &creation).await?;
    session.finish().await?;
    app.nudge.committed();
    Ok(answer::respond(answer))
}

fn created_event(task: &Task) -> TaskChanged<'_> {
    TaskChanged {
        kind: EventType::TaskCreated,
        task,
        changed: &[],
    }
}
