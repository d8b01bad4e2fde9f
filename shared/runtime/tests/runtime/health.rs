//! Probes.

use axum::{Router, routing::get};
use runtime::{
    CancellationToken,
    http::{health, layers},
    identity::Authentication,
};
use storage::{Database, PgConnectOptions, Pooler};
use testing::{Client, database};

fn probes(database: Database, stop: &CancellationToken) -> Client {
    Client::new(Router::new().merge(health::router(Some(database), stop.clone())))
}

#[tokio::test]
async fn function_is_ready_until_it_is_told_to_stop() {
    let database = database().await;
    let stop = CancellationToken::new();
    let probes = probes(database.open(1), &stop);
    assert_eq!(probes.get("/readyz").await.status, 200);
    stop.cancel();
    assert_eq!(probes.get("/readyz").await.status, 503);
    assert_eq!(probes.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn function_without_its_database_is_alive_but_not_ready() {
    let nowhere: PgConnectOptions = "postgres://nobody@127.0.0.1:1/none".parse().unwrap();
    let probes = probes(Database::lazy(nowhere, 1, Pooler::None), &CancellationToken::new());
    assert_eq!(probes.get("/healthz").await.status, 200);
    assert_eq!(probes.get("/readyz").await.status, 503);
}

#[tokio::test]
async fn function_on_a_database_that_was_never_migrated_is_not_ready() {
    let database = database().await;
    let bare = Database::lazy(database.options().database("template1"), 1, Pooler::None);
    assert_eq!(probes(bare, &CancellationToken::new()).get("/readyz").await.status, 503);
}

#[tokio::test]
async fn probes_have_ids_and_problems_too() {
    let database = database().await;
    let probes = probes(database.open(1), &CancellationToken::new());
    for path in ["/healthz", "/readyz"] {
        let reply = probes.get_with(path, &[("x-request-id", "p-1")]).await;
        assert_eq!(reply.header("x-request-id"), "p-1");
        let reply = probes.command(path, &[]).await;
        assert_eq!((reply.status.as_u16(), reply.problem()), (405, "method-not-allowed"));
        assert!(reply.headers.contains_key("x-request-id"));
    }
}

#[tokio::test]
async fn what_is_neither_a_route_nor_a_probe_is_refused_as_ever() {
    let database = database().await;
    let routes = Router::new().route("/thing", get(async || "fine"));
    let router = layers::surround(routes, Authentication::LocalUser);
    let client = Client::new(router.merge(health::router(Some(database.open(1)), CancellationToken::new())));
    let reply = client.get("/nothing").await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (404, "not-found"));
    assert!(reply.headers.contains_key("x-request-id"));
    let reply = client.command("/thing", &[]).await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (405, "method-not-allowed"));
    assert_eq!(reply.header("allow"), "GET,HEAD");
}
