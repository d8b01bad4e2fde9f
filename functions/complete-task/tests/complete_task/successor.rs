//! What transitions of an occurrence do to the next one.

use chrono::TimeDelta;
use domain::{SeriesId, TaskId};
use testing::TaskBody;

use crate::World;

fn daily() -> TaskBody {
    TaskBody::titled("Water the plants")
        .due("2026-11-24T09:00:00")
        .zone("Europe/Berlin")
        .repeating("FREQ=DAILY")
        .reminded("-PT30M")
}

/// A completed occurrence and its successor, by their paths.
async fn completed(world: &World) -> (String, String) {
    let path = world.create(daily()).await;
    let task = world.complete(&path).await.json;
    world.deliver_completion().await;
    let series = task["series_id"].as_str().and_then(|id| id.parse().ok()).map(SeriesId);
    let successor = TaskId::of_occurrence(series.expect("it recurs"), 2);
    (path, format!("/v1/tasks/{successor}"))
}

#[tokio::test]
async fn completion_awaits_its_successor_until_that_is_made_or_not_needed() {
    const AWAITED: &str = "SELECT count(*) FROM tasks WHERE successor_awaited_since = '2026-11-23T08:00:00Z'";
    let world = World::start().await;
    let path = world.create(daily()).await;
    world.complete(&path).await;
    assert_eq!(world.number(AWAITED).await, 1);
    world.reopen(&path).await;
    assert_eq!(world.number(AWAITED).await, 0);
    world.complete(&path).await;
    world.deliver_completion().await;
    assert_eq!(world.number(AWAITED).await, 0);

    let alone = world.create(TaskBody::titled("x")).await;
    world.complete(&alone).await;
    assert_eq!(world.number(AWAITED).await, 0);
}

#[tokio::test]
async fn reopening_withdraws_the_successor_and_completing_again_revives_it() {
    let world = World::start().await;
    let (path, successor) = completed(&world).await;
    let first = world.client.get(&successor).await.json;
    assert_eq!(first["status"], "pending");

    world.reopen(&path).await;
    assert_eq!(world.client.get(&successor).await.status, 404);
    assert_eq!(world.complete(&successor).await.status, 404);
    let scheduled = "SELECT count(*) FROM reminders r JOIN tasks t ON t.id = r.task_id
                     WHERE t.occurrence = 2 AND r.state = 'scheduled'";
    assert_eq!(world.number(scheduled).await, 0);

    world.app.clock().advance(TimeDelta::days(3));
    world.complete(&path).await;
    world.deliver_completion().await;
    let revived = world.client.get(&successor).await.json;
    assert_eq!(revived["status"], "pending");
    assert_eq!(revived["version"], first["version"].as_i64().unwrap() + 2);
    assert_eq!(revived["created_at"], first["created_at"]);
    assert_eq!(revived["due_date"], "2026-11-27T09:00:00");
    assert_eq!(revived["reminders"][0]["state"], "scheduled");
    assert_eq!(revived["reminders"][0]["fire_at"], "2026-11-27T07:30:00Z");
    assert_eq!(world.number("SELECT count(*) FROM tasks").await, 2);
    assert_eq!(
        world.app.kinds().await,
        [
            "todo.task.created",
            "todo.task.completed",
            "todo.task.created",
            "todo.recurring.next_created",
            "todo.task.reopened",
            "todo.task.deleted",
            "todo.task.completed",
            "todo.task.restored",
            "todo.recurring.next_created",
        ]
    );
    world.app.verify_log().await;
}

#[tokio::test]
async fn revived_successor_is_withdrawn_again_with_its_predecessor() {
    let world = World::start().await;
    let (path, successor) = completed(&world).await;
    for _ in 0..3 {
        world.reopen(&path).await;
        assert_eq!(world.client.get(&successor).await.status, 404);
        world.complete(&path).await;
        world.deliver_completion().await;
        assert_eq!(world.client.get(&successor).await.status, 200);
    }
    world.app.verify_log().await;
}

#[tokio::test]
async fn successor_that_its_person_touched_stays() {
    let world = World::start().await;
    let (path, successor) = completed(&world).await;
    world.complete(&successor).await;
    let touched = world.reopen(&successor).await.json;

    world.reopen(&path).await;
    assert_eq!(world.client.get(&successor).await.json, touched);
    world.complete(&path).await;
    world.deliver_completion().await;
    assert_eq!(world.client.get(&successor).await.json, touched);
    assert_eq!(world.number("SELECT count(*) FROM tasks").await, 2);
    world.app.verify_log().await;
}

#[tokio::test]
async fn reminder_of_a_revived_successor_is_another_scheduling() {
    let world = World::start().await;
    let (path, _) = completed(&world).await;
    world.reopen(&path).await;
    world.complete(&path).await;
    world.deliver_completion().await;
    let generation =
        "SELECT r.generation::bigint FROM reminders r JOIN tasks t ON t.id = r.task_id WHERE t.occurrence = 2";
    assert!(world.number(generation).await > 1);
}
