//! The operations.

use api_description::{
    answers::{NotFound, NotModified, TaskRead},
    parameters::{self, IfNoneMatch as IfNoneMatchHeader},
    schemas::CloudEventPage,
};
use axum::{extract::State, http::HeaderMap, response::Response};
use domain::TaskId;
use events::{Recorded, cloud_event};
use runtime::{
    App, Caller, Problem,
    cursor::{self, Page},
    http::{answer, condition::IfNoneMatch},
    input::{PathId, Query, page_limit},
};
use storage::{installation, log::history, tasks};

const DEFAULT_LIMIT: usize = 50;

/// Read a task
#[utoipa::path(
    get,
    path = "/v1/tasks/{id}",
    operation_id = "readTask",
    tag = "tasks",
    params(parameters::PathId, IfNoneMatchHeader),
    responses(
        (status = 200, response = TaskRead),
        (status = 304, response = NotModified),
        (status = 404, response = NotFound)
    )
)]
pub(crate) async fn task(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    query.finish()?;
    let condition = IfNoneMatch::read(&headers)?;
    let mut session = app.database.session().await?;
    let task = tasks::load(&mut session, caller.user, TaskId(id))
        .await?
        .ok_or_else(Problem::not_found)?;
    session.finish().await?;
    if condition.is_known(task.version) {
        return Ok(answer::not_modified(task.version));
    }
    Ok(answer::respond(answer::of_task(&task)))
}

/// Read a task's history
///
/// Every event of the task, oldest first. A deleted task's history is shown again once it is restored.
#[utoipa::path(
    get,
    path = "/v1/tasks/{id}/events",
    operation_id = "readHistory",
    tag = "tasks",
    params(parameters::PathId, parameters::Page),
    responses(
        (
            status = 200,
            description = "A page of the history",
            body = CloudEventPage,
            links(("next" = (
                operation_id = "readHistory",
                parameters(("id" = "$request.path.id"), ("cursor" = "$response.body#/next_cursor"))
            ))),
            example = json!(api_description::samples::history())
        ),
        (status = 404, response = NotFound)
    )
)]
pub(crate) async fn history(
    State(app): State<App>,
    caller: Caller,
    PathId(id): PathId,
    mut query: Query,
) -> Result<Response, Problem> {
    let scope = format!("history {} {id}", caller.user);
    let limit = query.optional("limit", page_limit).unwrap_or(DEFAULT_LIMIT);
    let after = query.optional("cursor", |text| {
        cursor::decode::<i64>(&scope, text).ok_or(cursor::FOREIGN)
    });
    query.finish()?;
    let mut session = app.database.session().await?;
    tasks::load(&mut session, caller.user, TaskId(id))
        .await?
        .ok_or_else(Problem::not_found)?;
    let installation = installation::id(&mut session).await?;
    let after = after.unwrap_or(0);
    let events = history::of_task(
        &mut session,
        caller.user,
        TaskId(id),
        after,
        Page::<Recorded>::to_read(limit),
    )
    .await?;
    session.finish().await?;
    let page = Page::of(&scope, limit, events, |event| event.seq);
    Ok(answer::respond(answer::of_json(
        &page.map(|event| cloud_event::to_json(&event, installation)),
    )))
}
