//! What surrounds every route of the API: identity of the request, its trace and log row, limits, and problems where
//! the router itself refuses.

use std::{any::Any, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{MatchedPath, Request},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, Method, header, uri::Authority};
use tokio::time::Instant;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;
use uuid::Uuid;

use super::{
    accept::{takes_json, wants_event_stream},
    health,
};
use crate::{
    Problem, TraceContext,
    identity::{Authentication, demand_user},
};

/// How long a request may take, its body included.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The one path that answers with a stream of events, too.
const STREAM: &str = "/v1/changes";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// `routes` with what surrounds every route of the API.
pub fn surround(routes: Router, authentication: Authentication) -> Router {
    routes
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(middleware::from_fn_with_state(Arc::new(authentication), demand_user))
        .layer(middleware::from_fn(limit))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(trace))
}

/// `routes` that anybody may ask for, with what surrounds them: no user, and any form that they have.
pub fn surround_public(routes: Router) -> Router {
    routes
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(trace))
}

/// Refuses requests for other hosts than this machine, as a page that rebinds its name to it would send them.
pub async fn demand_loopback_host(request: Request, next: Next) -> Response {
    let authority = request.uri().authority().cloned();
    let header = || {
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let host = hosts.next()?.to_str().ok()?.parse::<Authority>().ok();
        // Of two, nobody knows which is meant (RFC 9112 §3.2).
        host.filter(|_| hosts.next().is_none())
    };
    let is_plain = |authority: &Authority| !authority.as_str().contains('@');
    let is_loopback = authority.or_else(header).filter(is_plain).is_some_and(|authority| {
        matches!(
            authority.host().to_ascii_lowercase().as_str(),
            "localhost" | "127.0.0.1" | "[::1]"
        )
    });
    if is_loopback {
        next.run(request).await
    } else {
        traced(request, async |_| Problem::misdirected().into_response()).await
    }
}

/// Gives the request an id and a trace, and logs it once it is answered.
pub(super) async fn trace(request: Request, next: Next) -> Response {
    traced(request, async |request| next.run(request).await).await
}

async fn traced(mut request: Request, answer: impl AsyncFnOnce(Request) -> Response) -> Response {
    let request_id = request_id(&request);
    let traceparent = request.headers().get(TRACEPARENT).and_then(|value| value.to_str().ok());
    let trace = TraceContext::continue_from(traceparent);
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unmatched", MatchedPath::as_str)
        .to_owned();
    let span = tracing::info_span!("request", %method, route, request_id, trace_id = trace.trace_id());
    request.extensions_mut().insert(trace);
    let began = Instant::now();
    let mut response = answer(request).instrument(span.clone()).await;
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let took = began.elapsed();
    let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    span.in_scope(|| {
        // Probes come every few seconds: that all is well is no news.
        if health::PATHS.contains(&route.as_str()) && response.status().is_success() {
            tracing::debug!(status, took_us, "answered");
        } else {
            tracing::info!(status, took_us, "answered");
        }
    });
    let labels = [
        ("method", known(&method).to_owned()),
        ("route", route),
        ("status", status.to_string()),
    ];
    metrics::histogram!("http_request_duration_seconds", &labels).record(took.as_secs_f64());
    response
}

/// The method's name as a label; clients may invent others, without end.
fn known(method: &Method) -> &str {
    match method.as_str() {
        name @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => name,
        _ => "OTHER",
    }
}

/// The id that the client gave, where it is fit for a log; a new one otherwise.
fn request_id(request: &Request) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let is_fit = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    given
        .filter(is_fit)
        .map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

async fn limit(request: Request, next: Next) -> Response {
    let takes_stream = request.uri().path() == STREAM && wants_event_stream(request.headers());
    if !takes_json(request.headers()) && !takes_stream {
        return Problem::not_acceptable().into_response();
    }
    match tokio::time::timeout(TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!("the request took too long");
            Problem::unavailable().into_response()
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the panic layer hands it over")]
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = text.unwrap_or("unknown"), "a handler panicked");
    Problem::internal().into_response()
}
