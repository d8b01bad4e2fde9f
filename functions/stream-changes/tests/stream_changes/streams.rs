//! The log as it grows.

use std::collections::BTreeSet;

use axum::{Extension, Router, body::Body};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use runtime::{
    CancellationToken,
    http::{layers, server::Stopping},
    identity::Authentication,
};
use serde_json::Value;
use testing::{Client, TestApp};
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::create;

/// An event as a browser has it.
#[derive(Debug, Default, Clone, PartialEq)]
struct Received {
    id: String,
    kind: String,
    data: Option<Value>,
}

impl Received {
    fn title(&self) -> &str {
        let data = self.data.as_ref().expect("the event carries data");
        data["data"]["title"].as_str().expect("it is about a task")
    }
}

/// A stream that is read; dropping it cuts it off.
struct Reading {
    body: Body,
    text: String,
}

impl Reading {
    async fn begin(router: &Router, headers: &[(&str, &str)]) -> Self {
        let request = Request::get("/v1/changes").header("accept", "text/event-stream");
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        let Ok(response) = router
            .clone()
            .oneshot(request.body(Body::empty()).expect("a good request"))
            .await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            body: response.into_body(),
            text: String::new(),
        }
    }

    /// The next event; `None` where the stream has ended.
    async fn next(&mut self) -> Option<Received> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let event = parse(event);
                self.text = rest.to_owned();
                return Some(event);
            }
            let frame = self.body.frame().await?.expect("the stream is whole");
            let data = frame.into_data().expect("a stream has no trailers");
            self.text
                .push_str(std::str::from_utf8(&data).expect("the stream is UTF-8"));
        }
    }
}

fn parse(event: &str) -> Received {
    let mut received = Received::default();
    for line in event.lines() {
        match line.split_once(": ") {
            Some(("id", id)) => id.clone_into(&mut received.id),
            Some(("event", kind)) => kind.clone_into(&mut received.kind),
            Some(("data", data)) => received.data = serde_json::from_str(data).ok(),
            _ => {}
        }
    }
    received
}

/// The router of one process, which is stopped by the token.
fn router(app: &TestApp) -> (Router, CancellationToken) {
    let stop = CancellationToken::new();
    let functions = [create_task::function(app.app()), stream_changes::function(app.app())];
    let routes = functions
        .into_iter()
        .filter_map(|function| function.api)
        .fold(Router::new(), Router::merge);
    let router = layers::surround(routes, Authentication::LocalUser).layer(Extension(Stopping(stop.clone())));
    (router, stop)
}

#[tokio::test]
async fn stream_begins_with_a_token_and_goes_on_with_what_is_committed() {
    let app = TestApp::start().await;
    let (router, _stop) = router(&app);
    let client = Client::new(router.clone());
    create(&client, "one").await;
    let mut reading = Reading::begin(&router, &[]).await;
    let begin = reading.next().await.unwrap();
    assert_eq!((begin.kind.as_str(), begin.data.is_none()), ("", true));
    let one = reading.next().await.unwrap();
    assert_eq!((one.title(), one.kind.as_str()), ("one", "todo.task.created"));
    create(&client, "two").await;
    assert_eq!(reading.next().await.unwrap().title(), "two");

    // From the very beginning, and from the one event on.
    let mut again = Reading::begin(&router, &[("last-event-id", &begin.id)]).await;
    assert_eq!(again.next().await.unwrap().id, begin.id);
    assert_eq!(again.next().await.unwrap(), one);
    let mut later = Reading::begin(&router, &[("last-event-id", &one.id)]).await;
    later.next().await.unwrap();
    assert_eq!(later.next().await.unwrap().title(), "two");
}

#[tokio::test]
async fn stream_ends_when_the_process_is_told_to_stop() {
    let app = TestApp::start().await;
    let (router, stop) = router(&app);
    let mut reading = Reading::begin(&router, &[]).await;
    reading.next().await.unwrap();
    stop.cancel();
    assert_eq!(reading.next().await, None);
}

#[tokio::test]
async fn stream_ends_when_the_era_does() {
    let app = TestApp::start().await;
    let (router, _stop) = router(&app);
    let client = Client::new(router.clone());
    let mut reading = Reading::begin(&router, &[]).await;
    reading.next().await.unwrap();
    let mut session = app.app().database.session().await.unwrap();
    storage::installation::renew_era(&mut session).await.unwrap();
    create(&client, "one").await;
    assert_eq!(reading.next().await, None);
}

#[tokio::test]
async fn user_has_so_many_streams_and_each_that_ends_makes_room() {
    let app = TestApp::start().await;
    let (router, _stop) = router(&app);
    let mut readings = Vec::new();
    for _ in 0..20 {
        readings.push(Reading::begin(&router, &[]).await);
    }
    let client = Client::new(router.clone());
    let refused = client.get_with("/v1/changes", &[("accept", "text/event-stream")]).await;
    assert_eq!(
        (refused.problem(), refused.header("retry-after")),
        ("rate-limited", "300")
    );
    assert_eq!(client.get("/v1/changes").await.status, 200);
    readings.pop();
    Reading::begin(&router, &[]).await;
}

#[tokio::test]
async fn streams_are_for_this_path_only() {
    let app = TestApp::start().await;
    let (router, _stop) = router(&app);
    let client = Client::new(router);
    let refused = client.get_with("/v1/tasks", &[("accept", "text/event-stream")]).await;
    assert_eq!(refused.status, 406);
    let refused = client
        .get_with("/v1/changes?limit=3", &[("accept", "text/event-stream")])
        .await;
    assert_eq!(refused.faults(), ["limit"]);
    let headers = [("accept", "text/event-stream"), ("last-event-id", "x")];
    assert_eq!(
        client.get_with("/v1/changes", &headers).await.faults(),
        ["last-event-id"]
    );
}

/// Eight writers write while a reader is cut off at every few events and goes on from the last one it has seen.
#[tokio::test(flavor = "multi_thread")]
async fn reader_that_is_cut_off_and_resumes_sees_every_event_of_its_user_once() {
    const WRITERS: usize = 8;
    const TASKS: usize = 40;
    let app = TestApp::start().await;
    let (router, _stop) = router(&app);
    let stranger = app.serve_as(testing::SOMEBODY_ELSE, [create_task::function(app.app())]);
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        // One of them writes for somebody else.
        let client = if writer == 0 {
            stranger.clone()
        } else {
            Client::new(router.clone())
        };
        writers.spawn(async move {
            for task in 0..TASKS {
                create(&client, &format!("{writer}-{task}")).await;
            }
        });
    }
    let (mut titles, mut ids, mut last) = (Vec::new(), BTreeSet::new(), String::new());
    let mut patience = (1..=7).cycle();
    while titles.len() < (WRITERS - 1) * TASKS {
        let headers = [("last-event-id", last.as_str())];
        let headers = if last.is_empty() { &[][..] } else { &headers[..] };
        let mut reading = Reading::begin(&router, headers).await;
        reading.next().await.unwrap();
        for _ in 0..patience.next().unwrap_or(1).min((WRITERS - 1) * TASKS - titles.len()) {
            let event = reading.next().await.unwrap();
            titles.push(event.title().to_owned());
            assert!(
                ids.insert(event.data.as_ref().unwrap()["id"].to_string()),
                "{event:?} came twice"
            );
            last = event.id;
        }
    }
    writers.join_all().await;
    for writer in 1..WRITERS {
        let of_writer = titles.iter().filter(|title| title.starts_with(&format!("{writer}-")));
        let expected: Vec<_> = (0..TASKS).map(|task| format!("{writer}-{task}")).collect();
        assert!(of_writer.eq(&expected), "events of one writer are in its order");
    }
    assert_eq!(titles.iter().filter(|title| title.starts_with("0-")).count(), 0);
}
