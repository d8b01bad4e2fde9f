//! Tokens as issuers make them, and as attackers do.

mod attacks;
mod claims;
mod development;
mod keys;
mod peers;

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use domain::UserId;
use serde_json::{Value, json};
use tokens::{DevelopmentKey, Expected, KeySet, Refusal, Verified};

const ISSUER: &str = "https://issuer.example";
const AUDIENCE: &str = "https://dormouse.example";
/// 2026-11-23T08:00:00Z.
const NOW: i64 = 1_795_420_800;

/// The issuer's key.
static KEY: LazyLock<DevelopmentKey> = LazyLock::new(|| DevelopmentKey::generate().expect("there is randomness"));

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).expect("it is a moment")
}

fn expected() -> Expected {
    Expected {
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
    }
}

fn keys() -> KeySet {
    KeySet::parse(KEY.to_key_set_json().as_bytes()).expect("it is a key set")
}

fn header() -> Value {
    json!({"alg": "EdDSA", "typ": "JWT", "kid": KEY.kid()})
}

fn claims() -> Value {
    json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "iat": NOW, "exp": NOW + 900})
}

fn alice() -> UserId {
    UserId::of_subject(ISSUER, "alice")
}

/// `object` with a member set, or taken out where it is null.
fn with(mut object: Value, name: &str, value: Value) -> Value {
    match value {
        Value::Null => drop(object.as_object_mut().expect("it is an object").remove(name)),
        value => object[name] = value,
    }
    object
}

fn signed(header: &Value, claims: &Value) -> String {
    KEY.sign(&header.to_string(), &claims.to_string())
}

fn verify_with(keys: &KeySet, token: &str) -> Result<UserId, Refusal> {
    expected().read(token, now())?.verify(keys, &Verified::default())
}

fn verify(token: &str) -> Result<UserId, Refusal> {
    verify_with(&keys(), token)
}
