//! `GET /v1/tasks/{id}` and `GET /v1/tasks/{id}/events` against a real database.

mod history;
mod task;

use testing::{Client, TestApp};

async fn start() -> (TestApp, Client) {
    let app = TestApp::start().await;
    let functions = [create_task::function, complete_task::function, get_task::function];
    let client = app.serve_all(functions.map(|function| function(app.app())));
    (app, client)
}

/// Ids that lead nowhere: unknown, no ids at all, and somebody else's.
async fn ids_of_nothing(app: &TestApp) -> Vec<String> {
    let foreign = app.create_for(testing::SOMEBODY_ELSE, "theirs").await;
    let texts = [
        "00000000-0000-0000-0000-000000000000",
        "x",
        "..%2F",
        "%00",
        "%ff",
        "1e3",
        "'--",
    ];
    let mut ids: Vec<_> = texts.map(str::to_owned).to_vec();
    ids.push(foreign.id.to_string());
    ids
}
