//! The API's documents, for programs and people: `/openapi.json`, `/asyncapi.yaml`, `/docs` and `/problems`. They were
//! made of what the functions say of themselves before this was compiled, so that nothing of that is done here.

mod document;
mod page;
mod problems;
mod viewer;

use axum::{Router, routing::get};
use runtime::Problem;

pub use document::{ASYNCAPI, OPENAPI};

/// The routes, which nobody needs a token for. Whoever serves them puts around them what surrounds its other routes.
pub fn routes() -> Router {
    Router::new()
        .route("/openapi.json", get(document::openapi))
        .route("/asyncapi.yaml", get(document::asyncapi))
        .merge(viewer::routes())
        .merge(problems::routes())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
}
