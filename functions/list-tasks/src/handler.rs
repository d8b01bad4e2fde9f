//! The operation.

use api_description::{
    answers::Unprocessable,
    parameters,
    schemas::{
        TaskPage,
        texts::{Bound, SentPriority, SentTag, TimeZone},
    },
};
use axum::{extract::State, response::Response};
use runtime::{
    App, Caller, Problem,
    cursor::{self, Page},
    http::answer,
    input::Query,
};
use storage::tasks;

use crate::parameters::Parameters;

/// Which tasks in which order, for the API's document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is looked at only to be described")]
struct Filters {
    /// Which tasks: those still to be done, those done, or both. `pending` by default, `all` with `deleted=true`.
    #[param(nullable = false, inline)]
    status: Option<StatusFilter>,
    /// Any of these priorities.
    #[param(nullable = false, max_items = 3)]
    priority: Option<Vec<SentPriority>>,
    /// All of these tags, without regard to case.
    #[param(nullable = false, max_items = 20)]
    tag: Option<Vec<SentTag>>,
    /// Due no earlier: an instant, or a local date.
    #[param(nullable = false, inline)]
    due_after: Option<Bound>,
    /// Due earlier: an instant, or a local date.
    #[param(nullable = false, inline)]
    due_before: Option<Bound>,
    /// The zone in which `due_after` and `due_before` are read where they are local dates; UTC by default.
    #[param(nullable = false)]
    time_zone: Option<TimeZone>,
    /// What is pending past its due, a date from the end of its day on; or the rest.
    #[param(nullable = false)]
    overdue: Option<bool>,
    /// Deleted tasks only.
    #[param(nullable = false, default = false)]
    deleted: Option<bool>,
    /// Words of title, tags and description, without regard to case and accents, the last one by its beginning: at most
    /// 20. The best match comes first unless `sort` says otherwise.
    #[param(nullable = false, min_length = 1, max_length = 200)]
    q: Option<String>,
    /// The order; `-` turns it round. By due, tasks without due come last either way. Ties go by id.
    #[param(nullable = false, inline)]
    sort: Option<SortOrder>,
}

#[derive(utoipa::ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "it is looked at only to be described")]
enum StatusFilter {
    Pending,
    Completed,
    All,
}

#[derive(utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it is looked at only to be described")]
enum SortOrder {
    DueAt,
    #[schema(rename = "-due_at")]
    LastDueAt,
    CreatedAt,
    #[schema(rename = "-created_at")]
    LastCreatedAt,
    UpdatedAt,
    #[schema(rename = "-updated_at")]
    LastUpdatedAt,
    Priority,
    #[schema(rename = "-priority")]
    HighestPriority,
    Title,
    #[schema(rename = "-title")]
    LastTitle,
}

/// List tasks
///
/// Pending tasks by due, unless told otherwise. 422 `/problems/search-too-broad` where too many tasks would have to be
/// looked through.
#[utoipa::path(
    get,
    path = "/v1/tasks",
    operation_id = "listTasks",
    tag = "tasks",
    params(Filters, parameters::Page),
    responses(
        (
            status = 200,
            description = "A page of tasks",
            body = TaskPage,
            links(
                ("next" = (operation_id = "listTasks", parameters(("cursor" = "$response.body#/next_cursor")))),
                ("first" = (operation_id = "readTask", parameters(("id" = "$response.body#/items/0/id"))))
            ),
            example = json!(api_description::samples::task_page())
        ),
        (status = 422, response = Unprocessable)
    )
)]
pub(crate) async fn list(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let Parameters {
        listing,
        limit,
        scope,
        after,
    } = Parameters::read(query, caller.user)?;
    let mut snapshot = app.database.list_snapshot().await?;
    let listed = tasks::list(
        &mut snapshot,
        caller.user,
        &listing,
        app.clock.now(),
        after.as_ref(),
        limit,
    )
    .await?;
    snapshot.commit().await.map_err(storage::Error::from)?;
    let page = Page {
        items: listed.tasks,
        next_cursor: listed.next.map(|position| cursor::encode(&scope, &position)),
    };
    Ok(answer::respond(answer::of_json(&page)))
}
