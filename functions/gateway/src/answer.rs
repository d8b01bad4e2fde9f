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
pub(crate) fn to_client<B>(function: &'static str, response: http::Response<B>, Stopping(stop): Stopping) -> Response
where
    B: hyper::body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let (mut parts, body) = response.into_parts();
    end_connection(&mut parts.headers);
    for name in DISCLOSING {
        parts.headers.remove(name);
    }
    // Which pages may read it is said in one place, and that is here.
    let is_cors = |name: &HeaderName| name.as_str().starts_with("access-control-");
    let cors: Vec<_> = parts.headers.keys().filter(|name| is_cors(name)).cloned().collect();
    for name in cors {
        parts.headers.remove(name);
    }
    let body = Box::pin(TimeoutBody::new(SILENCE, body)).map_err(move |error| broke_off(function, error));
    let body = if is_of_kind(&parts.headers, "text/event-stream") {
        Body::from_stream(body.into_data_stream().take_until(stop.cancelled_owned()))
    } else {
        Body::new(body)
    };
    let mut answer = http::Response::new(body);
    *answer.status_mut() = parts.status;
    *answer.headers_mut() = parts.headers;
    answer
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

    #[tokio::test(start_paused = true)]
    async fn function_that_falls_silent_breaks_its_answer() {
        let silent = stream::pending::<Result<Frame<Bytes>, std::io::Error>>();
        let answer = to_client(
            "get-task",
            http::Response::new(StreamBody::new(silent)),
            Stopping::default(),
        );
        assert!(answer.into_body().collect().await.is_err());
    }
}
