//! Failures as people and programs read them: `application/problem+json` (RFC 9457). The one mapping from what went
//! wrong to a status.

mod kinds;

use axum::response::{IntoResponse, Response};
use domain::Fault;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use storage::{idempotency::Known, tasks::ListError};

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

    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
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

impl From<ListError> for Problem {
    fn from(error: ListError) -> Self {
        match error {
            ListError::TooBroad => Self::search_too_broad(),
            ListError::Storage(error) => error.into(),
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
