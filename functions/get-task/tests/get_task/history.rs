//! A task's history.

use serde_json::Value;
use testing::{Client, TaskBody};

use crate::{ids_of_nothing, start};

/// A task with five events, and another whose events lie between.
async fn eventful(client: &Client) -> (String, String) {
    let path = client
        .post("/v1/tasks", TaskBody::titled("x"))
        .await
        .header("location")
        .to_owned();
    let other = client
        .post("/v1/tasks", TaskBody::titled("y"))
        .await
        .header("location")
        .to_owned();
    for transition in ["complete", "reopen", "complete", "reopen"] {
        client.command(&format!("{path}/{transition}"), &[]).await;
        client.command(&format!("{other}/{transition}"), &[]).await;
    }
    (path, other)
}

fn sequences(page: &Value) -> Vec<u64> {
    let items = page["items"].as_array().map_or(&[][..], Vec::as_slice);
    let sequence = |event: &Value| event["sequence"].as_str().and_then(|text| text.parse().ok());
    items.iter().filter_map(sequence).collect()
}

#[tokio::test]
async fn history_is_the_tasks_own_cloud_events_oldest_first() {
    let (app, client) = start().await;
    let (path, _) = eventful(&client).await;
    let reply = client.get(&format!("{path}/events")).await;

    assert_eq!(reply.status, 200);
    assert_eq!(sequences(&reply.json), [1, 3, 5, 7, 9]);
    assert_eq!(reply.json["next_cursor"], Value::Null);
    let event = &reply.json["items"][1];
    assert_eq!(event["specversion"], "1.0");
    assert_eq!(event["type"], "todo.task.completed");
    assert_eq!(event["source"], format!("/dormouse/{}", app.installation().await));
    assert_eq!(format!("/v1/tasks/{}", event["subject"].as_str().unwrap()), path);
    assert_eq!(event["sequence"], "00000000000000000003");
    assert_eq!(event["partitionkey"], domain::UserId::LOCAL.to_string());
    assert_eq!(event["datacontenttype"], "application/json");
    assert_eq!(event["data"]["task"]["version"], 2);
    assert_eq!(event["data"]["changed"], serde_json::json!(["status", "completed_at"]));
    app.verify_log().await;
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let (_app, client) = start().await;
    let (path, _) = eventful(&client).await;
    let first = client.get(&format!("{path}/events?limit=2")).await.json;
    assert_eq!(sequences(&first), [1, 3]);
    // What happens meanwhile comes at the end.
    client.command(&format!("{path}/complete"), &[]).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = client.get(&format!("{path}/events?limit=2&cursor={cursor}")).await.json;
    assert_eq!(sequences(&second), [5, 7]);
    let cursor = second["next_cursor"].as_str().unwrap();
    let third = client.get(&format!("{path}/events?limit=2&cursor={cursor}")).await.json;
    assert_eq!(sequences(&third), [9, 11]);
    assert_eq!(third["next_cursor"], Value::Null);
}

#[tokio::test]
async fn cursor_of_another_task_or_an_altered_one_is_refused() {
    let (_app, client) = start().await;
    let (path, other) = eventful(&client).await;
    let page = client.get(&format!("{path}/events?limit=1")).await.json;
    let cursor = page["next_cursor"].as_str().unwrap();
    let flipped = if cursor.starts_with('A') { "B" } else { "A" };
    let altered = format!("{flipped}{}", &cursor[1..]);
    for (path, cursor) in [
        (&other, cursor),
        (&path, &altered),
        (&path, ""),
        (&path, "x"),
        (&path, &cursor[1..]),
    ] {
        let reply = client.get(&format!("{path}/events?cursor={cursor}")).await;
        assert_eq!(
            (reply.status.as_u16(), reply.problem()),
            (400, "malformed-request"),
            "{cursor}"
        );
        assert_eq!(reply.faults(), ["cursor"]);
    }
}

#[tokio::test]
async fn faults_of_the_query_are_named_at_once() {
    let (_app, client) = start().await;
    let (path, _) = eventful(&client).await;
    let reply = client.get(&format!("{path}/events?limit=0&cursor=x&colour=red")).await;
    assert_eq!(
        (reply.status.as_u16(), reply.faults()),
        (400, vec!["limit", "cursor", "colour"])
    );
}

#[tokio::test]
async fn history_of_what_is_unknown_or_somebody_elses_is_not_found() {
    let (app, client) = start().await;
    client.post("/v1/tasks", TaskBody::titled("mine")).await;
    for id in ids_of_nothing(&app).await {
        let reply = client.get(&format!("/v1/tasks/{id}/events")).await;
        assert_eq!((reply.status.as_u16(), reply.problem()), (404, "not-found"), "{id}");
    }
}
