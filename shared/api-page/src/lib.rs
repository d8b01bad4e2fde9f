//! The API's document, for programs and people: `/openapi.json`. It was made of what the functions say of themselves
//! before this was compiled, so that nothing of that is done here.

mod document;

use axum::{Router, routing::get};
use runtime::http::layers;

pub use document::OPENAPI;

/// The routes, which nobody needs a token for.
pub fn router() -> Router {
    layers::surround_public(Router::new().route("/openapi.json", get(document::openapi)))
}
