//! `GET /v1/changes`: a user's events from a sync token on, by the page or as a stream.

mod handler;
mod stream;
mod tail;
mod token;

use std::sync::Arc;

use axum::{Router, routing::get};
use runtime::{App, Function};

use self::{handler::Changes, tail::Tail};

/// The function.
pub fn function(app: App) -> Function {
    let changes = Changes {
        tail: Arc::new(Tail::new(app.clone())),
        app,
    };
    Function::api(
        "stream-changes",
        Router::new()
            .route("/v1/changes", get(handler::changes))
            .with_state(changes),
    )
}

/// What the function says of its operations.
#[derive(Debug, utoipa::OpenApi)]
#[openapi(paths(handler::changes))]
pub struct Description;
