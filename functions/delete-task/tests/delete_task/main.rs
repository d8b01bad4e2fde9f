//! `DELETE /v1/tasks/{id}` and `POST …/restore` against a real database.

use chrono::TimeDelta;
use events::EventType;
use testing::{SOMEBODY_ELSE, TaskBody, World};

async fn start() -> World {
    let functions = [
        create_task::function,
        get_task::function,
        complete_task::function,
        delete_task::function,
    ];
    World::of(functions, on_task_completed::function).await
}

async fn create(world: &World, body: TaskBody) -> String {
    world.create(body).await.header("location").to_owned()
}

async fn restore(world: &World, path: &str) -> testing::Reply {
    world.client.command(&format!("{path}/restore"), &[]).await
}

#[tokio::test]
async fn deleted_task_is_gone_until_it_is_restored_as_it_was() {
    let world = start().await;
    let path = create(&world, TaskBody::titled("x").reminded_at("2026-11-23T09:00:00Z")).await;
    let before = world.client.get(&path).await.json;
    let deleted = world.client.delete(&path, &[]).await;
    assert_eq!((deleted.status.as_u16(), deleted.body.len()), (204, 0));
    assert!(!deleted.headers.contains_key("content-type"));
    assert_eq!(world.client.get(&path).await.status, 404);
    assert_eq!(world.client.delete(&path, &[]).await.problem(), "not-found");
    assert_eq!(world.complete(&path).await.status, 404);

    let restored = restore(&world, &path).await;
    assert_eq!((restored.status.as_u16(), restored.header("etag")), (200, "\"3\""));
    assert_eq!(restored.json["deleted_at"], before["deleted_at"]);
    assert_eq!(restored.json["reminders"], before["reminders"]);
    assert_eq!(world.client.get(&path).await.json, restored.json);
    assert_eq!(
        world.app.kinds().await,
        ["todo.task.created", "todo.task.deleted", "todo.task.restored"]
    );
}

#[tokio::test]
async fn restoring_what_is_there_changes_nothing() {
    let world = start().await;
    let path = create(&world, TaskBody::titled("x")).await;
    let again = restore(&world, &path).await;
    assert_eq!((again.status.as_u16(), again.header("etag")), (200, "\"1\""));
    assert_eq!(world.events().await, 1);
}

#[tokio::test]
async fn reminder_of_a_deleted_task_is_not_due_and_one_that_passed_meanwhile_is_not_made_up_for() {
    let world = start().await;
    let body = TaskBody::titled("x").reminded_at("2026-11-23T09:00:00Z");
    let path = create(&world, body.reminded_at("2026-11-23T11:00:00Z")).await;
    world.client.delete(&path, &[]).await;
    let scheduled = "SELECT count(*) FROM reminders WHERE state = 'scheduled'";
    assert_eq!(world.number(scheduled).await, 0);
    world.app.clock().advance(TimeDelta::hours(2));
    let restored = restore(&world, &path).await.json;
    assert_eq!(restored["reminders"][0]["state"], "cancelled");
    assert_eq!(restored["reminders"][1]["state"], "scheduled");
}

#[tokio::test]
async fn stale_conditions_are_refused_and_change_nothing() {
    let world = start().await;
    let path = create(&world, TaskBody::titled("x")).await;
    world.complete(&path).await;
    let stale = world.client.delete(&path, &[("if-match", "\"1\"")]).await;
    assert_eq!(stale.problem(), "precondition-failed");
    assert_eq!(world.client.delete(&path, &[("if-match", "\"2\"")]).await.status, 204);
    let stale = [("if-match", "\"2\"")];
    assert_eq!(world.client.delete(&path, &stale).await.problem(), "not-found");
    let stale = world.client.command(&format!("{path}/restore"), &stale).await;
    assert_eq!(stale.problem(), "precondition-failed");
}

#[tokio::test]
async fn deleting_the_latest_occurrence_ends_its_series_and_restoring_it_resumes() {
    let world = start().await;
    let body = TaskBody::titled("x").due("2026-11-24").repeating("FREQ=DAILY");
    let path = create(&world, body).await;
    world.complete(&path).await;
    // The completion is on its way when the task goes.
    world.client.delete(&path, &[]).await;
    world.deliver_latest(EventType::TaskCompleted).await;
    assert_eq!(world.number("SELECT count(*) FROM tasks").await, 1);

    restore(&world, &path).await;
    let awaited = "SELECT count(*) FROM tasks WHERE successor_awaited_since IS NOT NULL";
    assert_eq!(world.number(awaited).await, 1);
    world.deliver_latest(EventType::TaskCompleted).await;
    assert_eq!(world.number("SELECT count(*) FROM tasks").await, 2);
}

#[tokio::test]
async fn a_withdrawn_occurrence_that_a_person_restores_is_theirs() {
    let world = start().await;
    let body = TaskBody::titled("x").due("2026-11-24").repeating("FREQ=DAILY");
    let path = create(&world, body).await;
    let first = world.complete(&path).await.json;
    world.deliver_latest(EventType::TaskCompleted).await;
    let next = world.app.latest(EventType::TaskCreated).await.event.task_id;
    world.reopen(&path).await;
    let next = format!("/v1/tasks/{next}");
    assert_eq!(restore(&world, &next).await.json["occurrence"], 2);
    world.complete(&path).await;
    world.deliver_latest(EventType::TaskCompleted).await;
    world.reopen(&path).await;
    assert_eq!(world.client.get(&next).await.json["series_id"], first["series_id"]);
}

#[tokio::test]
async fn strangers_can_neither_delete_nor_restore() {
    let world = start().await;
    let path = create(&world, TaskBody::titled("x")).await;
    let functions = [create_task::function, delete_task::function].map(|function| function(world.app.app()));
    let stranger = world.app.serve_as(SOMEBODY_ELSE, functions);
    stranger.post("/v1/tasks", TaskBody::titled("theirs")).await;
    assert_eq!(stranger.delete(&path, &[]).await.problem(), "not-found");
    world.client.delete(&path, &[]).await;
    let restored = stranger.command(&format!("{path}/restore"), &[]).await;
    assert_eq!(restored.problem(), "not-found");
}

#[tokio::test]
async fn repeated_request_is_answered_as_before() {
    let world = start().await;
    let path = create(&world, TaskBody::titled("x")).await;
    let key = [("idempotency-key", "k")];
    assert_eq!(world.client.delete(&path, &key).await.status, 204);
    let again = world.client.delete(&path, &key).await;
    assert_eq!(
        (again.status.as_u16(), again.header("idempotency-replayed")),
        (204, "true")
    );
}
