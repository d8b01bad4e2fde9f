//! What is no CloudEvent of version 1.0, in either mode: it can never be handled.

use serde_json::{Value, json};

use super::{BINARY, Header, Reaction, binary_with, structured};

const STRUCTURED: [Header<'static>; 1] = [("content-type", "application/cloudevents+json")];
const REQUIRED: [&str; 4] = ["specversion", "id", "source", "type"];

async fn refused(headers: &[Header<'_>], body: String) {
    let reaction = Reaction::new();
    assert_eq!(reaction.post(headers, body.clone()).await, 422, "{headers:?} {body}");
    assert!(reaction.handed().is_empty(), "{headers:?} {body}");
}

#[tokio::test]
async fn required_attribute_that_is_missing() {
    for name in REQUIRED {
        let header = format!("ce-{name}");
        let headers: Vec<_> = BINARY.into_iter().filter(|(other, _)| *other != header).collect();
        refused(&headers, "{}".to_owned()).await;
        for nothing in [None, Some(Value::Null)] {
            let mut event = structured();
            match nothing {
                None => drop(event.as_object_mut().unwrap().remove(name)),
                Some(null) => event[name] = null,
            }
            refused(&STRUCTURED, event.to_string()).await;
        }
    }
}

#[tokio::test]
async fn attribute_that_is_empty() {
    for name in REQUIRED.into_iter().chain(["subject", "time", "dataschema"]) {
        refused(&binary_with(&format!("ce-{name}"), ""), "{}".to_owned()).await;
        let mut event = structured();
        event[name] = "".into();
        refused(&STRUCTURED, event.to_string()).await;
    }
    refused(&binary_with("content-type", ""), "{}".to_owned()).await;
}

#[tokio::test]
async fn attribute_that_is_not_what_it_should_be() {
    for (name, value) in [
        ("time", "yesterday"),
        ("dataschema", "not a URI"),
        ("id", "a\nb"),
        ("subject", "\u{7f}"),
    ] {
        let mut event = structured();
        event[name] = value.into();
        refused(&STRUCTURED, event.to_string()).await;
    }
    for value in [json!(7), json!(true), json!({}), json!([])] {
        let mut event = structured();
        event["id"] = value;
        refused(&STRUCTURED, event.to_string()).await;
    }
}

/// Dormouse has published version 1.0 only, and the others' attributes mean other things.
#[tokio::test]
async fn other_version_of_the_specification() {
    for version in ["0.1", "0.2", "0.3", "1", "1.0.2", "1.1", "2.0", "x"] {
        refused(&binary_with("ce-specversion", version), "{}".to_owned()).await;
        let mut event = structured();
        event["specversion"] = version.into();
        refused(&STRUCTURED, event.to_string()).await;
    }
}

#[tokio::test]
async fn event_above_one_mebibyte() {
    let body = |length: usize| format!("{{}}{}", " ".repeat(length - 2));
    refused(&BINARY, body(1024 * 1024 + 1)).await;
    assert_eq!(Reaction::new().post(&BINARY, body(1024 * 1024)).await, 204);
}

#[tokio::test]
async fn body_that_is_no_json() {
    for body in ["", "x", "[", "{}", "[]", "null", "1"] {
        refused(&STRUCTURED, body.to_owned()).await;
    }
    let reaction = Reaction::new();
    for body in [b"\xff".to_vec(), b"\"\xff\"".to_vec(), b"[".repeat(100_000)] {
        assert_eq!(reaction.post(&STRUCTURED, body.clone()).await, 422);
        assert_eq!(reaction.post(&BINARY, body).await, 422);
    }
    refused(&[], structured().to_string()).await;
    refused(&[("content-type", "application/json")], structured().to_string()).await;
}
