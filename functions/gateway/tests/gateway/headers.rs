//! Headers that end at the gateway, and those that begin there.

use axum::{Router, routing::get};

use crate::support::{Recorder, gateway, gateway_with_documents, raw_function};

const CLOSE: &str = "host: localhost\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn headers_of_the_clients_connection_end_here() {
    let recorder = Recorder::default();
    let gateway = gateway(recorder.start().await, &[]).await;
    gateway
        .send(
            "GET /v1/tasks HTTP/1.1\r\nhost: localhost\r\nconnection: close, X-Mine , authorization\r\nx-mine: 1\r\n\
             keep-alive: timeout=5\r\nproxy-connection: keep-alive\r\nproxy-authorization: Basic x\r\nte: gzip\r\n\
             expect: 100-continue\r\nhttp2-settings: AAA\r\nauthorization: Bearer t\r\nx-yours: 2\r\n\r\n",
        )
        .await;
    let seen = recorder.only();
    for name in [
        "connection",
        "x-mine",
        "keep-alive",
        "proxy-connection",
        "proxy-authorization",
        "te",
        "expect",
        "http2-settings",
    ] {
        assert_eq!(seen.header(name), None, "{name}");
    }
    assert_eq!(seen.header("x-yours"), Some("2"));
    // A client cannot have it taken away on the way.
    assert_eq!(seen.header("authorization"), Some("Bearer t"));
}

#[tokio::test]
async fn headers_of_the_functions_connection_end_here() {
    let answer = "HTTP/1.1 200 OK\r\nconnection: close, x-mine\r\nx-mine: 1\r\nkeep-alive: timeout=5\r\n\
                  proxy-authenticate: Basic\r\nserver: hyper/1\r\nx-powered-by: rust\r\n\
                  access-control-allow-origin: *\r\nx-yours: 2\r\ncontent-length: 0\r\n\r\n";
    let gateway = gateway(raw_function(answer).await, &[]).await;
    let response = gateway.get("/v1/tasks").await;
    for name in [
        "connection",
        "x-mine",
        "keep-alive",
        "proxy-authenticate",
        "server",
        "x-powered-by",
        "access-control-allow-origin",
    ] {
        assert!(!response.headers().contains_key(name), "{name}");
    }
    assert_eq!(response.headers()["x-yours"], "2");
}

#[tokio::test]
async fn what_strangers_say_of_themselves_is_replaced() {
    let recorder = Recorder::default();
    let gateway = gateway(recorder.start().await, &[]).await;
    let claims = "x-forwarded-for: 1.1.1.1\r\nx-forwarded-for: 2.2.2.2\r\nx-forwarded-proto: https\r\n\
                  x-forwarded-host: evil\r\nx-forwarded-port: 1\r\nx-forwarded-prefix: /x\r\nx-forwarded: for=1\r\n\
                  forwarded: for=1.1.1.1\r\nx-real-ip: 1.1.1.1\r\nx-original-url: /v1/x\r\nx-http-method-override: DELETE\r\n";
    gateway.send(format!("GET /v1/tasks HTTP/1.1\r\n{claims}{CLOSE}")).await;
    let seen = recorder.only();
    assert_eq!(seen.header("x-forwarded-for"), Some("127.0.0.1"));
    assert_eq!(seen.header("x-forwarded-proto"), Some("http"));
    assert_eq!(seen.header("x-forwarded-host"), Some("localhost"));
    for name in [
        "x-forwarded-port",
        "x-forwarded-prefix",
        "x-forwarded",
        "forwarded",
        "x-real-ip",
        "x-original-url",
        "x-http-method-override",
    ] {
        assert_eq!(seen.header(name), None, "{name}");
    }
    assert_eq!(seen.header("via"), Some("1.1 dormouse"));
}

#[tokio::test]
async fn trusted_proxy_says_who_the_client_is() {
    let recorder = Recorder::default();
    let gateway = gateway(recorder.start().await, &[("TRUSTED_PROXIES", "127.0.0.0/8")]).await;
    let claims = "x-forwarded-for: 9.9.9.9, 203.0.113.7\r\nx-forwarded-proto: https\r\n";
    let answer = gateway.send(format!("GET /v1/tasks HTTP/1.1\r\n{claims}{CLOSE}")).await;
    let seen = recorder.only();
    assert_eq!(seen.header("x-forwarded-for"), Some("203.0.113.7"));
    assert_eq!(seen.header("x-forwarded-proto"), Some("https"));
    assert!(
        answer.contains("\r\nstrict-transport-security: max-age=31536000\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn trace_and_request_id_begin_here_or_go_on() {
    let recorder = Recorder::default();
    let gateway = gateway(recorder.start().await, &[]).await;
    let first = gateway.get("/v1/tasks").await;
    let given = gateway
        .client
        .get(gateway.url("/v1/tasks"))
        .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        .header("x-request-id", "mine");
    let second = given.send().await.unwrap();

    let seen = recorder.seen();
    let trace = |n: usize| seen[n].header("traceparent").unwrap().to_owned();
    assert_eq!(trace(0).len(), 55);
    assert_eq!(seen[0].header("x-request-id").unwrap(), first.headers()["x-request-id"]);
    assert!(trace(1).starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && !trace(1).contains("00f067aa0ba902b7"));
    assert_eq!(seen[1].header("x-request-id"), Some("mine"));
    assert_eq!(second.headers()["x-request-id"], "mine");
}

#[tokio::test]
async fn state_of_a_trace_ends_where_its_trace_does() {
    let recorder = Recorder::default();
    let gateway = gateway(recorder.start().await, &[]).await;
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for parent in [traceparent, "nonsense", ""] {
        let request = gateway.client.get(gateway.url("/v1/tasks")).header("tracestate", "a=1");
        let request = request.header("traceparent", parent);
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
    let states: Vec<_> = recorder
        .seen()
        .iter()
        .map(|seen| seen.header("tracestate").map(str::to_owned))
        .collect();
    assert_eq!(states, [Some("a=1".to_owned()), None, None]);
}

#[tokio::test]
async fn browser_that_came_by_tls_is_not_to_come_otherwise_whatever_it_is_answered() {
    let gateway = gateway(Recorder::default().start().await, &[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    for path in ["/v1/tasks", "/nowhere", "/healthz"] {
        for (proto, value) in [("https", Some("max-age=31536000")), ("http", None)] {
            let request = gateway.client.get(gateway.url(path)).header("x-forwarded-proto", proto);
            let response = request.send().await.unwrap();
            let said = response.headers().get("strict-transport-security");
            assert_eq!(said.map(|said| said.to_str().unwrap()), value, "{path}");
        }
    }
}

#[tokio::test]
async fn every_answer_keeps_browsers_from_taking_it_for_a_page() {
    let gateway = gateway(Recorder::default().start().await, &[]).await;
    for path in ["/v1/tasks", "/nowhere", "/healthz"] {
        let response = gateway.get(path).await;
        assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(
            response.headers()["content-security-policy"],
            "default-src 'none'; frame-ancestors 'none'"
        );
        assert_eq!(response.headers()["referrer-policy"], "no-referrer");
        assert_eq!(response.headers()["x-frame-options"], "DENY");
        assert!(!response.headers().contains_key("strict-transport-security"));
    }
}

#[tokio::test]
async fn documents_are_for_everybody_and_say_themselves_what_a_browser_may_do() {
    let documents = Router::new().route(
        "/docs",
        get(async || ([("content-security-policy", "default-src 'self'")], "a page")),
    );
    let gateway = gateway_with_documents(documents).await;
    let response = gateway.get("/docs").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-security-policy"], "default-src 'self'");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(gateway.get("/v1/tasks").await.status(), 401);
}
