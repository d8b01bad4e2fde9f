//! Bodies that are handed on as they come, both ways.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    routing::{get, post},
};
use futures_util::{StreamExt, stream};
use http::Response;
use http_body_util::BodyExt;
use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    sync::{Mutex, mpsc, oneshot},
};

use crate::support::{function, gateway};

/// Says that it is gone.
struct Dropped(Option<oneshot::Sender<()>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        if let Some(gone) = self.0.take() {
            let _ = gone.send(());
        }
    }
}

/// A stream of events that a test sends, and word when nobody listens to it any more.
fn events() -> (mpsc::Sender<&'static str>, oneshot::Receiver<()>, Router) {
    let (sender, receiver) = mpsc::channel::<&'static str>(1);
    let (gone, is_gone) = oneshot::channel();
    let once = Arc::new(Mutex::new(Some((receiver, Dropped(Some(gone))))));
    let router = Router::new().route(
        "/v1/changes",
        get(async move || {
            let state = once.lock().await.take().expect("it is asked once");
            let events = stream::unfold(state, async |(mut receiver, dropped)| {
                let event = receiver.recv().await?;
                Some((
                    Ok::<_, std::io::Error>(Bytes::from_static(event.as_bytes())),
                    (receiver, dropped),
                ))
            });
            Response::builder()
                .header("content-type", "text/event-stream")
                .body(Body::from_stream(events))
                .expect("it is an answer")
        }),
    );
    (sender, is_gone, router)
}

#[tokio::test]
async fn event_reaches_the_client_before_the_next_is_sent() {
    let (sender, _gone, router) = events();
    let gateway = gateway(function(router).await, &[]).await;
    let response = gateway.get("/v1/changes").await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut heard = response.bytes_stream();
    for event in ["data: 1\n\n", "data: 2\n\n", ": still here\n\n"] {
        sender.send(event).await.unwrap();
        assert_eq!(heard.next().await.unwrap().unwrap(), event);
    }
    drop(sender);
    assert!(heard.next().await.is_none());
}

#[tokio::test]
async fn stream_ends_when_its_client_goes_away() {
    let (sender, gone, router) = events();
    let gateway = gateway(function(router).await, &[]).await;
    let mut response = gateway.get("/v1/changes").await;
    sender.send("data: 1\n\n").await.unwrap();
    response.chunk().await.unwrap().unwrap();
    drop(response);
    gone.await.unwrap();
}

#[tokio::test]
async fn stream_ends_in_order_when_the_gateway_stops() {
    let (sender, gone, router) = events();
    let gateway = gateway(function(router).await, &[]).await;
    let mut response = gateway.get("/v1/changes").await;
    sender.send("data: 1\n\n").await.unwrap();
    response.chunk().await.unwrap().unwrap();
    gateway.stop();
    // Its client comes back, to another gateway, and goes on from where it was.
    assert!(response.chunk().await.unwrap().is_none());
    gone.await.unwrap();
}

#[tokio::test]
async fn request_ends_when_its_client_goes_away() {
    let (gone, is_gone) = oneshot::channel();
    let (begun, has_begun) = oneshot::channel();
    let once = Arc::new(Mutex::new(Some((Dropped(Some(gone)), begun))));
    let router = Router::new().route(
        "/v1/tasks",
        get(async move || {
            let (_dropped, begun) = once.lock().await.take().expect("it is asked once");
            begun.send(()).expect("the test waits");
            std::future::pending::<()>().await;
        }),
    );
    let gateway = gateway(function(router).await, &[]).await;
    let mut client = TcpStream::connect(gateway.address).await.unwrap();
    client
        .write_all(b"GET /v1/tasks HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    has_begun.await.unwrap();
    drop(client);
    is_gone.await.unwrap();
}

#[tokio::test]
async fn body_reaches_the_function_as_it_comes() {
    let (pieces, mut heard) = mpsc::channel(10);
    let router = Router::new().route(
        "/v1/tasks",
        post(async move |request: Request| {
            let mut body = request.into_body();
            while let Some(Ok(frame)) = body.frame().await {
                pieces
                    .send(frame.into_data().expect("it is data"))
                    .await
                    .expect("the test waits");
            }
        }),
    );
    let gateway = gateway(function(router).await, &[]).await;
    let (sender, receiver) = mpsc::channel::<&'static str>(1);
    let pieces = stream::unfold(receiver, async |mut receiver| {
        Some((Ok::<_, std::io::Error>(receiver.recv().await?), receiver))
    });
    let sent = tokio::spawn(
        gateway
            .post("/v1/tasks")
            .body(reqwest::Body::wrap_stream(pieces))
            .send(),
    );
    for piece in ["first", "second"] {
        sender.send(piece).await.unwrap();
        assert_eq!(heard.recv().await.unwrap(), piece);
    }
    drop(sender);
    assert_eq!(sent.await.unwrap().unwrap().status(), 200);
}
