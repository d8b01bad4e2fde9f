//! When reminders that a person sets now will fire.

use testing::TaskBody;

use crate::{PATH, nothing_was_written, start};

#[tokio::test]
async fn remind_at_is_short_for_one_reminder() {
    let (app, client) = start().await;
    let reply = client
        .post(
            PATH,
            TaskBody::titled("x").with("remind_at", "2026-12-01T08:00:00.1234567+01:00"),
        )
        .await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let reminders = reply.json["reminders"].as_array().unwrap();
    assert_eq!(reminders.len(), 1);
    assert_eq!(reminders[0]["at"], "2026-12-01T07:00:00.123456Z");
    assert_eq!(reminders[0]["state"], "scheduled");
    app.verify_log().await;
}

#[tokio::test]
async fn remind_at_beside_reminders_is_refused() {
    let (app, client) = start().await;
    let body = TaskBody::titled("x")
        .reminded_at("2026-12-01T08:00:00Z")
        .with("remind_at", "2026-12-01T08:00:00Z");
    assert_eq!(client.post(PATH, body).await.faults(), ["/remind_at"]);
    nothing_was_written(&app).await;
}

#[tokio::test]
async fn moment_that_is_past_is_refused_where_it_stands() {
    let (app, client) = start().await;
    let now = "2026-11-23T08:00:00Z";
    let refused = [
        (TaskBody::titled("x").with("remind_at", now), "/remind_at"),
        (
            TaskBody::titled("x")
                .reminded_at("2027-01-01T00:00:00Z")
                .reminded_at(now),
            "/reminders/1/at",
        ),
        (
            TaskBody::titled("x").due("2026-11-23T07:59:00").reminded("-PT15M"),
            "/reminders/0/offset",
        ),
        (
            TaskBody::titled("x").due("2026-11-22").reminded("PT9H"),
            "/reminders/0/offset",
        ),
    ];
    for (body, pointer) in refused {
        let reply = client.post(PATH, body.clone()).await;
        assert_eq!(reply.status, 422, "{body:?}");
        assert_eq!(reply.faults(), [pointer], "{body:?}");
    }
    nothing_was_written(&app).await;
}

#[tokio::test]
async fn offset_whose_moment_is_past_fires_at_once_while_due_is_ahead() {
    let (app, client) = start().await;
    let body = TaskBody::titled("x")
        .due("2026-11-23T08:10:00")
        .reminded("-PT15M")
        .reminded("-PT5M");
    let reply = client.post(PATH, body).await;
    let reminders = &reply.json["reminders"];
    assert_eq!(reminders[0]["fire_at"], "2026-11-23T08:00:00Z");
    assert_eq!(reminders[1]["fire_at"], "2026-11-23T08:05:00Z");
    app.verify_log().await;
}

#[tokio::test]
async fn date_is_ahead_until_its_day_has_ended_where_the_task_is() {
    let (app, client) = start().await;
    let today = TaskBody::titled("x")
        .due("2026-11-23")
        .zone("Europe/Berlin")
        .reminded("PT8H");
    let reply = client.post(PATH, today).await;
    assert_eq!(reply.json["due_at"], "2026-11-22T23:00:00Z");
    assert_eq!(reply.json["reminders"][0]["fire_at"], "2026-11-23T08:00:00Z");
    app.verify_log().await;
}

#[tokio::test]
async fn offset_counts_civil_days_and_exact_hours() {
    let (_app, client) = start().await;
    // Clocks in Berlin go forward on 2027-03-28 at 02:00.
    let body = TaskBody::titled("x")
        .due("2027-03-28T09:00:00")
        .zone("Europe/Berlin")
        .reminded("-P1D")
        .reminded("-PT24H");
    let reply = client.post(PATH, body).await;
    assert_eq!(reply.json["due_at"], "2027-03-28T07:00:00Z");
    assert_eq!(reply.json["reminders"][0]["fire_at"], "2027-03-27T08:00:00Z");
    assert_eq!(reply.json["reminders"][1]["fire_at"], "2027-03-27T07:00:00Z");
}
