//! The OpenAPI document.

use axum::response::{IntoResponse, Response};
use http::header;

/// The document.
pub const OPENAPI: &str = include_str!("../../../docs/openapi.json");

pub(crate) async fn openapi() -> Response {
    // It says nothing of anybody, so that any page may read it: such as a viewer of one's own.
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, OPENAPI).into_response()
}
