//! `DELETE /v1/tasks/{id}` and `POST /v1/tasks/{id}/restore`: a task goes, and comes back as it was.

mod handler;

use axum::{
    Router,
    routing::{delete, post},
};
use runtime::{App, Function};

/// The function.
pub fn function(app: App) -> Function {
    let routes = Router::new()
        .route("/v1/tasks/{id}", delete(handler::delete))
        .route("/v1/tasks/{id}/restore", post(handler::restore))
        .with_state(app);
    Function::api("delete-task", routes)
}

/// What the function says of its operations.
#[derive(Debug, utoipa::OpenApi)]
#[openapi(paths(handler::delete, handler::restore))]
pub struct Description;
