//! `POST /v1/recurrences/preview`: what a rule would give, without a task, and without a database.

mod handler;

use axum::{Router, routing::post};
use runtime::Function;

/// The function.
pub fn function() -> Function {
    Function::api(
        "preview-recurrence",
        Router::new().route("/v1/recurrences/preview", post(handler::preview)),
    )
}

/// What the function says of its operations.
#[derive(Debug, utoipa::OpenApi)]
#[openapi(paths(handler::preview))]
pub struct Description;
