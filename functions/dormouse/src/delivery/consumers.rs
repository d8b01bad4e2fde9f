//! The functions that react to events, and one attempt at handing one an event.

use std::time::Duration;

use axum::{Router, body::Body};
use events::{EventType, Recorded, cloud_event};
use http::{Request, StatusCode, header};
use runtime::{App, Function, event_endpoint, http::body};
use storage::installation;
use tower::ServiceExt;
use uuid::Uuid;

/// How long a function may take: what hangs must not hold up what follows it.
const PATIENCE: Duration = Duration::from_secs(2);

/// The functions that react to events.
#[derive(Debug)]
pub struct Consumers {
    installation: Uuid,
    consumers: Vec<Consumer>,
}

#[derive(Debug)]
struct Consumer {
    name: &'static str,
    kind: EventType,
    endpoint: Router,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The function is done with the event.
    Done,
    /// It cannot take it now, for this reason.
    NotNow(String),
    /// It will never take it, for this reason.
    Never(String),
}

impl Consumers {
    /// Those of `functions` that react to events.
    ///
    /// # Errors
    /// The installation's identity could not be read.
    pub async fn of(functions: &[Function], app: &App) -> anyhow::Result<Self> {
        let mut session = app.database.session().await?;
        let installation = installation::id(&mut session).await?;
        session.finish().await?;
        let consumer = |function: &Function| {
            let reaction = function.reaction.clone()?;
            Some(Consumer {
                name: function.name,
                kind: reaction.kind,
                endpoint: reaction.endpoint,
            })
        };
        Ok(Self {
            installation,
            consumers: functions.iter().filter_map(consumer).collect(),
        })
    }

    /// The names of the functions that take events of `kind`.
    pub(crate) fn of_kind(&self, kind: EventType) -> impl Iterator<Item = &'static str> {
        self.consumers
            .iter()
            .filter(move |consumer| consumer.kind == kind)
            .map(|consumer| consumer.name)
    }

    /// Hands `recorded` to the function called `name`.
    pub(crate) async fn attempt(&self, name: &str, recorded: &Recorded) -> Attempt {
        let Some(consumer) = self.consumers.iter().find(|consumer| consumer.name == name) else {
            return Attempt::NotNow("this release has no such function".to_owned());
        };
        let request = match self.request(recorded) {
            Ok(request) => request,
            Err(error) => return Attempt::Never(error.to_string()),
        };
        match tokio::time::timeout(PATIENCE, consumer.endpoint.clone().oneshot(request)).await {
            Err(_) => Attempt::NotNow(format!("it took longer than {PATIENCE:?}")),
            Ok(Ok(response)) if response.status().is_success() => Attempt::Done,
            Ok(Ok(response)) => {
                let status = response.status();
                let (parts, body) = response.into_parts();
                let text = body::read_limited(&parts.headers, body, event_endpoint::LIMIT)
                    .await
                    .unwrap_or_default();
                let why = format!("{status}: {}", String::from_utf8_lossy(&text));
                if status == StatusCode::UNPROCESSABLE_ENTITY {
                    Attempt::Never(why)
                } else {
                    Attempt::NotNow(why)
                }
            }
            Ok(Err(never)) => match never {},
        }
    }

    /// The event in the binary mode of CloudEvents' HTTP binding.
    fn request(&self, recorded: &Recorded) -> http::Result<Request<Body>> {
        let request = Request::post("/").header(header::CONTENT_TYPE, cloud_event::DATA_CONTENT_TYPE);
        cloud_event::attributes(recorded, self.installation)
            .into_iter()
            .fold(request, |request, (name, value)| {
                request.header(format!("ce-{name}"), value)
            })
            .body(Body::from(recorded.event.data.clone()))
    }
}
