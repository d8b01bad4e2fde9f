//! Structured mode: the whole event is the body, in a format that Content-Type names (HTTP binding §3.2).

use serde_json::{Value, json};

use super::{Reaction, binary_with, decode, structured};

#[tokio::test]
async fn media_type_is_read_without_regard_to_case_and_parameters() {
    for content_type in [
        "application/cloudevents+json",
        "Application/CloudEvents+JSON",
        "application/cloudevents+json; charset=UTF-8",
        "application/cloudevents+json;charset=utf-8;x=y",
        "application/cloudevents+json ; x=\"a;b\"",
    ] {
        let reaction = Reaction::new();
        let status = reaction
            .post(&[("content-type", content_type)], structured().to_string())
            .await;
        assert_eq!(status, 204, "{content_type}");
        assert_eq!(reaction.handed(), [json!({"task_id": "x"})]);
    }
}

/// The mode is Content-Type's to say: attributes may be in headers as well, and do not count.
#[test]
fn body_counts_and_not_the_headers_beside_it() {
    let headers = binary_with("content-type", "application/cloudevents+json");
    let mut event = structured();
    event["id"] = "of the body".into();
    let event = decode(&headers, event.to_string()).unwrap();
    assert_eq!(super::attributes(&event)["id"], "of the body");
}

#[tokio::test]
async fn format_that_is_not_json_is_not_taken_for_binary_mode() {
    for content_type in [
        "application/cloudevents",
        "application/cloudevents+avro",
        "application/cloudevents+jsonx",
        "application/cloudevents+protobuf",
        "application/cloudevents-batch+json",
        "Application/CloudEvents-Batch+JSON; charset=utf-8",
    ] {
        let reaction = Reaction::new();
        let body = json!([structured()]).to_string();
        assert_eq!(
            reaction.post(&[("content-type", content_type)], body.clone()).await,
            422,
            "{content_type}"
        );
        let headers = binary_with("content-type", content_type);
        assert_eq!(reaction.post(&headers, body).await, 422, "{content_type}");
        assert!(reaction.handed().is_empty());
    }
}

#[test]
fn null_is_as_good_as_absent() {
    let mut event = structured();
    for name in ["subject", "time", "dataschema", "datacontenttype", "traceparent"] {
        event[name] = Value::Null;
    }
    let attributes =
        super::attributes(&decode(&[("content-type", "application/cloudevents+json")], event.to_string()).unwrap());
    assert_eq!(attributes.as_object().unwrap().len(), 4, "{attributes}");
}

#[tokio::test]
async fn data_may_be_base64() {
    let reaction = Reaction::new();
    let mut event = structured();
    event.as_object_mut().unwrap().remove("data");
    event["data_base64"] = "eyJ4IjoxfQ==".into();
    let headers = [("content-type", "application/cloudevents+json")];
    assert_eq!(reaction.post(&headers, event.to_string()).await, 204);
    assert_eq!(reaction.handed(), [json!({"x": 1})]);
    event["data"] = json!({});
    assert_eq!(reaction.post(&headers, event.to_string()).await, 422, "it has both");
    event.as_object_mut().unwrap().remove("data");
    event["data_base64"] = "no base64".into();
    assert_eq!(reaction.post(&headers, event.to_string()).await, 422);
}

#[tokio::test]
async fn extension_may_be_a_string_a_number_or_a_truth() {
    let reaction = Reaction::new();
    let headers = [("content-type", "application/cloudevents+json")];
    let mut event = structured();
    for value in [json!("x"), json!(""), json!(-1), json!(true)] {
        event["extension"] = value;
        assert_eq!(reaction.post(&headers, event.to_string()).await, 204, "{event}");
    }
    for value in [json!(1.5), json!([]), json!({}), json!(u64::MAX)] {
        event["extension"] = value;
        assert_eq!(reaction.post(&headers, event.to_string()).await, 422, "{event}");
    }
}
