//! Events that are doubled, late, reordered or forged find nothing to do.

use domain::UserId;
use events::EventType;
use testing::{Client, SOMEBODY_ELSE, TaskBody, event};
use tokio::task::JoinSet;

use crate::{World, daily};

#[tokio::test]
async fn redelivered_event_changes_nothing() {
    let world = World::start().await;
    let completed = world.completed(daily()).await;
    world.deliver().await;
    let next = world.next(&completed, 2).await;
    for _ in 0..3 {
        world.deliver().await;
    }
    assert_eq!(world.next(&completed, 2).await, next);
    assert_eq!(world.events().await, 4);
    world.app.verify_log().await;
}

#[tokio::test]
async fn event_that_is_delivered_many_times_at_once_has_one_effect() {
    let world = World::start().await;
    let completed = world.completed(daily()).await;
    let client = Client::of_reaction(&world.reaction);
    let event = event(
        EventType::TaskCompleted,
        UserId::LOCAL,
        completed.task["id"].as_str().unwrap(),
    );
    let mut deliveries = JoinSet::new();
    for _ in 0..10 {
        let (client, event) = (client.clone(), event.clone());
        deliveries.spawn(async move { client.post_event(&event).await.status });
    }
    assert!(deliveries.join_all().await.iter().all(|status| *status == 204));
    assert_eq!(world.events().await, 4);
    assert_eq!(world.number("SELECT count(*) FROM tasks").await, 2);
    world.app.verify_log().await;
}

#[tokio::test]
async fn event_that_comes_after_the_task_was_reopened_makes_nothing() {
    let world = World::start().await;
    let completed = world.completed(daily()).await;
    world.reopen(&completed.path).await;
    world.deliver().await;
    assert_eq!(world.next(&completed, 2).await, None);
    assert_eq!(world.events().await, 3);
    world.nothing_is_awaited().await;
    world.app.verify_log().await;
}

#[tokio::test]
async fn order_of_delivery_does_not_matter() {
    let world = World::start().await;
    let completed = world.completed(daily()).await;
    let first = world.app.latest(EventType::TaskCompleted).await;
    world.reopen(&completed.path).await;
    world.complete(&completed.path).await;
    world.deliver().await;
    let next = world.next(&completed, 2).await;
    assert!(next.is_some());

    assert_eq!(world.app.deliver(&world.reaction, &first).await, 204);
    assert_eq!(world.next(&completed, 2).await, next);
    assert_eq!(world.number("SELECT count(*) FROM tasks").await, 2);
    world.app.verify_log().await;
}

#[tokio::test]
async fn event_of_an_earlier_occurrence_does_not_disturb_a_later_one() {
    let world = World::start().await;
    let completed = world.completed(daily()).await;
    let first = world.app.latest(EventType::TaskCompleted).await;
    world.deliver().await;
    world.complete(&completed.next_path(2)).await;
    world.deliver().await;
    let events = world.events().await;

    assert_eq!(world.app.deliver(&world.reaction, &first).await, 204);
    assert_eq!(world.events().await, events);
    let highest = "SELECT highest_occurrence::bigint FROM series";
    assert_eq!(world.number(highest).await, 3);
    world.app.verify_log().await;
}

#[tokio::test]
async fn forged_event_changes_nothing() {
    let world = World::start().await;
    let completed = world.completed(daily()).await;
    let id = completed.task["id"].as_str().unwrap();
    let theirs = world.app.create_for(SOMEBODY_ELSE, "theirs").await.id.to_string();
    let pending = world.create(daily()).await["id"].as_str().unwrap().to_owned();
    let alone = world.completed(TaskBody::titled("alone")).await.task["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let events = world.events().await;
    let unknown = "00000000-0000-0000-0000-000000000000";
    let stranger = UserId(uuid::Uuid::from_u128(7));
    for (user, task) in [
        (SOMEBODY_ELSE, id),
        (stranger, id),
        (UserId::LOCAL, theirs.as_str()),
        (SOMEBODY_ELSE, &theirs),
        (UserId::LOCAL, unknown),
        (UserId::LOCAL, &pending),
        (UserId::LOCAL, &alone),
    ] {
        let event = event(EventType::TaskCompleted, user, task);
        let reply = Client::of_reaction(&world.reaction).post_event(&event).await;
        assert_eq!(reply.status, 204, "{user} {task}: {reply:?}");
    }
    assert_eq!(world.events().await, events);
    assert_eq!(world.number("SELECT count(*) FROM log_heads").await, 2);
    world.app.verify_log().await;
}

#[tokio::test]
async fn what_an_event_claims_about_its_task_is_not_believed() {
    let world = World::start().await;
    let pending = world.create(daily()).await;
    let mut event = event(EventType::TaskCompleted, UserId::LOCAL, pending["id"].as_str().unwrap());
    event["data"]["completed"] = true.into();
    event["data"]["task"] = pending.clone();
    event["data"]["task"]["status"] = "completed".into();
    event["data"]["task"]["completed_at"] = "2026-11-23T08:00:00Z".into();
    assert_eq!(
        Client::of_reaction(&world.reaction).post_event(&event).await.status,
        204
    );
    assert_eq!(world.events().await, 1);
}
