//! What was marked as awaited and never came.

use chrono::TimeDelta;
use domain::UserId;
use testing::{Client, SOMEBODY_ELSE, TaskBody, TestApp};

use crate::support::{
    break_by, client_of, count, items, nothing_more_to_repair, reconcile, reconcile_in_vain, reconcile_twice_at_once,
    start,
};

/// A weekly task, completed, whose event nobody handles.
async fn completed(client: &Client) -> String {
    let body = TaskBody::titled("Water the plants")
        .due("2026-11-23T09:00:00")
        .repeating("FREQ=WEEKLY");
    let id = client.post("/v1/tasks", body).await.id();
    let reply = client.command(&format!("/v1/tasks/{id}/complete"), &[]).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    id
}

/// A reminder that has fired, whose event nobody handles.
async fn fired(app: &TestApp, client: &Client) {
    let body = TaskBody::titled("Wake up").reminded_at("2026-11-23T08:01:00Z");
    assert_eq!(client.post("/v1/tasks", body).await.status, 201);
    app.clock().advance(TimeDelta::minutes(1));
    let fired = dispatch_reminders::fire_overdue(&app.app(), app.now()).await;
    assert_eq!(fired.expect("the database is there"), 1);
}

#[tokio::test]
async fn completed_occurrence_whose_event_was_lost_gets_its_successor() {
    let (app, client) = start().await;
    completed(&client).await;
    app.clock().advance(TimeDelta::minutes(6));

    reconcile(&app).await;

    let pending = items(&client, "/v1/tasks").await;
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0]["due_date"], "2026-11-30T09:00:00");
    assert_eq!(pending[0]["occurrence"], 2);
    nothing_more_to_repair(&app).await;
}

#[tokio::test]
async fn series_that_has_ended_is_not_looked_at_for_ever() {
    let (app, client) = start().await;
    let body = TaskBody::titled("x").due("2026-11-23").repeating("FREQ=DAILY;COUNT=1");
    let id = client.post("/v1/tasks", body).await.id();
    client.command(&format!("/v1/tasks/{id}/complete"), &[]).await;
    app.clock().advance(TimeDelta::minutes(6));

    reconcile(&app).await;

    let marks = "SELECT count(*) FROM tasks WHERE successor_awaited_since IS NOT NULL";
    assert_eq!(count(&app, marks).await, 0);
    nothing_more_to_repair(&app).await;
}

#[tokio::test]
async fn completed_occurrence_that_was_deleted_since_is_not_looked_at_for_ever() {
    let (app, client) = start().await;
    completed(&client).await;
    // Deleting comes with a function of its own, which would do the same.
    break_by(&app, "UPDATE tasks SET deleted_at = completed_at").await;
    app.clock().advance(TimeDelta::minutes(6));

    reconcile(&app).await;

    let marks = "SELECT count(*) FROM tasks WHERE successor_awaited_since IS NOT NULL";
    assert_eq!(
        count(&app, marks).await,
        0,
        "it stands before those that can be repaired"
    );
    nothing_more_to_repair(&app).await;
}

#[tokio::test]
async fn fired_reminder_whose_event_was_lost_gets_its_notification() {
    let (app, client) = start().await;
    fired(&app, &client).await;
    app.clock().advance(TimeDelta::minutes(6));

    reconcile(&app).await;

    let notifications = items(&client, "/v1/notifications").await;
    assert_eq!(notifications.len(), 1);
    assert_eq!(notifications[0]["fired_at"], "2026-11-23T08:01:00Z");
    assert_eq!(notifications[0]["late_ms"], 0);
    nothing_more_to_repair(&app).await;
}

#[tokio::test]
async fn young_marks_are_left_to_delivery() {
    let (app, client) = start().await;
    fired(&app, &client).await;
    completed(&client).await;
    let kinds = app.kinds().await;
    app.clock().advance(TimeDelta::minutes(5));

    reconcile(&app).await;

    assert_eq!(app.kinds().await, kinds);
    app.verify_log().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_repair_once() {
    let (app, client) = start().await;
    for _ in 0..20 {
        completed(&client).await;
    }
    fired(&app, &client).await;
    app.clock().advance(TimeDelta::minutes(6));

    reconcile_twice_at_once(&app).await;

    let made = |kind: &str| kind == "todo.recurring.next_created" || kind == "todo.notification.created";
    let repairs = app.kinds().await.into_iter().filter(|kind| made(kind)).count();
    assert_eq!(repairs, 21);
    assert_eq!(items(&client, "/v1/notifications").await.len(), 1);
    nothing_more_to_repair(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_that_cannot_be_repaired_does_not_hide_what_can() {
    let (app, client) = start().await;
    completed(&client).await;
    break_by(
        &app,
        "INSERT INTO tasks (user_id, id, title, description, priority, tags, time_zone, version, created_at,
                            updated_at, completed_at, successor_awaited_since, title_key, search)
         SELECT user_id, gen_random_uuid(), title, description, priority, tags, 'Mars/Base', 1, created_at, updated_at,
                completed_at, successor_awaited_since - interval '1 day', title_key, search
         FROM tasks, generate_series(1, 1000)",
    )
    .await;
    app.clock().advance(TimeDelta::minutes(6));

    reconcile(&app).await;

    assert_eq!(items(&client, "/v1/tasks").await.len(), 1);
    app.verify_log().await;
}

#[tokio::test]
async fn user_whose_log_is_held_does_not_keep_the_others_from_being_repaired() {
    let (app, client) = start().await;
    let other = client_of(&app, SOMEBODY_ELSE);
    completed(&client).await;
    completed(&client).await;
    app.clock().advance(TimeDelta::minutes(1));
    completed(&other).await;
    app.clock().advance(TimeDelta::minutes(6));

    let holder = app.hold(&[UserId::LOCAL]).await;
    let said = reconcile_in_vain(&app).await;
    assert!(said.starts_with("missing_successor: "), "{said}");
    assert_eq!(items(&other, "/v1/tasks").await.len(), 1);
    assert_eq!(items(&client, "/v1/tasks").await.len(), 0);

    holder.rollback().await.expect("it is held until now");
    reconcile(&app).await;
    assert_eq!(items(&client, "/v1/tasks").await.len(), 2);
    nothing_more_to_repair(&app).await;
}
