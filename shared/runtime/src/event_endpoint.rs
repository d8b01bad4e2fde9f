//! How a function takes a CloudEvent, and what it answers: the status decides whether the event is tried again.
//!
//! | outcome | status |
//! |---|---|
//! | done, or rightly nothing to do | 204 |
//! | can never work | 422 |
//! | not now | 503 |
//!
//! Nothing else: a dispatcher such as Knative's also retries 404, 408, 409 and 429, and takes others for 422. A request that
//! is none, or has more headers than the server reads, is refused before it comes here, as 400 or 431: a dead letter, too.

mod decoding;

use std::{any::Any, future::Future};

use axum::{
    Router,
    body::Body,
    response::{IntoResponse, Response},
    routing::post,
};
use cloudevents::{AttributesReader, Data, Event as CloudEvent};
use events::{EventType, UnknownEventType};
use http::{Request, StatusCode};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::error::Category;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;

use crate::{
    App, TraceContext,
    http::body::{self, BodyError},
};

pub use decoding::decode;

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
        match concerning(kind, &event) {
            Err(error) => answer(Err(error)),
            Ok(None) => {
                tracing::debug!("not for this function, or erased");
                answer(Ok(()))
            }
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
    decode(&parts.headers, bytes)
}

fn extension(event: &CloudEvent, name: &str) -> Option<String> {
    event.extension(name).map(ToString::to_string)
}

/// The subject of an event of `kind`; `None` of one that asks for nothing here.
///
/// Another kind that Dormouse knows is one that whoever routes it sends to more functions than ask for it. A kind that
/// it does not know stands in a topic of its events by mistake, such as a record that is no CloudEvent, which Knative
/// hands over as `dev.knative.kafka.event`: taken, it would be gone before anybody saw it.
///
/// Its `source` is not asked: handlers trust ids only, which are nobody else's, so that another installation's event
/// finds nothing to do, and one about a copy of the same data nothing but what that data calls for.
fn concerning<S: DeserializeOwned>(kind: EventType, event: &CloudEvent) -> Result<Option<S>, EventError> {
    match event.ty().parse::<EventType>() {
        Ok(its) if its == kind => subject(event),
        Ok(_) => Ok(None),
        Err(UnknownEventType) => Err(EventError::Unreadable("its type is not known here".to_owned())),
    }
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
    subject
        .map_err(|error| EventError::Unreadable(format!("its data: {}", without_values(&error, "it names no subject"))))
}

/// What is wrong with JSON, or `otherwise` where it is JSON of something else: what serde says of a value repeats it, and
/// this is logged.
fn without_values(error: &serde_json::Error, otherwise: &str) -> String {
    match error.classify() {
        Category::Data => otherwise.to_owned(),
        Category::Io | Category::Syntax | Category::Eof => error.to_string(),
    }
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
