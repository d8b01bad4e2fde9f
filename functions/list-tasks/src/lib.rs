//! `GET /v1/tasks`: a user's tasks by any filters in any order, a page at a time.

mod handler;
pub mod parameters;

use axum::{Router, routing::get};
use runtime::{App, Function};

/// The function.
pub fn function(app: App) -> Function {
    Function::api(
        "list-tasks",
        Router::new().route("/v1/tasks", get(handler::list)).with_state(app),
    )
}

/// What the function says of its operations.
#[derive(Debug, utoipa::OpenApi)]
#[openapi(paths(handler::list))]
pub struct Description;
