//! Instants that were derived from another release of the zone database.

use chrono::TimeDelta;
use domain::{UserId, zone};
use serde_json::Value;
use testing::{Client, SOMEBODY_ELSE, TaskBody, TestApp, instant};

use crate::support::{
    break_by, client_of, count, items, nothing_more_to_repair, reconcile, reconcile_in_vain, reconcile_twice_at_once,
    start,
};

/// Due at 09:00 in Berlin, which is 08:00 in UTC; the moments of its reminders are 07:45 and 07:30.
async fn create(client: &Client) -> String {
    let body = TaskBody::titled("Water the plants")
        .due("2026-12-01T09:00:00")
        .zone("Europe/Berlin")
        .reminded("-PT15M")
        .reminded_at("2026-12-01T07:30:00Z");
    client.post("/v1/tasks", body).await.id()
}

/// As if the earlier release had said that Berlin is an hour further east.
async fn derive_from_old_release(app: &TestApp) {
    break_by(app, "UPDATE installation SET zone_database = '2000a'").await;
    break_by(app, "UPDATE tasks SET due_at = due_at - interval '1 hour'").await;
    break_by(
        app,
        r#"UPDATE reminders SET fire_at = fire_at - interval '1 hour' WHERE "offset" IS NOT NULL"#,
    )
    .await;
}

async fn read(client: &Client, id: &str) -> Value {
    client.get(&format!("/v1/tasks/{id}")).await.json
}

async fn stored_release(app: &TestApp) -> Option<String> {
    sqlx::query_scalar("SELECT zone_database FROM installation")
        .fetch_one(&app.database().pool())
        .await
        .expect("the database is there")
}

#[tokio::test]
async fn instants_of_an_older_release_are_moved_with_an_event() {
    let (app, client) = start().await;
    let id = create(&client).await;
    derive_from_old_release(&app).await;

    reconcile(&app).await;

    let task = read(&client, &id).await;
    assert_eq!(task["due_at"], "2026-12-01T08:00:00Z");
    assert_eq!(task["due_date"], "2026-12-01T09:00:00");
    assert_eq!(task["reminders"][0]["fire_at"], "2026-12-01T07:45:00Z");
    assert_eq!(task["reminders"][1]["fire_at"], "2026-12-01T07:30:00Z");
    assert_eq!(task["version"], 2);
    let events = app.events(UserId::LOCAL).await;
    assert_eq!(events.len(), 2);
    let data: Value = serde_json::from_str(&events[1].event.data).unwrap();
    assert_eq!(data["changed"], serde_json::json!(["reminders", "due_at"]));
    assert_eq!(data["task"]["due_at"], "2026-12-01T08:00:00Z");
    assert_eq!(stored_release(&app).await.as_deref(), Some(zone::DATABASE_VERSION));
    nothing_more_to_repair(&app).await;
}

#[tokio::test]
async fn first_run_notes_the_release_and_moves_nothing() {
    let (app, client) = start().await;
    let id = create(&client).await;

    reconcile(&app).await;

    assert_eq!(read(&client, &id).await["version"], 1);
    assert_eq!(stored_release(&app).await.as_deref(), Some(zone::DATABASE_VERSION));
    nothing_more_to_repair(&app).await;
}

#[tokio::test]
async fn completed_tasks_keep_what_they_were_until_they_are_reopened() {
    let (app, client) = start().await;
    let id = create(&client).await;
    client.command(&format!("/v1/tasks/{id}/complete"), &[]).await;
    derive_from_old_release(&app).await;

    reconcile(&app).await;

    assert_eq!(read(&client, &id).await["due_at"], "2026-12-01T07:00:00Z");
    nothing_more_to_repair(&app).await;
    client.command(&format!("/v1/tasks/{id}/reopen"), &[]).await;
    let task = read(&client, &id).await;
    assert_eq!(task["due_at"], "2026-12-01T08:00:00Z");
    assert_eq!(task["reminders"][0]["fire_at"], "2026-12-01T07:45:00Z");
}

/// A task whose reminder fired, was delivered and was snoozed to 08:10 in UTC.
async fn snoozed(app: &TestApp, client: &Client) -> String {
    let id = create(client).await;
    break_by(app, r#"DELETE FROM reminders WHERE "offset" IS NULL"#).await;
    app.clock().set(instant("2026-12-01T07:45:00Z"));
    dispatch_reminders::fire_overdue(&app.app(), app.now())
        .await
        .expect("the database is there");
    app.clock().set(instant("2026-12-01T07:52:00Z"));
    reconcile(app).await;
    let notification = items(client, "/v1/notifications").await[0]["id"].clone();
    let path = format!(
        "/v1/notifications/{}/snooze",
        notification.as_str().expect("it has an id")
    );
    let until = serde_json::json!({"until": "2026-12-01T08:10:00Z"});
    assert_eq!(client.post(&path, until).await.status, 200);
    id
}

#[tokio::test]
async fn snoozed_reminder_stays_where_the_due_date_stays() {
    let (app, client) = start().await;
    let id = snoozed(&app, &client).await;
    break_by(&app, "UPDATE installation SET zone_database = '2000a'").await;

    reconcile(&app).await;

    let task = read(&client, &id).await;
    assert_eq!(task["reminders"][0]["fire_at"], "2026-12-01T08:10:00Z");
    assert_eq!(task["reminders"][0]["state"], "scheduled");
}

#[tokio::test]
async fn snoozed_reminder_follows_a_due_date_that_moves() {
    let (app, client) = start().await;
    let id = snoozed(&app, &client).await;
    break_by(&app, "UPDATE installation SET zone_database = '2000a'").await;
    break_by(&app, "UPDATE tasks SET due_at = due_at - interval '1 hour'").await;

    reconcile(&app).await;

    let task = read(&client, &id).await;
    assert_eq!(task["due_at"], "2026-12-01T08:00:00Z");
    // Its own moment, 07:45, is past: it comes at once.
    assert_eq!(task["reminders"][0]["fire_at"], "2026-12-01T07:52:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_move_each_task_once() {
    let (app, client) = start().await;
    for _ in 0..20 {
        create(&client).await;
    }
    derive_from_old_release(&app).await;

    reconcile_twice_at_once(&app).await;

    let updates = app.kinds().await;
    assert_eq!(updates.iter().filter(|kind| **kind == "todo.task.updated").count(), 20);
    nothing_more_to_repair(&app).await;
}

#[tokio::test]
async fn instants_of_a_newer_release_are_left_alone() {
    let (app, client) = start().await;
    let id = create(&client).await;
    derive_from_old_release(&app).await;
    break_by(&app, "UPDATE installation SET zone_database = '9999a'").await;

    reconcile(&app).await;

    assert_eq!(read(&client, &id).await["version"], 1);
    assert_eq!(stored_release(&app).await.as_deref(), Some("9999a"));
}

#[tokio::test]
async fn only_one_at_a_time_derives_anew() {
    let (app, client) = start().await;
    let id = create(&client).await;
    derive_from_old_release(&app).await;
    break_by(
        &app,
        "INSERT INTO leases (name, holder, epoch, expires_at)
         VALUES ('zone-database', gen_random_uuid(), 1, clock_timestamp() + interval '1 hour')",
    )
    .await;

    reconcile(&app).await;
    assert_eq!(read(&client, &id).await["version"], 1);
    assert_eq!(stored_release(&app).await.as_deref(), Some("2000a"));

    break_by(&app, "UPDATE leases SET expires_at = clock_timestamp()").await;
    reconcile(&app).await;
    assert_eq!(read(&client, &id).await["version"], 2);
    let held = "SELECT count(*) FROM leases WHERE expires_at > clock_timestamp()";
    assert_eq!(count(&app, held).await, 0, "it is given back");
}

async fn alter(app: &TestApp, how: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("ALTER TABLE installation {how}")))
        .execute(&app.database().pool())
        .await
        .expect("the database is there");
}

#[tokio::test]
async fn lease_is_given_back_also_where_deriving_fails() {
    let (app, client) = start().await;
    let id = create(&client).await;
    derive_from_old_release(&app).await;
    alter(&app, "ADD CONSTRAINT stays CHECK (zone_database = '2000a')").await;
    let said = reconcile_in_vain(&app).await;
    assert!(said.contains("stays"), "{said}");

    alter(&app, "DROP CONSTRAINT stays").await;
    reconcile(&app).await;
    assert_eq!(read(&client, &id).await["version"], 2);
    assert_eq!(stored_release(&app).await.as_deref(), Some(zone::DATABASE_VERSION));
}

#[tokio::test]
async fn user_whose_log_is_held_is_moved_later_and_nobody_else_waits() {
    let (app, client) = start().await;
    let other = client_of(&app, SOMEBODY_ELSE);
    let (held, moves) = (create(&client).await, create(&other).await);
    derive_from_old_release(&app).await;

    let holder = app.hold(&[UserId::LOCAL]).await;
    let said = reconcile_in_vain(&app).await;
    assert!(said.starts_with("moved_instant: "), "{said}");
    assert_eq!(read(&other, &moves).await["version"], 2);
    assert_eq!(read(&client, &held).await["version"], 1);
    assert_eq!(stored_release(&app).await.as_deref(), Some("2000a"), "it is not done");

    holder.rollback().await.expect("it is held until now");
    reconcile(&app).await;
    assert_eq!(read(&client, &held).await["version"], 2);
    assert_eq!(read(&other, &moves).await["version"], 2);
    assert_eq!(stored_release(&app).await.as_deref(), Some(zone::DATABASE_VERSION));
}

#[tokio::test]
async fn what_was_interrupted_goes_on_from_where_it_was() {
    let (app, client) = start().await;
    let before = create(&client).await;
    // Ids are in the order of their time.
    app.clock().advance(TimeDelta::seconds(1));
    let after = create(&client).await;
    derive_from_old_release(&app).await;
    sqlx::query("UPDATE installation SET zone_walk_to = $1, zone_walk_user = $2, zone_walk_task = $3::uuid")
        .bind(zone::DATABASE_VERSION)
        .bind(UserId::LOCAL.0)
        .bind(&before)
        .execute(&app.database().pool())
        .await
        .unwrap();

    reconcile(&app).await;

    assert_eq!(read(&client, &before).await["version"], 1, "it is not looked at again");
    assert_eq!(read(&client, &after).await["version"], 2);
}
