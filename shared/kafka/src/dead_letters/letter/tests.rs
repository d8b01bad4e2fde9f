use proptest::{collection::vec, option, prelude::*};
use rdkafka::{
    Timestamp,
    message::{Header, OwnedHeaders, OwnedMessage},
};
use serde_json::json;

use super::*;

const BINARY: [(&str, &str); 6] = [
    ("ce_specversion", "1.0"),
    ("ce_id", "1"),
    ("ce_source", "/dormouse/x"),
    ("ce_type", "todo.reminder.due"),
    ("ce_subject", "Zürich 1 %"),
    ("content-type", "application/json"),
];

fn letter(headers: &[(&str, &[u8])], value: Option<&[u8]>) -> DeadLetter {
    let headers = headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
        headers.insert(Header {
            key,
            value: Some(*value),
        })
    });
    let place: Place = "on-reminder-due.dead-letter/0/42".parse().unwrap();
    let record = OwnedMessage::new(
        value.map(<[u8]>::to_vec),
        None,
        place.topic(),
        Timestamp::CreateTime(1_000),
        0,
        42,
        Some(headers),
    );
    DeadLetter::of(place, &record)
}

fn binary(more: &[(&str, &str)], value: &str) -> DeadLetter {
    let headers: Vec<_> = BINARY
        .iter()
        .chain(more)
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    letter(&headers, Some(value.as_bytes()))
}

fn structured(value: &serde_json::Value) -> DeadLetter {
    let content_type: &[u8] = b"application/CloudEvents+json; charset=utf-8";
    letter(&[("content-type", content_type)], Some(value.to_string().as_bytes()))
}

#[test]
fn event_is_read_without_what_the_dispatcher_added() {
    let letter = binary(
        &[
            ("ce_knativeerrordest", "http://on-reminder-due"),
            ("ce_knativeerrorcode", "422"),
            ("ce_knativeerrordata", "YnJva2Vu"),
        ],
        r#"{"a": 1}"#,
    );
    assert_eq!(letter.fault, None);
    assert_eq!(letter.error, "422: broken");
    assert_eq!(letter.died_at.timestamp(), 1);
    assert_eq!(letter.event.data, br#"{"a": 1}"#);
    assert_eq!(letter.event.attribute("subject"), Some("Zürich 1 %"));
    assert!(letter.event.attributes.keys().all(|name| !name.starts_with("knative")));
}

#[test]
fn both_modes_are_one_event() {
    let structured = structured(&json!({
        "specversion": "1.0", "id": "1", "source": "/dormouse/x", "type": "todo.reminder.due", "subject": "Zürich 1 %",
        "datacontenttype": "application/json", "data": {"a": 1}, "absent": null, "knativeerrorcode": 503
    }));
    assert_eq!(structured.event, binary(&[], r#"{"a":1}"#).event);
    assert_eq!((structured.fault, structured.error.as_str()), (None, "503"));
}

#[test]
fn data_is_what_its_content_type_says() {
    let event = |more: serde_json::Value| {
        let mut document = json!({"specversion": "1.0", "id": "1", "source": "/x", "type": "x"});
        document
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        structured(&document).event.data
    };
    assert_eq!(event(json!({"data": "x"})), br#""x""#);
    assert_eq!(event(json!({"data": "x", "datacontenttype": "text/plain"})), b"x");
    assert_eq!(event(json!({"data_base64": "AAE="})), [0, 1]);
    assert_eq!(event(json!({})), b"");
}

#[test]
fn reason_is_told_from_what_is_there_of_it() {
    let reason = |more: &[(&str, &str)]| binary(more, "").error;
    assert_eq!(reason(&[]), "no reason is given");
    assert_eq!(
        reason(&[("ce_knativeerrordest", "http://x")]),
        "no answer from http://x"
    );
    assert_eq!(reason(&[("ce_knativeerrordata", "no base64")]), "no base64");
}

#[test]
fn what_is_no_cloud_event_says_so() {
    let fault = |letter: DeadLetter| letter.fault.expect("it has one");
    assert_eq!(fault(letter(&[], None)), "it has no specversion");
    assert_eq!(fault(letter(&[], Some(b"\xff\x1b[31m"))), "it has no specversion");
    assert_eq!(fault(binary(&[("ce_id", "")], "")), "it has no id");
    assert!(fault(binary(&[("ce_a b", "x")], "")).contains("name"));
    assert!(fault(binary(&[("content-type", "application/cloudevents-batch+json")], "[]")).contains("batch"));
    assert!(fault(structured(&json!({"id": {}}))).contains("no text"));
    assert!(fault(structured(&json!([]))).contains("expected"));
    let letter = letter(&[("ce_specversion", b"1.0"), ("ce_id", b"\xff")], None);
    assert!(fault(letter).contains("no text"));
}

proptest! {
    #[test]
    fn anything_at_all_is_a_letter(
        headers in vec(("(ce_)?(id|type|source|specversion|knativeerrordata|content-type|.*)", vec(any::<u8>(), 0..20)), 0..8),
        value in option::of(vec(any::<u8>(), 0..100)),
        is_structured: bool,
    ) {
        let mut headers: Vec<_> = headers
            .iter()
            .filter(|(name, _)| !name.contains('\0'))
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        if is_structured {
            headers.push(("content-type", b"application/cloudevents+json"));
        }
        let letter = letter(&headers, value.as_deref());
        prop_assert!(letter.event.to_json().is_object());
    }
}
