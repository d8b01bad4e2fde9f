//! Which of an issuer's keys are used.

use serde_json::{Value, json};
use tokens::{KeySet, KeySetError, Refusal};

use crate::{KEY, alice, claims, header, signed, verify_with, with};

fn key() -> Value {
    let document: Value = serde_json::from_str(&KEY.to_key_set_json()).expect("it is JSON");
    document["keys"][0].clone()
}

fn set(keys: &[Value]) -> KeySet {
    KeySet::parse(json!({"keys": keys}).to_string().as_bytes()).expect("it is a key set")
}

fn is_used(key: Value) -> bool {
    let keys = set(&[key]);
    let is_used = keys.usable() == 1;
    assert_eq!(keys.unused().len(), usize::from(!is_used));
    let verified = verify_with(&keys, &signed(&header(), &claims()));
    assert_eq!(verified.is_ok(), is_used);
    is_used
}

#[test]
fn key_for_something_else_than_signatures_is_not_used() {
    assert!(is_used(key()));
    for usage in ["enc", "SIG", ""] {
        assert!(!is_used(with(key(), "use", usage.into())), "{usage}");
    }
    assert!(is_used(with(key(), "use", Value::Null)));
    assert!(is_used(with(key(), "key_ops", json!(["verify"]))));
    for operations in [
        json!([]),
        json!(["sign"]),
        json!(["encrypt", "wrapKey"]),
        json!("verify"),
    ] {
        assert!(!is_used(with(key(), "key_ops", operations.clone())), "{operations}");
    }
}

#[test]
fn key_whose_algorithm_does_not_fit_it_is_not_used() {
    for alg in ["ES256", "RS256", "HS256", "none", "eddsa", ""] {
        assert!(!is_used(with(key(), "alg", alg.into())), "{alg}");
    }
    for alg in [Value::Null, json!("EdDSA"), json!("Ed25519")] {
        assert!(is_used(with(key(), "alg", alg)));
    }
    for (name, value) in [
        ("crv", "X25519"),
        ("crv", "P-256"),
        ("kty", "EC"),
        ("kty", "oct"),
        ("x", "AA"),
    ] {
        assert!(!is_used(with(key(), name, value.into())), "{name} {value}");
    }
}

#[test]
fn key_that_was_published_with_its_secret_is_not_used() {
    let private: Value = serde_json::from_str(&KEY.to_private_json()).unwrap();
    assert!(!is_used(private));
}

#[test]
fn key_that_nobody_knows_leaves_the_others_usable() {
    let strange = [
        json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "x", "kid": "new"}),
        json!({"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}),
        json!({"kid": 7}),
        json!("key"),
        Value::Null,
        key(),
    ];
    let keys = set(&strange);
    assert_eq!((keys.usable(), keys.unused().len()), (1, 5));
    assert!(
        keys.unused()[3].starts_with("key 4 is no JSON Web Key"),
        "{:?}",
        keys.unused()
    );
    assert_eq!(verify_with(&keys, &signed(&header(), &claims())), Ok(alice()));
}

#[test]
fn token_without_a_kid_is_verified_where_only_one_key_can_be_meant() {
    let token = signed(&with(header(), "kid", Value::Null), &claims());
    let other = tokens::DevelopmentKey::generate().unwrap().to_key_set_json();
    let other: Value = serde_json::from_str(&other).unwrap();
    let encrypting = with(key(), "use", "enc".into());
    assert_eq!(verify_with(&set(&[key()]), &token), Ok(alice()));
    assert_eq!(verify_with(&set(&[key(), encrypting]), &token), Ok(alice()));
    assert_eq!(
        verify_with(&set(&[with(key(), "kid", Value::Null)]), &token),
        Ok(alice())
    );
    let two = set(&[key(), other["keys"][0].clone()]);
    assert_eq!(verify_with(&two, &token), Err(Refusal::UnknownKey));
    assert_eq!(verify_with(&set(&[]), &token), Err(Refusal::UnknownKey));
}

#[test]
fn two_keys_of_one_kid_are_both_tried() {
    let other = tokens::DevelopmentKey::generate().unwrap().to_key_set_json();
    let other: Value = serde_json::from_str(&other).unwrap();
    let other = with(other["keys"][0].clone(), "kid", KEY.kid().into());
    let token = signed(&header(), &claims());
    assert_eq!(verify_with(&set(&[other.clone(), key()]), &token), Ok(alice()));
    assert_eq!(verify_with(&set(&[other]), &token), Err(Refusal::Signature));
}

#[test]
fn document_that_is_no_key_set_is_refused() {
    for text in [
        "",
        "{}",
        "[]",
        "null",
        "<html>",
        r#"{"keys": {}}"#,
        r#"{"keys": null}"#,
        r#"{"keys": []"#,
    ] {
        assert_eq!(KeySet::parse(text.as_bytes()), Err(KeySetError::Malformed), "{text}");
    }
    assert_eq!(KeySet::parse(br#"{"keys": []}"#), Ok(KeySet::default()));
}

#[test]
fn document_has_its_limits() {
    let of = |count| json!({"keys": vec![json!({}); count]}).to_string();
    assert_eq!(KeySet::parse(of(100).as_bytes()).unwrap().unused().len(), 100);
    assert_eq!(KeySet::parse(of(101).as_bytes()), Err(KeySetError::TooMany));
    let long = format!("{}{}", KEY.to_key_set_json(), " ".repeat(KeySet::LONGEST));
    assert_eq!(KeySet::parse(long.as_bytes()), Err(KeySetError::TooLong));
}
