//! `GET /v1/tasks` against a real database.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; clippy.toml excuses only the tests themselves"
)]

mod cursors;
mod faults;
mod filters;
mod search;

use domain::UserId;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use testing::{Client, SOMEBODY_ELSE, TaskBody, TestApp};

async fn start() -> (TestApp, Client) {
    let app = TestApp::start().await;
    let functions = [create_task::function, complete_task::function, list_tasks::function];
    let client = app.serve_all(functions.map(|function| function(app.app())));
    (app, client)
}

async fn create(client: &Client, title: &str, due: Option<&str>) -> String {
    let body = TaskBody::titled(title);
    let body = match due {
        Some(date) => body.due(date),
        None => body,
    };
    client.post("/v1/tasks", body).await.id()
}

fn titles(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(|task| task["title"].as_str()).collect()
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// The titles that a query gives, in their order.
async fn found(client: &Client, query: &str) -> Vec<String> {
    let reply = client.get(&format!("/v1/tasks?{query}")).await;
    assert_eq!(reply.status, 200, "{query}: {reply:?}");
    titles(&reply.json).into_iter().map(str::to_owned).collect()
}

/// The place and the word of the first fault that a query has.
async fn refusal(client: &Client, query: &str) -> (String, String) {
    let reply = client.get(&format!("/v1/tasks?{query}")).await;
    assert_eq!(
        (reply.status.as_u16(), reply.problem()),
        (400, "malformed-request"),
        "{query}"
    );
    let fault = &reply.json["errors"][0];
    let [place, detail] = ["parameter", "detail"].map(|name| fault[name].as_str().unwrap().to_owned());
    (place, detail)
}

#[tokio::test]
async fn task_that_cannot_be_read_does_not_take_the_others_with_it() {
    let (app, client) = start().await;
    for title in ["one", "damaged", "three"] {
        create(&client, title, None).await;
    }
    sqlx::query("UPDATE tasks SET time_zone = 'Mars/Base' WHERE title = 'damaged'")
        .execute(&app.database().pool())
        .await
        .unwrap();
    // The clock stands still, so that their order is nobody's.
    let page = client.get("/v1/tasks").await.json;
    let mut readable = titles(&page);
    readable.sort_unstable();
    assert_eq!(readable, ["one", "three"]);
}

#[tokio::test]
async fn tasks_come_by_due_with_those_without_at_the_end() {
    let (_app, client) = start().await;
    for (title, due) in [
        ("late", Some("2027-01-01")),
        ("never", None),
        ("noon", Some("2026-12-01T12:00:00")),
        ("day", Some("2026-12-01")),
        ("past", Some("1999-01-01")),
        ("no day", None),
    ] {
        create(&client, title, due).await;
    }
    let reply = client.get("/v1/tasks").await;
    assert_eq!(reply.status, 200);
    assert_eq!(titles(&reply.json)[..4], ["past", "day", "noon", "late"]);
    let mut without = titles(&reply.json)[4..].to_vec();
    without.sort_unstable();
    assert_eq!(without, ["never", "no day"]);
    assert_eq!(reply.json["next_cursor"], Value::Null);
}

#[tokio::test]
async fn ties_are_broken_by_id() {
    let (_app, client) = start().await;
    for due in [None, Some("2026-12-01")] {
        for _ in 0..5 {
            create(&client, "x", due).await;
        }
    }
    let page = client.get("/v1/tasks").await.json;
    let ids: Vec<_> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| task["id"].as_str().unwrap())
        .collect();
    assert!(ids[..5].is_sorted() && ids[5..].is_sorted(), "{ids:?}");
}

#[tokio::test]
async fn status_chooses_and_pending_is_meant_where_it_is_absent() {
    let (_app, client) = start().await;
    create(&client, "open", Some("2026-12-01")).await;
    let done = create(&client, "done", Some("2026-12-02")).await;
    client.command(&format!("/v1/tasks/{done}/complete"), &[]).await;
    for (query, wanted) in [
        ("", &["open"][..]),
        ("?status=pending", &["open"]),
        ("?status=completed", &["done"]),
        ("?status=all", &["open", "done"]),
    ] {
        assert_eq!(
            titles(&client.get(&format!("/v1/tasks{query}")).await.json),
            wanted,
            "{query}"
        );
    }
}

#[tokio::test]
async fn items_are_tasks_as_they_read_alone() {
    let (_app, client) = start().await;
    let body = TaskBody::titled("x")
        .due("2026-12-01")
        .repeating("FREQ=DAILY")
        .reminded("PT9H")
        .reminded("PT8H");
    let created = client.post("/v1/tasks", body).await;
    assert_eq!(client.get("/v1/tasks").await.json["items"][0], created.json);
}

#[tokio::test]
async fn page_holds_fifty_unless_told() {
    let (_app, client) = start().await;
    for _ in 0..51 {
        create(&client, "x", None).await;
    }
    let page = client.get("/v1/tasks").await.json;
    assert_eq!(titles(&page).len(), 50);
    let cursor = page["next_cursor"].as_str().unwrap();
    let last = client.get(&format!("/v1/tasks?cursor={cursor}")).await.json;
    assert_eq!((titles(&last).len(), &last["next_cursor"]), (1, &Value::Null));
    let whole = client.get("/v1/tasks?limit=51").await.json;
    assert_eq!((titles(&whole).len(), &whole["next_cursor"]), (51, &Value::Null));
}

#[tokio::test]
async fn nobody_sees_what_is_somebody_elses() {
    let (app, client) = start().await;
    app.create_for(SOMEBODY_ELSE, "theirs").await;
    assert_eq!(
        titles(&client.get("/v1/tasks?status=all").await.json),
        Vec::<&str>::new()
    );
    app.create_for(UserId::LOCAL, "mine").await;
    assert_eq!(titles(&client.get("/v1/tasks?status=all").await.json), ["mine"]);
    app.verify_log().await;
}
