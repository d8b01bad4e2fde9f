//! Reading bodies: never more than the limit, and JSON only.

use std::time::Duration;

use axum::{BoxError, body::Body};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::Problem;

/// The most bytes a request of the API may have.
pub const LIMIT: usize = 256 * 1024;
/// How long a body may take to be complete. The largest one comes in time at 105 kbit/s, as a poor mobile connection
/// has it; and of the thirty seconds of a request, ten are left to wait for the database.
const PATIENCE: Duration = Duration::from_secs(20);
/// What a patch may be.
const PATCHES: [&str; 2] = ["application/merge-patch+json", "application/json"];
const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");

/// Why a body was not read.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// It is longer than the limit, in bytes.
    #[error("the body has more than {0} bytes")]
    TooLarge(usize),
    /// It was not complete in time.
    #[error("the body was not complete within {} seconds", .0.as_secs())]
    TooSlow(Duration),
    /// The client went away, or sent half of it.
    #[error("the body ended early")]
    Broken,
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge(limit) => Self::too_large(limit),
            BodyError::TooSlow(patience) => Self::body_timeout(patience),
            BodyError::Broken => Self::malformed("The body ended early."),
        }
    }
}

/// Reads a body of at most `limit` bytes; one that announces more is not read at all.
///
/// # Errors
/// See [`BodyError`].
pub async fn read_limited(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, BodyError> {
    read_within(PATIENCE, headers, body, limit).await
}

async fn read_within(patience: Duration, headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, BodyError> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(BodyError::TooLarge(limit));
    }
    match tokio::time::timeout(patience, whole(Limited::new(body, limit))).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge(limit)),
        Ok(Err(_)) => Err(BodyError::Broken),
        Err(_) => Err(BodyError::TooSlow(patience)),
    }
}

/// In one piece: a body may come a byte at a time, and each piece on its own weighs dozens.
async fn whole(mut body: Limited<Body>) -> Result<Bytes, BoxError> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await.transpose()? {
        whole.extend_from_slice(frame.data_ref().unwrap_or(&Bytes::new()));
    }
    Ok(whole.freeze())
}

/// Demands that the body is said to be JSON (RFC 8259, RFC 6839), once, in UTF-8, and not encoded further.
///
/// # Errors
/// 415.
pub fn demand_json(headers: &HeaderMap) -> Result<(), Problem> {
    demand(headers, |essence| {
        essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
    })
    .ok_or_else(Problem::unsupported_media_type)
}

/// Demands that the body is said to be a JSON Merge Patch (RFC 7396), or plain JSON, which is read as one.
///
/// # Errors
/// 415, which names what is taken (RFC 5789 §2.2).
pub fn demand_merge_patch(headers: &HeaderMap) -> Result<(), Problem> {
    demand(headers, |essence| PATCHES.contains(&essence)).ok_or_else(|| {
        let accepted = HeaderValue::from_static("application/merge-patch+json, application/json");
        Problem::unsupported_media_type().with_header(ACCEPT_PATCH, accepted)
    })
}

fn demand(headers: &HeaderMap, is_taken: impl Fn(&str) -> bool) -> Option<()> {
    let mut content_types = headers.get_all(header::CONTENT_TYPE).iter();
    let text = content_types.next()?.to_str().ok()?.to_ascii_lowercase();
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let is_utf8 = parts
        .filter_map(|parameter| parameter.strip_prefix("charset="))
        .all(|charset| charset.trim_matches('"') == "utf-8");
    let mut encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    let is_plain = encodings.all(|encoding| encoding == "identity");
    // Of two, nobody knows which is meant.
    (content_types.next().is_none() && is_taken(essence) && is_utf8 && is_plain).then_some(())
}

#[cfg(test)]
mod tests {
    use std::{
        pin::Pin,
        task::{Context, Poll},
    };

    use axum::{body::HttpBody, response::IntoResponse};
    use http::StatusCode;
    use hyper::body::Frame;

    use super::*;

    /// A body of which nothing more comes.
    struct Stalled;

    impl HttpBody for Stalled {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            Poll::Pending
        }
    }

    #[tokio::test]
    async fn body_that_stalls_is_the_clients_fault() {
        let read = read_within(Duration::ZERO, &HeaderMap::new(), Body::new(Stalled), LIMIT).await;
        let response = Problem::from(read.unwrap_err()).into_response();
        assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
        assert_eq!(response.headers()[header::CONNECTION], "close");
        let document = response.into_body().collect().await.unwrap().to_bytes();
        assert!(String::from_utf8_lossy(&document).contains("/problems/request-timeout"));
    }
}
