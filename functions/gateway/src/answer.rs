//! A function's answer on its way to the client.

use std::{fmt::Display, time::Duration};

use axum::{BoxError, body::Body, response::Response};
use bytes::Bytes;
use futures_util::StreamExt;
use http::{HeaderMap, HeaderName, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use runtime::http::server::Stopping;
use tower_http::timeout::TimeoutBody;

use crate::request::end_connection;

/// How long a function may be silent within an answer. A stream says something every 15 s.
const SILENCE: Duration = Duration::from_secs(60);
/// What tells of the software behind.
const DISCLOSING: [HeaderName; 2] = [header::SERVER, HeaderName::from_static("x-powered-by")];

/// Whether it is what stands before a function that answered, because there was none to hand the request to: functions
/// say everything that goes wrong as a problem.
pub(crate) fn is_from_the_way(response: &http::Response<Incoming>) -> bool {
    let is_of_proxies = matches!(
        response.status(),
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
    );
    is_of_proxies && !is_of_kind(response.headers(), "application/problem+json")
}

/// The answer of `function` as the client gets it, handed on as it comes. One that breaks off breaks the client's
/// connection: nobody may take a part for the whole. A stream of events has no whole, and ends when this process is told to
/// stop: its client comes back.
pub(crate) fn to_client(function: &'static str, response: http::Response<Incoming>, stopping: Stopping) -> Response {
    let (mut parts, body) = response.into_parts();
    clear(&mut parts.headers);
    let body = whole_within(SILENCE, function, body);
    let body = if is_of_kind(&parts.headers, "text/event-stream") {
        Body::from_stream(body.into_data_stream().take_until(stopping.0.cancelled_owned()))
    } else {
        body
    };
    http::Response::from_parts(parts, body)
}

fn clear(headers: &mut HeaderMap) {
    end_connection(headers);
    for name in DISCLOSING {
        headers.remove(name);
    }
    // Which pages may read it is said in one place, and that is here.
    let is_cors = |name: &HeaderName| name.as_str().starts_with("access-control-");
    let cors: Vec<_> = headers.keys().filter(|name| is_cors(name)).cloned().collect();
    for name in cors {
        headers.remove(name);
    }
}

/// A body that breaks where the function is silent for so long.
fn whole_within<B>(silence: Duration, function: &'static str, body: B) -> Body
where
    B: hyper::body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let body = Box::pin(TimeoutBody::new(silence, body));
    Body::new(body.map_err(move |error| broke_off(function, error)))
}

fn is_of_kind(headers: &HeaderMap, wanted: &str) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with(wanted))
}

fn broke_off<E: Display>(function: &'static str, error: E) -> E {
    tracing::warn!(function, %error, "an answer broke off");
    metrics::counter!("gateway_broken_answers_total", "function" => function).increment(1);
    error
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use http_body_util::StreamBody;
    use hyper::body::Frame;

    use super::*;

    #[tokio::test]
    async fn function_that_falls_silent_breaks_its_answer() {
        let silent = stream::pending::<Result<Frame<Bytes>, std::io::Error>>();
        let answer = whole_within(Duration::ZERO, "get-task", StreamBody::new(silent));
        assert!(answer.collect().await.is_err());
    }
}
