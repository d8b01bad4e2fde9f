//! Snoozing one.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testing::TaskBody;

use crate::World;

/// A notification that came at 08:05, by its path, and its task's.
async fn reminded() -> (World, String, String) {
    let world = World::start().await;
    let task = world.remind("Water the plants", "2026-11-23T08:05:00Z").await;
    let notification = world.newest().await;
    (world, notification, task)
}

#[tokio::test]
async fn snoozing_marks_it_read_and_reminds_anew() {
    for (body, moment) in [
        (json!({"for": "PT10M"}), "2026-11-23T08:15:00Z"),
        (json!({"until": "2026-11-23T18:00:00+01:00"}), "2026-11-23T17:00:00Z"),
        (json!({"for": "P1D", "until": null}), "2026-11-24T08:05:00Z"),
    ] {
        let (world, notification, task) = reminded().await;
        let reply = world.snooze(&notification, body.clone()).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json["read_at"]),
            (200, &json!("2026-11-23T08:05:00Z")),
            "{body}"
        );
        let reminder = &world.client.get(&task).await.json["reminders"][0];
        assert_eq!(
            (&reminder["state"], &reminder["fire_at"]),
            (&json!("scheduled"), &json!(moment)),
            "{body}"
        );
        assert_eq!(reminder["at"], "2026-11-23T08:05:00Z", "what the person set stays");
        assert_eq!(
            world.app.kinds().await[3..],
            ["todo.task.updated", "todo.notification.read"]
        );
        world.app.verify_log().await;
    }
}

#[tokio::test]
async fn snoozed_reminder_makes_a_second_notification() {
    let (world, first, _) = reminded().await;
    world.snooze(&first, json!({"for": "PT10M"})).await;
    let fired = dispatch_reminders::fire_overdue(&world.app.app(), world.app.now())
        .await
        .unwrap();
    assert_eq!(fired, 0, "its moment is still ahead");

    world.fire("2026-11-23T08:15:00Z").await;
    let second = world.newest().await;
    assert_ne!(second, first);
    let list = world.list("").await;
    assert_eq!(list["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(list["items"][0]["remind_at"], "2026-11-23T08:15:00Z");
    assert_eq!(list["items"][0]["read_at"], Value::Null);
    // And so on.
    assert_eq!(world.snooze(&second, json!({"for": "PT1M"})).await.status, 200);
    world.fire("2026-11-23T08:16:00Z").await;
    assert_eq!(
        world.list("?unread=true").await["items"].as_array().map(Vec::len),
        Some(1)
    );
    world.app.verify_log().await;
}

#[tokio::test]
async fn one_that_was_read_can_be_snoozed() {
    let (world, notification, task) = reminded().await;
    let read = world.client.command(&format!("{notification}/read"), &[]).await;
    world.app.clock().advance(TimeDelta::minutes(1));
    let reply = world.snooze(&notification, json!({"for": "PT10M"})).await;
    assert_eq!((reply.status.as_u16(), &reply.json), (200, &read.json));
    assert_eq!(world.client.get(&task).await.json["reminders"][0]["state"], "scheduled");
    assert_eq!(world.app.kinds().await.last(), Some(&"todo.task.updated"));
}

#[tokio::test]
async fn how_long_is_said_once_and_lies_ahead() {
    let (world, notification, _) = reminded().await;
    let events = world.events().await;
    for (body, pointer) in [
        (json!({}), ""),
        (json!({"for": "PT1M", "until": "2026-11-24T00:00:00Z"}), ""),
        (json!({"for": "PT0S"}), "/for"),
        (json!({"for": "-PT5M"}), "/for"),
        (json!({"for": "P367D"}), "/for"),
        (json!({"for": "10 minutes"}), "/for"),
        (json!({"for": 600}), "/for"),
        (json!({"until": "2026-11-23T08:05:00Z"}), "/until"),
        (json!({"until": "2028-01-01T00:00:00Z"}), "/until"),
        (json!({"until": "tomorrow"}), "/until"),
        (json!({"for": "PT1M", "note": "x"}), "/note"),
    ] {
        let reply = world.snooze(&notification, body.clone()).await;
        assert_eq!((reply.status.as_u16(), reply.faults()), (422, vec![pointer]), "{body}");
    }
    assert_eq!(world.events().await, events);
    world.app.verify_log().await;
}

#[tokio::test]
async fn snoozing_takes_no_moment_away_that_was_set_since() {
    let world = World::start().await;
    let body = TaskBody::titled("Water the plants")
        .due("2026-11-23T08:06:00")
        .reminded("-PT1M");
    let task = world.create(body).await.header("location").to_owned();
    world.fire("2026-11-23T08:05:00Z").await;
    let notification = world.newest().await;
    let moved = world
        .client
        .patch(&task, json!({"due_date": "2026-11-25T09:01:00"}))
        .await;
    assert_eq!(moved.status, 200);

    let refused = world.snooze(&notification, json!({"for": "PT10M"})).await;
    assert_eq!((refused.status.as_u16(), refused.problem()), (422, "not-possible"));
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(detail.contains("2026-11-25T09:00:00Z"), "{detail}");
    let reminder = &world.client.get(&task).await.json["reminders"][0];
    assert_eq!(reminder["fire_at"], "2026-11-25T09:00:00Z");
}

#[tokio::test]
async fn snooze_can_be_changed_for_another() {
    let (world, notification, task) = reminded().await;
    for (body, moment) in [
        (json!({"for": "PT10M"}), "2026-11-23T08:15:00Z"),
        (json!({"for": "PT5M"}), "2026-11-23T08:10:00Z"),
    ] {
        assert_eq!(world.snooze(&notification, body).await.status, 200);
        assert_eq!(world.client.get(&task).await.json["reminders"][0]["fire_at"], moment);
    }
}

#[tokio::test]
async fn nobody_is_reminded_of_what_is_done_or_gone() {
    let (world, notification, task) = reminded().await;
    world.client.command(&format!("{task}/complete"), &[]).await;
    let reply = world.snooze(&notification, json!({"for": "PT10M"})).await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (422, "not-possible"));

    world.client.command(&format!("{task}/reopen"), &[]).await;
    sqlx::query("UPDATE tasks SET deleted_at = updated_at")
        .execute(&world.app.database().pool())
        .await
        .unwrap();
    let reply = world.snooze(&notification, json!({"for": "PT10M"})).await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (422, "not-possible"));
    assert_eq!(
        world.list("?unread=true").await["items"].as_array().map(Vec::len),
        Some(1)
    );
    world.app.verify_log().await;
}

#[tokio::test]
async fn repetition_after_its_moment_is_answered_as_before() {
    let (world, notification, _) = reminded().await;
    let path = format!("{notification}/snooze");
    let key = [("idempotency-key", "k")];
    let body = || json!({"until": "2026-11-23T08:10:00Z"});
    let first = world.client.post_with(&path, &key, body()).await;
    assert_eq!(first.status, 200);
    let events = world.events().await;
    world.app.clock().advance(TimeDelta::minutes(10));
    let again = world.client.post_with(&path, &key, body()).await;
    assert_eq!((again.status.as_u16(), again.body), (200, first.body));
    assert_eq!(world.events().await, events);
    world.app.verify_log().await;
}

#[tokio::test]
async fn nothing_awaits_a_reminder_that_was_snoozed_before_its_event_came() {
    let (world, notification, _) = reminded().await;
    world.snooze(&notification, json!({"for": "PT10M"})).await;
    let reaction = on_reminder_due::function(world.app.app());
    let late = world.app.latest(events::EventType::ReminderDue).await;
    let events = world.events().await;
    assert_eq!(world.app.deliver(&reaction, &late).await, 204);
    assert_eq!(world.events().await, events);
}
