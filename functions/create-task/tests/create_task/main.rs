//! `POST /v1/tasks` against a real database.

mod answers;

use create_task::function;
use testing::{Client, TestApp};

async fn start() -> (TestApp, Client) {
    let app = TestApp::start().await;
    let client = app.serve(function(app.app()));
    (app, client)
}
