//! Ids of requests, media types, and what the router itself refuses.

use axum::{
    Router,
    routing::{get, post},
};
use runtime::input::{Bodiless, PathId};
use testing::{Client, Reply};

use crate::surrounded;

fn client() -> Client {
    surrounded(Router::new().route("/thing/{id}", get(async || "fine")))
}

async fn with_id(id: &str) -> Reply {
    client().get_with("/thing/1", &[("x-request-id", id)]).await
}

#[tokio::test]
async fn id_that_the_client_gave_comes_back() {
    let longest = "x".repeat(64);
    for id in ["7", "A-b_c.9", &longest] {
        assert_eq!(with_id(id).await.header("x-request-id"), id);
    }
}

#[tokio::test]
async fn request_without_an_id_fit_for_a_log_is_given_one() {
    let long = "x".repeat(65);
    for id in ["", &long, "a b", "a\"b", "a;b", "\u{e9}"] {
        let reply = with_id(id).await;
        let made = reply.header("x-request-id");
        assert_ne!(made, id);
        assert_eq!(made.len(), 36, "{made}");
    }
    let (one, other) = (client().get("/thing/1").await, client().get("/thing/1").await);
    assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
}

#[tokio::test]
async fn what_the_router_refuses_is_a_problem_too() {
    let reply = client().get("/").await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (404, "not-found"));
    assert!(reply.headers.contains_key("x-request-id"));
    let reply = client().post("/thing/1", serde_json::json!({})).await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (405, "method-not-allowed"));
    assert_eq!(reply.header("allow"), "GET,HEAD");
}

#[tokio::test]
async fn client_that_takes_nothing_made_here_is_told_what_there_is() {
    let reply = client()
        .get_with("/thing/1", &[("accept", "text/html, application/json;q=0")])
        .await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (406, "not-acceptable"));
    for accept in [
        "",
        " , ",
        "*/*",
        "text/html, application/json;q=0.1",
        "application/problem+json",
    ] {
        assert_eq!(
            client().get_with("/thing/1", &[("accept", accept)]).await.status,
            200,
            "{accept}"
        );
    }
}

#[tokio::test]
async fn thing_has_one_path() {
    let id = "0193aaaa-bbbb-7ccc-8ddd-eeeeffff0000";
    let routes = Router::new().route("/thing/{id}/part", get(async |PathId(_): PathId| "found"));
    let client = surrounded(routes);
    let status = async |path: String| client.get(&path).await.status.as_u16();
    assert_eq!(status(format!("/thing/{id}/part")).await, 200);
    assert_eq!(status(format!("/thing/{id}/part?x=y")).await, 200);
    for other in [
        format!("/thing/{}/part", id.to_uppercase()),
        format!("/thing/{}/part", id.replace('-', "")),
        format!("/thing/urn:uuid:{id}/part"),
        format!("/thing/%7B{id}%7D/part"),
        format!("/thing/{}/part", id.replace('a', "%61")),
        format!("/thing/{id}/p%61rt"),
        format!("/thing/{id}/part/"),
        format!("/thing//{id}/part"),
        format!("//thing/{id}/part"),
        format!("/thing/{id}/../{id}/part"),
    ] {
        assert_eq!(status(other.clone()).await, 404, "{other}");
    }
}

#[tokio::test]
async fn command_takes_no_query() {
    let routes = Router::new().route("/thing", post(async |_: Bodiless| "done"));
    let client = surrounded(routes);
    assert_eq!(client.command("/thing?", &[]).await.status, 200);
    let reply = client.command("/thing?dry_run=true", &[]).await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (400, "malformed-request"));
    assert_eq!(reply.faults(), ["dry_run"]);
}
