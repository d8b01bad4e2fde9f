//! Transitions, and requests for what is so already.

use chrono::TimeDelta;
use serde_json::Value;
use testing::{SOMEBODY_ELSE, TaskBody};

use crate::World;

#[tokio::test]
async fn completing_and_reopening_make_one_event_each() {
    let world = World::start().await;
    let path = world.create(TaskBody::titled("x")).await;

    world.app.clock().advance(TimeDelta::minutes(1));
    let completed = world.complete(&path).await;
    assert_eq!((completed.status.as_u16(), completed.header("etag")), (200, "\"2\""));
    assert_eq!(completed.json["status"], "completed");
    assert_eq!(completed.json["completed_at"], "2026-11-23T08:01:00Z");
    assert_eq!(completed.json["updated_at"], "2026-11-23T08:01:00Z");
    assert_eq!(world.client.get(&path).await.json, completed.json);

    world.app.clock().advance(TimeDelta::minutes(1));
    let reopened = world.reopen(&path).await;
    assert_eq!((reopened.status.as_u16(), reopened.header("etag")), (200, "\"3\""));
    assert_eq!(reopened.json["status"], "pending");
    assert_eq!(reopened.json["completed_at"], Value::Null);
    assert_eq!(
        world.app.kinds().await,
        ["todo.task.created", "todo.task.completed", "todo.task.reopened"]
    );
    world.app.verify_log().await;
}

#[tokio::test]
async fn what_is_so_already_is_answered_unchanged_and_without_an_event() {
    let world = World::start().await;
    let path = world.create(TaskBody::titled("x")).await;
    let pending = world.client.get(&path).await;
    assert_eq!(world.reopen(&path).await.json, pending.json);

    let completed = world.complete(&path).await;
    world.app.clock().advance(TimeDelta::hours(1));
    let again = world.complete(&path).await;
    assert_eq!((again.status.as_u16(), again.json), (200, completed.json));
    assert_eq!(world.events().await, 2);
    world.app.verify_log().await;
}

#[tokio::test]
async fn many_completions_at_once_are_one() {
    let world = World::start().await;
    let path = world.create(TaskBody::titled("x")).await;
    let replies = world.at_once(&format!("{path}/complete"), &[], 50).await;
    assert!(
        replies
            .iter()
            .all(|reply| reply.status == 200 && reply.json == replies[0].json),
        "{replies:?}"
    );
    assert_eq!(world.app.kinds().await, ["todo.task.created", "todo.task.completed"]);
    world.app.verify_log().await;
}

#[tokio::test]
async fn what_is_unknown_or_somebody_elses_is_not_found() {
    let world = World::start().await;
    let theirs = world.app.create_for(SOMEBODY_ELSE, "theirs").await.id.to_string();
    // Once by a user who never wrote anything, and once by one who did.
    for _ in 0..2 {
        for id in [theirs.as_str(), "00000000-0000-0000-0000-000000000000", "x"] {
            let reply = world.complete(&format!("/v1/tasks/{id}")).await;
            assert_eq!((reply.status.as_u16(), reply.problem()), (404, "not-found"), "{id}");
        }
        world.create(TaskBody::titled("mine")).await;
    }
    let completed = world
        .number("SELECT count(*) FROM tasks WHERE completed_at IS NOT NULL")
        .await;
    assert_eq!(completed, 0);
    world.app.verify_log().await;
}

#[tokio::test]
async fn body_is_empty_or_an_empty_object() {
    let world = World::start().await;
    let path = format!("{}/complete", world.create(TaskBody::titled("x")).await);
    let reply = world.client.post(&path, serde_json::json!({"at": "now"})).await;
    assert_eq!((reply.status.as_u16(), reply.faults()), (422, vec!["/at"]));
    let reply = world.client.post_raw(&path, &[], "{}").await;
    assert_eq!(reply.status, 415);
    let reply = world
        .client
        .post_raw(&path, &[("content-type", "application/json")], "{")
        .await;
    assert_eq!(reply.status, 400);
    assert_eq!(world.events().await, 1);
    assert_eq!(world.client.post(&path, serde_json::json!({})).await.status, 200);
}
