//! `GET /v1/tasks/{id}` and `GET /v1/tasks/{id}/events`: one task, and its history.

mod handler;

use axum::{Router, routing::get};
use runtime::{App, Function};

/// The function.
pub fn function(app: App) -> Function {
    let routes = Router::new()
        .route("/v1/tasks/{id}", get(handler::task))
        .route("/v1/tasks/{id}/events", get(handler::history))
        .with_state(app);
    Function::api("get-task", routes)
}

/// What the function says of its operations.
#[derive(Debug, utoipa::OpenApi)]
#[openapi(paths(handler::task, handler::history))]
pub struct Description;
