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
    let told = tokio::spawn(async move { reading.next().await });
    let other = App {
        nudge: Nudge::default(),
        ..app.app()
    };
    let client = app.serve_all([create_task::function(other)]);
    create(&client, "one").await;
    eventually("the stream tells of it", async || {
        app.clock().advance(App::SHARED);
        told.is_finished()
    })
    .await;
    assert_eq!(told.await.unwrap().unwrap().title(), "one");
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
