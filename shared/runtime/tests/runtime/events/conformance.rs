//! The conformance cases of the CloudEvents project, kept in `conformance.json`, which names their source.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Header, Reaction, attributes, decode, text};

const CASES: &str = include_str!("conformance.json");

/// As `attributes` has them: an instant may be written in more than one way.
fn expected(case: &Value) -> Value {
    let mut expected = case["attributes"].clone();
    if let Some(time) = case["attributes"]["time"].as_str() {
        let time: DateTime<Utc> = time.parse().expect("it is an instant");
        expected["time"] = time.to_rfc3339().into();
    }
    expected
}

fn headers(case: &Value) -> Vec<Header<'_>> {
    let headers = case["headers"].as_object().expect("headers are an object");
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().expect("a header is text")))
        .collect()
}

fn cases() -> Vec<Value> {
    let document: Value = serde_json::from_str(CASES).expect("the cases are JSON");
    let cases = document["cases"].as_array().expect("there are cases").clone();
    assert_eq!(cases.len(), 18);
    cases
}

#[test]
fn every_case_is_read_as_it_says() {
    for case in cases() {
        let body = case["body"].as_str().unwrap().to_owned();
        let event = decode(&headers(&case), body).unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(attributes(&event), expected(&case), "{}", case["name"]);
        match case["text"].as_str() {
            Some(expected) => assert_eq!(text(&event), expected, "{}", case["name"]),
            None => assert_eq!(text(&event).parse::<Value>().unwrap(), case["data"], "{}", case["name"]),
        }
    }
}

/// Its type made ours, each is handed on, or its data is no JSON and never can be.
#[tokio::test]
async fn every_case_reaches_the_handler_whose_data_is_json() {
    for case in cases() {
        let case: Value = case
            .to_string()
            .replace("com.example.someevent", "todo.task.completed")
            .replace("io.cloudevents.minimum", "todo.task.completed")
            .parse()
            .unwrap();
        let reaction = Reaction::new();
        let body = case["body"].as_str().unwrap().to_owned();
        let status = reaction.post(&headers(&case), body).await;
        if case.get("data").is_some() {
            assert_eq!(status, 204, "{}", case["name"]);
            assert_eq!(reaction.handed(), [case["data"].clone()], "{}", case["name"]);
        } else {
            assert_eq!(status, 422, "{}", case["name"]);
            assert!(reaction.handed().is_empty());
        }
    }
}
