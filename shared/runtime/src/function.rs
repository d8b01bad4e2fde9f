//! What a function is: a name, and HTTP routes, an event it reacts to, or work of its own. Whether it runs alone in a
//! container or beside the others in one process, it does not know.

use std::{fmt, future::Future, pin::Pin};

use axum::Router;
use events::EventType;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use crate::{App, EventError, TraceContext, event_endpoint};

/// A function.
pub struct Function {
    /// Its name: folder, package, binary, image and service.
    pub name: &'static str,
    /// Its routes of the API, for callers who say who they are.
    pub api: Option<Router>,
    /// What it reacts to.
    pub reaction: Option<Reaction>,
    /// What it does without being asked.
    pub work: Option<Work>,
}

/// A function's event endpoint.
#[derive(Debug, Clone)]
pub struct Reaction {
    /// The kind of event it takes.
    pub kind: EventType,
    /// `POST /`, which takes a CloudEvent.
    pub endpoint: Router,
}

/// The result of work; a failure ends the process, so it says why.
pub type WorkResult = anyhow::Result<()>;
type WorkFuture = Pin<Box<dyn Future<Output = WorkResult> + Send>>;

/// What a function does without being asked.
pub enum Work {
    /// Goes on until it is told to stop.
    Loop(Box<dyn FnOnce(CancellationToken) -> WorkFuture + Send>),
    /// Is done once.
    Job(Box<dyn FnOnce() -> WorkFuture + Send>),
}

impl Function {
    /// A function with routes of the API.
    #[must_use]
    pub fn api(name: &'static str, routes: Router) -> Self {
        Self {
            name,
            api: Some(routes),
            reaction: None,
            work: None,
        }
    }

    /// A function that reacts to events of `kind`. The handler is handed what it trusts of an event: its subject.
    pub fn reaction<S, H, F>(name: &'static str, kind: EventType, app: App, handler: H) -> Self
    where
        S: DeserializeOwned + Send + 'static,
        H: Fn(App, TraceContext, S) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<(), EventError>> + Send + 'static,
    {
        Self {
            name,
            api: None,
            reaction: Some(Reaction {
                kind,
                endpoint: event_endpoint::router(kind, app, handler),
            }),
            work: None,
        }
    }

    /// A function that works until it is told to stop.
    pub fn looping<F>(name: &'static str, work: impl FnOnce(CancellationToken) -> F + Send + 'static) -> Self
    where
        F: Future<Output = WorkResult> + Send + 'static,
    {
        Self {
            name,
            api: None,
            reaction: None,
            work: Some(Work::Loop(Box::new(|stop| Box::pin(work(stop))))),
        }
    }

    /// A function that is done once.
    pub fn job<F>(name: &'static str, work: impl FnOnce() -> F + Send + 'static) -> Self
    where
        F: Future<Output = WorkResult> + Send + 'static,
    {
        Self {
            name,
            api: None,
            reaction: None,
            work: Some(Work::Job(Box::new(|| Box::pin(work())))),
        }
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Loop(_) => "Loop",
            Self::Job(_) => "Job",
        })
    }
}
