//! Who is asking, told by tokens.

mod file;
mod issuer;
mod log;
mod requests;
mod url;

use std::sync::Arc;

use axum::{Router, routing::get};
use runtime::{
    Caller, Clock, TestClock,
    http::layers,
    identity::{Authentication, KeySource, Tokens},
};
use serde_json::{Value, json};
use testing::{Client, TestApp, instant, issuer::expected};
use tokens::DevelopmentKey;

/// Answers who is asking.
async fn whoami(caller: Caller) -> String {
    caller.user.to_string()
}

/// A client of a route that users by tokens may call.
fn client_by(authentication: Authentication) -> Client {
    let routes = Router::new().route("/whoami", get(whoami));
    Client::new(layers::surround(routes, authentication))
}

fn client(source: KeySource, clock: Clock) -> Client {
    client_by(Authentication::By(Arc::new(Tokens::new(source, expected(), clock))))
}

fn clock() -> Arc<TestClock> {
    TestClock::at(instant(TestApp::START))
}

fn new_key() -> DevelopmentKey {
    DevelopmentKey::generate().expect("there is randomness")
}

/// The document of an issuer that has these keys.
fn document(keys: &[&DevelopmentKey]) -> String {
    let key = |key: &&DevelopmentKey| -> Value {
        let document: Value = serde_json::from_str(&key.to_key_set_json()).expect("it is JSON");
        document["keys"][0].clone()
    };
    json!({"keys": keys.iter().map(key).collect::<Vec<_>>()}).to_string()
}

/// A token of Alice's, signed with `key`.
fn token(key: &DevelopmentKey) -> String {
    token_with(key, &key.kid())
}

/// The same with another key's id.
fn token_with(key: &DevelopmentKey, kid: &str) -> String {
    let header = json!({"alg": "EdDSA", "kid": kid});
    let expected = expected();
    let claims = json!({"iss": expected.issuer, "aud": expected.audience, "sub": "alice", "exp": 4_102_444_800_i64});
    key.sign(&header.to_string(), &claims.to_string())
}

/// The status with which a token is answered.
async fn ask(client: &Client, token: &str) -> u16 {
    let reply = client.clone().bearing(token).get("/whoami").await;
    reply.status.as_u16()
}
