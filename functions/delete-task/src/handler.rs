//! The operations.

use api_description::{
    answers::{CommandRefusals, Done, TaskAnswer},
    parameters::{self, IdempotencyKey},
    schemas::Nothing,
};
use axum::{extract::State, response::Response};
use domain::{TaskId, transition};
use events::EventType;
use runtime::{
    App, Caller, Problem, command,
    http::{answer, condition::IfMatch},
    input::{Bodiless, PathId},
};
use storage::tasks::{self, Author};

/// Delete a task
///
/// It can be restored. Nothing follows a deleted occurrence, so deleting the latest one ends its series.
#[utoipa::path(
    delete,
    path = "/v1/tasks/{id}",
    operation_id = "deleteTask",
    tag = "tasks",
    params(parameters::PathId, IdempotencyKey, parameters::IfMatch),
    responses(
        (status = 204, response = Done),
        CommandRefusals
    )
)]
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId,
    request: Bodiless,
) -> Result<Response, Problem> {
    let condition = IfMatch::read(&request.headers)?;
    command::once(&app, &caller, &request.idempotency, async |command| {
        let mut task = command.task(TaskId(id), &condition).await?;
        let changed = transition::delete(&mut task, command.now);
        tasks::stop_awaiting_successor(command.log.connection(), caller.user, task.id).await?;
        command
            .change(&task, EventType::TaskDeleted, &changed, Author::Person)
            .await?;
        Ok(answer::of_nothing())
    })
    .await
}

/// Restore a deleted task
///
/// It comes back as it was. A completed occurrence that comes back has its successor made again where it has none, and
/// so its series goes on.
#[utoipa::path(
    post,
    path = "/v1/tasks/{id}/restore",
    operation_id = "restoreTask",
    tag = "tasks",
    params(parameters::PathId, IdempotencyKey, parameters::IfMatch),
    request_body(content = Option<Nothing>),
    responses(
        (status = 200, response = TaskAnswer),
        CommandRefusals
    )
)]
pub(crate) async fn restore(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId,
    request: Bodiless,
) -> Result<Response, Problem> {
    let condition = IfMatch::read(&request.headers)?;
    command::once(&app, &caller, &request.idempotency, async |command| {
        let mut task = command.any_task(TaskId(id), &condition).await?;
        let changed = transition::restore(&mut task, command.now);
        if !changed.is_empty() {
            command
                .change(&task, EventType::TaskRestored, &changed, Author::Person)
                .await?;
            if task.is_completed() && task.place.is_some() {
                tasks::await_successor(command.log.connection(), caller.user, task.id, command.now).await?;
            }
        }
        Ok(answer::of_task(&task))
    })
    .await
}
