//! When reminders fire: at their moment, and not before.

use chrono::{DateTime, TimeDelta, Utc};
use domain::UserId;
use runtime::{App, Nudge};
use testing::{TestApp, eventually};

use crate::support::{Canary, Dispatcher, all_fire, at, eventually_in_time, fired, state};

/// Sets the clock to shortly before `moment`, then moves it on by single milliseconds until the reminder has fired;
/// answers when that was.
async fn fires_at(moment: DateTime<Utc>, database_ahead_by: TimeDelta) -> DateTime<Utc> {
    let app = TestApp::start().await;
    app.clock().set_database_ahead_by(database_ahead_by);
    let canary = Canary::of(&app).await;
    let task = app.create_reminded(UserId::LOCAL, &[moment]).await;
    let dispatcher = Dispatcher::start(app.app());

    app.clock().set(at(60) - TimeDelta::milliseconds(4));
    canary.looked().await;
    while state(&app, &task).await == "scheduled" {
        assert!(app.now() < moment + TimeDelta::milliseconds(20), "it is missing");
        app.clock().advance(TimeDelta::milliseconds(1));
        canary.looked().await;
    }

    dispatcher.stop().await;
    let events = fired(&app, UserId::LOCAL).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].event.time, app.now());
    app.verify_log().await;
    app.now()
}

#[tokio::test]
async fn reminder_fires_to_the_millisecond_where_clocks_agree() {
    assert_eq!(fires_at(at(60), TimeDelta::zero()).await, at(60));
}

#[tokio::test]
async fn reminder_between_two_milliseconds_is_not_early() {
    let moment = at(60) + TimeDelta::microseconds(1);
    assert_eq!(
        fires_at(moment, TimeDelta::zero()).await,
        at(60) + TimeDelta::milliseconds(1)
    );
}

#[tokio::test]
async fn reminder_waits_for_a_database_whose_clock_is_behind() {
    let behind = TimeDelta::milliseconds(3);
    assert_eq!(fires_at(at(60), -behind).await, at(60) + behind);
}

#[tokio::test]
async fn reminder_is_not_early_because_the_database_is_ahead() {
    assert_eq!(fires_at(at(60), TimeDelta::milliseconds(3)).await, at(60));
}

#[tokio::test]
async fn dispatcher_wakes_for_a_database_that_is_far_behind_without_being_asked() {
    let app = TestApp::start().await;
    app.clock().set_database_ahead_by(TimeDelta::seconds(-2));
    app.create_reminded(UserId::LOCAL, &[at(60)]).await;
    let dispatcher = Dispatcher::start(app.app());

    app.clock().set(at(62));
    all_fire(&app).await;

    dispatcher.stop().await;
    assert_eq!(fired(&app, UserId::LOCAL).await[0].event.time, at(62));
}

#[tokio::test]
async fn commit_in_the_same_process_wakes_the_dispatcher_for_a_nearer_reminder() {
    let app = TestApp::start().await;
    let canary = Canary::of(&app).await;
    app.create_reminded(UserId::LOCAL, &[at(7200)]).await;
    let dispatcher = Dispatcher::start(App {
        look_again: TimeDelta::hours(1),
        ..app.app()
    });
    canary.looked().await;

    let nearer = app.create_reminded(UserId::LOCAL, &[at(1)]).await;
    app.app().nudge.reminders_changed();
    app.clock().set(at(1));
    eventually("the nearer one fires", async || state(&app, &nearer).await == "fired").await;

    dispatcher.stop().await;
    assert_eq!(fired(&app, UserId::LOCAL).await.len(), 1);
}

#[tokio::test]
async fn nearer_reminders_of_another_process_are_found_by_looking_again() {
    let app = TestApp::start().await;
    app.create_reminded(UserId::LOCAL, &[at(86_400)]).await;
    let dispatcher = Dispatcher::start(App {
        nudge: Nudge::default(),
        ..app.app()
    });
    // The first of them the dispatcher may find as it starts.
    for _ in 0..10 {
        let nearer = app.create_reminded(UserId::LOCAL, &[app.now() + App::SHARED]).await;
        eventually_in_time(&app, "the nearer one fires", async || {
            state(&app, &nearer).await == "fired"
        })
        .await;
    }
    dispatcher.stop().await;
    assert_eq!(fired(&app, UserId::LOCAL).await.len(), 10);
}
