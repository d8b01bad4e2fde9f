//! `PATCH /v1/tasks/{id}`: members of a task changed, and `POST /v1/tasks/{id}/skip`: an occurrence passed over.

mod handler;
pub mod read;

use axum::{
    Router,
    routing::{patch, post},
};
use runtime::{App, Function};

/// The function.
pub fn function(app: App) -> Function {
    let routes = Router::new()
        .route("/v1/tasks/{id}", patch(handler::update))
        .route("/v1/tasks/{id}/skip", post(handler::skip))
        .with_state(app);
    Function::api("update-task", routes)
}

/// What the function says of its operations.
#[derive(Debug, utoipa::OpenApi)]
#[openapi(paths(handler::update, handler::skip))]
pub struct Description;
