//! Events of other releases and of other installations.

use domain::UserId;
use events::{EventType, cloud_event};
use serde_json::{Value, json};
use testing::{Client, versions};

use crate::{Completed, World, daily};

/// A completion that nobody was told of, and its event.
async fn start() -> (World, Completed, Value) {
    let world = World::start().await;
    let completed = world.completed(daily()).await;
    let event = world.app.latest(EventType::TaskCompleted).await;
    let event = cloud_event::to_json(&event, world.app.installation().await);
    (world, completed, event)
}

async fn post(world: &World, event: &Value) {
    let reply = Client::of_reaction(&world.reaction).post_event(event).await;
    assert_eq!(reply.status, 204, "{event}: {reply:?}");
}

/// The next occurrence is there, and was made once.
async fn has_one_effect(world: &World, completed: &Completed) {
    assert!(world.next(completed, 2).await.is_some());
    assert_eq!(world.number("SELECT count(*) FROM tasks").await, 2);
    assert_eq!(world.events().await, 4);
    world.app.verify_log().await;
}

#[tokio::test]
async fn event_of_a_newer_release_has_its_one_effect() {
    let (world, completed, event) = start().await;
    post(&world, &versions::from_the_future(&event)).await;
    has_one_effect(&world, &completed).await;
    post(&world, &event).await;
    has_one_effect(&world, &completed).await;
}

#[tokio::test]
async fn nothing_but_the_ids_has_to_be_what_it_was() {
    let (world, completed, mut event) = start().await;
    let ids = json!({"user_id": event["data"]["user_id"], "task_id": event["data"]["task_id"]});
    event["data"] = ids.clone();
    for name in ["title", "completed", "changed", "task"] {
        event["data"][name] = json!({"was": "something else"});
    }
    post(&world, &event).await;
    has_one_effect(&world, &completed).await;
    event["data"] = ids;
    post(&world, &event).await;
    has_one_effect(&world, &completed).await;
}

#[tokio::test]
async fn event_of_every_earlier_release_has_its_one_effect() {
    let (world, completed, _) = start().await;
    let task = completed.task["id"].as_str().unwrap();
    for sample in versions::samples(EventType::TaskCompleted, UserId::LOCAL, task) {
        post(&world, &sample).await;
        has_one_effect(&world, &completed).await;
    }
}

/// As it happens where two share a broker by mistake: the same person may be known to both, their tasks are not.
#[tokio::test]
async fn another_installations_event_finds_nothing_to_do() {
    let (theirs, _, event) = start().await;
    let (ours, completed, _) = start().await;
    assert_ne!(theirs.app.installation().await, ours.app.installation().await);
    post(&ours, &event).await;
    assert_eq!(ours.events().await, 2);
    assert_eq!(ours.next(&completed, 2).await, None);
    assert_eq!(ours.number("SELECT count(*) FROM log_heads").await, 1);
    ours.app.verify_log().await;
}

/// As it happens where an installation runs on a copy of another's data: it does what its own data calls for.
#[tokio::test]
async fn event_from_elsewhere_about_our_own_task_does_what_our_data_calls_for() {
    let (world, completed, event) = start().await;
    let mut foreign = event.clone();
    foreign["source"] = "/dormouse/00000000-0000-0000-0000-000000000000".into();
    post(&world, &foreign).await;
    has_one_effect(&world, &completed).await;
    post(&world, &event).await;
    has_one_effect(&world, &completed).await;

    let pending = world.create(daily()).await;
    let pending = pending["id"].as_str().unwrap();
    post(
        &world,
        &testing::event(EventType::TaskCompleted, UserId::LOCAL, pending),
    )
    .await;
    assert_eq!(world.events().await, 5, "a creation only");
}
