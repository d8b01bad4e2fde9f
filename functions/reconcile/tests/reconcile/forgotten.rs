//! What nobody came for.

use chrono::TimeDelta;
use testing::TaskBody;

use crate::support::{
    count, items, nothing_more_to_repair, reconcile, reconcile_in_vain, reconcile_twice_at_once, start,
};

#[tokio::test]
async fn reminder_that_no_dispatcher_fired_fires_and_then_gets_its_notification() {
    let (app, client) = start().await;
    let body = TaskBody::titled("Wake up").reminded_at("2026-11-23T08:01:00Z");
    client.post("/v1/tasks", body).await;
    app.clock().advance(TimeDelta::minutes(5));
    reconcile(&app).await;
    assert_eq!(app.kinds().await, ["todo.task.created"], "a dispatcher may still come");

    app.clock().advance(TimeDelta::minutes(2));
    reconcile(&app).await;
    assert_eq!(app.kinds().await, ["todo.task.created", "todo.reminder.due"]);

    app.clock().advance(TimeDelta::minutes(6));
    reconcile(&app).await;
    let notifications = items(&client, "/v1/notifications").await;
    assert_eq!(notifications.len(), 1);
    assert_eq!(notifications[0]["late_ms"], 6 * 60 * 1000);
    nothing_more_to_repair(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_fire_each_overdue_reminder_once() {
    let (app, client) = start().await;
    for _ in 0..20 {
        let body = TaskBody::titled("x")
            .reminded_at("2026-11-23T08:01:00Z")
            .reminded_at("2026-11-23T08:02:00Z");
        client.post("/v1/tasks", body).await;
    }
    app.clock().advance(TimeDelta::hours(1));

    reconcile_twice_at_once(&app).await;

    let due = "SELECT count(*) FROM events WHERE type = 'todo.reminder.due'";
    assert_eq!(count(&app, due).await, 40);
    app.verify_log().await;
}

#[tokio::test]
async fn answers_are_forgotten_after_a_day_and_not_before() {
    let (app, client) = start().await;
    let kept = "SELECT count(*) FROM idempotency_keys";
    for key in ["one", "two"] {
        let headers = [("idempotency-key", key)];
        client.post_with("/v1/tasks", &headers, TaskBody::titled("x")).await;
        app.clock().advance(TimeDelta::hours(1));
    }

    app.clock().advance(TimeDelta::hours(22) - TimeDelta::milliseconds(1));
    reconcile(&app).await;
    assert_eq!(count(&app, kept).await, 2);
    app.clock().advance(TimeDelta::milliseconds(1));
    reconcile(&app).await;
    assert_eq!(count(&app, kept).await, 1);
    nothing_more_to_repair(&app).await;
    assert_eq!(count(&app, kept).await, 0);
}

#[tokio::test]
async fn repair_that_fails_does_not_stop_the_others_and_is_told() {
    let (app, client) = start().await;
    client
        .post_with("/v1/tasks", &[("idempotency-key", "one")], TaskBody::titled("x"))
        .await;
    app.clock().advance(TimeDelta::days(2));
    let rename = "ALTER TABLE reminders RENAME TO elsewhere";
    sqlx::query(rename).execute(&app.database().pool()).await.unwrap();

    let said = reconcile_in_vain(&app).await;

    assert!(said.contains("overdue_reminder, missing_notification: "), "{said}");
    assert!(!said.contains("old_answer"), "{said}");
    assert_eq!(count(&app, "SELECT count(*) FROM idempotency_keys").await, 0);
}
