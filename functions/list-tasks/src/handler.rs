//! The operation.

use api_description::{parameters, schemas::TaskPage};
use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::{Task, TaskId};
use runtime::{
    App, Caller, Problem,
    cursor::{self, Page},
    http::answer,
    input::{Query, page_limit},
};
use storage::tasks::{self, Position, Status};

const DEFAULT_LIMIT: usize = 50;

/// Which tasks, for the API's document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is looked at only to be described")]
struct Filters {
    /// Which tasks: those still to be done, which is the default, those done, or both.
    #[param(nullable = false, inline)]
    status: Option<StatusFilter>,
}

#[derive(utoipa::ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "it is looked at only to be described")]
enum StatusFilter {
    Pending,
    Completed,
    All,
}

/// A position as a cursor carries it.
type Place = (Option<DateTime<Utc>>, TaskId);

/// List tasks
///
/// By due, tasks without due last, ties by id.
#[utoipa::path(
    get,
    path = "/v1/tasks",
    operation_id = "listTasks",
    tag = "tasks",
    params(Filters, parameters::Page),
    responses((
        status = 200,
        description = "A page of tasks",
        body = TaskPage,
        links(
            ("next" = (operation_id = "listTasks", parameters(("cursor" = "$response.body#/next_cursor")))),
            ("first" = (operation_id = "readTask", parameters(("id" = "$response.body#/items/0/id"))))
        ),
        example = json!(api_description::samples::task_page())
    ))
)]
pub(crate) async fn list(State(app): State<App>, caller: Caller, mut query: Query) -> Result<Response, Problem> {
    let status = query.optional("status", read_status).unwrap_or(Status::Pending);
    let limit = query.optional("limit", page_limit).unwrap_or(DEFAULT_LIMIT);
    let scope = format!("tasks {} {status:?}", caller.user);
    let after = query.optional("cursor", |text| {
        cursor::decode::<Place>(&scope, text).ok_or(cursor::FOREIGN)
    });
    query.finish()?;
    let after = after.map(|(due_at, id)| Position { due_at, id });
    let mut session = app.database.session().await?;
    let found = tasks::list(&mut session, caller.user, status, after, Page::<Task>::to_read(limit)).await?;
    session.finish().await?;
    let page = Page::of(&scope, limit, found, |task| (task.due.map(|due| due.at), task.id));
    Ok(answer::respond(answer::of_json(&page)))
}

fn read_status(text: &str) -> Result<Status, &'static str> {
    match text {
        "pending" => Ok(Status::Pending),
        "completed" => Ok(Status::Completed),
        "all" => Ok(Status::All),
        _ => Err("must be pending, completed or all"),
    }
}
