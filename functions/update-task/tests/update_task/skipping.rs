//! Passing over an occurrence.

use serde_json::json;
use testing::TaskBody;

use crate::World;

fn daily() -> TaskBody {
    TaskBody::titled("Water the plants")
        .due("2026-12-01T09:00:00")
        .repeating("FREQ=DAILY")
        .reminded("-PT15M")
}

#[tokio::test]
async fn a_skipped_occurrence_has_the_next_date_and_an_exception() {
    let world = World::start().await;
    let path = world.create(daily()).await;
    let skipped = world.skip(&path).await;
    assert_eq!((skipped.status.as_u16(), skipped.header("etag")), (200, "\"2\""));
    let task = skipped.json;
    assert_eq!(
        (&task["due_date"], &task["occurrence"]),
        (&json!("2026-12-02T09:00:00"), &json!(1))
    );
    assert_eq!(task["exceptions"], json!(["2026-12-01T09:00:00"]));
    assert_eq!(task["reminders"][0]["fire_at"], "2026-12-02T08:45:00Z");
    assert_eq!(world.client.get(&path).await.json, task);
    assert_eq!(
        world.changed().await,
        json!(["due_date", "due_at", "exceptions", "scheduled_for", "reminders"])
    );
    let next = world.next(&path).await.unwrap();
    assert_eq!(world.client.get(&next).await.json["due_date"], "2026-12-03T09:00:00");
}

#[tokio::test]
async fn what_cannot_be_skipped_says_why() {
    let world = World::start().await;
    let plain = world.create(TaskBody::titled("x")).await;
    assert_eq!(world.skip(&plain).await.problem(), "not-possible");

    let last = world
        .create(TaskBody::titled("x").due("2026-12-01").repeating("FREQ=DAILY;COUNT=1"))
        .await;
    assert_eq!(world.skip(&last).await.problem(), "not-possible");
    assert_eq!(world.client.get(&last).await.header("etag"), "\"1\"");

    let first = world.create(daily()).await;
    let second = world.next(&first).await.unwrap();
    assert_eq!(world.skip(&first).await.problem(), "not-possible");
    world.change(&second, json!({"title": "Mine"})).await;
    world.reopen(&first).await;
    assert_eq!(world.skip(&first).await.problem(), "not-possible");
    assert_eq!(world.skip(&second).await.status, 200);
}

#[tokio::test]
async fn a_stale_condition_is_refused() {
    let world = World::start().await;
    let path = world.create(daily()).await;
    let stale = world
        .client
        .command(&format!("{path}/skip"), &[("if-match", "\"7\"")])
        .await;
    assert_eq!(stale.problem(), "precondition-failed");
}
