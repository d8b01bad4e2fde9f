//! Several dispatchers on one database, and users whose logs somebody else holds.

use chrono::TimeDelta;
use domain::UserId;
use events::EventType;
use runtime::{App, Nudge};
use storage::{Database, Pooler};
use testing::{TestApp, eventually};
use uuid::Uuid;

use crate::support::{Dispatcher, all_fire, at, eventually_in_time, fired, scheduled, state};

fn user(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

/// What another process would make its dispatcher with, save that it would wait for ever for what is held.
fn replica(app: &TestApp) -> App {
    let patient = app
        .database()
        .options()
        .options([("lock_timeout", "0"), ("statement_timeout", "0")]);
    App {
        // As many connections as a function in a container has.
        database: Database::lazy(patient, 2, Pooler::None),
        nudge: Nudge::default(),
        ..app.app()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_replicas_fire_each_reminder_exactly_once() {
    let app = TestApp::start().await;
    for number in 1..=100 {
        app.create_reminded(user(number), &[at(60), at(60), at(61), at(62), at(63)])
            .await;
    }
    let replicas = [(); 3].map(|()| Dispatcher::start(replica(&app)));

    for seconds in 60..=63 {
        app.clock().set(at(seconds));
    }
    eventually_in_time(&app, "all fire", async || scheduled(&app).await == 0).await;

    for replica in replicas {
        replica.stop().await;
    }
    let counts: (i64, i64) =
        sqlx::query_as("SELECT count(*), count(DISTINCT data->>'reminder_id') FROM events WHERE type = $1")
            .bind(EventType::ReminderDue.as_str())
            .fetch_one(&app.database().pool())
            .await
            .unwrap();
    assert_eq!(counts, (500, 500));
    app.verify_log().await;
}

#[tokio::test]
async fn held_user_delays_nobody_else_and_fires_once_released() {
    let app = TestApp::start().await;
    let (held, free) = (user(1), user(2));
    let waits = app.create_reminded(held, &[at(60)]).await;
    let goes_on = app.create_reminded(free, &[at(60)]).await;
    let holder = app.hold(&[held]).await;
    let dispatcher = Dispatcher::start(replica(&app));

    app.clock().set(at(60));
    eventually("the free one fires", async || state(&app, &goes_on).await == "fired").await;
    assert_eq!(state(&app, &waits).await, "scheduled");
    holder.rollback().await.unwrap();
    // The clock stands still: it is the release that lets it go on.
    all_fire(&app).await;

    dispatcher.stop().await;
    assert_eq!(fired(&app, held).await.len(), 1);
    app.verify_log().await;
}

#[tokio::test]
async fn more_held_users_than_connections_delay_nobody_else() {
    let app = TestApp::start().await;
    let held: Vec<_> = (1..=5).map(user).collect();
    for user in &held {
        app.create_reminded(*user, &[at(60)]).await;
    }
    let holder = app.hold(&held).await;
    let dispatcher = Dispatcher::start(replica(&app));
    app.clock().set(at(60));

    for number in 6..=10 {
        let moment = app.now() + TimeDelta::seconds(1);
        let task = app.create_reminded(user(number), &[moment]).await;
        app.clock().set(moment);
        eventually_in_time(&app, "a free one fires", async || state(&app, &task).await == "fired").await;
    }
    assert_eq!(scheduled(&app).await, 5);
    holder.rollback().await.unwrap();
    eventually_in_time(&app, "the held ones fire", async || scheduled(&app).await == 0).await;

    dispatcher.stop().await;
    for user in held {
        assert_eq!(fired(&app, user).await.len(), 1);
    }
    app.verify_log().await;
}
