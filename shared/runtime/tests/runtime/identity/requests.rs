//! Requests with a token, without one, and with what is none.

use axum::body::Body;
use http::Request;
use runtime::identity::Authentication;
use serde_json::json;
use testing::{
    Client, Reply, TestApp, instant,
    issuer::{self, AUDIENCE, ISSUER},
};

use super::{client_by, clock, log::Log};

fn client() -> Client {
    client_by(issuer::authentication(clock().clock()))
}

async fn with_headers(headers: &[&str]) -> Reply {
    let headers: Vec<_> = headers.iter().map(|value| ("authorization", *value)).collect();
    client().get_with("/whoami", &headers).await
}

/// Asserts that it is refused, and how.
fn assert_refused(reply: &Reply, challenge: &str) {
    assert_eq!((reply.status.as_u16(), reply.problem()), (401, "unauthenticated"));
    assert_eq!(reply.header("www-authenticate"), challenge);
    assert!(reply.headers.contains_key("x-request-id"));
}

fn invalid(why: &str) -> String {
    format!(r#"Bearer error="invalid_token", error_description="{why}""#)
}

#[tokio::test]
async fn user_is_the_one_whom_the_token_names() {
    let token = issuer::token("alice");
    for scheme in ["Bearer", "bearer", "BEARER", "Bearer  "] {
        let reply = with_headers(&[&format!("{scheme} {token}")]).await;
        assert_eq!(reply.status, 200, "{scheme}");
        assert_eq!(reply.body, issuer::user("alice").to_string());
    }
}

#[tokio::test]
async fn request_without_a_token_is_told_to_bring_one() {
    let token = issuer::token("alice");
    assert_refused(&with_headers(&[]).await, "Bearer");
    for value in [
        "",
        "Bearer",
        "Bearer ",
        "Basic YWxpY2U6eA==",
        "DPoP x",
        &token,
        &format!("Bearer{token}"),
    ] {
        assert_refused(&with_headers(&[value]).await, "Bearer");
    }
}

#[tokio::test]
async fn token_elsewhere_than_in_the_header_is_not_taken() {
    let token = issuer::token("alice");
    let path = format!("/whoami?access_token={token}");
    assert_refused(&client().get(&path).await, "Bearer");
    let cookie = format!("access_token={token}");
    assert_refused(&client().get_with("/whoami", &[("cookie", &cookie)]).await, "Bearer");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let reply = client().post_raw("/whoami", &form, cookie).await;
    assert_refused(&reply, "Bearer");
}

#[tokio::test]
async fn of_two_headers_nobody_knows_which_is_meant() {
    let bearer = format!("Bearer {}", issuer::token("alice"));
    for other in [&bearer, "Bearer x", "Basic x", ""] {
        for headers in [[&bearer, other], [other, &bearer]] {
            let challenge = invalid("there is more than one header Authorization");
            assert_refused(&with_headers(&headers).await, &challenge);
        }
    }
    let bytes = Request::get("/whoami").header("authorization", &b"Bearer \xff"[..]);
    assert_refused(&client().send(bytes.body(Body::empty()).unwrap()).await, "Bearer");
}

#[tokio::test]
async fn token_that_is_refused_is_told_why() {
    let now = instant(TestApp::START);
    let header = json!({"alg": "EdDSA", "kid": issuer::key().kid()});
    let claims = json!({"iss": ISSUER, "aud": "other", "sub": "alice", "exp": now.timestamp() + 60});
    let foreign = issuer::key().sign(&header.to_string(), &claims.to_string());
    let none = issuer::key().sign(r#"{"alg":"none"}"#, &claims.to_string());
    let good = super::token(issuer::key());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{signed}.{other}{}", &signature[1..]);
    for (token, why) in [
        ("alice", "the token is no signed JWT in compact form"),
        (&none, "the token's algorithm is not one of the issuer's keys'"),
        (&foreign, "the token is for another audience"),
        (
            &issuer::token_until("alice", now - chrono::TimeDelta::minutes(1)),
            "the token has expired",
        ),
        (&forged, "the token's signature is wrong"),
        (&"x".repeat(9_000), "the token is longer than 8 KiB"),
        (
            &super::token(&super::new_key()),
            "the token is signed by a key that the issuer does not publish",
        ),
    ] {
        let reply = with_headers(&[&format!("Bearer {token}")]).await;
        assert_refused(&reply, &invalid(why));
        assert_eq!(reply.json["detail"], why);
    }
}

#[tokio::test]
async fn nobody_unknown_learns_which_paths_there_are() {
    let client = client();
    assert_refused(&client.get("/nothing").await, "Bearer");
    assert_refused(&client.command("/whoami", &[]).await, "Bearer");
    let known = client.bearing(&issuer::token("alice"));
    assert_eq!(known.get("/nothing").await.problem(), "not-found");
    assert_eq!(known.command("/whoami", &[]).await.problem(), "method-not-allowed");
}

#[tokio::test]
async fn without_authentication_everybody_is_the_local_user() {
    let client = client_by(Authentication::LocalUser);
    let reply = client.get_with("/whoami", &[("authorization", "Bearer x")]).await;
    assert_eq!(reply.body, domain::UserId::LOCAL.to_string());
}

#[tokio::test]
async fn log_and_answers_hold_nothing_of_a_token() {
    let log = Log::begin();
    let expired = issuer::token_until("alice", instant("2020-01-01T00:00:00Z"));
    for token in [issuer::token("alice"), expired] {
        let reply = with_headers(&[&format!("Bearer {token}")]).await;
        let said = format!("{}{reply:?}", log.text());
        for part in token.split('.').chain(["alice", AUDIENCE, ISSUER]) {
            assert!(!said.contains(part), "{part} in {said}");
        }
    }
    assert!(
        log.count("answered") == 2 && log.count("a token is refused") == 1,
        "{}",
        log.text()
    );
}
