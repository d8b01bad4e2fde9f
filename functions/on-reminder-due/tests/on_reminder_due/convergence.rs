//! Events that are doubled, late or forged make nothing.

use domain::UserId;
use events::EventType;
use testing::{Client, SOMEBODY_ELSE, event};
use tokio::task::JoinSet;

use crate::{World, reminder_of};

const FIRED: &str = "2026-11-23T08:05:00Z";

#[tokio::test]
async fn redelivered_event_makes_nothing_more() {
    let world = World::start().await;
    let (_, event) = world.fired(FIRED).await;
    world.deliver(&event).await;
    let first = world.notifications().await;
    for _ in 0..3 {
        world.deliver(&event).await;
    }
    assert_eq!(world.notifications().await, first);
    assert_eq!(world.events().await, 3);
    world.app.verify_log().await;
}

#[tokio::test]
async fn event_that_is_delivered_many_times_at_once_makes_one_notification() {
    let world = World::start().await;
    let (path, due) = world.fired(FIRED).await;
    let mut event = event(EventType::ReminderDue, UserId::LOCAL, &path[10..]);
    event["data"]["reminder_id"] = reminder_of(&due).into();
    let client = Client::of_reaction(&world.reaction);
    let mut deliveries = JoinSet::new();
    for _ in 0..10 {
        let (client, event) = (client.clone(), event.clone());
        deliveries.spawn(async move { client.post_event(&event).await.status });
    }
    assert!(deliveries.join_all().await.iter().all(|status| *status == 204));
    assert_eq!(world.notifications().await.len(), 1);
    assert_eq!(world.events().await, 3);
    world.app.verify_log().await;
}

#[tokio::test]
async fn task_that_was_completed_meanwhile_calls_for_nobody() {
    let world = World::start().await;
    let (path, event) = world.fired(FIRED).await;
    let completed = world.client.command(&format!("{path}/complete"), &[]).await.json;
    assert_eq!(completed["reminders"][0]["state"], "cancelled");
    world.deliver(&event).await;
    assert!(world.notifications().await.is_empty());
    assert_eq!(world.client.get(&path).await.json, completed);
    assert_eq!(world.events().await, 3);
    world.app.verify_log().await;
}

#[tokio::test]
async fn task_that_is_gone_calls_for_nobody_and_nobody_waits_for_it() {
    let world = World::start().await;
    let (_, event) = world.fired(FIRED).await;
    world.run("UPDATE tasks SET deleted_at = updated_at").await;
    world.deliver(&event).await;
    assert!(world.notifications().await.is_empty());
    let states: Vec<String> = sqlx::query_scalar("SELECT state FROM reminders")
        .fetch_all(&world.app.database().pool())
        .await
        .unwrap();
    assert_eq!(states, ["cancelled"]);
    let events = world.events().await;
    world.deliver(&event).await;
    assert_eq!(world.events().await, events);
    world.app.verify_log().await;
}

#[tokio::test]
async fn reminder_that_was_moved_meanwhile_waits_for_its_new_moment() {
    let world = World::start().await;
    let (_, event) = world.fired(FIRED).await;
    world
        .run("UPDATE reminders SET state = 'scheduled', generation = 2, fire_at = fire_at + '1 hour', fired_at = NULL")
        .await;
    world.deliver(&event).await;
    assert!(world.notifications().await.is_empty());
    assert_eq!(world.events().await, 2);
    world.app.verify_log().await;
}

#[tokio::test]
async fn event_before_its_reminder_fired_makes_nothing() {
    let world = World::start().await;
    let body = testing::TaskBody::titled("x").reminded_at("2026-11-23T08:05:00Z");
    let task = world.client.post("/v1/tasks", body).await;
    let mut event = event(EventType::ReminderDue, UserId::LOCAL, &task.id());
    event["data"]["reminder_id"] = task.json["reminders"][0]["id"].clone();
    assert_eq!(
        Client::of_reaction(&world.reaction).post_event(&event).await.status,
        204
    );
    assert!(world.notifications().await.is_empty());
    assert_eq!(world.events().await, 1);
}

#[tokio::test]
async fn forged_event_makes_nothing() {
    let world = World::start().await;
    let (path, due) = world.fired(FIRED).await;
    let task = &path[10..];
    let reminder = reminder_of(&due);
    world.app.create_for(SOMEBODY_ELSE, "theirs").await;
    let unknown = "00000000-0000-0000-0000-000000000000";
    for (user, task, reminder) in [
        (SOMEBODY_ELSE, task, reminder.as_str()),
        (UserId::LOCAL, unknown, &reminder),
        (UserId::LOCAL, task, unknown),
        (UserId::LOCAL, task, task),
    ] {
        let mut event = event(EventType::ReminderDue, user, task);
        event["data"]["reminder_id"] = reminder.into();
        assert_eq!(
            Client::of_reaction(&world.reaction).post_event(&event).await.status,
            204
        );
    }
    assert!(world.notifications().await.is_empty());
    assert_eq!(world.events().await, 2);
    world.app.verify_log().await;
}

#[tokio::test]
async fn event_that_names_no_reminder_can_never_work() {
    let world = World::start().await;
    let (path, _) = world.fired(FIRED).await;
    let event = event(EventType::ReminderDue, UserId::LOCAL, &path[10..]);
    assert_eq!(
        Client::of_reaction(&world.reaction).post_event(&event).await.status,
        422
    );
}
