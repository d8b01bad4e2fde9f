//! What an outage leaves behind, and outages while the dispatcher runs.

use std::collections::BTreeSet;

use domain::UserId;
use events::EventType;
use runtime::App;
use testing::{SOMEBODY_ELSE, TestApp};

use crate::support::{Canary, Dispatcher, all_fire, at, eventually_in_time, fired, state};

#[tokio::test]
async fn everything_overdue_fires_once_in_one_pass_and_says_how_late() {
    let app = TestApp::start().await;
    app.create_reminded(UserId::LOCAL, &[at(60), at(120), at(180)]).await;
    app.create_reminded(UserId::LOCAL, &[at(240)]).await;
    app.create_reminded(SOMEBODY_ELSE, &[at(300)]).await;
    app.clock().set(at(3600));

    let dispatcher = Dispatcher::start(app.app());
    all_fire(&app).await;
    dispatcher.stop().await;

    let mut events = fired(&app, UserId::LOCAL).await;
    assert_eq!(events.len(), 4);
    events.extend(fired(&app, SOMEBODY_ELSE).await);
    let mut moments = BTreeSet::new();
    for recorded in &events {
        let data: serde_json::Value = serde_json::from_str(&recorded.event.data).unwrap();
        assert_eq!(data["fired_at"], "2026-11-23T09:00:00Z");
        assert!(moments.insert(data["remind_at"].to_string()), "{data}");
        assert_eq!(recorded.event.traceparent, events[0].event.traceparent, "one pass");
    }
    assert_eq!(moments.len(), 5);
    app.verify_log().await;
}

#[tokio::test]
async fn more_than_one_transaction_takes_are_caught_up_without_a_further_wait() {
    let app = TestApp::start().await;
    for number in 1..=70 {
        let user = UserId(uuid::Uuid::from_u128(number));
        app.create_reminded(user, &[at(60); 10]).await;
    }
    app.clock().set(at(3600));

    let dispatcher = Dispatcher::start(app.app());
    all_fire(&app).await;
    dispatcher.stop().await;

    let events: i64 = sqlx::query_scalar("SELECT count(*) FROM events WHERE type = $1")
        .bind(EventType::ReminderDue.as_str())
        .fetch_one(&app.database().pool())
        .await
        .unwrap();
    assert_eq!(events, 700);
    app.verify_log().await;
}

/// What a dispatcher in a process of its own is made with.
fn apart(app: &TestApp) -> App {
    App {
        database: app.database().open(2),
        ..app.app()
    }
}

#[tokio::test]
async fn dispatcher_outlives_a_database_that_goes_away_and_comes_back() {
    let app = TestApp::start().await;
    let canary = Canary::of(&app).await;
    let task = app.create_reminded(UserId::LOCAL, &[at(60)]).await;
    let dispatcher = Dispatcher::start(apart(&app));
    canary.looked().await;

    app.database().go_away().await;
    app.clock().set(at(61));
    app.database().come_back().await;
    // What waits after a failure waits by this clock.
    eventually_in_time(&app, "it fires late", async || state(&app, &task).await == "fired").await;

    dispatcher.stop().await;
    app.reconnect().await;
    assert_eq!(fired(&app, UserId::LOCAL).await.len(), 1);
    app.verify_log().await;
}

#[tokio::test]
async fn dispatcher_outlives_the_loss_of_its_connections() {
    let app = TestApp::start().await;
    let mut tasks = Vec::new();
    for minutes in 1..=5 {
        tasks.push(app.create_reminded(UserId::LOCAL, &[at(minutes * 60)]).await);
    }
    let dispatcher = Dispatcher::start(apart(&app));
    for (task, minutes) in tasks.iter().zip(1..) {
        app.database().drop_connections().await;
        app.clock().set(at(minutes * 60));
        eventually_in_time(&app, "it fires", async || state(&app, task).await == "fired").await;
    }
    dispatcher.stop().await;
    app.reconnect().await;
    assert_eq!(fired(&app, UserId::LOCAL).await.len(), 5);
    app.verify_log().await;
}

/// Such data is nobody's doing but damage's: completing and deleting cancel reminders.
#[tokio::test]
async fn reminder_of_a_task_that_is_done_or_gone_is_cancelled_with_an_event() {
    for broken in [
        "UPDATE tasks SET completed_at = created_at",
        "UPDATE tasks SET deleted_at = created_at",
    ] {
        let app = TestApp::start().await;
        let task = app.create_reminded(UserId::LOCAL, &[at(60)]).await;
        sqlx::query(broken).execute(&app.database().pool()).await.unwrap();
        let dispatcher = Dispatcher::start(app.app());

        app.clock().set(at(60));
        all_fire(&app).await;

        dispatcher.stop().await;
        assert_eq!(state(&app, &task).await, "cancelled", "{broken}");
        assert_eq!(
            app.kinds().await,
            ["todo.task.created", "todo.task.updated"],
            "{broken}"
        );
        let updated = app.latest(EventType::TaskUpdated).await.event;
        let data: serde_json::Value = serde_json::from_str(&updated.data).unwrap();
        assert_eq!(data["changed"], serde_json::json!(["reminders"]));
        assert_eq!(data["task"]["reminders"][0]["state"], "cancelled");
        assert_eq!((updated.version, &data["task"]["version"]), (2, &serde_json::json!(2)));
        app.verify_log().await;
    }
}

#[tokio::test]
async fn task_that_cannot_be_read_keeps_neither_its_user_nor_others_waiting() {
    for damage in ["UPDATE tasks SET time_zone = 'Mars/Base' WHERE id = $1", TOO_LATE] {
        task_that_cannot_be_read_by(damage).await;
    }
}

/// What JSON writes with five digits is no instant to anybody else.
const TOO_LATE: &str = "UPDATE reminders SET at = '10000-01-01Z' WHERE task_id = $1";

async fn task_that_cannot_be_read_by(damage: &'static str) {
    let app = TestApp::start().await;
    let damaged = app.create_reminded(SOMEBODY_ELSE, &[at(60)]).await;
    app.create_reminded(SOMEBODY_ELSE, &[at(60)]).await;
    app.create_reminded(UserId::LOCAL, &[at(60)]).await;
    sqlx::query(damage)
        .bind(damaged.id.0)
        .execute(&app.database().pool())
        .await
        .expect("the test damages its own");
    app.clock().set(at(3600));

    let dispatcher = Dispatcher::start(app.app());
    eventually_in_time(&app, "the others fire", async || {
        fired(&app, UserId::LOCAL).await.len() == 1 && fired(&app, SOMEBODY_ELSE).await.len() == 1
    })
    .await;
    // One that comes later is not kept waiting either.
    app.create_reminded(SOMEBODY_ELSE, &[at(3601)]).await;
    app.clock().set(at(3601));
    eventually_in_time(&app, "the later one fires", async || {
        fired(&app, SOMEBODY_ELSE).await.len() == 2
    })
    .await;
    dispatcher.stop().await;
    assert_eq!(state(&app, &damaged).await, "scheduled", "{damage}");
}
