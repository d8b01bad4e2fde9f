//! `Idempotency-Key`: a request is done once.

use std::collections::HashSet;

use chrono::TimeDelta;
use domain::UserId;
use serde_json::json;
use testing::TaskBody;

use crate::{PATH, at_once, nothing_was_written, start};

const KEY: &[(&str, &str)] = &[("idempotency-key", "water-1")];

#[tokio::test]
async fn hundred_identical_requests_at_once_make_one_task() {
    let (app, client) = start().await;
    let replies = at_once(&client, 100, KEY, TaskBody::titled("Water the plants")).await;

    assert!(replies.iter().all(|reply| reply.status == 201), "{replies:?}");
    let bodies: HashSet<_> = replies.iter().map(|reply| &reply.body).collect();
    assert_eq!(bodies.len(), 1);
    let places: HashSet<_> = replies
        .iter()
        .map(|reply| (reply.header("location"), reply.header("etag")))
        .collect();
    assert_eq!(places.len(), 1);
    let is_replayed = |reply: &&testing::Reply| reply.headers.get("idempotency-replayed").is_some_and(|v| v == "true");
    assert_eq!(replies.iter().filter(is_replayed).count(), 99);
    assert_eq!(app.kinds().await, ["todo.task.created"]);
    app.verify_log().await;
}

#[tokio::test]
async fn key_of_another_request_is_refused() {
    let (app, client) = start().await;
    client.post_with(PATH, KEY, TaskBody::titled("one")).await;
    let reply = client.post_with(PATH, KEY, TaskBody::titled("two")).await;
    assert_eq!(
        (reply.status.as_u16(), reply.problem()),
        (422, "idempotency-key-reused")
    );
    assert_eq!(app.events(UserId::LOCAL).await.len(), 1);
    app.verify_log().await;
}

#[tokio::test]
async fn other_keys_make_other_tasks() {
    let (app, client) = start().await;
    for key in ["a", "b"] {
        let reply = client
            .post_with(PATH, &[("idempotency-key", key)], TaskBody::titled("x"))
            .await;
        assert_eq!(reply.status, 201);
        assert!(!reply.headers.contains_key("idempotency-replayed"));
    }
    assert_eq!(app.events(UserId::LOCAL).await.len(), 2);
}

#[tokio::test]
async fn key_must_be_visible_and_short_enough() {
    let (app, client) = start().await;
    let long = "k".repeat(256);
    for key in [long.as_str(), "", "a b", "\u{7f}"] {
        let Ok(value) = http::HeaderValue::from_bytes(key.as_bytes()) else {
            continue;
        };
        let request = http::Request::post(PATH)
            .header("content-type", "application/json")
            .header("idempotency-key", value)
            .body(json!({"title": "x"}).to_string().into())
            .unwrap();
        let reply = client.send(request).await;
        assert_eq!(
            (reply.status.as_u16(), reply.faults()),
            (400, vec!["idempotency-key"]),
            "{key:?}"
        );
    }
    nothing_was_written(&app).await;
    let reply = client
        .post_with(PATH, &[("idempotency-key", &long[..255])], TaskBody::titled("x"))
        .await;
    assert_eq!(reply.status, 201);
}

#[tokio::test]
async fn key_given_twice_is_refused() {
    let (app, client) = start().await;
    let keys = [("idempotency-key", "a"), ("idempotency-key", "b")];
    let reply = client.post_with(PATH, &keys, TaskBody::titled("x")).await;
    assert_eq!((reply.status.as_u16(), reply.faults()), (400, vec!["idempotency-key"]));
    nothing_was_written(&app).await;
}

#[tokio::test]
async fn answer_is_kept_for_a_day_and_then_the_request_is_done_anew() {
    let (app, client) = start().await;
    let first = client.post_with(PATH, KEY, TaskBody::titled("x")).await;

    app.clock().advance(TimeDelta::hours(24) - TimeDelta::microseconds(1));
    let kept = client.post_with(PATH, KEY, TaskBody::titled("x")).await;
    assert_eq!(kept.body, first.body);

    app.clock().advance(TimeDelta::microseconds(1));
    let replies = at_once(&client, 20, KEY, TaskBody::titled("x")).await;
    assert!(
        replies
            .iter()
            .all(|reply| reply.status == 201 && reply.body != first.body),
        "{replies:?}"
    );
    let ids: HashSet<_> = replies.iter().map(testing::Reply::id).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(app.events(UserId::LOCAL).await.len(), 2);
    app.verify_log().await;
}

#[tokio::test]
async fn errors_are_not_kept() {
    let (app, client) = start().await;
    assert_eq!(client.post_with(PATH, KEY, TaskBody::titled("")).await.status, 422);
    let reply = client.post_with(PATH, KEY, TaskBody::titled("x")).await;
    assert_eq!(reply.status, 201);
    app.verify_log().await;
}

#[tokio::test]
async fn repetition_with_a_reminder_that_is_past_by_now_is_answered_all_the_same() {
    let (app, client) = start().await;
    let body = || TaskBody::titled("x").reminded_at("2026-11-23T08:05:00Z");
    let first = client.post_with(PATH, KEY, body()).await;
    app.clock().advance(TimeDelta::minutes(10));
    let again = client.post_with(PATH, KEY, body()).await;
    assert_eq!((again.status.as_u16(), again.body), (201, first.body));
    app.verify_log().await;
}
