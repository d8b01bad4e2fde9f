//! Functions of the API that are broken.

use axum::{
    Router,
    extract::{Request, State},
    middleware::{from_fn, map_request},
    response::Response,
    routing::get,
};
use domain::{TaskId, UserId};
use http::StatusCode;
use runtime::{App, Function, Problem, http::answer, input::PathId};
use storage::tasks;
use uuid::Uuid;

/// Does what it is asked again as if it had not been asked before.
pub(crate) fn creates_whatever_its_key(app: App) -> Function {
    without("idempotency-key", create_task::function(app))
}

/// Begins each stream anew, wherever its client was.
pub(crate) fn streams_from_the_beginning(app: App) -> Function {
    without("last-event-id", stream_changes::function(app))
}

/// Is stuck for good.
pub(crate) fn completes_nothing(app: App) -> Function {
    answering(StatusCode::SERVICE_UNAVAILABLE, complete_task::function(app))
}

/// Refuses what it should do.
pub(crate) fn completes_what_is_not_there(app: App) -> Function {
    answering(StatusCode::NOT_FOUND, complete_task::function(app))
}

/// Shows a task to whoever asks for it.
pub(crate) fn shows_what_is_anothers(app: App) -> Function {
    let routes = Router::new().route("/v1/tasks/{id}", get(show)).with_state(app);
    Function::api("get-task", routes)
}

async fn show(State(app): State<App>, PathId(id): PathId) -> Result<Response, Problem> {
    let mut session = app.database.session().await?;
    let owner: Option<Uuid> = sqlx::query_scalar("SELECT user_id FROM tasks WHERE id = $1")
        .bind(id)
        .fetch_optional(&mut *session)
        .await
        .map_err(storage::Error::from)?;
    let owner = UserId(owner.ok_or_else(Problem::not_found)?);
    let task = tasks::load(&mut session, owner, TaskId(id)).await?;
    session.finish().await?;
    Ok(answer::respond(answer::of_task(&task.ok_or_else(Problem::not_found)?)))
}

fn without(header: &'static str, function: Function) -> Function {
    let layer = map_request(move |mut request: Request| {
        request.headers_mut().remove(header);
        std::future::ready(request)
    });
    Function {
        api: function.api.map(|routes| routes.layer(layer)),
        ..function
    }
}

fn answering(status: StatusCode, function: Function) -> Function {
    Function {
        api: function
            .api
            .map(|routes| routes.layer(from_fn(move |_: Request, _| std::future::ready(status)))),
        ..function
    }
}
