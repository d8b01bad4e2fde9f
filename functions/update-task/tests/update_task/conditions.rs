//! Who may change what, in which state, how often.

use http::Request;
use serde_json::json;
use testing::{SOMEBODY_ELSE, TaskBody};
use tokio::task::JoinSet;

use crate::World;

#[tokio::test]
async fn stale_condition_is_refused_and_changes_nothing() {
    let world = World::start().await;
    let path = world.create(TaskBody::titled("x")).await;
    let patch = json!({"title": "y"});
    let fresh = world
        .client
        .patch_with(&path, &[("if-match", "\"1\"")], patch.clone())
        .await;
    assert_eq!(fresh.header("etag"), "\"2\"");
    let stale = world
        .client
        .patch_with(&path, &[("if-match", "\"1\"")], json!({"title": "z"}))
        .await;
    assert_eq!(stale.problem(), "precondition-failed");
    assert_eq!(world.client.get(&path).await.json["title"], "y");
}

#[tokio::test]
async fn of_changes_at_once_each_sees_what_the_others_did() {
    let world = World::start().await;
    let path = world.create(TaskBody::titled("x")).await;
    let mut changes = JoinSet::new();
    for number in 0..20 {
        let (client, path) = (world.client.clone(), path.clone());
        changes.spawn(async move {
            let patch = json!({"title": format!("title {number}")});
            client
                .patch_with(&path, &[("if-match", "\"1\"")], patch)
                .await
                .status
                .as_u16()
        });
    }
    let mut statuses = changes.join_all().await;
    statuses.sort_unstable();
    assert_eq!((statuses[0], statuses[1]), (200, 412));
    assert_eq!(world.events().await, 2);
}

#[tokio::test]
async fn what_is_gone_or_somebody_elses_is_not_found() {
    let world = World::start().await;
    let path = world
        .create(TaskBody::titled("x").due("2026-12-01").repeating("FREQ=DAILY"))
        .await;
    let functions = [create_task::function, update_task::function].map(|function| function(world.app.app()));
    let stranger = world.app.serve_as(SOMEBODY_ELSE, functions);
    stranger.post("/v1/tasks", TaskBody::titled("theirs")).await;
    assert_eq!(
        stranger.patch(&path, json!({"title": "y"})).await.problem(),
        "not-found"
    );
    assert_eq!(
        stranger.command(&format!("{path}/skip"), &[]).await.problem(),
        "not-found"
    );
    world.client.delete(&path, &[]).await;
    assert_eq!(
        world.client.patch(&path, json!({"title": "y"})).await.problem(),
        "not-found"
    );
    assert_eq!(world.skip(&path).await.problem(), "not-found");
}

#[tokio::test]
async fn a_patch_is_json_or_a_merge_patch() {
    let world = World::start().await;
    let path = world.create(TaskBody::titled("x")).await;
    for (content_type, status) in [
        ("application/merge-patch+json", 200),
        ("application/json", 200),
        ("application/merge-patch+json; charset=utf-8", 200),
        ("application/json-patch+json", 415),
        ("text/plain", 415),
    ] {
        let request = Request::patch(&path).header("content-type", content_type);
        let reply = world
            .client
            .send(request.body("{\"title\": \"y\"}".into()).unwrap())
            .await;
        assert_eq!(reply.status, status, "{content_type}");
        if status == 415 {
            assert!(reply.header("accept-patch").contains("merge-patch"));
        }
    }
}

#[tokio::test]
async fn repeated_request_is_answered_as_before() {
    let world = World::start().await;
    let path = world
        .create(TaskBody::titled("x").due("2026-12-01").repeating("FREQ=DAILY"))
        .await;
    let key = [("idempotency-key", "k")];
    let first = world.client.patch_with(&path, &key, json!({"title": "y"})).await;
    let again = world.client.patch_with(&path, &key, json!({"title": "y"})).await;
    assert_eq!(
        (again.header("idempotency-replayed"), &again.json),
        ("true", &first.json)
    );
    let scoped = format!("{path}?scope=this");
    let other = world.client.patch_with(&scoped, &key, json!({"title": "y"})).await;
    assert_eq!(other.problem(), "idempotency-key-reused");

    let skip = format!("{path}/skip");
    let first = world.client.command(&skip, &key).await;
    let again = world.client.command(&skip, &key).await;
    assert_eq!(first.json["due_date"], "2026-12-02");
    assert_eq!(again.json, first.json);
}
