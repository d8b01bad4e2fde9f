//! `POST /v1/tasks` against a real database.

mod answers;
mod anything;
mod faults;
mod idempotency;
mod manners;
mod reminders;
mod unreadable;

use create_task::function;
use domain::UserId;
use testing::{Client, Reply, TaskBody, TestApp};
use tokio::task::JoinSet;

const PATH: &str = "/v1/tasks";

async fn start() -> (TestApp, Client) {
    let app = TestApp::start().await;
    let client = app.serve(function(app.app()));
    (app, client)
}

/// Sends the same request `count` times at once.
async fn at_once(client: &Client, count: usize, headers: &'static [(&str, &str)], body: TaskBody) -> Vec<Reply> {
    let mut requests = JoinSet::new();
    for _ in 0..count {
        let (client, body) = (client.clone(), body.clone());
        requests.spawn(async move { client.post_with(PATH, headers, body).await });
    }
    requests.join_all().await
}

async fn nothing_was_written(app: &TestApp) {
    assert_eq!(app.events(UserId::LOCAL).await, []);
    let tasks: i64 = sqlx::query_scalar("SELECT count(*) FROM tasks")
        .fetch_one(&app.database().pool())
        .await
        .expect("the database is there");
    assert_eq!(tasks, 0);
}
