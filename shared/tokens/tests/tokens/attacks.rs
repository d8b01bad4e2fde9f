//! What attackers send: the attacks of RFC 8725 §2, and those that were found in other libraries.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::hmac;
use serde_json::{Value, json};
use tokens::{DevelopmentKey, Refusal};

use crate::{AUDIENCE, ISSUER, KEY, NOW, alice, claims, header, signed, verify, with};

fn part(text: impl ToString) -> String {
    URL_SAFE_NO_PAD.encode(text.to_string())
}

fn refused_header(name: &str, value: Value) -> Refusal {
    verify(&signed(&with(header(), name, value), &claims())).expect_err("it must be refused")
}

#[test]
fn token_that_nobody_signed_is_refused() {
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header = part(with(header(), "alg", alg.into()));
        for signature in ["", "AA"] {
            let token = format!("{header}.{}.{signature}", part(claims()));
            assert_eq!(verify(&token), Err(Refusal::Algorithm), "{alg}");
        }
    }
    let unsigned = format!("{}.{}.", part(header()), part(claims()));
    assert_eq!(verify(&unsigned), Err(Refusal::Signature));
    assert_eq!(verify(unsigned.trim_end_matches('.')), Err(Refusal::Malformed));
}

#[test]
fn public_key_is_no_shared_secret() {
    let document: Value = serde_json::from_str(&KEY.to_key_set_json()).unwrap();
    let x = document["keys"][0]["x"].as_str().unwrap();
    for secret in [x.as_bytes(), &URL_SAFE_NO_PAD.decode(x).unwrap()] {
        let signed = format!("{}.{}", part(with(header(), "alg", "HS256".into())), part(claims()));
        let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac));
        assert_eq!(verify(&token), Err(Refusal::Algorithm));
    }
}

#[test]
fn key_is_used_for_its_own_algorithm_only() {
    for alg in ["ES256", "RS256"] {
        assert_eq!(refused_header("alg", alg.into()), Refusal::Algorithm);
    }
    for alg in ["HS256", "PS256", "ES384", "Ed448", "eddsa", "RSA-OAEP"] {
        assert_eq!(refused_header("alg", alg.into()), Refusal::Algorithm);
    }
    let named = signed(&with(header(), "alg", "Ed25519".into()), &claims());
    assert_eq!(verify(&named), Ok(alice()));
}

#[test]
fn somebody_elses_signature_is_refused() {
    let forger = DevelopmentKey::generate().unwrap();
    let forged = forger.sign(&header().to_string(), &claims().to_string());
    assert_eq!(verify(&forged), Err(Refusal::Signature));
    let own = with(header(), "kid", forger.kid().into());
    let forged = forger.sign(&own.to_string(), &claims().to_string());
    assert_eq!(verify(&forged), Err(Refusal::UnknownKey));
}

#[test]
fn key_that_a_token_brings_or_points_at_is_not_taken() {
    let forger = DevelopmentKey::generate().unwrap();
    let document: Value = serde_json::from_str(&forger.to_key_set_json()).unwrap();
    for (name, value) in [
        ("jwk", document["keys"][0].clone()),
        ("jku", json!("https://forger.example/jwks.json")),
        ("x5u", json!("https://forger.example/key.pem")),
        ("x5c", json!(["MIIB"])),
    ] {
        let header = with(header(), name, value);
        let forged = forger.sign(&header.to_string(), &claims().to_string());
        assert_eq!(verify(&forged), Err(Refusal::Header), "{name}");
    }
}

#[test]
fn kid_is_looked_up_and_nothing_else() {
    for kid in [
        "../../../../dev/null",
        "/etc/passwd",
        "file:///etc/passwd",
        "https://forger.example/jwks.json",
        "x' OR '1'='1",
        "",
        "\0",
    ] {
        assert_eq!(refused_header("kid", kid.into()), Refusal::UnknownKey, "{kid}");
    }
    assert_eq!(refused_header("kid", "k".repeat(256).into()), Refusal::UnknownKey);
    for kid in [json!(1), json!({}), json!([KEY.kid()])] {
        assert_eq!(refused_header("kid", kid), Refusal::Malformed);
    }
}

#[test]
fn extension_that_must_be_understood_is_refused() {
    for crit in [json!(["b64"]), json!([]), json!("exp")] {
        assert_eq!(refused_header("crit", crit), Refusal::Header);
    }
}

#[test]
fn other_kinds_of_tokens_are_refused() {
    for typ in ["logout+jwt", "dpop+jwt", "secevent+jwt", "JOSE", ""] {
        assert_eq!(refused_header("typ", typ.into()), Refusal::Header, "{typ}");
    }
    for typ in ["JWT", "jwt", "at+jwt", "application/at+jwt", "Application/JWT"] {
        let token = signed(&with(header(), "typ", typ.into()), &claims());
        assert_eq!(verify(&token), Ok(alice()), "{typ}");
    }
    assert_eq!(
        verify(&signed(&with(header(), "typ", Value::Null), &claims())),
        Ok(alice())
    );
}

#[test]
fn oversized_token_is_refused_unread() {
    let long = with(claims(), "padding", "x".repeat(8 * 1024).into());
    assert_eq!(verify(&signed(&header(), &long)), Err(Refusal::TooLong));
    let short = with(claims(), "padding", "x".repeat(5 * 1024).into());
    assert_eq!(verify(&signed(&header(), &short)), Ok(alice()));
}

#[test]
fn what_is_no_signed_token_is_refused() {
    let token = signed(&header(), &claims());
    let (head, signature) = token.rsplit_once('.').unwrap();
    for text in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "alice".to_owned(),
        "ä.ö.ü".to_owned(),
        // Five parts are an encrypted token's.
        format!("{token}.a.b"),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}="),
        format!("{token} "),
        format!("{head}.{signature}\n"),
        format!("{}.{}.{signature}", part("[]"), part(claims())),
        KEY.sign(&json!(["EdDSA", KEY.kid()]).to_string(), &claims().to_string()),
    ] {
        assert_eq!(verify(&text), Err(Refusal::Malformed), "{text}");
    }
}

#[test]
fn claims_that_are_no_object_are_refused() {
    for claims in [
        String::new(),
        r#""alice""#.to_owned(),
        json!([ISSUER, AUDIENCE, "alice", NOW, NOW]).to_string(),
        "[".repeat(4096),
        r#"{"a":"#.repeat(800),
    ] {
        let token = KEY.sign(&header().to_string(), &claims);
        assert_eq!(verify(&token), Err(Refusal::Claims), "{claims}");
    }
}

#[test]
fn member_that_is_there_twice_is_refused() {
    let kid = KEY.kid();
    let doubled = format!(r#"{{"alg":"EdDSA","kid":"{kid}","kid":"{kid}"}}"#);
    assert_eq!(
        verify(&KEY.sign(&doubled, &claims().to_string())),
        Err(Refusal::Malformed)
    );
    let doubled = claims().to_string().replacen('{', r#"{"sub":"bob","#, 1);
    assert_eq!(verify(&KEY.sign(&header().to_string(), &doubled)), Err(Refusal::Claims));
}

#[test]
fn each_changed_letter_makes_another_token() {
    let token = signed(&header(), &claims());
    assert_eq!(verify(&token), Ok(alice()));
    for position in 0..token.len() {
        for letter in ["A", "B", "-", "="] {
            let mut changed = token.clone();
            changed.replace_range(position..=position, letter);
            assert!(changed == token || verify(&changed).is_err(), "{changed}");
        }
    }
}
