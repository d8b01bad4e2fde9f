//! Pages for people.

use axum::response::{IntoResponse, Response};
use http::header;

/// A page changes with a release only.
pub(crate) const CACHING: &str = "public, max-age=3600";

/// A page that may do what `policy` says, and be shown within no other.
pub(crate) fn html(policy: &'static str, text: impl Into<String>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, CACHING),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, text.into()).into_response()
}
