//! What a token must say, and when.

use chrono::TimeDelta;
use domain::UserId;
use serde_json::{Value, json};
use tokens::{Refusal, Verified};

use crate::{AUDIENCE, ISSUER, NOW, alice, claims, expected, header, keys, now, signed, verify, with};

fn with_claim(name: &str, value: Value) -> Result<UserId, Refusal> {
    verify(&signed(&header(), &with(claims(), name, value)))
}

fn subject(sub: impl Into<Value>) -> Result<UserId, Refusal> {
    with_claim("sub", sub.into())
}

#[test]
fn issuer_is_ours_letter_by_letter() {
    for issuer in [
        "https://issuer.example/",
        "HTTPS://ISSUER.EXAMPLE",
        "https://other.example",
        "",
    ] {
        assert_eq!(with_claim("iss", issuer.into()), Err(Refusal::Issuer), "{issuer}");
    }
    for issuer in [Value::Null, json!([ISSUER]), json!(1)] {
        assert_eq!(with_claim("iss", issuer), Err(Refusal::Claims));
    }
}

#[test]
fn audience_is_ours_or_ours_is_among_it() {
    for audience in [json!(AUDIENCE), json!([AUDIENCE]), json!(["other", AUDIENCE])] {
        assert_eq!(with_claim("aud", audience), Ok(alice()));
    }
    for audience in [
        json!("other"),
        json!(["other"]),
        json!([]),
        json!(""),
        json!("https://dormouse"),
    ] {
        assert_eq!(
            with_claim("aud", audience.clone()),
            Err(Refusal::Audience),
            "{audience}"
        );
    }
    for audience in [Value::Null, json!({"a": AUDIENCE}), json!([AUDIENCE, 1])] {
        assert_eq!(with_claim("aud", audience.clone()), Err(Refusal::Claims), "{audience}");
    }
}

#[test]
fn token_expires_a_minute_after_it_says() {
    assert_eq!(with_claim("exp", json!(NOW - 59)), Ok(alice()));
    assert_eq!(with_claim("exp", json!(NOW - 60)), Err(Refusal::Expired));
    assert_eq!(with_claim("exp", json!(0)), Err(Refusal::Expired));
    let token = signed(&header(), &claims());
    let expected = expected();
    let at = |seconds| expected.read(&token, now() + TimeDelta::seconds(seconds));
    assert_eq!(at(959).unwrap().verify(&keys(), &Verified::default()), Ok(alice()));
    assert_eq!(at(960).unwrap_err(), Refusal::Expired);
}

#[test]
fn token_begins_a_minute_before_it_says() {
    assert_eq!(with_claim("nbf", json!(NOW + 60)), Ok(alice()));
    assert_eq!(with_claim("nbf", json!(NOW + 61)), Err(Refusal::TooEarly));
}

#[test]
fn moments_are_whole_seconds_that_can_be() {
    for moment in [
        json!(-1),
        json!(1.5),
        json!(1_795_421_700.0),
        json!(1e300),
        json!(u64::MAX),
        json!(i64::MAX),
        json!(253_402_300_800_i64),
        json!("1795421700"),
        json!(true),
    ] {
        assert_eq!(with_claim("exp", moment.clone()), Err(Refusal::Claims), "{moment}");
        assert_eq!(with_claim("nbf", moment.clone()), Err(Refusal::Claims), "{moment}");
    }
    assert_eq!(with_claim("exp", json!(253_402_300_799_i64)), Ok(alice()));
    assert_eq!(with_claim("exp", Value::Null), Err(Refusal::Claims));
    let null = claims().to_string().replacen('{', r#"{"nbf":null,"#, 1);
    assert_eq!(
        verify(&crate::KEY.sign(&header().to_string(), &null)),
        Err(Refusal::Claims)
    );
    let huge = claims().to_string().replacen('{', r#"{"nbf":1e999,"#, 1);
    assert!(verify(&crate::KEY.sign(&header().to_string(), &huge)).is_err());
}

#[test]
fn subject_is_some_text() {
    for sub in [Value::Null, json!(""), json!(7), json!(["alice"])] {
        assert_eq!(with_claim("sub", sub.clone()), Err(Refusal::Claims), "{sub}");
    }
    for sub in ["a\0b", "a\nb", "\u{7f}", "\u{85}"] {
        assert_eq!(subject(sub), Err(Refusal::Claims), "{sub:?}");
    }
    let longest = "ü".repeat(255);
    assert_eq!(subject(longest.as_str()), Ok(UserId::of_subject(ISSUER, &longest)));
    assert_eq!(subject("ü".repeat(256)), Err(Refusal::Claims));
}

#[test]
fn each_subject_is_another_user() {
    let subjects = ["alice", "Alice", "alice ", "bob", "á", "a\u{301}"];
    let users: std::collections::BTreeSet<_> = subjects.into_iter().map(|sub| subject(sub).unwrap()).collect();
    assert_eq!(users.len(), subjects.len());
}
