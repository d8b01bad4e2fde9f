//! Answers that carry a task or any other JSON.

use axum::response::{IntoResponse, Response};
use domain::Task;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use storage::idempotency::Answer;

use super::condition::etag;

/// Marks an answer that was given before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Nobody but the client itself keeps answers, and it asks each time whether they still hold.
const CACHING: HeaderValue = HeaderValue::from_static("private, no-cache");

/// The answer that carries `task`.
#[must_use]
pub fn of_task(task: &Task) -> Answer {
    Answer {
        status: 200,
        location: None,
        etag: Some(etag(task.version)),
        body: to_json(task),
    }
}

/// The answer to the creation of `task`.
#[must_use]
pub fn of_created(task: &Task) -> Answer {
    Answer {
        status: 201,
        location: Some(format!("/v1/tasks/{}", task.id)),
        ..of_task(task)
    }
}

/// The answer that carries nothing: it is done.
#[must_use]
pub fn of_nothing() -> Answer {
    Answer {
        status: 204,
        location: None,
        etag: None,
        body: String::new(),
    }
}

/// The answer that carries `value`.
#[must_use]
pub fn of_json(value: &impl Serialize) -> Answer {
    Answer {
        status: 200,
        location: None,
        etag: None,
        body: to_json(value),
    }
}

fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("representations have string keys only and no fallible serializer")
}

/// The response that gives `answer`.
#[must_use]
pub fn respond(answer: Answer) -> Response {
    let status = u16::try_from(answer.status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok());
    let is_empty = answer.body.is_empty();
    let mut response = (status.unwrap_or(StatusCode::OK), answer.body).into_response();
    let headers = response.headers_mut();
    if is_empty {
        headers.remove(header::CONTENT_TYPE);
    } else {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    headers.insert(header::CACHE_CONTROL, CACHING);
    let optional = [(header::ETAG, answer.etag), (header::LOCATION, answer.location)];
    for (name, value) in optional {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(name, value);
        }
    }
    response
}

/// The response that gives `answer` again.
#[must_use]
pub fn replay(answer: Answer) -> Response {
    let mut response = respond(answer);
    response
        .headers_mut()
        .insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// The response for a client that has this version already, with the headers that the whole answer would have
/// (RFC 9110 §15.4.5).
#[must_use]
pub fn not_modified(version: i64) -> Response {
    let mut response = (StatusCode::NOT_MODIFIED, [(header::ETAG, etag(version))]).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, CACHING);
    response
}
