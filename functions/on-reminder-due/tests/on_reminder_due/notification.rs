//! The notification that a fired reminder makes.

use domain::{NotificationId, ReminderId, UserId};
use serde_json::{Value, json};

use crate::{World, reminder_of};

#[tokio::test]
async fn fired_reminder_makes_one_notification() {
    let world = World::start().await;
    let (path, event) = world.fired("2026-11-23T08:05:00Z").await;
    world.deliver(&event).await;

    let reminder = ReminderId(reminder_of(&event).parse().unwrap());
    assert_eq!(
        world.notifications().await,
        [json!({
            "id": NotificationId::of_firing(reminder, 1).to_string(),
            "task_id": path.strip_prefix("/v1/tasks/").unwrap(), "kind": "reminder", "title": "Water the plants",
            "remind_at": "2026-11-23T08:05:00Z", "fired_at": "2026-11-23T08:05:00Z", "late_ms": 0, "read_at": null,
            "created_at": "2026-11-23T08:05:00Z",
        })]
    );
    let task = world.client.get(&path).await.json;
    assert_eq!(task["reminders"][0]["state"], "delivered");
    assert_eq!(task["version"], 3, "created, fired, delivered");
    world.app.verify_log().await;
}

#[tokio::test]
async fn its_event_carries_the_task_and_the_notification() {
    let world = World::start().await;
    let (path, event) = world.fired("2026-11-23T08:05:00Z").await;
    world.deliver(&event).await;

    let kinds = world.app.kinds().await;
    assert_eq!(
        kinds,
        ["todo.task.created", "todo.reminder.due", "todo.notification.created"]
    );
    let events = world.app.events(UserId::LOCAL).await;
    let data: Value = serde_json::from_str(&events[2].event.data).unwrap();
    assert_eq!(data["task"], world.client.get(&path).await.json);
    assert_eq!(data["notification"], world.notifications().await[0]);
    assert_eq!(data["changed"], json!(["reminders"]));
    let trace = |index: usize| {
        events[index]
            .event
            .traceparent
            .as_ref()
            .map(|text| text[3..35].to_owned())
    };
    assert_eq!(trace(1), trace(2), "it stays in the trace of the firing");
}

#[tokio::test]
async fn lateness_is_that_of_the_firing_whenever_the_event_comes() {
    let world = World::start().await;
    let (_, event) = world.fired("2026-11-23T08:05:02.500999Z").await;
    world.app.clock().set(testing::instant("2026-11-23T09:00:00Z"));
    world.deliver(&event).await;

    let notification = &world.notifications().await[0];
    assert_eq!(notification["remind_at"], "2026-11-23T08:05:00Z");
    assert_eq!(notification["fired_at"], "2026-11-23T08:05:02.500999Z");
    assert_eq!(notification["late_ms"], 2_500);
    assert_eq!(notification["created_at"], "2026-11-23T09:00:00Z");
    world.app.verify_log().await;
}

#[tokio::test]
async fn everything_about_it_is_written_in_one_transaction() {
    let world = World::start().await;
    let (_, event) = world.fired("2026-11-23T08:05:00Z").await;
    world.deliver(&event).await;
    let transactions: i64 = sqlx::query_scalar(
        "SELECT count(DISTINCT x) FROM (SELECT xmin::text AS x FROM events WHERE seq = 3
         UNION ALL SELECT xmin::text FROM notifications UNION ALL SELECT xmin::text FROM tasks
         UNION ALL SELECT xmin::text FROM reminders UNION ALL SELECT xmin::text FROM log_heads) written",
    )
    .fetch_one(&world.app.database().pool())
    .await
    .unwrap();
    assert_eq!(transactions, 1);
}
