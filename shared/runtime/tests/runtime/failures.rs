//! Failures of ours: a problem that says nothing of why, and never a lost connection.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    routing::get,
};
use http::{Request, StatusCode};
use hyper::body::Frame;
use runtime::App;
use storage::{Database, PgConnectOptions, Pooler};
use testing::{TaskBody, TestApp};

use crate::surrounded;

#[expect(clippy::panic, reason = "this is what a defect does")]
async fn panicking() -> StatusCode {
    panic!("secret text of Ann's note");
}

fn away() -> Database {
    let nowhere: PgConnectOptions = "postgres://nobody@127.0.0.1:1/none".parse().expect("it is a URL");
    Database::lazy(nowhere, 1, Pooler::None)
}

#[tokio::test]
async fn panic_is_answered_as_a_problem_without_its_text() {
    let client = surrounded(Router::new().route("/", get(panicking)));
    let reply = client.get_with("/", &[("x-request-id", "r-1")]).await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (500, "internal"));
    assert!(!String::from_utf8_lossy(&reply.body).contains("secret"));
    assert_eq!(reply.header("x-request-id"), "r-1");
    // It serves on.
    assert_eq!(client.get("/").await.status, 500);
}

#[tokio::test]
async fn panic_at_an_event_is_tried_again() {
    let app = TestApp::start().await;
    let kind = events::EventType::TaskCompleted;
    let function = runtime::Function::reaction("panicking", kind, app.app(), async |_, _, _: serde_json::Value| {
        panicking().await;
        Ok(())
    });
    let event = testing::event(kind, domain::UserId::LOCAL, "x");
    let reply = testing::Client::of_reaction(&function).post_event(&event).await;
    assert_eq!(reply.status, 503);
    assert!(!String::from_utf8_lossy(&reply.body).contains("secret"));
}

/// A body that ends before it is whole.
struct Broken;

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<std::io::Result<Frame<Bytes>>>> {
        Poll::Ready(Some(Err(std::io::ErrorKind::UnexpectedEof.into())))
    }
}

#[tokio::test]
async fn event_that_does_not_arrive_whole_is_tried_again() {
    let app = TestApp::start().await;
    let client = testing::Client::of_reaction(&on_task_completed::function(app.app()));
    let request = Request::post("/").header("content-type", "application/cloudevents+json");
    let reply = client.send(request.body(Body::new(Broken)).unwrap()).await;
    assert_eq!(reply.status, 503);
}

#[tokio::test]
async fn database_that_is_away_is_told_with_when_to_come_back() {
    let app = TestApp::start().await;
    let lost = App {
        database: away(),
        ..app.app()
    };
    let client = app.serve(create_task::function(lost));
    let reply = client.post("/v1/tasks", TaskBody::titled("x")).await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (503, "unavailable"));
    assert_eq!(reply.header("retry-after"), "1");
    assert!(!String::from_utf8_lossy(&reply.body).contains("127.0.0.1"));
}

#[tokio::test]
async fn database_that_was_never_migrated_is_a_failure_without_its_text() {
    let app = TestApp::start().await;
    let bare = App {
        database: Database::lazy(app.database().options().database("template1"), 1, Pooler::None),
        ..app.app()
    };
    let reply = app
        .serve(create_task::function(bare))
        .post("/v1/tasks", TaskBody::titled("x"))
        .await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (500, "internal"));
    assert!(!String::from_utf8_lossy(&reply.body).contains("log_heads"));
}

#[tokio::test]
async fn head_that_somebody_holds_for_too_long_is_told_as_busy() {
    let app = TestApp::start().await;
    let pool = app.database().pool();
    // Less than the five seconds of every installation, for those who connect from now on.
    sqlx::raw_sql("DO $$ BEGIN EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET lock_timeout = ''50ms''', current_database()); END $$")
        .execute(&pool)
        .await
        .unwrap();
    let client = app.serve_all([create_task::function(app.app()), complete_task::function(app.app())]);
    let task = client.post("/v1/tasks", TaskBody::titled("x")).await;
    let mut holder = pool.begin().await.unwrap();
    sqlx::query("SELECT FROM log_heads FOR UPDATE")
        .execute(&mut *holder)
        .await
        .unwrap();

    for reply in [
        client.post("/v1/tasks", TaskBody::titled("y")).await,
        client
            .command(&format!("{}/complete", task.header("location")), &[])
            .await,
    ] {
        assert_eq!((reply.status.as_u16(), reply.problem()), (503, "unavailable"));
    }
    holder.rollback().await.unwrap();
    assert_eq!(client.post("/v1/tasks", TaskBody::titled("y")).await.status, 201);
    app.verify_log().await;
}
