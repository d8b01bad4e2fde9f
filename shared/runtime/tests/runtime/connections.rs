//! Connections: none is kept for a client that has nothing to say, and there are only so many.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, routing::get};
use runtime::http::server::Limits;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Notify,
    task::JoinSet,
};

use crate::server::{read, serve_within};

const NOTHING_MORE: &str = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// No patience with half a request, all in the world between two.
fn impatient() -> Limits {
    Limits {
        patience: Duration::from_millis(50),
        keep_alive: Duration::from_secs(3600),
        ..Limits::default()
    }
}

/// All the patience in the world with a first request, none between two.
fn closing() -> Limits {
    Limits {
        patience: Duration::from_secs(3600),
        keep_alive: Duration::from_millis(50),
        ..Limits::default()
    }
}

fn fine() -> Router {
    Router::new().route("/", get(async || "fine"))
}

#[tokio::test]
async fn client_that_sends_no_whole_request_is_not_waited_for() {
    let served = serve_within(impatient(), "127.0.0.1:0", fine()).await;
    for beginning in [
        "",
        "P",
        "PRI * HTTP/2.0\r\n",
        "G",
        "GET / HTTP/1.1\r\nhost: localhost\r\n",
    ] {
        assert_eq!(served.send(beginning).await, "", "{beginning:?}");
    }
}

#[tokio::test]
async fn request_that_comes_byte_by_byte_is_answered() {
    let served = serve_within(closing(), "127.0.0.1:0", fine()).await;
    for request in [NOTHING_MORE.to_owned(), NOTHING_MORE.replace("GET", "PROPFIND")] {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        for byte in request.bytes() {
            stream.write_all(&[byte]).await.unwrap();
            // The server runs on this thread, too: it sees each byte alone.
            tokio::task::yield_now().await;
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
    }
}

#[tokio::test]
async fn client_that_begins_http_2_and_asks_nothing_is_not_waited_for() {
    let served = serve_within(impatient(), "127.0.0.1:0", fine()).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let empty_settings = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    stream.write_all(empty_settings).await.unwrap();
    let mut frames = Vec::new();
    stream.read_to_end(&mut frames).await.unwrap();
    let said_goodbye = frames.windows(9).any(|frame| frame[..4] == [0, 0, 8, 7]);
    assert!(said_goodbye, "{frames:?}");
}

#[tokio::test]
async fn connection_that_lies_unused_is_closed() {
    let served = serve_within(closing(), "127.0.0.1:0", fine()).await;
    let answer = served.send(NOTHING_MORE).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("fine"),
        "{answer}"
    );
}

#[tokio::test]
async fn request_under_way_is_no_idleness() {
    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (entered, leave) = (Arc::clone(&entered), Arc::clone(&leave));
        async move || {
            entered.notify_one();
            leave.notified().await;
            "done"
        }
    };
    let served = serve_within(closing(), "127.0.0.1:0", fine().route("/slow", get(slow))).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream
        .write_all(b"GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    entered.notified().await;
    // A later connection was given up meanwhile.
    served.send(NOTHING_MORE).await;
    leave.notify_one();
    assert!(read(&mut stream).await.ends_with("done"));
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_their_turn() {
    let limits = Limits {
        connections: 2,
        ..Limits::default()
    };
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counting = {
        let most = Arc::clone(&most);
        async move || {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // Long enough for everybody who is let in to be here.
            tokio::time::sleep(Duration::from_millis(50)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            "counted"
        }
    };
    let served = Arc::new(serve_within(limits, "127.0.0.1:0", Router::new().route("/", get(counting))).await);
    let mut clients = JoinSet::new();
    for _ in 0..8 {
        let served = Arc::clone(&served);
        clients.spawn(async move {
            served
                .send("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
                .await
        });
    }
    for answer in clients.join_all().await {
        assert!(answer.ends_with("counted"), "{answer}");
    }
    assert!(most.load(Ordering::SeqCst) <= 2);
}
