//! `POST /v1/tasks`: stores a task, its reminders, its series and its `created` event, once per request.

mod handler;
pub mod read;

use axum::{Router, routing::post};
use runtime::{App, Function};

/// The function.
pub fn function(app: App) -> Function {
    Function::api(
        "create-task",
        Router::new().route("/v1/tasks", post(handler::create)).with_state(app),
    )
}

/// What the function says of its operations.
#[derive(Debug, utoipa::OpenApi)]
#[openapi(paths(handler::create))]
pub struct Description;
