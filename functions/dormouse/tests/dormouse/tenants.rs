//! Two users, every operation, every id of the other's: nothing there, and no trace of it anywhere else.

use serde_json::json;
use testing::{Reply, TestApp};
use uuid::Uuid;

use crate::walk::{Operation, Somebody, operations};

/// Asserts that `reply` shows none of `traces`.
fn assert_traceless(operation: &Operation, reply: &Reply, traces: &[String]) {
    let shown = format!("{:?} {}", reply.headers, String::from_utf8_lossy(&reply.body));
    for trace in traces {
        assert!(!shown.contains(trace.as_str()), "{operation:?} shows {trace}: {shown}");
    }
    assert!(!reply.status.is_server_error(), "{operation:?}: {reply:?}");
}

/// What is the same of two answers that tell nothing apart.
fn told(reply: &Reply) -> (u16, Vec<String>, serde_json::Value) {
    let names = reply.headers.keys().map(ToString::to_string).collect();
    (reply.status.as_u16(), names, reply.json.clone())
}

#[tokio::test]
async fn every_operation_does_what_its_example_says() {
    let app = TestApp::start().await;
    for operation in operations() {
        // Whoever was asked before may have been left in any state.
        let ann = Somebody::settle(&app, &format!("{}-ann", operation.id)).await;
        if operation.id == "restoreTask" {
            ann.client.delete(&format!("/v1/tasks/{}", ann.task), &[]).await;
        }
        let reply = operation.ask(&ann.client, ann.own(&operation), "", &[]).await;
        assert!(reply.status.is_success(), "{operation:?}: {reply:?}");
    }
    assert!(operations().len() >= 15);
}

#[tokio::test]
async fn what_is_anothers_is_not_there_for_any_operation() {
    let app = TestApp::start().await;
    let (ann, bob) = (Somebody::settle(&app, "ann").await, Somebody::settle(&app, "bob").await);
    let (traces, log) = (bob.traces().await, app.events(bob.user).await);
    let ids: Vec<_> = traces.iter().filter(|trace| trace.parse::<Uuid>().is_ok()).collect();
    // His task, series, two reminders, notification, three events, the installation's own aside, and himself.
    assert!(ids.len() >= 8, "{ids:?}");
    for operation in operations().iter().filter(|operation| operation.names_something()) {
        let unknown = Uuid::from_u128(7).to_string();
        let unknown = operation.ask(&ann.client, &unknown, "", &[]).await;
        assert_eq!(unknown.status, 404, "{operation:?}");
        for id in &ids {
            for headers in [&[][..], &[("if-match", "\"1\"")], &[("if-none-match", "\"1\"")]] {
                let reply = operation.ask(&ann.client, id, "", headers).await;
                assert_eq!(told(&reply), told(&unknown), "{operation:?} of {id}");
            }
        }
    }
    assert_eq!(app.events(bob.user).await, log, "nothing happened to him");
    assert_eq!(bob.traces().await, traces);
}

#[tokio::test]
async fn no_answer_shows_a_trace_of_somebody_else() {
    let app = TestApp::start().await;
    let (ann, bob) = (Somebody::settle(&app, "ann").await, Somebody::settle(&app, "bob").await);
    let traces = bob.traces().await;
    let page = bob.client.get("/v1/changes?limit=1").await;
    let token = page.json["next_token"].as_str().expect("a page has a token").to_owned();
    let history = bob.client.get(&format!("/v1/tasks/{}/events?limit=1", bob.task)).await;
    let cursor = history.json["next_cursor"].as_str().expect("there is more").to_owned();
    let handed = [
        token,
        cursor,
        "bobs-secret".to_owned(),
        "bobs-tag".to_owned(),
        bob.task.clone(),
    ];
    for operation in operations() {
        let own = ann.own(&operation);
        assert_traceless(&operation, &operation.ask(&ann.client, own, "", &[]).await, &traces);
        for value in &handed {
            for parameter in operation.query_parameters() {
                let reply = operation
                    .ask(&ann.client, own, &format!("?{parameter}={value}"), &[])
                    .await;
                // What was asked for may be said again.
                let others: Vec<_> = traces.iter().filter(|trace| *trace != value).cloned().collect();
                assert_traceless(&operation, &reply, &others);
            }
            for header in operation.headers() {
                let reply = operation.ask(&ann.client, own, "", &[(header.as_str(), value)]).await;
                assert_traceless(&operation, &reply, &traces);
            }
        }
    }
}

#[tokio::test]
async fn keys_are_ones_own() {
    let app = TestApp::start().await;
    for operation in operations() {
        // Whoever was asked before may have been left in any state.
        let ann = Somebody::settle(&app, &format!("{}-ann", operation.id)).await;
        let bob = Somebody::settle(&app, &format!("{}-bob", operation.id)).await;
        let key = [("idempotency-key", "the-same-key")];
        if operation.headers().iter().any(|name| name == "Idempotency-Key") {
            let theirs = operation.ask(&bob.client, bob.own(&operation), "", &key).await;
            let own = operation.ask(&ann.client, ann.own(&operation), "", &key).await;
            assert!(!own.headers.contains_key("idempotency-replayed"), "{operation:?}");
            let stolen = operation.ask(&ann.client, bob.own(&operation), "", &key).await;
            assert!(
                !stolen.status.is_success() || !operation.names_something(),
                "{operation:?}: {stolen:?}"
            );
            assert!(
                own.json["id"].is_null() || own.json["id"] != theirs.json["id"],
                "{operation:?}"
            );
        }
    }
}

#[tokio::test]
async fn cursors_and_tokens_of_somebody_else_are_refused() {
    let app = TestApp::start().await;
    let (ann, bob) = (Somebody::settle(&app, "ann").await, Somebody::settle(&app, "bob").await);
    bob.client.post("/v1/tasks", json!({"title": "another"})).await;
    let mut handed = Vec::new();
    for operation in operations() {
        for (member, parameter) in [("next_cursor", "cursor"), ("next_token", "since")] {
            if !operation.query_parameters().iter().any(|name| name == parameter) {
                continue;
            }
            let theirs = operation.ask(&bob.client, bob.own(&operation), "?limit=1", &[]).await;
            let place = theirs.json[member]
                .as_str()
                .expect("bob has more than one of everything");
            let query = format!("?{parameter}={place}");
            let again = operation.ask(&bob.client, bob.own(&operation), &query, &[]).await;
            assert_eq!(again.status, 200, "{operation:?}: {again:?}");
            let refused = operation.ask(&ann.client, ann.own(&operation), &query, &[]).await;
            assert_eq!(refused.status, 400, "{operation:?}: {refused:?}");
            assert_eq!(refused.faults(), [parameter]);
            handed.push(operation.id.clone());
        }
    }
    assert!(handed.len() >= 4, "{handed:?}");
}
