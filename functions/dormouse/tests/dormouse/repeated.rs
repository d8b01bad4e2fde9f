//! Every operation that takes an `Idempotency-Key`, as the API's document has them: done once, however often and from
//! however many at once it is asked for.

use chrono::TimeDelta;
use testing::{Client, Reply, TestApp};
use tokio::task::JoinSet;

use crate::walk::{Operation, Somebody, operations};

const KEY: [(&str, &str); 1] = [("idempotency-key", "the-same-key")];
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
const REPLAYED: &str = "idempotency-replayed";

/// Those that take a key, each with somebody whom it can be asked for.
async fn repeatable(app: &TestApp) -> Vec<(Operation, Somebody)> {
    let mut repeatable = Vec::new();
    for operation in operations() {
        if operation.headers().iter().any(|name| name == IDEMPOTENCY_KEY) {
            let ann = somebody_for(app, &operation, "ann").await;
            repeatable.push((operation, ann));
        }
    }
    assert!(repeatable.len() >= 9, "{repeatable:?}");
    repeatable
}

/// Somebody for whom the operation changes something.
async fn somebody_for(app: &TestApp, operation: &Operation, name: &str) -> Somebody {
    let somebody = Somebody::settle(app, &format!("{}-{name}", operation.id)).await;
    let task = format!("/v1/tasks/{}", somebody.task);
    match operation.id.as_str() {
        "restoreTask" => somebody.client.delete(&task, &[]).await,
        "reopenTask" => somebody.client.command(&format!("{task}/complete"), &[]).await,
        _ => return somebody,
    };
    somebody
}

async fn count_events(app: &TestApp, somebody: &Somebody) -> usize {
    app.events(somebody.user).await.len()
}

fn is_replayed(reply: &Reply) -> bool {
    reply.headers.get(REPLAYED).is_some_and(|value| value == "true")
}

#[test]
fn every_post_that_writes_takes_a_key() {
    let without = operations();
    let without: Vec<_> = without
        .iter()
        .filter(|operation| operation.is_post() && !operation.headers().iter().any(|name| name == IDEMPOTENCY_KEY))
        .map(|operation| operation.id.as_str())
        .collect();
    assert_eq!(without, ["previewRecurrence"]);
}

#[tokio::test]
async fn hundred_identical_requests_at_once_do_it_once_and_are_answered_equally() {
    let app = TestApp::start().await;
    for (operation, ann) in repeatable(&app).await {
        let bob = somebody_for(&app, &operation, "bob").await;
        let before = count_events(&app, &bob).await;
        let once = operation.ask(&bob.client, bob.own(&operation), "", &[]).await;
        let (written, status) = (count_events(&app, &bob).await - before, once.status);
        assert!(written > 0 && status.is_success(), "{operation:?}: {once:?}");

        let before = count_events(&app, &ann).await;
        let mut asking = JoinSet::new();
        for _ in 0..100 {
            let (operation, client, id) = (operation.clone(), ann.client.clone(), ann.own(&operation).to_owned());
            asking.spawn(async move { operation.ask(&client, &id, "", &KEY).await });
        }
        let replies = asking.join_all().await;
        assert_eq!(count_events(&app, &ann).await - before, written, "{operation:?}");
        let of = |reply: &Reply| {
            let header = |name| reply.headers.get(name).cloned();
            (reply.status, reply.body.clone(), header("etag"), header("location"))
        };
        assert!(replies.iter().all(|reply| of(reply) == of(&replies[0])), "{replies:?}");
        assert_eq!(replies[0].status, status, "{operation:?}");
        assert_eq!(
            replies.iter().filter(|reply| is_replayed(reply)).count(),
            99,
            "{operation:?}"
        );
    }
    app.verify_log().await;
}

#[tokio::test]
async fn key_is_kept_for_its_request_for_a_day() {
    let app = TestApp::start().await;
    for (operation, ann) in repeatable(&app).await {
        let id = ann.own(&operation);
        let first = operation.ask(&ann.client, id, "", &KEY).await;
        assert!(
            first.status.is_success() && !is_replayed(&first),
            "{operation:?}: {first:?}"
        );
        app.clock().advance(TimeDelta::hours(24) - TimeDelta::microseconds(1));
        let again = operation.ask(&ann.client, id, "", &KEY).await;
        assert!(
            is_replayed(&again) && again.body == first.body,
            "{operation:?}: {again:?}"
        );
        let other = ask_otherwise(&operation, &ann.client, id).await;
        assert_eq!(other.problem(), "idempotency-key-reused", "{operation:?}");
        app.clock().advance(TimeDelta::microseconds(1));
        let anew = operation.ask(&ann.client, id, "", &KEY).await;
        assert!(
            !is_replayed(&anew) && !anew.status.is_server_error(),
            "{operation:?}: {anew:?}"
        );
    }
    app.verify_log().await;
}

/// The same request with a body that says the same in other bytes.
async fn ask_otherwise(operation: &Operation, client: &Client, id: &str) -> Reply {
    let body = match operation.body() {
        Some((media_type, example)) => (media_type.as_str(), format!("{example} ")),
        None => ("application/json", "{}".to_owned()),
    };
    operation.ask_with(client, id, "", &KEY, Some(body)).await
}

#[tokio::test]
async fn refusal_is_not_kept() {
    let app = TestApp::start().await;
    for (operation, ann) in repeatable(&app).await {
        if !operation.headers().iter().any(|name| name == "If-Match") {
            continue;
        }
        let stale = [KEY[0], ("if-match", "\"0\"")];
        let id = ann.own(&operation);
        assert_eq!(
            operation.ask(&ann.client, id, "", &stale).await.status,
            412,
            "{operation:?}"
        );
        let done = operation.ask(&ann.client, id, "", &KEY).await;
        assert!(
            done.status.is_success() && !is_replayed(&done),
            "{operation:?}: {done:?}"
        );
        // What was answered is answered again, whatever has become of its condition.
        let again = operation.ask(&ann.client, id, "", &stale).await;
        assert!(
            is_replayed(&again) && again.body == done.body,
            "{operation:?}: {again:?}"
        );
    }
}
