//! What several journeys do.

use serde_json::{Value, json};

use crate::{Api, moment::days_ahead};

/// A task whose reminder is due as soon as it is there; its due date is not.
pub(crate) async fn remind_at_once(api: &Api, title: &str) -> Value {
    let body = json!({"title": title, "due_date": days_ahead(2), "reminders": [{"offset": "-P7D"}]});
    api.post("/v1/tasks", &body).await.done()
}

/// Where a task is.
pub(crate) fn path(task: &Value) -> String {
    format!("/v1/tasks/{}", task["id"].as_str().expect("a task has an id"))
}

/// Where a notification is.
pub(crate) fn notification(notification: &Value) -> String {
    let id = notification["id"].as_str().expect("a notification has an id");
    format!("/v1/notifications/{id}")
}
