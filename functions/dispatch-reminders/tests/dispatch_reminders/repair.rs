//! Firing what no dispatcher fired.

use chrono::TimeDelta;
use dispatch_reminders::fire_overdue;
use domain::UserId;
use testing::{SOMEBODY_ELSE, TestApp};

use crate::support::{at, fired, state};

#[tokio::test]
async fn held_user_is_left_to_the_next_run_and_the_others_are_repaired() {
    let app = TestApp::start().await;
    let waits = app.create_reminded(UserId::LOCAL, &[at(60)]).await;
    let goes_on = app.create_reminded(SOMEBODY_ELSE, &[at(60)]).await;
    app.clock().set(at(3600));

    let holder = app.hold(&[UserId::LOCAL]).await;
    assert_eq!(fire_overdue(&app.app(), app.now()).await.unwrap(), 1);
    assert_eq!(state(&app, &goes_on).await, "fired");
    assert_eq!(state(&app, &waits).await, "scheduled");

    holder.rollback().await.unwrap();
    assert_eq!(fire_overdue(&app.app(), app.now()).await.unwrap(), 1);
    assert_eq!(state(&app, &waits).await, "fired");
    app.verify_log().await;
}

#[tokio::test]
async fn task_that_cannot_be_read_keeps_no_other_from_being_repaired() {
    let app = TestApp::start().await;
    let damaged = app.create_reminded(SOMEBODY_ELSE, &[at(60)]).await;
    app.create_reminded(SOMEBODY_ELSE, &[at(60)]).await;
    app.create_reminded(UserId::LOCAL, &[at(60)]).await;
    sqlx::query("UPDATE tasks SET time_zone = 'Mars/Base' WHERE id = $1")
        .bind(damaged.id.0)
        .execute(&app.database().pool())
        .await
        .unwrap();
    app.clock().set(at(3600));

    assert_eq!(fire_overdue(&app.app(), app.now()).await.unwrap(), 2);

    assert_eq!(fired(&app, UserId::LOCAL).await.len(), 1);
    assert_eq!(fired(&app, SOMEBODY_ELSE).await.len(), 1);
    assert_eq!(state(&app, &damaged).await, "scheduled");
}

#[tokio::test]
async fn nothing_is_fired_before_the_databases_clock_has_reached_it() {
    let app = TestApp::start().await;
    let task = app.create_reminded(UserId::LOCAL, &[at(60)]).await;
    app.clock().set(at(3600));
    app.clock().set_database_ahead_by(TimeDelta::seconds(-3541));

    assert_eq!(fire_overdue(&app.app(), app.now()).await.unwrap(), 0);
    assert_eq!(state(&app, &task).await, "scheduled");

    app.clock().set_database_ahead_by(TimeDelta::seconds(-3540));
    assert_eq!(fire_overdue(&app.app(), app.now()).await.unwrap(), 1);
}
