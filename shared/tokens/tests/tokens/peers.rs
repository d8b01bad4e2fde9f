//! Keys and tokens that another implementation made; `fixtures/make.mjs` says how.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::UserId;
use serde_json::Value;
use tokens::{Expected, KeySet, Refusal, Verified};

use crate::{alice, now, verify_with};

const JOSE: &str = include_str!("../fixtures/jose.jwks.json");
const RS256: &str = include_str!("../fixtures/rs256.token");
const SHORT: &str = include_str!("../fixtures/short.token");

fn jose() -> KeySet {
    KeySet::parse(JOSE.as_bytes()).expect("it is a key set")
}

#[test]
fn tokens_of_every_algorithm_are_verified() {
    let tokens = [
        include_str!("../fixtures/eddsa.token"),
        include_str!("../fixtures/es256.token"),
        RS256,
    ];
    for token in tokens.map(str::trim) {
        assert_eq!(verify_with(&jose(), token), Ok(alice()));
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let changed = if signature.starts_with('A') { "B" } else { "A" };
        let forged = format!("{signed}.{changed}{}", &signature[1..]);
        assert_eq!(verify_with(&jose(), &forged), Err(Refusal::Signature));
    }
}

#[test]
fn blank_signature_is_none() {
    // Some libraries took (0, 0) for a signature of anything by any key on P-256.
    for token in [
        include_str!("../fixtures/es256.token"),
        include_str!("../fixtures/eddsa.token"),
        RS256,
    ] {
        let (signed, signature) = token.trim().rsplit_once('.').unwrap();
        let length = URL_SAFE_NO_PAD.decode(signature).unwrap().len();
        for blank in [vec![0; length], vec![0; length - 1], vec![0xff; length], Vec::new()] {
            let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(blank));
            assert_eq!(verify_with(&jose(), &forged), Err(Refusal::Signature));
        }
    }
}

#[test]
fn key_of_another_algorithm_is_no_key_for_a_token() {
    // The token's own key under the name of another.
    let renamed = JOSE.replace(r#""kid": "rs256""#, r#""kid": "x""#);
    let renamed = renamed.replace(r#""kid": "es256""#, r#""kid": "rs256""#);
    let keys = KeySet::parse(renamed.as_bytes()).unwrap();
    assert_eq!(verify_with(&keys, RS256.trim()), Err(Refusal::Algorithm));
}

#[test]
fn rsa_key_of_fewer_than_2048_bits_is_not_used() {
    let keys = jose();
    assert_eq!(keys.usable(), 3);
    assert_eq!(keys.unused(), ["key 4 has fewer than 2048 or more than 8192 bits"]);
    assert_eq!(verify_with(&keys, SHORT.trim()), Err(Refusal::UnknownKey));
}

#[test]
fn rsa_key_with_a_leading_zero_is_the_same_key() {
    let mut document: Value = serde_json::from_str(JOSE).unwrap();
    let n = document["keys"][2]["n"].as_str().unwrap();
    let bytes = [vec![0], URL_SAFE_NO_PAD.decode(n).unwrap()].concat();
    document["keys"][2]["n"] = URL_SAFE_NO_PAD.encode(bytes).into();
    let keys = KeySet::parse(document.to_string().as_bytes()).unwrap();
    assert_eq!(verify_with(&keys, RS256.trim()), Ok(alice()));
}

#[test]
fn better_auth_is_an_issuer() {
    let keys = KeySet::parse(include_bytes!("../fixtures/better-auth.jwks.json")).unwrap();
    let url = "https://app.example";
    let expected = Expected {
        issuer: url.to_owned(),
        audience: url.to_owned(),
    };
    let token = include_str!("../fixtures/better-auth.token").trim();
    let user = expected.read(token, now()).unwrap().verify(&keys, &Verified::default());
    assert_eq!(user, Ok(UserId::of_subject(url, "Zk3q8")));
}
