//! Requests that nobody can fulfil.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::Users;

/// What is wrong with a request is said at once, and nothing is done.
pub async fn every_fault_of_a_request_is_named_at_once(users: &Users) {
    let api = users.named("alice");
    let body = json!({"title": " ", "priority": "urgent", "due_date": "tomorrow", "colour": "red"});
    let refused = api.post("/v1/tasks", &body).await;
    assert_eq!((refused.status, refused.problem()), (422, "validation-failed"));
    let errors = refused.json["errors"].as_array().expect("they are a list");
    let mut pointers: Vec<_> = errors
        .iter()
        .map(|error| error["pointer"].as_str().unwrap_or_default())
        .collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/colour", "/due_date", "/priority", "/title"]);

    let nobody = "/v1/tasks/00000000-0000-4000-8000-000000000000";
    assert_eq!(api.get(nobody).await.problem(), "not-found");
    assert_eq!(
        api.command(&format!("{nobody}/complete"), "x").await.problem(),
        "not-found"
    );
    assert_eq!(api.get("/v1/tasks?sort=colour").await.status, 400);
    let text = api.request(Method::POST, "/v1/tasks").body("title: x").send().await;
    assert_eq!(text.expect("it is served").status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(api.all("/v1/tasks").await.is_empty());
}
