//! What a client gets back, and what is recorded.

use domain::UserId;
use serde_json::{Value, json};
use testing::TaskBody;

use crate::{PATH, at_once, start};

#[tokio::test]
async fn new_task_is_answered_whole_with_its_place_and_version() {
    let (app, client) = start().await;
    let reply = client.post(PATH, TaskBody::titled("  Water the plants ")).await;

    assert_eq!(reply.status, 201, "{reply:?}");
    assert_eq!(reply.header("location"), format!("/v1/tasks/{}", reply.id()));
    assert_eq!(reply.header("etag"), "\"1\"");
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(
        reply.json,
        json!({
            "id": reply.id(), "title": "Water the plants", "description": "", "status": "pending",
            "priority": "medium", "tags": [], "due_date": null, "time_zone": "UTC", "due_at": null,
            "recurrence_rule": null, "recurrence_mode": null, "exceptions": [], "additions": [],
            "series_id": null, "occurrence": null, "scheduled_for": null, "reminders": [], "version": 1,
            "created_at": "2026-11-23T08:00:00Z", "updated_at": "2026-11-23T08:00:00Z",
            "completed_at": null, "deleted_at": null,
        })
    );
    app.verify_log().await;
}

#[tokio::test]
async fn every_member_that_is_given_is_kept() {
    let (app, client) = start().await;
    let body = json!({
        "title": "Water the plants", "description": "Balcony too\nand the kitchen", "priority": "HIGH",
        "tags": [" home ", "Home", "green"], "due_date": "2026-12-07T09:00:00", "time_zone": "Europe/Berlin",
        "recurrence_rule": "interval=2;freq=weekly", "recurrence_mode": "completion",
        "exceptions": ["2026-12-21T09:00:00"], "additions": ["2026-12-16T09:00:00"],
        "reminders": [{"at": "2026-12-07T08:30:00+01:00"}, {"offset": "-PT15M"}],
    });
    let reply = client.post(PATH, body).await;

    assert_eq!(reply.status, 201, "{reply:?}");
    let task = &reply.json;
    let reminders = task["reminders"].as_array().unwrap();
    assert_eq!(
        *task,
        json!({
            "id": reply.id(), "title": "Water the plants", "description": "Balcony too\nand the kitchen",
            "status": "pending", "priority": "high", "tags": ["home", "green"],
            "due_date": "2026-12-07T09:00:00", "time_zone": "Europe/Berlin", "due_at": "2026-12-07T08:00:00Z",
            "recurrence_rule": "FREQ=WEEKLY;INTERVAL=2", "recurrence_mode": "completion",
            "exceptions": ["2026-12-21T09:00:00"], "additions": ["2026-12-16T09:00:00"],
            "series_id": task["series_id"], "occurrence": 1, "scheduled_for": "2026-12-07T09:00:00",
            "reminders": [
                {"id": reminders[0]["id"], "at": "2026-12-07T07:30:00Z", "fire_at": "2026-12-07T07:30:00Z",
                 "state": "scheduled"},
                {"id": reminders[1]["id"], "offset": "-PT15M", "fire_at": "2026-12-07T07:45:00Z",
                 "state": "scheduled"},
            ],
            "version": 1, "created_at": "2026-11-23T08:00:00Z", "updated_at": "2026-11-23T08:00:00Z",
            "completed_at": null, "deleted_at": null,
        })
    );
    assert!(task["series_id"].is_string());
    app.verify_log().await;
}

#[tokio::test]
async fn created_event_carries_the_task_as_it_was_answered() {
    let (app, client) = start().await;
    let reply = client.post(PATH, TaskBody::titled("Water the plants")).await;

    let events = app.events(UserId::LOCAL).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].event.kind.as_str(), "todo.task.created");
    assert_eq!(events[0].event.task_id.to_string(), reply.id());
    let data: Value = serde_json::from_str(&events[0].event.data).unwrap();
    assert_eq!(data["task"], reply.json);
    assert_eq!(data["task_id"], reply.json["id"]);
    assert_eq!(data["user_id"], UserId::LOCAL.to_string());
    assert_eq!(data["title"], "Water the plants");
    assert_eq!(data["completed"], false);
    app.verify_log().await;
}

#[tokio::test]
async fn ids_are_of_the_time_that_the_clock_shows() {
    let (app, client) = start().await;
    let id: uuid::Uuid = client.post(PATH, TaskBody::titled("x")).await.id().parse().unwrap();
    assert_eq!(id.get_version_num(), 7);
    let (seconds, _) = id.get_timestamp().unwrap().to_unix();
    assert_eq!(i64::try_from(seconds), Ok(app.now().timestamp()));
}

#[tokio::test]
async fn first_tasks_of_a_user_all_at_once_are_numbered_without_gaps() {
    let (app, client) = start().await;
    let replies = at_once(
        &client,
        50,
        &[],
        TaskBody::titled("x").due("2026-12-01").reminded("PT9H"),
    )
    .await;

    assert!(replies.iter().all(|reply| reply.status == 201));
    let seqs: Vec<_> = app.events(UserId::LOCAL).await.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=50).collect::<Vec<_>>());
    app.verify_log().await;
}
