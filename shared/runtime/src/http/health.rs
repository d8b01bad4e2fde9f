//! Whether a function is alive, whether it can serve, and its metrics.

use axum::{Router, extract::State, middleware, response::IntoResponse, routing::get};
use http::{StatusCode, header};
use storage::{Database, installation};
use tokio_util::sync::CancellationToken;

use super::layers::trace;
use crate::{Problem, telemetry};

/// The paths that are asked every few seconds.
pub(super) const PATHS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

#[derive(Debug, Clone)]
struct Readiness {
    /// None where the function needs none.
    database: Option<Database>,
    stop: CancellationToken,
}

/// `/healthz`: the process is alive. `/readyz`: it reaches a migrated database, where it needs one, and is not about to
/// stop.
pub fn router(database: Option<Database>, stop: CancellationToken) -> Router {
    Router::new()
        .route("/readyz", get(ready))
        .with_state(Readiness { database, stop })
        .route("/healthz", get(StatusCode::OK))
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(middleware::from_fn(trace))
}

async fn ready(State(readiness): State<Readiness>) -> StatusCode {
    let reaches = match &readiness.database {
        Some(database) => reaches_database(database).await.is_ok(),
        None => true,
    };
    if reaches && !readiness.stop.is_cancelled() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

async fn reaches_database(database: &Database) -> Result<(), storage::Error> {
    let mut session = database.session().await?;
    installation::id(&mut session).await?;
    session.finish().await
}

/// `/metrics`, for a port of its own.
pub fn metrics_router() -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(middleware::from_fn(trace))
}

async fn metrics() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        telemetry::render_metrics(),
    )
}
