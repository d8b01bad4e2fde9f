//! A client of a stream.

use axum::{Extension, Router, body::Body};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use runtime::{
    App, CancellationToken,
    http::{layers, server::Stopping},
    identity::Authentication,
};
use serde_json::Value;
use tower::ServiceExt;

/// An event as a browser has it.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Received {
    pub(crate) id: String,
    pub(crate) retry: String,
    pub(crate) kind: String,
    pub(crate) data: Option<Value>,
}

impl Received {
    pub(crate) fn title(&self) -> &str {
        let data = self.data.as_ref().expect("the event carries data");
        data["data"]["title"].as_str().expect("it is about a task")
    }
}

/// A stream that is read; dropping it cuts it off.
pub(crate) struct Reading {
    pub(crate) headers: HeaderMap,
    body: Body,
    text: String,
}

impl Reading {
    pub(crate) async fn begin(router: &Router, headers: &[(&str, &str)]) -> Self {
        Self::of(router, "", headers).await
    }

    /// As [`Reading::begin`], with a query.
    pub(crate) async fn of(router: &Router, query: &str, headers: &[(&str, &str)]) -> Self {
        let request = Request::get(format!("/v1/changes{query}")).header("accept", "text/event-stream");
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
            headers: response.headers().clone(),
            body: response.into_body(),
            text: String::new(),
        }
    }

    /// The next event; `None` where the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<Received> {
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
            Some(("retry", retry)) => retry.clone_into(&mut received.retry),
            Some(("event", kind)) => kind.clone_into(&mut received.kind),
            Some(("data", data)) => received.data = Some(serde_json::from_str(data).expect("it is JSON")),
            _ => {}
        }
    }
    if let Some(event) = &received.data {
        testing::check_event(event);
    }
    received
}

/// The router of one process, which is stopped by the token.
pub(crate) fn router(app: &App) -> (Router, CancellationToken) {
    let stop = CancellationToken::new();
    let functions = [create_task::function, complete_task::function, stream_changes::function];
    let routes = functions
        .into_iter()
        .filter_map(|function| function(app.clone()).api)
        .fold(Router::new(), Router::merge);
    let router = layers::surround(routes, Authentication::LocalUser).layer(Extension(Stopping(stop.clone())));
    (router, stop)
}
