//! Ids of requests, media types, and what the router itself refuses.

use axum::{Router, routing::get};
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
    for accept in ["*/*", "text/html, application/json;q=0.1", "application/problem+json"] {
        assert_eq!(
            client().get_with("/thing/1", &[("accept", accept)]).await.status,
            200,
            "{accept}"
        );
    }
}
