//! A walk through the API's document, so that an operation that is added is looked at without being named here.

use axum::body::Body;
use domain::UserId;
use events::EventType;
use http::{Method, Request};
use serde_json::{Value, json};
use testing::{Client, Reply, TaskBody, TestApp};

/// An operation, as the document has it.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) id: String,
    method: Method,
    path: String,
    /// The names of its query parameters, and of its headers.
    parameters: [Vec<String>; 2],
    /// The media type and the example of its body, where it has one.
    body: Option<(String, Value)>,
}

/// Every operation there is.
pub(crate) fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(api_page::OPENAPI).expect("it is JSON");
    let items = document["paths"].as_object().expect("there are paths");
    let operations = items.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("a path has operations");
        methods
            .iter()
            .map(move |(method, operation)| Operation::read(method, path, operation))
    });
    operations.collect()
}

impl Operation {
    fn read(method: &str, path: &str, operation: &Value) -> Self {
        let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        let of = |place: &str| {
            let those = parameters.iter().filter(|parameter| parameter["in"] == place);
            let names = those.filter_map(|parameter| parameter["name"].as_str());
            names.map(str::to_owned).collect()
        };
        let content = operation["requestBody"]["content"].as_object();
        let body = content.and_then(|content| content.iter().find_map(with_example));
        Self {
            id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
            method: method.to_uppercase().parse().expect("it is a method"),
            path: path.to_owned(),
            parameters: [of("query"), of("header")],
            body,
        }
    }

    /// Whether it is about one thing, which its path names.
    pub(crate) fn names_something(&self) -> bool {
        self.path.contains('{')
    }

    pub(crate) fn is_about_notifications(&self) -> bool {
        self.path.starts_with("/v1/notifications/")
    }

    pub(crate) fn is_post(&self) -> bool {
        self.method == Method::POST
    }

    /// The document's example of its body, and its media type.
    pub(crate) fn body(&self) -> Option<&(String, Value)> {
        self.body.as_ref()
    }

    pub(crate) fn query_parameters(&self) -> &[String] {
        &self.parameters[0]
    }

    pub(crate) fn headers(&self) -> &[String] {
        &self.parameters[1]
    }

    /// Asks for it about `id`, with the document's example.
    pub(crate) async fn ask(&self, client: &Client, id: &str, query: &str, headers: &[(&str, &str)]) -> Reply {
        let body = self
            .body
            .as_ref()
            .map(|(media_type, example)| (media_type.as_str(), example.to_string()));
        self.ask_with(client, id, query, headers, body).await
    }

    /// Asks for it about `id`, with this media type and body.
    pub(crate) async fn ask_with(
        &self,
        client: &Client,
        id: &str,
        query: &str,
        headers: &[(&str, &str)],
        body: Option<(&str, String)>,
    ) -> Reply {
        let path = self.path.replace("{id}", id);
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(format!("{path}{query}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some((media_type, text)) => {
                request = request.header("content-type", media_type);
                Body::from(text)
            }
            None => Body::empty(),
        };
        client
            .send(request.body(body).expect("the test writes a request"))
            .await
    }
}

fn with_example((media_type, content): (&String, &Value)) -> Option<(String, Value)> {
    let first = content["examples"]
        .as_object()
        .and_then(|examples| examples.values().next());
    let example = content.get("example").or(first.map(|example| &example["value"]))?;
    Some((media_type.clone(), example.clone()))
}

/// Somebody with a task that recurs and two notifications of it.
#[derive(Debug)]
pub(crate) struct Somebody {
    pub(crate) user: UserId,
    pub(crate) client: Client,
    pub(crate) task: String,
    pub(crate) notification: String,
}

impl Somebody {
    /// `name`, every word of whose tasks begins with it.
    pub(crate) async fn settle(app: &TestApp, name: &str) -> Self {
        let functions = dormouse::functions::all(&app.app());
        let user = app.as_user(name);
        let client = user.serve_all(functions.into_iter().filter(|function| function.api.is_some()));
        let moment = app.now() + chrono::TimeDelta::minutes(1);
        let body = TaskBody::titled(&format!("{name}s-secret"))
            .with("tags", json!([format!("{name}s-tag")]))
            .due("2026-11-30T09:00")
            .repeating("FREQ=DAILY")
            .reminded_at(&moment.to_rfc3339())
            .reminded_at(&moment.to_rfc3339())
            .reminded("-PT5M");
        let task = client.post("/v1/tasks", body).await.id();
        app.clock().set(moment);
        let fired = dispatch_reminders::fire_overdue(&app.app(), moment).await;
        assert!(fired.is_ok_and(|fired| fired > 0));
        let events = app.events(user.id()).await;
        let reaction = on_reminder_due::function(app.app());
        for due in events.iter().filter(|event| event.event.kind == EventType::ReminderDue) {
            assert!(app.deliver(&reaction, due).await.is_success());
        }
        let inbox = client.get("/v1/notifications").await;
        Self {
            user: user.id(),
            notification: inbox.json["items"][0]["id"].as_str().expect("it is there").to_owned(),
            client,
            task,
        }
    }

    /// What is theirs for `operation` to be about.
    pub(crate) fn own(&self, operation: &Operation) -> &str {
        if operation.is_about_notifications() {
            &self.notification
        } else {
            &self.task
        }
    }

    /// Everything of theirs that an answer could show, by which nobody else may be led to it.
    pub(crate) async fn traces(&self) -> Vec<String> {
        let answers = [
            self.client.get("/v1/tasks?status=all").await,
            self.client.get("/v1/notifications").await,
            self.client.get("/v1/changes").await,
        ];
        let mut traces = vec![self.user.to_string()];
        for answer in &answers {
            collect(&answer.json, &mut traces);
        }
        traces.sort();
        traces.dedup();
        traces
    }
}

/// The ids and the words of a person in `value`.
fn collect(value: &Value, traces: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.values().for_each(|value| collect(value, traces)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, traces)),
        Value::String(text) if text.parse::<uuid::Uuid>().is_ok() || text.contains("s-") => traces.push(text.clone()),
        _ => {}
    }
}
