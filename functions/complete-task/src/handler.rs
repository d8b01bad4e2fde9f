//! The operations.

use api_description::{
    answers::{CommandRefusals, TaskAnswer},
    parameters::{self, IdempotencyKey},
    schemas::Nothing,
};
use axum::{extract::State, response::Response};
use domain::{Place, TaskId, transition};
use events::EventType;
use runtime::{
    App, Caller, Problem,
    command::{self, Command},
    http::{answer, condition::IfMatch},
    input::{Bodiless, PathId},
};
use storage::tasks::{self, Author};

/// Complete a task
///
/// Its reminders are called off. An occurrence of a series is followed by the next one. A task that is completed
/// already stays as it is.
#[utoipa::path(
    post,
    path = "/v1/tasks/{id}/complete",
    operation_id = "completeTask",
    tag = "tasks",
    params(parameters::PathId, IdempotencyKey, parameters::IfMatch),
    request_body(content = Option<Nothing>),
    responses(
        (status = 200, response = TaskAnswer),
        CommandRefusals
    )
)]
pub(crate) async fn complete(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId,
    request: Bodiless,
) -> Result<Response, Problem> {
    let condition = IfMatch::read(&request.headers)?;
    command::once(&app, &caller, &request.idempotency, async |command| {
        let mut task = command.task(TaskId(id), &condition).await?;
        let changed = transition::complete(&mut task, command.now);
        if !changed.is_empty() {
            command
                .change(&task, EventType::TaskCompleted, &changed, Author::Person)
                .await?;
            if task.place.is_some() {
                tasks::await_successor(command.log.connection(), caller.user, task.id, command.now).await?;
            }
        }
        Ok(answer::of_task(&task))
    })
    .await
}

/// Reopen a task
///
/// The occurrence that its completion made goes, unless somebody has changed it. A task that is not completed stays as
/// it is.
#[utoipa::path(
    post,
    path = "/v1/tasks/{id}/reopen",
    operation_id = "reopenTask",
    tag = "tasks",
    params(parameters::PathId, IdempotencyKey, parameters::IfMatch),
    request_body(content = Option<Nothing>),
    responses(
        (status = 200, response = TaskAnswer),
        CommandRefusals
    )
)]
pub(crate) async fn reopen(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId,
    request: Bodiless,
) -> Result<Response, Problem> {
    let condition = IfMatch::read(&request.headers)?;
    command::once(&app, &caller, &request.idempotency, async |command| {
        let mut task = command.task(TaskId(id), &condition).await?;
        let changed = transition::reopen(&mut task, command.now);
        if !changed.is_empty() {
            command
                .change(&task, EventType::TaskReopened, &changed, Author::Person)
                .await?;
            if let Some(place) = &task.place {
                tasks::stop_awaiting_successor(command.log.connection(), caller.user, task.id).await?;
                withdraw_successor(command, place).await?;
            }
        }
        Ok(answer::of_task(&task))
    })
    .await
}

/// Takes back the occurrence that the completion made, unless a person has made it theirs.
async fn withdraw_successor(command: &mut Command<'_>, place: &Place) -> Result<(), Problem> {
    let (user, next) = (command.caller.user, place.occurrence + 1);
    let successor = tasks::generated(command.log.connection(), user, place.series_id, next).await?;
    let Some(mut successor) = successor.filter(|successor| !successor.is_touched) else {
        return Ok(());
    };
    let changed = transition::delete(&mut successor.task, command.now);
    if !changed.is_empty() {
        command
            .change(&successor.task, EventType::TaskDeleted, &changed, Author::Dormouse)
            .await?;
        tasks::withdraw(command.log.connection(), user, successor.task.id).await?;
    }
    Ok(())
}
