//! The development key.

use chrono::TimeDelta;
use serde_json::Value;
use tokens::{DevelopmentKey, DevelopmentKeyError, Grant};

use crate::{AUDIENCE, ISSUER, KEY, alice, now, verify};

fn grant() -> Grant<'static> {
    Grant {
        issuer: ISSUER,
        audience: AUDIENCE,
        subject: "alice",
        issued_at: now(),
        expires_at: now() + TimeDelta::hours(1),
    }
}

#[test]
fn its_tokens_are_verified_by_its_document() {
    assert_eq!(verify(&KEY.token(&grant())), Ok(alice()));
}

#[test]
fn it_is_the_same_key_once_it_was_written_and_read() {
    let read = DevelopmentKey::from_private_json(&KEY.to_private_json()).unwrap();
    assert_eq!(read.to_key_set_json(), KEY.to_key_set_json());
    assert_eq!(verify(&read.token(&grant())), Ok(alice()));
}

#[test]
fn its_document_and_its_debug_form_hold_no_secret() {
    let private: Value = serde_json::from_str(&KEY.to_private_json()).unwrap();
    let secret = private["d"].as_str().unwrap();
    assert!(!KEY.to_key_set_json().contains(secret));
    assert!(!format!("{:?}", *KEY).contains(secret));
}

#[test]
fn thumbprint_is_that_of_the_rfc() {
    // RFC 8037 §A.1 and §A.3.
    let key = DevelopmentKey::from_private_json(
        r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
            "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    );
    assert_eq!(key.unwrap().kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn what_is_no_whole_key_pair_is_refused() {
    let other = DevelopmentKey::generate().unwrap().to_private_json();
    let mut mixed: Value = serde_json::from_str(&other).unwrap();
    let own: Value = serde_json::from_str(&KEY.to_private_json()).unwrap();
    mixed["x"] = own["x"].clone();
    for text in ["", "{}", "null", &KEY.to_key_set_json(), &mixed.to_string()] {
        let refused = DevelopmentKey::from_private_json(text).unwrap_err();
        assert_eq!(refused, DevelopmentKeyError::Malformed, "{text}");
    }
}
