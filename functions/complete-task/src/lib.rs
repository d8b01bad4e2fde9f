//! `POST /v1/tasks/{id}/complete` and `…/reopen`: a task's transition, with one event where there is one.

mod handler;

use axum::{Router, routing::post};
use runtime::{App, Function};

/// The function.
pub fn function(app: App) -> Function {
    let routes = Router::new()
        .route("/v1/tasks/{id}/complete", post(handler::complete))
        .route("/v1/tasks/{id}/reopen", post(handler::reopen))
        .with_state(app);
    Function::api("complete-task", routes)
}

/// What the function says of its operations.
#[derive(Debug, utoipa::OpenApi)]
#[openapi(paths(handler::complete, handler::reopen))]
pub struct Description;
