//! Two `dormouse` on one database.

use std::collections::{BTreeMap, BTreeSet};

use journeys::{Api, ahead, assert_on_time};
use nix::sys::signal::Signal;
use serde_json::json;
use sqlx::migrate::Migrate;
use testing::eventually;

use crate::{
    events::{FlowDatabase, database},
    gateway::{everything_at, gateway},
    running::{Running, command},
    serving::{Dormouse, operate_on},
};

const TASKS: usize = 200;

/// Creates task `number` through `api`; its id and the moment of its reminder.
async fn create(api: &Api, number: usize) -> (String, String) {
    let moment = ahead(2_000);
    let body = json!({"title": format!("number {number}"), "remind_at": moment});
    let created = api.create(&body, &format!("key-{number}")).await.expect("it is served");
    assert_eq!(created.status, 201, "{created:?}");
    (created.id(), moment)
}

async fn each_is_notified_once(api: &Api, moments: &BTreeMap<String, String>) {
    let notifications = api.notified(moments.len()).await;
    assert_eq!(notifications.len(), moments.len());
    let tasks: BTreeSet<_> = notifications.iter().map(|n| n["task_id"].to_string()).collect();
    assert_eq!(tasks.len(), moments.len());
    for notification in &notifications {
        let task = notification["task_id"].as_str().expect("it is about a task");
        assert_on_time(notification, &moments[task]);
    }
}

#[tokio::test]
async fn two_share_a_database_and_notify_once() {
    let database = database().await;
    let pair = [
        Dormouse::on_database(database.url()).await,
        Dormouse::on_database(database.url()).await,
    ];
    share_and_notify_once([&pair[0].api, &pair[1].api], &database).await;
}

#[tokio::test]
async fn two_behind_gateways_share_a_database_and_notify_once() {
    let database = database().await;
    let (one, other) = (
        Dormouse::on_database(database.url()).await,
        Dormouse::on_database(database.url()).await,
    );
    let pair = [
        gateway(&everything_at(&one.api), None).await,
        gateway(&everything_at(&other.api), None).await,
    ];
    share_and_notify_once([&pair[0].api, &pair[1].api], &database).await;
}

async fn share_and_notify_once(pair: [&Api; 2], database: &FlowDatabase) {
    let mut moments = BTreeMap::new();
    for number in 0..TASKS {
        moments.extend([create(pair[number % 2], number).await]);
    }
    for api in pair {
        each_is_notified_once(api, &moments).await;
    }
    assert!(operate_on(database.url(), &["verify"]).starts_with("1 logs verified"));
    assert!(operate_on(database.url(), &["dead-letters", "list"]).starts_with("There are no"));
}

#[tokio::test]
async fn one_goes_on_when_the_other_is_killed() {
    let database = database().await;
    // The first one started hands the log on: it is the one to lose.
    let lost = Dormouse::on_database(database.url()).await;
    let left = Dormouse::on_database(database.url()).await;
    let mut moments = BTreeMap::new();
    for number in 0..TASKS / 2 {
        let api = if number % 2 == 0 { &lost.api } else { &left.api };
        moments.extend([create(api, number).await]);
    }
    // Some were notified by it, some reminders are on their way, some lie ahead.
    left.api.notified(1).await;
    lost.process.kill();
    for number in TASKS / 2..TASKS {
        moments.extend([create(&left.api, number).await]);
    }

    each_is_notified_once(&left.api, &moments).await;
    assert!(operate_on(database.url(), &["verify"]).starts_with("1 logs verified"));
    assert!(operate_on(database.url(), &["dead-letters", "list"]).starts_with("There are no"));
}

#[tokio::test]
async fn one_that_waits_for_the_others_migration_can_be_stopped() {
    let database = database().await;
    let mut migrating = database.pool().acquire().await.unwrap();
    migrating.lock().await.unwrap();
    let mut dormouse = Running::start(command("dormouse").env("DATABASE_URL", database.url()));
    let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    eventually("it waits", async || {
        let waiting: i64 = sqlx::query_scalar(waiting).fetch_one(&database.pool()).await.unwrap();
        waiting == 1
    })
    .await;

    dormouse.signal(Signal::SIGTERM);

    let status = dormouse.ended().await;
    assert!(status.success(), "{}", dormouse.errors.text());
}
