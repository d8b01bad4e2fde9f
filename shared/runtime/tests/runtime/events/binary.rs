//! Binary mode: a header for each attribute (HTTP binding §3.1).

use cloudevents::AttributesReader;
use serde_json::{Value, json};

use super::{BINARY, Reaction, binary_with, decode};

/// What `ce-subject: value` says.
fn subject(value: &str) -> Result<String, String> {
    let event = decode(&binary_with("ce-subject", value), "{}")?;
    Ok(event.subject().expect("it has a subject").to_owned())
}

#[test]
fn header_is_percent_decoded_once() {
    for (value, expected) in [
        ("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"),
        ("euro%20%e2%82%ac", "euro €"),
        ("%41unnecessarily", "Aunnecessarily"),
        ("100%25%2541", "100%%41"),
        ("100%", "100%"),
        ("%zz", "%zz"),
        ("a+b", "a+b"),
    ] {
        assert_eq!(subject(value).as_deref(), Ok(expected), "{value}");
    }
}

#[test]
fn quotation_is_undone_before_percent_decoding() {
    for (value, expected) in [
        (r#""a b""#, "a b"),
        (r#""say \"%22\" \\ ""#, r#"say """ \ "#),
        (r#"a" b "c"#, "a b c"),
        (r"a\b", r"a\b"),
    ] {
        assert_eq!(subject(value).as_deref(), Ok(expected), "{value}");
    }
}

#[tokio::test]
async fn header_that_is_no_text_can_never_be_read() {
    for value in [
        "%C0%A0",
        "%FF",
        "%ED%A0%80",
        "\"open",
        "\"open\\\"",
        "a%00b",
        "a%0Ab",
        "a%C2%85b",
    ] {
        assert!(subject(value).is_err(), "{value}");
        let reaction = Reaction::new();
        assert_eq!(
            reaction.post(&binary_with("ce-subject", value), "{}").await,
            422,
            "{value}"
        );
    }
}

#[test]
fn every_attribute_is_decoded() {
    let headers = [
        ("CE-SpecVersion", "%31.0"),
        ("ce-id", "%37"),
        ("ce-source", "/a%20b"),
        ("ce-type", "todo.task%2Ecompleted"),
        ("ce-time", "2018-04-05T03%3A56:24Z"),
        ("ce-dataschema", "urn%3Adormouse:1"),
        ("ce-some", "a%20b"),
    ];
    let event = decode(&headers, "{}").unwrap();
    assert_eq!(
        super::attributes(&event),
        json!({
            "specversion": "1.0", "id": "7", "source": "/a b", "type": "todo.task.completed",
            "time": "2018-04-05T03:56:24+00:00", "dataschema": "urn:dormouse:1", "some": "a b",
        })
    );
}

#[tokio::test]
async fn content_type_may_be_missing() {
    let reaction = Reaction::new();
    assert_eq!(reaction.post(&BINARY[..4], r#"{"x":1}"#).await, 204);
    assert_eq!(reaction.handed(), [json!({"x": 1})]);
}

#[tokio::test]
async fn data_is_json_whatever_it_is_called() {
    for content_type in [
        "application/json",
        "APPLICATION/JSON; charset=utf-8",
        "text/json",
        "application/x+json",
    ] {
        let reaction = Reaction::new();
        let headers = binary_with("content-type", content_type);
        assert_eq!(reaction.post(&headers, "[1]").await, 204, "{content_type}");
        for no_json in ["", "{", "{} {}", "\u{feff}{}", "NaN"] {
            assert_eq!(reaction.post(&headers, no_json).await, 422, "{content_type} {no_json}");
        }
        assert_eq!(reaction.handed(), [json!([1])]);
    }
}

#[tokio::test]
async fn of_two_values_nobody_knows_which_is_meant() {
    for (name, value) in BINARY
        .into_iter()
        .chain([("ce-traceparent", "x"), ("ce-anything", "x")])
    {
        let reaction = Reaction::new();
        let headers = [binary_with(name, value), vec![(name, value)]].concat();
        assert_eq!(reaction.post(&headers, "{}").await, 422, "{name}");
        assert_eq!(reaction.handed(), [] as [Value; 0]);
    }
}
