//! The server, over real sockets.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Extension, Router,
    body::Bytes,
    routing::{get, post},
};
use http::HeaderMap;
use runtime::{
    CancellationToken,
    http::{
        layers,
        server::{Limits, Peer, Server},
    },
    identity::Authentication,
};
use testing::TestApp;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Notify,
    task::JoinHandle,
};

pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

async fn serve(on: &str, routes: Router) -> Served {
    serve_within(Limits::default(), on, routes).await
}

pub(crate) async fn serve_within(limits: Limits, on: &str, routes: Router) -> Served {
    let server = Server::bind(on.parse().expect("it is an address"), "PORT")
        .await
        .expect("a port is free")
        .limited(limits);
    let address = SocketAddr::from(([127, 0, 0, 1], server.address().port()));
    let stop = CancellationToken::new();
    let router = layers::surround(routes, Authentication::LocalUser);
    Served {
        address,
        serving: tokio::spawn(server.serve(router, stop.clone())),
        stop,
    }
}

impl Served {
    /// Sends `request` and reads all that comes until the server closes.
    pub(crate) async fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.expect("the server listens");
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        read(&mut stream).await
    }
}

pub(crate) async fn read(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    stream
        .read_to_end(&mut answer)
        .await
        .expect("the server closes in order");
    String::from_utf8(answer).expect("the answer is text")
}

fn fine() -> Router {
    Router::new()
        .route("/", get(async || "fine"))
        .route("/", post(async |body: Bytes| body.len().to_string()))
}

async fn status_for_host(on: &str, hosts: &str) -> String {
    let served = serve(on, fine()).await;
    let answer = served
        .send(&format!("GET / HTTP/1.1\r\n{hosts}connection: close\r\n\r\n"))
        .await;
    answer[9..12].to_owned()
}

#[tokio::test]
async fn names_that_were_rebound_to_this_machine_are_refused() {
    for host in [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:80",
        "10.0.0.1",
        "",
        "[::2]",
    ] {
        assert_eq!(
            status_for_host("127.0.0.1:0", &format!("host: {host}\r\n")).await,
            "421",
            "{host}"
        );
    }
    assert_eq!(
        status_for_host("127.0.0.1:0", "host: localhost\r\nhost: evil.example\r\n").await,
        "421"
    );
    for host in ["localhost", "LocalHost:8080", "127.0.0.1:1", "[::1]:80"] {
        assert_eq!(
            status_for_host("127.0.0.1:0", &format!("host: {host}\r\n")).await,
            "200",
            "{host}"
        );
    }
}

#[tokio::test]
async fn name_in_the_request_line_counts_before_the_header() {
    let served = serve("127.0.0.1:0", fine()).await;
    let answer = served
        .send("GET http://evil.example/ HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await;
    assert!(answer.starts_with("HTTP/1.1 421 "), "{answer}");
    assert!(answer.contains("/problems/misdirected-request"));
    assert!(answer.contains("\r\nx-request-id: "), "{answer}");
}

#[tokio::test]
async fn listener_that_others_reach_takes_any_name() {
    assert_eq!(status_for_host("0.0.0.0:0", "host: tasks.example\r\n").await, "200");
}

#[tokio::test]
async fn headers_above_the_limit_are_refused() {
    let served = serve("127.0.0.1:0", fine()).await;
    let request = |size: usize| {
        let filling = "x".repeat(size);
        format!("GET / HTTP/1.1\r\nhost: localhost\r\nx-filling: {filling}\r\nconnection: close\r\n\r\n")
    };
    assert!(served.send(&request(60 * 1024)).await.starts_with("HTTP/1.1 200 "));
    assert!(served.send(&request(128 * 1024)).await.starts_with("HTTP/1.1 431 "));
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let served = serve("127.0.0.1:0", fine()).await;
    let answer = served.send("GET / HTTP/1.1\r\nhost : localhost\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[tokio::test]
async fn body_that_is_announced_too_large_is_refused_before_it_is_sent() {
    let app = TestApp::start().await;
    let routes = create_task::function(app.app()).api.unwrap();
    let served = serve("127.0.0.1:0", routes).await;
    let head = "POST /v1/tasks HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    let answer = served
        .send(&format!(
            "{head}content-length: 262145\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n"
        ))
        .await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn chunked_body_is_read() {
    let app = TestApp::start().await;
    let routes = create_task::function(app.app()).api.unwrap();
    let served = serve("127.0.0.1:0", routes).await;
    let head = "POST /v1/tasks HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\n";
    let answer = served
        .send(&format!(
            "{head}transfer-encoding: chunked\r\n\r\n8\r\n{{\"title\"\r\n5\r\n:\"x\"}}\r\n0\r\n\r\n"
        ))
        .await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
}

#[tokio::test]
async fn request_under_way_ends_whole_when_the_server_stops() {
    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (entered, leave) = (Arc::clone(&entered), Arc::clone(&leave));
        async move || {
            entered.notify_one();
            leave.notified().await;
            "done"
        }
    };
    let served = serve("127.0.0.1:0", Router::new().route("/", get(slow))).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let mut idle = TcpStream::connect(served.address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    entered.notified().await;

    served.stop.cancel();
    // The idle connection is closed at once, which shows that the server is stopping.
    assert_eq!(read(&mut idle).await, "");
    leave.notify_one();
    let answer = read(&mut stream).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("done"),
        "{answer}"
    );
    served.serving.await.unwrap();
    TcpStream::connect(served.address).await.unwrap_err();
}

#[tokio::test]
async fn address_that_is_taken_is_named() {
    let served = serve("127.0.0.1:0", fine()).await;
    let error = Server::bind(served.address, "PORT").await.unwrap_err().to_string();
    assert!(
        error.contains(&served.address.to_string()) && error.contains("PORT"),
        "{error}"
    );
}

#[tokio::test]
async fn request_tells_who_is_at_the_other_end_and_what_it_is_called() {
    let routes = Router::new().route(
        "/",
        get(async |Extension(Peer(peer)): Extension<Peer>, headers: HeaderMap| {
            format!("{peer} {:?}", headers.get("x-request-id"))
        }),
    );
    let served = serve("127.0.0.1:0", routes).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let own = stream.local_addr().unwrap();
    let request = "GET / HTTP/1.1\r\nhost: localhost\r\nx-request-id: not fit!\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = read(&mut stream).await;
    let id = answer
        .split("x-request-id: ")
        .nth(1)
        .and_then(|rest| rest.lines().next())
        .unwrap();
    assert!(answer.ends_with(&format!("{own} Some(\"{id}\")")), "{answer}");
}
