//! Limits that the API's document names are those that hold: what is at one is taken, what is beyond is refused.

use serde_json::{Value, json};
use testing::{Client, TestApp};

/// What the document says at `pointer` below its schemas.
fn limit(pointer: &str) -> usize {
    let document: Value = serde_json::from_str(api_page::OPENAPI).expect("it is JSON");
    let limit = document["components"]["schemas"]
        .pointer(pointer)
        .and_then(Value::as_u64);
    usize::try_from(limit.expect("it names a limit")).expect("it is small")
}

/// As many different texts.
fn each(count: usize, text: impl Fn(usize) -> String) -> Value {
    (0..count).map(|number| json!(text(number))).collect()
}

fn dates(count: usize) -> Value {
    each(count, |n| format!("2027-{:02}-{:02}", n / 28 + 1, n % 28 + 1))
}

/// A limit's place in the document, and the task that is as much as it says.
type Case = (&'static str, fn(usize) -> Value);

const CASES: [Case; 7] = [
    ("/Title/maxLength", |most| json!({"title": "é".repeat(most)})),
    (
        "/Description/maxLength",
        |most| json!({"description": "é".repeat(most)}),
    ),
    (
        "/NewTask/properties/tags/maxItems",
        |most| json!({"tags": each(most, |n| n.to_string())}),
    ),
    ("/Tag/maxLength", |most| json!({"tags": ["é".repeat(most)]})),
    (
        "/Task/properties/exceptions/maxItems",
        |most| json!({"exceptions": dates(most)}),
    ),
    (
        "/Task/properties/additions/maxItems",
        |most| json!({"additions": dates(most)}),
    ),
    (
        "/NewTask/properties/reminders/maxItems",
        |most| json!({"reminders": (1..=most).map(|n| json!({"offset": format!("-PT{n}M")})).collect::<Value>()}),
    ),
];

async fn create(client: &Client, task: Value) -> u16 {
    let mut body = json!({"title": "x", "due_date": "2026-12-01", "recurrence_rule": "FREQ=DAILY"});
    for (name, value) in task.as_object().expect("a case has members") {
        body[name] = value.clone();
    }
    client.post("/v1/tasks", body).await.status.as_u16()
}

#[tokio::test]
async fn limits_of_a_task_are_those_of_the_document() {
    let app = TestApp::start().await;
    let client = app.serve(create_task::function(app.app()));
    for (pointer, task) in CASES {
        let most = limit(pointer);
        assert_eq!(create(&client, task(most)).await, 201, "{pointer}: {most}");
        assert_eq!(create(&client, task(most + 1)).await, 422, "{pointer}: {most}");
    }
}
