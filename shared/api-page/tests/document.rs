//! The documents that are served.

use std::collections::BTreeSet;

use axum::{body::Body, response::Response};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

async fn get(path: &str) -> (Response<()>, String) {
    let request = Request::get(path).body(Body::empty()).expect("the test writes a path");
    let Ok(response) = api_page::routes().oneshot(request).await;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("the body is whole").to_bytes();
    (
        Response::from_parts(parts, ()),
        String::from_utf8_lossy(&body).into_owned(),
    )
}

fn document() -> Value {
    serde_json::from_str(api_page::OPENAPI).expect("it is JSON")
}

/// Calls `visit` with each value within `value`.
fn each(value: &Value, visit: &mut impl FnMut(&Value)) {
    visit(value);
    match value {
        Value::Object(members) => members.values().for_each(|value| each(value, visit)),
        Value::Array(items) => items.iter().for_each(|value| each(value, visit)),
        _ => {}
    }
}

#[tokio::test]
async fn document_is_served_as_it_is_committed() {
    let (response, body) = get("/openapi.json").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(body, api_page::OPENAPI);
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut references = BTreeSet::new();
    each(&document, &mut |value| {
        references.extend(value["$ref"].as_str().map(str::to_owned));
    });
    for reference in &references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    assert!(references.len() > 50, "{references:?}");
}

#[test]
fn every_example_is_what_its_schema_says() {
    let document = document();
    let mut count = 0;
    let mut check = |schema: &Value, example: &Value| {
        let mut schema = schema.clone();
        schema["components"] = document["components"].clone();
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .unwrap();
        let faults: Vec<_> = validator.iter_errors(example).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{example}: {faults:?}");
        count += 1;
    };
    each(&document, &mut |value| {
        let Some(schema) = value.get("schema").filter(|schema| schema.is_object()) else {
            return;
        };
        value
            .get("example")
            .into_iter()
            .for_each(|example| check(schema, example));
        for (_, example) in value["examples"].as_object().into_iter().flatten() {
            check(schema, &example["value"]);
        }
    });
    for schema in document["components"]["schemas"].as_object().unwrap().values() {
        let examples = schema["examples"].as_array().into_iter().flatten();
        examples.for_each(|example| check(schema, example));
    }
    assert!(count > 50, "{count}");
}

#[test]
fn every_operation_says_what_it_is_who_may_and_has_examples() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["security"], json!([{}, {"token": []}]));
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} is given twice");
            assert!(operation["summary"].is_string(), "{method} {path}");
            assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{method} {path}");
            for status in ["400", "401", "406", "421", "429", "500", "503"] {
                assert!(operation["responses"].get(status).is_some(), "{method} {path} {status}");
            }
            for answer in operation["responses"].as_object().unwrap().values() {
                let answer = answer["$ref"].as_str().map_or(answer, |reference| {
                    document.pointer(reference.strip_prefix('#').unwrap()).unwrap()
                });
                for content in answer["content"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(_, content)| content)
                {
                    let has_example = content.get("example").or(content.get("examples")).is_some();
                    assert!(has_example, "{method} {path}: {answer}");
                }
            }
        }
    }
}
