//! The documents.

use axum::response::{IntoResponse, Response};
use http::header;

/// Every operation: an OpenAPI document.
pub const OPENAPI: &str = include_str!("../../../docs/openapi.json");
/// Every event: an AsyncAPI document.
pub const ASYNCAPI: &str = include_str!("../../../docs/asyncapi.yaml");

pub(crate) async fn openapi() -> Response {
    document("application/json", OPENAPI)
}

pub(crate) async fn asyncapi() -> Response {
    document("application/yaml", ASYNCAPI)
}

fn document(media_type: &'static str, text: &'static str) -> Response {
    // It says nothing of anybody, so that any page may read it: such as a viewer of one's own.
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "no-cache"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, text).into_response()
}
