//! Events of other releases and of other installations.

use domain::UserId;
use events::{EventType, cloud_event};
use serde_json::{Value, json};
use testing::{Client, versions};

use crate::World;

/// A fired reminder that nobody was told of, and its event.
async fn start() -> (World, Value) {
    let world = World::start().await;
    let (_, event) = world.fired("2026-11-23T08:05:00Z").await;
    let event = cloud_event::to_json(&event, world.app.installation().await);
    (world, event)
}

async fn post(world: &World, event: &Value) {
    let reply = Client::of_reaction(&world.reaction).post_event(event).await;
    assert_eq!(reply.status, 204, "{event}: {reply:?}");
}

/// The notification is there, and was made once.
async fn has_one_effect(world: &World) {
    assert_eq!(world.notifications().await.len(), 1);
    assert_eq!(world.events().await, 3);
    world.app.verify_log().await;
}

#[tokio::test]
async fn event_of_a_newer_release_has_its_one_effect() {
    let (world, event) = start().await;
    post(&world, &versions::from_the_future(&event)).await;
    has_one_effect(&world).await;
    post(&world, &event).await;
    has_one_effect(&world).await;
}

#[tokio::test]
async fn nothing_but_the_ids_has_to_be_what_it_was() {
    let (world, mut event) = start().await;
    let members = event["data"].as_object_mut().unwrap();
    members.retain(|name, _| ["user_id", "task_id", "reminder_id"].contains(&name.as_str()));
    let mut other = event.clone();
    for name in [
        "title",
        "completed",
        "changed",
        "task",
        "generation",
        "remind_at",
        "fired_at",
    ] {
        other["data"][name] = json!({"was": "something else"});
    }
    for event in [other, event] {
        post(&world, &event).await;
        has_one_effect(&world).await;
    }
}

#[tokio::test]
async fn event_of_every_earlier_release_has_its_one_effect() {
    let (world, event) = start().await;
    let task = event["subject"].as_str().unwrap();
    for mut sample in versions::samples(EventType::ReminderDue, UserId::LOCAL, task) {
        sample["data"]["reminder_id"] = event["data"]["reminder_id"].clone();
        post(&world, &sample).await;
        has_one_effect(&world).await;
    }
}

/// As it happens where two share a broker by mistake: the same person may be known to both, their tasks are not.
#[tokio::test]
async fn another_installations_event_finds_nothing_to_do() {
    let (theirs, event) = start().await;
    let (ours, _) = start().await;
    assert_ne!(theirs.app.installation().await, ours.app.installation().await);
    post(&ours, &event).await;
    assert!(ours.notifications().await.is_empty());
    assert_eq!(ours.events().await, 2);
    ours.app.verify_log().await;
}

/// As it happens where an installation runs on a copy of another's data: it does what its own data calls for.
#[tokio::test]
async fn event_from_elsewhere_about_our_own_reminder_does_what_our_data_calls_for() {
    let (world, event) = start().await;
    let mut foreign = event.clone();
    foreign["source"] = "/dormouse/00000000-0000-0000-0000-000000000000".into();
    for event in [foreign, event] {
        post(&world, &event).await;
        has_one_effect(&world).await;
    }
}
