//! `/docs`: the OpenAPI document as a person reads it, by Swagger UI. Everything it is made of comes from here.

use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};
use http::header;

use crate::page;

/// Styles are set on elements by the viewer itself; nothing else comes from within a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

pub(crate) fn routes() -> Router {
    Router::new()
        .route(
            "/docs",
            get(async || page::html(POLICY, include_str!("../assets/index.html"))),
        )
        .route(
            "/docs/begin.js",
            get(async || text(JAVASCRIPT, include_str!("../assets/begin.js"))),
        )
        .route(
            "/docs/page.css",
            get(async || text(CSS, include_str!("../assets/page.css"))),
        )
        .route("/docs/swagger-ui.css", get(styles))
        .route("/docs/swagger-ui-bundle.js", get(script))
}

async fn styles() -> Response {
    compressed(CSS, include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui.css.gz")))
}

async fn script() -> Response {
    compressed(
        JAVASCRIPT,
        include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui-bundle.js.gz")),
    )
}

fn text(media_type: &'static str, text: &'static str) -> Response {
    (
        [
            (header::CONTENT_TYPE, media_type),
            (header::CACHE_CONTROL, page::CACHING),
        ],
        text,
    )
        .into_response()
}

/// Every browser takes gzip, and nobody else needs a viewer.
fn compressed(media_type: &'static str, bytes: &'static [u8]) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_ENCODING, "gzip"),
        (header::CACHE_CONTROL, page::CACHING),
    ];
    (headers, bytes).into_response()
}
