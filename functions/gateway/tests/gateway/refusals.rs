//! Requests that no function hears of.

use http::Method;

use crate::support::{Recorder, gateway, problem};

const CLOSE: &str = "host: localhost\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn paths_that_are_none_of_ours_are_not_found() {
    let recorder = Recorder::default();
    let gateway = gateway(recorder.start().await, &[]).await;
    for path in [
        "/",
        "/v1",
        "/v1/tasks/",
        "//v1/tasks",
        "/v1//tasks",
        "/v1/tasks/1/2",
        "/v1/tasks/../tasks",
        "/v1/./tasks",
        "/v1/%74asks",
        "/v1/tasks/%2e%2e",
        "/v1/tasks/..%2fnotifications",
        "/v1/tasks/1%2fskip",
        "/v1/tasks/../skip",
        "/v1/tasks/%00",
        "/v1/tasks;a=b",
        "/V1/tasks",
        "/internal",
        "/metrics",
        "/v2/tasks",
    ] {
        let answer = gateway.send(format!("GET {path} HTTP/1.1\r\n{CLOSE}")).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
        assert!(answer.contains("\"type\":\"/problems/not-found\""), "{path}: {answer}");
    }
    assert_eq!(recorder.lines(), [""; 0]);
}

#[tokio::test]
async fn methods_that_a_path_does_not_take_are_named() {
    let recorder = Recorder::default();
    let gateway = gateway(recorder.start().await, &[]).await;
    for (method, path, allowed) in [
        (Method::PUT, "/v1/tasks", "GET,HEAD,POST"),
        (Method::POST, "/v1/tasks/1", "DELETE,GET,HEAD,PATCH"),
        (Method::GET, "/v1/tasks/1/skip", "POST"),
        (Method::OPTIONS, "/v1/changes", "GET,HEAD"),
        (Method::TRACE, "/v1/changes", "GET,HEAD"),
        (Method::from_bytes(b"BREW").unwrap(), "/v1/changes", "GET,HEAD"),
    ] {
        let response = gateway.client.request(method, gateway.url(path)).send().await.unwrap();
        assert_eq!(response.status(), 405, "{path}");
        let mut named: Vec<_> = response.headers()["allow"]
            .to_str()
            .unwrap()
            .split(',')
            .map(str::trim)
            .collect();
        named.sort_unstable();
        assert_eq!(named.join(","), allowed);
        assert_eq!(problem(response).await, "method-not-allowed");
    }
    assert_eq!(recorder.lines(), [""; 0]);
}

#[tokio::test]
async fn connections_are_not_upgraded() {
    let recorder = Recorder::default();
    let gateway = gateway(recorder.start().await, &[]).await;
    for upgrade in ["websocket", "h2c", "TLS/1.0"] {
        let request = format!(
            "GET /v1/changes HTTP/1.1\r\nhost: localhost\r\nconnection: close, upgrade\r\nupgrade: {upgrade}\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        let answer = gateway.send(request).await;
        assert!(
            answer.starts_with("HTTP/1.1 400 ") && answer.contains("not upgraded"),
            "{answer}"
        );
    }
    let answer = gateway.send(format!("CONNECT localhost:80 HTTP/1.1\r\n{CLOSE}")).await;
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    assert_eq!(recorder.lines(), [""; 0]);
}

#[tokio::test]
async fn host_is_named_once() {
    let recorder = Recorder::default();
    let gateway = gateway(recorder.start().await, &[]).await;
    for (hosts, status) in [
        ("", "4"),
        ("host: localhost\r\nhost: localhost\r\n", "4"),
        ("host: evil.example\r\n", "421"),
        ("host: localhost\r\n", "200"),
    ] {
        let answer = gateway
            .send(format!("GET /v1/tasks HTTP/1.1\r\n{hosts}connection: close\r\n\r\n"))
            .await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{hosts}: {answer}");
    }
    assert_eq!(
        recorder.only().header("host"),
        Some(recorder.only().header("host").unwrap())
    );
}

#[tokio::test]
async fn target_that_names_a_host_chooses_no_function() {
    let recorder = Recorder::default();
    let gateway = gateway(recorder.start().await, &[]).await;
    let request = "GET http://localhost:1/v1/tasks?q=x HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    assert!(gateway.send(request).await.starts_with("HTTP/1.1 200 "));
    let seen = recorder.only();
    assert_eq!(
        (seen.line.as_str(), seen.header("x-forwarded-host")),
        ("GET /v1/tasks?q=x", Some("localhost:1"))
    );
    assert_ne!(seen.header("host"), Some("localhost:1"));
    let request = "GET http://10.0.0.1/v1/tasks HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    assert!(gateway.send(request).await.starts_with("HTTP/1.1 421 "));
}

#[tokio::test]
async fn large_body_is_refused_before_it_is_sent() {
    let recorder = Recorder::default();
    let gateway = gateway(recorder.start().await, &[]).await;
    let answer = gateway
        .send(format!(
            "POST /v1/tasks HTTP/1.1\r\ncontent-length: 262145\r\nexpect: 100-continue\r\n{CLOSE}"
        ))
        .await;
    assert!(
        answer.starts_with("HTTP/1.1 413 ") && answer.contains("262144 bytes"),
        "{answer}"
    );
    assert_eq!(recorder.lines(), [""; 0]);
    let response = gateway
        .post("/v1/tasks")
        .body("x".repeat(262_144))
        .send()
        .await
        .unwrap();
    assert_eq!((response.status().as_u16(), recorder.only().body.len()), (200, 262_144));
}

#[tokio::test]
async fn body_that_grows_too_large_is_refused_while_it_comes() {
    let recorder = Recorder::default();
    let gateway = gateway(recorder.start().await, &[]).await;
    let pieces = futures_util::stream::iter((0..4).map(|_| Ok::<_, std::io::Error>("x".repeat(65_537))));
    let request = gateway.post("/v1/tasks").body(reqwest::Body::wrap_stream(pieces));
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 413);
    assert_eq!(problem(response).await, "content-too-large");
}

#[tokio::test]
async fn headers_are_limited() {
    let gateway = gateway(Recorder::default().start().await, &[]).await;
    let long = format!("x-long: {}\r\n", "x".repeat(140_000));
    let many = (0..200).map(|n| format!("x-{n}: 1\r\n")).collect::<String>();
    for headers in [long, many] {
        let answer = gateway
            .send(format!("GET /v1/tasks HTTP/1.1\r\n{headers}{CLOSE}"))
            .await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
}
