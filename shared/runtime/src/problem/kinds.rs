//! Every kind of problem, by status.

use std::time::Duration;

use domain::Fault;
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::{Place, Problem};

impl Problem {
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

    /// 401: the request brings no token (RFC 6750 §3).
    #[must_use]
    pub fn no_token() -> Self {
        let detail = "Send a token of this service's issuer, once: Authorization: Bearer TOKEN.";
        Self::unauthenticated(detail, HeaderValue::from_static("Bearer"))
    }

    /// 401: the token that it brings is refused; `why` is ours to say, and holds neither quotes nor what others sent.
    #[must_use]
    pub fn refused_token(why: &str) -> Self {
        let challenge = format!(r#"Bearer error="invalid_token", error_description="{why}""#);
        let challenge = HeaderValue::try_from(challenge).unwrap_or(HeaderValue::from_static("Bearer"));
        Self::unauthenticated(why, challenge)
    }

    fn unauthenticated(detail: &str, challenge: HeaderValue) -> Self {
        let title = "It is not known who is asking";
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", title, detail)
            .with_header(header::WWW_AUTHENTICATE, challenge)
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

    /// 410: the sync token is of another era of the installation, or ahead of the log.
    #[must_use]
    pub fn token_expired() -> Self {
        let detail = "The log does not go on from this token. Begin again: ask for since=latest, read the lists, then go \
                      on from that token.";
        Self::new(StatusCode::GONE, "token-expired", "The token has expired", detail)
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

    /// 429: as many streams as one user may have; one ends within `wait`.
    #[must_use]
    pub fn too_many_streams(most: usize, wait: Duration) -> Self {
        let detail = format!("A user may have {most} streams at once. Close one, or wait for one to end.");
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate-limited",
            "Too many streams",
            detail,
        )
        .with_header(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()))
    }

    /// 429: `quota` requests a minute were made; the next is taken after `wait`.
    #[must_use]
    pub fn rate_limited(quota: u32, wait: Duration) -> Self {
        let detail = format!("There may be {quota} requests a minute. Retry-After says when the next one is taken.");
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate-limited",
            "Too many requests",
            detail,
        )
        .with_header(header::RETRY_AFTER, whole_seconds(wait))
    }

    /// 422: a search that would look through too much.
    #[must_use]
    pub fn search_too_broad() -> Self {
        let detail = "Too many tasks would have to be looked through. Add words or a filter, or choose another sort.";
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "search-too-broad",
            "The search is too broad",
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

    /// 503: as [`Problem::unavailable`], but not before `wait`.
    #[must_use]
    pub fn unavailable_for(wait: Duration) -> Self {
        let mut problem = Self::unavailable();
        problem.headers = vec![(header::RETRY_AFTER, whole_seconds(wait))];
        problem
    }
}

/// Never too early, and never none: who comes back at once is one of many.
fn whole_seconds(wait: Duration) -> HeaderValue {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    HeaderValue::from(seconds.max(1))
}
