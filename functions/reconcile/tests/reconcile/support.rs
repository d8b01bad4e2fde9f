//! Broken data, and repairing it.

use chrono::TimeDelta;
use domain::UserId;
use serde_json::Value;
use testing::{Client, TestApp};

/// An installation where nothing but requests is handled: no dispatcher, no delivery.
pub(crate) async fn start() -> (TestApp, Client) {
    let app = TestApp::start().await;
    let client = client_of(&app, UserId::LOCAL);
    (app, client)
}

pub(crate) fn client_of(app: &TestApp, user: UserId) -> Client {
    let functions = [
        create_task::function,
        complete_task::function,
        get_task::function,
        list_tasks::function,
        notifications::function,
    ];
    app.serve_as(user, functions.map(|function| function(app.app())))
}

pub(crate) async fn reconcile(app: &TestApp) {
    reconcile::run(&app.app()).await.expect("the database is there");
}

/// Reconciles where something cannot be repaired now; answers what it says.
pub(crate) async fn reconcile_in_vain(app: &TestApp) -> String {
    let result = reconcile::run(&app.app()).await;
    result.expect_err("something cannot be repaired").to_string()
}

/// Reconciles twice at once, as two processes that woke together do.
pub(crate) async fn reconcile_twice_at_once(app: &TestApp) {
    let apps = (app.app(), app.app());
    let (one, other) = tokio::join!(reconcile::run(&apps.0), reconcile::run(&apps.1));
    one.expect("the database is there");
    other.expect("the database is there");
}

/// Asserts that there is nothing left to repair, however much later.
pub(crate) async fn nothing_more_to_repair(app: &TestApp) {
    let kinds = app.kinds().await;
    reconcile(app).await;
    app.clock().advance(TimeDelta::hours(1));
    reconcile(app).await;
    assert_eq!(app.kinds().await, kinds);
    app.verify_log().await;
}

pub(crate) async fn items(client: &Client, path: &str) -> Vec<Value> {
    let reply = client.get(path).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let items = reply.json["items"].as_array().expect("a list has items");
    items.clone()
}

pub(crate) async fn break_by(app: &TestApp, sql: &'static str) {
    let broken = sqlx::query(sql).execute(&app.database().pool()).await;
    assert!(broken.expect("the test writes SQL").rows_affected() > 0, "{sql}");
}

pub(crate) async fn count(app: &TestApp, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql)
        .fetch_one(&app.database().pool())
        .await
        .expect("the database is there")
}
