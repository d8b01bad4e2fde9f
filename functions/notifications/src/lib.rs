//! `GET /v1/notifications`, `POST …/{id}/read` and `POST …/{id}/snooze`: the in-app inbox.

mod handler;
mod list;

use axum::{
    Router,
    routing::{get, post},
};
use runtime::{App, Function};

/// The function.
pub fn function(app: App) -> Function {
    let routes = Router::new()
        .route("/v1/notifications", get(list::list))
        .route("/v1/notifications/{id}/read", post(handler::read))
        .route("/v1/notifications/{id}/snooze", post(handler::snooze))
        .with_state(app);
    Function::api("notifications", routes)
}

/// What the function says of its operations.
#[derive(Debug, utoipa::OpenApi)]
#[openapi(paths(list::list, handler::read, handler::snooze))]
pub struct Description;
