//! How a function takes a CloudEvent, and what it answers: the status decides whether the event is tried again.
//!
//! | outcome | status |
//! |---|---|
//! | done, or rightly nothing to do | 204 |
//! | can never work | 422 |
//! | not now | 503 |
//!
//! Nothing else: a dispatcher such as Knative's also retries 404, 408, 409 and 429, and drops others.

use std::{any::Any, future::Future};

use axum::{
    Router,
    body::Body,
    response::{IntoResponse, Response},
    routing::post,
};
use cloudevents::{AttributesReader, Data, Event as CloudEvent, binding::http::to_event};
use events::EventType;
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;

use crate::{
    App, TraceContext,
    http::body::{self, BodyError},
};

/// The most bytes an event may have.
pub const LIMIT: usize = 1024 * 1024;

/// Why an event was not handled.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// It can never be: it cannot be read.
    #[error("the event cannot be read: {0}")]
    Unreadable(String),
    /// It did not arrive whole, which says nothing of the event.
    #[error("the event did not arrive: {0}")]
    Lost(BodyError),
    /// It could not be handled now.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

impl IntoResponse for EventError {
    fn into_response(self) -> Response {
        match self {
            Self::Unreadable(_) => (StatusCode::UNPROCESSABLE_ENTITY, self.to_string()),
            // A defect, too, may be mended by the next release; until it is a dead letter, it is tried again.
            Self::Lost(_) | Self::Storage(_) => (StatusCode::SERVICE_UNAVAILABLE, self.to_string()),
        }
        .into_response()
    }
}

/// `POST /`, which hands the subject of events of `kind` to `handler`.
pub(crate) fn router<S, H, F>(kind: EventType, app: App, handler: H) -> Router
where
    S: DeserializeOwned + Send + 'static,
    H: Fn(App, TraceContext, S) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<(), EventError>> + Send + 'static,
{
    let endpoint = move |request: Request<Body>| {
        let (app, handler) = (app.clone(), handler.clone());
        async move { take(kind, app, handler, request).await }
    };
    Router::new()
        .route("/", post(endpoint))
        .layer(CatchPanicLayer::custom(panicked))
}

async fn take<S, H, F>(kind: EventType, app: App, handler: H, request: Request<Body>) -> Response
where
    S: DeserializeOwned,
    H: Fn(App, TraceContext, S) -> F,
    F: Future<Output = Result<(), EventError>>,
{
    let event = match read(request).await {
        Ok(event) => event,
        Err(error) => return answer(Err(error)),
    };
    let trace = TraceContext::continue_from(extension(&event, "traceparent").as_deref());
    let span = tracing::info_span!(
        "event",
        event_id = event.id(),
        event_type = event.ty(),
        trace_id = trace.trace_id()
    );
    async {
        if event.ty() != kind.as_str() {
            tracing::debug!("not for this function");
            return answer(Ok(()));
        }
        match subject(&event) {
            Err(error) => answer(Err(error)),
            Ok(None) => answer(Ok(())),
            Ok(Some(subject)) => answer(handler(app, trace, subject).await),
        }
    }
    .instrument(span)
    .await
}

async fn read(request: Request<Body>) -> Result<CloudEvent, EventError> {
    let (parts, body) = request.into_parts();
    let bytes = body::read_limited(&parts.headers, body, LIMIT)
        .await
        .map_err(|error| match error {
            BodyError::TooLarge(_) => EventError::Unreadable(error.to_string()),
            BodyError::TooSlow(_) | BodyError::Broken => EventError::Lost(error),
        })?;
    to_event(&normalised(parts.headers), bytes.into()).map_err(|error| EventError::Unreadable(error.to_string()))
}

/// Media types are compared without regard to case (RFC 9110 §8.3.1), which the decoder does not do.
fn normalised(mut headers: HeaderMap) -> HeaderMap {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .map(|value| value.as_bytes().to_ascii_lowercase());
    if let Some(Ok(value)) = content_type.map(|bytes| HeaderValue::from_bytes(&bytes)) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    headers
}

fn extension(event: &CloudEvent, name: &str) -> Option<String> {
    event.extension(name).map(ToString::to_string)
}

/// What a handler trusts of an event; `None` of one whose data was erased, which leaves null. A missing content type
/// means JSON here, for nothing else is ever sent.
fn subject<S: DeserializeOwned>(event: &CloudEvent) -> Result<Option<S>, EventError> {
    let subject = match event.data() {
        None => return Err(EventError::Unreadable("it has no data".to_owned())),
        Some(Data::Json(value)) => Option::<S>::deserialize(value),
        Some(Data::String(text)) => serde_json::from_str(text),
        Some(Data::Binary(bytes)) => serde_json::from_slice(bytes),
    };
    subject.map_err(|error| EventError::Unreadable(format!("its data: {error}")))
}

fn answer(outcome: Result<(), EventError>) -> Response {
    match outcome {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            tracing::warn!(%error, "event not handled");
            error.into_response()
        }
    }
}

fn panicked(_panic: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("the handler of an event panicked");
    (StatusCode::SERVICE_UNAVAILABLE, "the handler failed").into_response()
}
