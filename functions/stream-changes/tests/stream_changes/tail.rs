//! How streams learn of what is committed.

use runtime::{App, Nudge, http::layers};
use testing::{TestApp, eventually, issuer};
use tokio::task::JoinSet;

use crate::{
    create,
    reading::{Reading, router},
};

#[tokio::test]
async fn what_another_process_commits_is_found_out_by_asking() {
    let app = TestApp::start().await;
    let (router, _stop) = router(&app.app());
    let mut reading = Reading::begin(&router, &[]).await;
    reading.next().await.unwrap();
    assert_eq!(from_another_process(&app, reading, "one").await, "one");
}

#[tokio::test]
async fn stream_outlasts_an_outage_of_the_database() {
    let app = TestApp::start().await;
    let streaming = app.database().open(2);
    let (router, _stop) = router(&App {
        database: streaming,
        ..app.app()
    });
    create(&app.serve(create_task::function(app.app())), "one").await;
    let mut reading = Reading::begin(&router, &[]).await;
    reading.next().await.unwrap();
    assert_eq!(reading.next().await.unwrap().title(), "one");
    app.database().go_away().await;
    // The ends cannot be asked for now; that they were tried to be is no matter of how soon.
    for _ in 0..10 {
        app.clock().advance(App::SHARED);
        tokio::task::yield_now().await;
    }
    app.database().come_back().await;
    app.reconnect().await;
    assert_eq!(from_another_process(&app, reading, "two").await, "two");
}

/// The title that the stream tells once another process has created a task with it.
async fn from_another_process(app: &TestApp, mut reading: Reading, title: &str) -> String {
    let told = tokio::spawn(async move { reading.next().await });
    let other = App {
        nudge: Nudge::default(),
        ..app.app()
    };
    let client = app.serve_all([create_task::function(other)]);
    create(&client, title).await;
    eventually("the stream tells of it", async || {
        app.clock().advance(App::SHARED);
        told.is_finished()
    })
    .await;
    let told = told.await.expect("it does not panic").expect("the stream goes on");
    told.title().to_owned()
}

/// How many connections ask where logs end, all of which wait for a lock on the heads.
async fn asking(app: &TestApp) -> i64 {
    let waiting = "SELECT count(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%log_heads%'";
    let count = sqlx::query_scalar(waiting).fetch_one(&app.database().pool()).await;
    count.expect("the database is there")
}

#[tokio::test]
async fn however_many_streams_there_are_one_query_asks_for_all() {
    let app = TestApp::start().await;
    let routes = stream_changes::function(app.app()).api.expect("it has a route");
    let router = layers::surround(routes, issuer::authentication(app.app().clock));
    let mut idle = JoinSet::new();
    for user in 0..50 {
        let authorization = format!("Bearer {}", issuer::token(&format!("user-{user}")));
        let mut reading = Reading::begin(&router, &[("authorization", &authorization)]).await;
        reading.next().await.unwrap();
        idle.spawn(async move { reading.next().await });
    }
    // Not before each of them has read what there was.
    eventually("one query asks for all", async || is_alone(&app).await).await;
}

/// Whether the ends are asked for by one connection and no other, however often there is cause to.
async fn is_alone(app: &TestApp) -> bool {
    let mut lock = app.database().pool().begin().await.expect("the database is there");
    let locked = sqlx::query("LOCK TABLE log_heads").execute(&mut *lock).await;
    locked.expect("nobody holds it for long");
    eventually("the ends are asked for", async || {
        app.clock().advance(App::SHARED);
        asking(app).await > 0
    })
    .await;
    for _ in 0..50 {
        app.clock().advance(App::SHARED);
        if asking(app).await > 1 {
            return false;
        }
    }
    true
}
