//! Limits, media types and methods.

use axum::body::Body;
use domain::UserId;
use http::Request;
use testing::TaskBody;

use crate::{PATH, nothing_was_written, start};

const LIMIT: usize = 256 * 1024;
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

fn of_length(length: usize) -> String {
    let start = r#"{"title": "x", "description": ""#;
    let end = r#""}"#;
    format!("{start}{}{end}", "x".repeat(length - start.len() - end.len()))
}

#[tokio::test]
async fn body_above_the_limit_is_refused_and_one_at_the_limit_is_read() {
    let (app, client) = start().await;
    let reply = client.post_raw(PATH, &JSON, of_length(LIMIT + 1)).await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (413, "content-too-large"));

    let reply = client.post_raw(PATH, &JSON, of_length(LIMIT)).await;
    assert_eq!((reply.status.as_u16(), reply.faults()), (422, vec!["/description"]));
    nothing_was_written(&app).await;
}

/// Kafka takes messages of a megabyte, and a mebibyte is as much as an event endpoint reads.
#[tokio::test]
async fn largest_task_there_can_be_makes_an_event_far_below_a_megabyte() {
    let (app, client) = start().await;
    // Four bytes each in UTF-8, and the dearest to write in JSON is what is escaped.
    let (wide, escaped) = ("🐿", "\"");
    for character in [wide, escaped] {
        let dates: Vec<_> = (1..=100).map(|day| format!("{}-06-05T09:30:00", 2100 + day)).collect();
        let tags: Vec<_> = (10..30).map(|n| format!("{}{n}", character.repeat(48))).collect();
        let body = (0..20).fold(TaskBody::titled(&character.repeat(500)), |body, minutes| {
            body.reminded(&format!("-PT{}M", minutes + 1))
        });
        let body = body
            .with("description", character.repeat(10_000))
            .with("tags", tags)
            .due("2027-06-05T09:30:00")
            .repeating("FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYMONTHDAY=1,2,3,4,5,6,7,8,9,10")
            .with("exceptions", dates);
        let reply = client.post(PATH, body).await;
        assert_eq!(reply.status, 201, "{:?}", reply.body);
    }
    let events = app.events(UserId::LOCAL).await;
    let longest = events.iter().map(|recorded| recorded.event.data.len()).max().unwrap();
    assert!((40_000..200_000).contains(&longest), "{longest}");
}

#[tokio::test]
async fn body_that_does_not_announce_its_length_is_limited_all_the_same() {
    let (app, client) = start().await;
    let send = async |length: usize| {
        let request = Request::post(PATH).header("content-type", "application/json");
        client
            .send(request.body(Body::from(of_length(length))).unwrap())
            .await
            .status
    };
    assert_eq!(send(LIMIT + 1).await, 413);
    assert_eq!(send(LIMIT).await, 422);
    nothing_was_written(&app).await;
}

#[tokio::test]
async fn body_must_be_said_to_be_json() {
    let (app, client) = start().await;
    for headers in [
        &[][..],
        &[("content-type", "text/plain")],
        &[("content-type", "application/jsonx")],
        &[("content-type", "application/json; charset=utf-16")],
        &[
            ("content-type", "application/json"),
            ("content-type", "application/json"),
        ],
        &[("content-type", "application/json"), ("content-encoding", "gzip")],
        &[
            ("content-type", "application/json"),
            ("content-encoding", "identity"),
            ("content-encoding", "gzip"),
        ],
    ] {
        let reply = client.post_raw(PATH, headers, r#"{"title": "x"}"#).await;
        assert_eq!(
            (reply.status.as_u16(), reply.problem()),
            (415, "unsupported-media-type")
        );
        assert_eq!(reply.header("accept"), "application/json");
    }
    nothing_was_written(&app).await;
    for fit in [
        "Application/JSON; charset=utf-8",
        "application/merge-patch+json;v=1 ; Charset=\"UTF-8\"",
        "application/json;",
    ] {
        let reply = client
            .post_raw(PATH, &[("content-type", fit)], r#"{"title": "x"}"#)
            .await;
        assert_eq!(reply.status, 201, "{fit}");
    }
}

#[tokio::test]
async fn client_that_takes_no_json_is_refused_before_anything_is_written() {
    let (app, client) = start().await;
    let reply = client
        .post_with(PATH, &[("accept", "text/html")], TaskBody::titled("x"))
        .await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (406, "not-acceptable"));
    nothing_was_written(&app).await;
}

#[tokio::test]
async fn other_methods_are_refused_with_those_that_are_taken() {
    let (_app, client) = start().await;
    for method in ["PUT", "PATCH", "DELETE", "GET", "BREW"] {
        let reply = client
            .send(Request::builder().method(method).uri(PATH).body(Body::empty()).unwrap())
            .await;
        assert_eq!(
            (reply.status.as_u16(), reply.problem()),
            (405, "method-not-allowed"),
            "{method}"
        );
        assert_eq!(reply.header("allow"), "POST");
    }
}

#[tokio::test]
async fn other_paths_are_not_found() {
    let (_app, client) = start().await;
    let reply = client.get("/v1/task").await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (404, "not-found"));
}
