//! What an event endpoint takes for a CloudEvent, what of it a handler sees, and what is answered.

mod binary;
mod conformance;
mod dispatcher;
mod refused;
mod structured;

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use cloudevents::{Data, Event};
use events::EventType;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use runtime::{App, EventError, Function, TestClock, TraceContext, event_endpoint};
use serde_json::{Value, json};
use testing::{Client, instant};

/// A header's name and value.
type Header<'a> = (&'a str, &'a str);

/// A reaction to completed tasks that remembers what it was handed.
struct Reaction {
    client: Client,
    handed: Arc<Mutex<Vec<Value>>>,
}

impl Reaction {
    fn new() -> Self {
        let nowhere: storage::PgConnectOptions = "postgres://nobody@127.0.0.1:1/none".parse().expect("an address");
        let app = App {
            database: storage::Database::lazy(nowhere, 1, storage::Pooler::None),
            clock: TestClock::at(instant("2026-11-23T08:00:00Z")).clock(),
            nudge: runtime::Nudge::default(),
            look_again: App::SHARED,
        };
        let handed: Arc<Mutex<Vec<Value>>> = Arc::default();
        let seen = Arc::clone(&handed);
        let handler = move |_: App, _: TraceContext, subject: Value| {
            let seen = Arc::clone(&seen);
            async move {
                seen.lock().expect("nobody panicked").push(subject);
                Ok::<_, EventError>(())
            }
        };
        let function = Function::reaction("remembers", EventType::TaskCompleted, app, handler);
        let client = Client::of_reaction(&function);
        Self { client, handed }
    }

    async fn post(&self, headers: &[Header<'_>], body: impl Into<Bytes>) -> StatusCode {
        self.client.post_raw("/", headers, body).await.status
    }

    /// What the handler was handed, in order.
    fn handed(&self) -> Vec<Value> {
        self.handed.lock().expect("nobody panicked").clone()
    }
}

/// The headers of an event in binary mode.
const BINARY: [Header<'static>; 5] = [
    ("ce-specversion", "1.0"),
    ("ce-id", "7"),
    ("ce-source", "/somewhere"),
    ("ce-type", "todo.task.completed"),
    ("content-type", "application/json"),
];

/// These headers, with `name` said to be `value`.
fn binary_with<'a>(name: &'a str, value: &'a str) -> Vec<Header<'a>> {
    let others = BINARY.into_iter().filter(|(other, _)| *other != name);
    others.chain([(name, value)]).collect()
}

/// An event in structured mode.
fn structured() -> Value {
    json!({
        "specversion": "1.0", "id": "7", "source": "/somewhere", "type": "todo.task.completed",
        "data": {"task_id": "x"},
    })
}

fn decode(headers: &[Header<'_>], body: impl Into<Bytes>) -> Result<Event, String> {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| {
            (
                name.parse::<HeaderName>().expect("the name of a header"),
                HeaderValue::from_str(value).expect("the value of a header"),
            )
        })
        .collect();
    event_endpoint::decode(&headers, body.into()).map_err(|error| error.to_string())
}

/// Every attribute and extension, as text.
fn attributes(event: &Event) -> Value {
    let named = event
        .iter()
        .map(|(name, value)| (name.to_owned(), Value::String(value.to_string())));
    Value::Object(named.collect())
}

/// Its data as text.
fn text(event: &Event) -> String {
    match event.data().expect("it has data") {
        Data::Json(value) => value.to_string(),
        Data::String(text) => text.clone(),
        Data::Binary(bytes) => String::from_utf8(bytes.clone()).expect("text"),
    }
}
