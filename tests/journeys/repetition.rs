//! Requests that are sent again, and those that come too late.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    Api, Users,
    moment::days_ahead,
    steps::{notification, path, remind_at_once},
};

/// Each request that writes is done once, however often it is sent.
pub async fn repeated_request_is_answered_as_before(users: &Users) {
    let api = users.named("alice");
    let body = json!({"title": "Water", "due_date": days_ahead(1), "recurrence_rule": "FREQ=DAILY"});
    let task = twice(&api, "/v1/tasks", &body).await;
    for command in ["skip", "complete", "reopen"] {
        twice(&api, &format!("{}/{command}", path(&task)), &Value::Null).await;
    }
    assert_eq!(api.delete(&path(&task)).await.status, 204);
    twice(&api, &format!("{}/restore", path(&task)), &Value::Null).await;
    let history = api.all(&format!("{}/events", path(&task))).await;
    assert_eq!(history.len(), 6, "{history:?}");

    remind_at_once(&api, "Stretch").await;
    let reminded = api.notified(1).await.remove(0);
    twice(&api, &format!("{}/read", notification(&reminded)), &Value::Null).await;
    let snooze = format!("{}/snooze", notification(&reminded));
    twice(&api, &snooze, &json!({"for": "PT1H"})).await;

    let other = api
        .post_once("/v1/tasks", &json!({"title": "Other"}), "/v1/tasks")
        .await;
    assert_eq!((other.status, other.problem()), (422, "idempotency-key-reused"));
}

/// Sends a request twice under one key; what is answered.
async fn twice(api: &Api, to: &str, body: &Value) -> Value {
    let send = async || match body {
        Value::Null => api.command(to, to).await,
        body => api.post_once(to, body, to).await,
    };
    let (first, again) = (send().await, send().await);
    assert!(!first.is_replayed && again.is_replayed, "{to}: {first:?} {again:?}");
    assert_eq!((again.status, again.json), (first.status, first.json.clone()));
    first.done()
}

/// Who goes by what is no longer so is refused, and nothing is changed.
pub async fn stale_request_is_refused(users: &Users) {
    let api = users.named("alice");
    let task = api.post("/v1/tasks", &json!({"title": "Draft"})).await.done();
    let task = path(&task);
    let title = json!({"title": "Final"});
    let at = async |version: u32, method: Method, path: &str| {
        let request = api
            .request(method.clone(), path)
            .header("if-match", format!("\"{version}\""));
        let request = if method == Method::PATCH {
            request.json(&title)
        } else {
            request
        };
        request.send().await.expect("it is served").status()
    };
    let complete = format!("{task}/complete");
    assert_eq!(at(1, Method::PATCH, &task).await, StatusCode::OK);
    for (method, path) in [
        (Method::PATCH, &task),
        (Method::POST, &complete),
        (Method::DELETE, &task),
    ] {
        assert_eq!(at(1, method, path).await, StatusCode::PRECONDITION_FAILED);
    }
    let unchanged = api
        .request(Method::GET, &task)
        .header("if-none-match", "\"2\"")
        .send()
        .await;
    assert_eq!(unchanged.expect("it is served").status(), StatusCode::NOT_MODIFIED);
    assert_eq!(at(2, Method::POST, &complete).await, StatusCode::OK);
    assert_eq!(at(3, Method::DELETE, &task).await, StatusCode::NO_CONTENT);
}
