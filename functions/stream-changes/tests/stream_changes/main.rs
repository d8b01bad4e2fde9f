//! `GET /v1/changes` against a real database.

mod pages;
mod reading;
mod resumed;
mod streams;
mod tail;

use serde_json::Value;
use testing::{Client, TaskBody, TestApp};

async fn start() -> (TestApp, Client) {
    let app = TestApp::start().await;
    let functions = [create_task::function, complete_task::function, stream_changes::function];
    let client = app.serve_all(functions.map(|function| function(app.app())));
    (app, client)
}

async fn create(client: &Client, title: &str) -> Value {
    client.post("/v1/tasks", TaskBody::titled(title)).await.json
}

/// The titles that events tell, in their order.
fn titles(page: &Value) -> Vec<&str> {
    let events = page["events"].as_array().map_or(&[][..], Vec::as_slice);
    events
        .iter()
        .filter_map(|event| event["data"]["title"].as_str())
        .collect()
}

fn token(page: &Value) -> &str {
    page["next_token"].as_str().expect("every page has a token")
}
