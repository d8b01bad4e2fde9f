//! What transitions do to reminders.

use testing::{TaskBody, instant};

use crate::World;

#[tokio::test]
async fn completing_cancels_and_reopening_reschedules_what_is_still_ahead() {
    let world = World::start().await;
    let body = TaskBody::titled("x")
        .due("2026-11-23T10:00:00")
        .reminded("-PT1H")
        .reminded_at("2026-11-23T08:30:00Z");
    let path = world.create(body).await;
    let completed = world.complete(&path).await;
    assert_eq!(completed.json["reminders"][0]["state"], "cancelled");
    assert_eq!(completed.json["reminders"][1]["state"], "cancelled");

    world.app.clock().set(instant("2026-11-23T08:30:00Z"));
    let reopened = world.reopen(&path).await;
    assert_eq!(reopened.json["reminders"][0]["state"], "scheduled");
    assert_eq!(reopened.json["reminders"][0]["fire_at"], "2026-11-23T09:00:00Z");
    assert_eq!(reopened.json["reminders"][1]["state"], "cancelled");
    assert_eq!(world.client.get(&path).await.json, reopened.json);
    assert_eq!(
        world
            .number("SELECT generation::bigint FROM reminders WHERE position = 0")
            .await,
        2
    );
    assert_eq!(
        world
            .number("SELECT generation::bigint FROM reminders WHERE position = 1")
            .await,
        1
    );
    world.app.verify_log().await;
}

#[tokio::test]
async fn event_names_reminders_where_they_changed_only() {
    let world = World::start().await;
    for (body, changed) in [
        (TaskBody::titled("x"), "[\"status\",\"completed_at\"]"),
        (
            TaskBody::titled("x").reminded_at("2026-12-01T00:00:00Z"),
            "[\"status\",\"completed_at\",\"reminders\"]",
        ),
    ] {
        let path = world.create(body).await;
        world.complete(&path).await;
        let event = world.app.latest(events::EventType::TaskCompleted).await.event;
        let data: serde_json::Value = serde_json::from_str(&event.data).unwrap();
        assert_eq!(data["changed"].to_string(), changed);
    }
}
