//! Failures as people and programs read them: `application/problem+json` (RFC 9457). The one mapping from what went
//! wrong to a status.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use domain::Fault;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use storage::idempotency::Known;

/// The most faults that are named.
const MOST_FAULTS: usize = 100;

/// A refusal or a failure.
#[derive(Debug, Clone)]
pub struct Problem {
    document: Document,
    headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Debug, Clone, Serialize)]
struct Document {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "String::is_empty")]
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<At>,
}

/// Where a fault is, and what would be right.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "lowercase")]
struct At {
    #[serde(flatten)]
    place: Place,
    detail: String,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "lowercase")]
enum Place {
    Pointer(String),
    Parameter(String),
    Header(String),
}

impl Problem {
    fn new(status: StatusCode, kind: &str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            document: Document {
                kind: format!("/problems/{kind}"),
                title,
                status: status.as_u16(),
                detail: detail.into(),
                errors: Vec::new(),
            },
            headers: Vec::new(),
        }
    }

    fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    fn at(mut self, place: Place, detail: String) -> Self {
        self.document.errors.push(At { place, detail });
        self
    }

    /// Names the first hundred faults: nobody reads more, and a small request may have tens of thousands.
    fn at_each(self, faults: impl ExactSizeIterator<Item = (Place, String)>) -> Self {
        let rest = faults.len().saturating_sub(MOST_FAULTS);
        let mut problem = faults
            .take(MOST_FAULTS)
            .fold(self, |problem, (place, detail)| problem.at(place, detail));
        if rest > 0 {
            let are = if rest == 1 { "is" } else { "are" };
            let more = format!("These are the first {MOST_FAULTS} faults; there {are} {rest} more.");
            let detail = &mut problem.document.detail;
            *detail = format!("{detail} {more}").trim_start().to_owned();
        }
        problem
    }

    /// 400: the request cannot be read.
    #[must_use]
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "malformed-request",
            "The request cannot be read",
            detail,
        )
    }

    /// 400: the body cannot be read at `pointer`.
    #[must_use]
    pub fn malformed_body(pointer: String, detail: String) -> Self {
        Self::malformed("The body is not JSON that can be read.").at(Place::Pointer(pointer), detail)
    }

    /// 400: query parameters cannot be read; each with what would be right.
    #[must_use]
    pub fn malformed_query(faults: Vec<(String, String)>) -> Self {
        let faults = faults
            .into_iter()
            .map(|(name, detail)| (Place::Parameter(name), detail));
        Self::malformed("The query has faults.").at_each(faults)
    }

    /// 400: a header cannot be read.
    #[must_use]
    pub fn malformed_header(name: &HeaderName, detail: impl Into<String>) -> Self {
        Self::malformed("A header has a fault.").at(Place::Header(name.to_string()), detail.into())
    }

    /// 404: there is no such thing, or it belongs to somebody else.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is no such thing", "")
    }

    /// 405.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        let detail = "The header Allow names the methods that this path takes.";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "The path does not take this method",
            detail,
        )
    }

    /// 406: the client takes nothing that is made here.
    #[must_use]
    pub fn not_acceptable() -> Self {
        let detail = "Answers are application/json and application/problem+json.";
        Self::new(
            StatusCode::NOT_ACCEPTABLE,
            "not-acceptable",
            "No acceptable form",
            detail,
        )
    }

    /// 408: the body was not complete within `patience`. What is left of it makes the connection useless.
    #[must_use]
    pub fn body_timeout(patience: Duration) -> Self {
        let detail = format!("A body must be complete within {} seconds.", patience.as_secs());
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "request-timeout",
            "The body did not come in time",
            detail,
        )
        .with_header(header::CONNECTION, HeaderValue::from_static("close"))
    }

    /// 412: the task changed since the client read it.
    #[must_use]
    pub fn precondition_failed(current: &str) -> Self {
        let detail = format!("The task has changed since; its ETag is now {current}. Read it again and decide anew.");
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "precondition-failed",
            "The task has changed",
            detail,
        )
    }

    /// 413: a body of more than `limit` bytes.
    #[must_use]
    pub fn too_large(limit: usize) -> Self {
        let detail = format!("A body has at most {limit} bytes.");
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "content-too-large",
            "The body is too large",
            detail,
        )
    }

    /// 415: a body that is not JSON.
    #[must_use]
    pub fn unsupported_media_type() -> Self {
        let detail =
            "The body must be JSON in UTF-8, with one header Content-Type: application/json and no Content-Encoding.";
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "The body is not JSON",
            detail,
        )
        .with_header(header::ACCEPT, HeaderValue::from_static("application/json"))
    }

    /// 421: the request is for another host, as a page that rebinds its name to this machine would send it.
    #[must_use]
    pub fn misdirected() -> Self {
        let detail = "This server answers to localhost, 127.0.0.1 and [::1] only.";
        Self::new(
            StatusCode::MISDIRECTED_REQUEST,
            "misdirected-request",
            "The request is for another host",
            detail,
        )
    }

    /// 422: a readable request with faults.
    #[must_use]
    pub fn validation(faults: Vec<Fault>) -> Self {
        let title = "The request has faults";
        let faults = faults
            .into_iter()
            .map(|fault| (Place::Pointer(fault.pointer), fault.detail));
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "validation-failed", title, "").at_each(faults)
    }

    /// 422: an idempotency key that another request used.
    #[must_use]
    pub fn idempotency_key_reused() -> Self {
        let detail = "Another request was answered under this Idempotency-Key. Use a new key for a new request.";
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency-key-reused",
            "The key was used before",
            detail,
        )
    }

    /// 422: what the present state does not allow.
    #[must_use]
    pub fn not_possible(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "not-possible",
            "That is not possible now",
            detail,
        )
    }

    /// 500, without a word on why: that stands in the log.
    #[must_use]
    pub fn internal() -> Self {
        let detail = "The failure was logged with this answer's X-Request-Id.";
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong here",
            detail,
        )
    }

    /// 503: try again in a moment.
    #[must_use]
    pub fn unavailable() -> Self {
        let detail = "Nothing is lost that was answered before. Try again in a moment.";
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "The service is away or too busy",
            detail,
        )
        .with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
    }

    /// The status it is answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.document.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<storage::Error> for Problem {
    fn from(error: storage::Error) -> Self {
        if error.is_transient() {
            tracing::warn!(%error, "the database is away or too busy");
            Self::unavailable()
        } else {
            tracing::error!(%error, "the database refused");
            Self::internal()
        }
    }
}

impl From<Vec<Fault>> for Problem {
    fn from(faults: Vec<Fault>) -> Self {
        Self::validation(faults)
    }
}

/// What is to be done about what is known of an idempotency key: go on, answer again, or refuse.
///
/// # Errors
/// [`Problem::idempotency_key_reused`].
pub(crate) fn known_answer(known: Known) -> Result<Option<storage::idempotency::Answer>, Problem> {
    match known {
        Known::Nothing => Ok(None),
        Known::Answered(answer) => Ok(Some(answer)),
        Known::Reused => Err(Problem::idempotency_key_reused()),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), axum::Json(self.document)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(self.headers);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_beyond_the_hundredth_are_counted_only() {
        let faults = |count| (0..count).map(|n| Fault::new(format!("/{n}"), "is wrong")).collect();
        let few = Problem::validation(faults(100)).document;
        assert_eq!((few.errors.len(), few.detail.as_str()), (100, ""));
        let many = Problem::validation(faults(102)).document;
        assert_eq!(many.errors.len(), 100);
        assert_eq!(many.detail, "These are the first 100 faults; there are 2 more.");

        let faults = vec![("x".to_owned(), "is wrong".to_owned()); 101];
        let query = Problem::malformed_query(faults).document;
        assert_eq!(query.errors.len(), 100);
        assert_eq!(
            query.detail,
            "The query has faults. These are the first 100 faults; there is 1 more."
        );
    }
}
