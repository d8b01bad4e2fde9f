//! Reading one.

use chrono::TimeDelta;
use serde_json::Value;

use crate::World;

#[tokio::test]
async fn reading_is_an_event_once() {
    let world = World::start().await;
    world.remind("x", "2026-11-23T08:05:00Z").await;
    let path = format!("{}/read", world.newest().await);
    world.app.clock().advance(TimeDelta::minutes(1));
    let read = world.client.command(&path, &[]).await;
    assert_eq!(
        (read.status.as_u16(), &read.json["read_at"]),
        (200, &Value::from("2026-11-23T08:06:00Z"))
    );
    let events = world.events().await;

    world.app.clock().advance(TimeDelta::minutes(1));
    let again = world.client.command(&path, &[]).await;
    assert_eq!((again.status.as_u16(), &again.json), (200, &read.json));
    assert_eq!(world.events().await, events);
    assert_eq!(world.app.kinds().await.last(), Some(&"todo.notification.read"));
    assert_eq!(world.list("").await["items"][0], read.json);
    world.app.verify_log().await;
}

#[tokio::test]
async fn notification_of_a_completed_task_can_still_be_read() {
    let world = World::start().await;
    let task = world.remind("x", "2026-11-23T08:05:00Z").await;
    world.client.command(&format!("{task}/complete"), &[]).await;
    let reply = world
        .client
        .command(&format!("{}/read", world.newest().await), &[])
        .await;
    assert_eq!(reply.status, 200);
    world.app.verify_log().await;
}

#[tokio::test]
async fn repetition_is_answered_as_before() {
    let world = World::start().await;
    world.remind("x", "2026-11-23T08:05:00Z").await;
    let path = format!("{}/read", world.newest().await);
    let key = [("idempotency-key", "k")];
    let first = world.client.command(&path, &key).await;
    let again = world.client.command(&path, &key).await;
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("idempotency-replayed"), "true");
}

#[tokio::test]
async fn what_is_unknown_is_not_found() {
    let world = World::start().await;
    // Once by a user who never wrote anything, and once by one who did.
    for _ in 0..2 {
        for id in ["00000000-0000-0000-0000-000000000000", "x"] {
            for (action, body) in [
                ("read", serde_json::json!({})),
                ("snooze", serde_json::json!({"for": "PT1M"})),
            ] {
                let reply = world
                    .client
                    .post(&format!("/v1/notifications/{id}/{action}"), body)
                    .await;
                assert_eq!((reply.status.as_u16(), reply.problem()), (404, "not-found"), "{id}");
            }
        }
        world.client.post("/v1/tasks", testing::TaskBody::titled("x")).await;
    }
}

#[tokio::test]
async fn somebody_elses_is_not_found() {
    let world = World::start().await;
    world.remind("x", "2026-11-23T08:05:00Z").await;
    let path = world.newest().await;
    let theirs = world.app.create_for(testing::SOMEBODY_ELSE, "theirs").await;
    sqlx::query("UPDATE notifications SET user_id = $1, task_id = $2")
        .bind(testing::SOMEBODY_ELSE.0)
        .bind(theirs.id.0)
        .execute(&world.app.database().pool())
        .await
        .unwrap();
    assert_eq!(world.client.command(&format!("{path}/read"), &[]).await.status, 404);
    assert_eq!(
        world.snooze(&path, serde_json::json!({"for": "PT1M"})).await.status,
        404
    );
    assert_eq!(world.list("").await["items"], serde_json::json!([]));
}
