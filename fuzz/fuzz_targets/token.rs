//! Any bytes are a token or a refusal, and any document is a set of keys or none. What is signed and says anything else
//! than it must is refused: this looks at the claims once more, as plainly as can be.
//!
//! The input is lines: a header, claims, and a key to put into the issuer's document beside its own. They are tried as a
//! token that the issuer signed; and all of the input as one that nobody did.
#![no_main]

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::Value;
use tokens::{DevelopmentKey, Expected, KeySet, Verified};

const ISSUER: &str = "i";
const AUDIENCE: &str = "a";
const NOW: DateTime<Utc> = DateTime::from_timestamp(1_795_420_800, 0).expect("2026-11-23T08:00:00Z is in range");
const PRIVATE: &str = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

/// The key of RFC 8037 §A.1, whose `kid` is `kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k`.
static KEY: LazyLock<DevelopmentKey> =
    LazyLock::new(|| DevelopmentKey::from_private_json(PRIVATE).expect("it is a private key"));

/// What was verified of one input holds for no other.
static VERIFIED: LazyLock<Verified> = LazyLock::new(Verified::default);

fuzz_target!(|text: &str| -> Corpus {
    let _ = KeySet::parse(text.as_bytes());
    let mut lines = text.split('\n');
    let (header, claims, key) = (lines.next(), lines.next(), lines.next());
    let document = KEY.to_key_set_json();
    let keys = KeySet::parse(document.as_bytes()).expect("the issuer's document is one");
    assert!(!is_taken(text, &keys), "nobody signed it");
    let (Some(header), Some(claims)) = (header, claims) else {
        return Corpus::Keep;
    };
    let token = KEY.sign(header, claims);
    if is_taken(&token, &keys) {
        assert!(is_signed_as_the_key_signs(header), "{header}");
        assert!(is_expected(claims), "{claims}");
    }
    let added = document.replacen('[', &format!("[{},", key.unwrap_or("{}")), 1);
    if let Ok(more) = KeySet::parse(added.as_bytes()) {
        assert!(!is_taken(&token, &more) || is_expected(claims), "{claims}");
    }
    Corpus::Keep
});

fn is_taken(token: &str, keys: &KeySet) -> bool {
    let expected = Expected {
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
    };
    let user = expected
        .read(token, NOW)
        .and_then(|token| token.verify(keys, &VERIFIED));
    user.is_ok()
}

fn is_signed_as_the_key_signs(header: &str) -> bool {
    let header: Value = serde_json::from_str(header).expect("it was taken");
    let brings = ["crit", "jwk", "jku", "x5c", "x5u"];
    let kid = &header["kid"];
    (header["alg"] == "EdDSA" || header["alg"] == "Ed25519")
        && brings.iter().all(|name| header.get(name).is_none())
        && (header.get("kid").is_none() || *kid == KEY.kid())
}

fn is_expected(claims: &str) -> bool {
    let claims: Value = serde_json::from_str(claims).expect("it was taken");
    let is_for_us = claims["aud"] == AUDIENCE
        || claims["aud"]
            .as_array()
            .is_some_and(|audiences| audiences.iter().any(|audience| audience == AUDIENCE));
    let seconds = |name: &str| claims[name].as_u64();
    let now = NOW.timestamp().unsigned_abs();
    let subject = claims["sub"].as_str().unwrap_or_default();
    claims["iss"] == ISSUER
        && is_for_us
        && (1..=255).contains(&subject.chars().count())
        && !subject.contains(char::is_control)
        && seconds("exp").is_some_and(|expires| expires + 60 > now)
        && (claims.get("nbf").is_none() || seconds("nbf").is_some_and(|begins| begins <= now + 60))
}
