//! Requests that two readers might take for different ones: whatever a function hears is one request, as the gateway
//! understood it.

use crate::support::{Recorder, gateway};

const HIDDEN: &str = "GET /v1/notifications HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// Sends `head` with a body in which another request hides; the answer's status, and what the function heard.
async fn heard(head: &str, body: &str) -> (String, Vec<String>) {
    let recorder = Recorder::default();
    let gateway = gateway(recorder.start().await, &[]).await;
    let request = format!("POST /v1/tasks HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{head}\r\n{body}");
    let answer = gateway.send(request).await;
    let status = answer.get(9..12).unwrap_or_default().to_owned();
    (
        status,
        recorder
            .seen()
            .into_iter()
            .map(|seen| format!("{} {}", seen.line, seen.body))
            .collect(),
    )
}

#[tokio::test]
async fn requests_of_doubtful_length_are_not_handed_on() {
    let length = HIDDEN.len();
    for head in [
        format!("content-length: 0\r\ncontent-length: {length}\r\n"),
        format!("content-length: 0, {length}\r\n"),
        "content-length: +1\r\n".to_owned(),
        "content-length: 0x10\r\n".to_owned(),
        "content-length: -1\r\n".to_owned(),
        "content-length: \r\n".to_owned(),
        "content-length: 18446744073709551616\r\n".to_owned(),
        "transfer-encoding: identity\r\n".to_owned(),
        "transfer-encoding: chunked, identity\r\n".to_owned(),
        "transfer-encoding: xchunked\r\n".to_owned(),
        "transfer-encoding : chunked\r\n".to_owned(),
        "content-length : 4\r\n".to_owned(),
        "x: 1\r\n transfer-encoding: chunked\r\n".to_owned(),
        "x\u{0}: 1\r\n".to_owned(),
    ] {
        let (status, heard) = heard(&head, HIDDEN).await;
        assert!(status == "400" || status.is_empty(), "{head}: {status}");
        assert!(heard.is_empty(), "{head}: {heard:?}");
    }
}

#[tokio::test]
async fn length_beside_chunks_counts_for_nothing() {
    let body = format!("0\r\n\r\n{HIDDEN}");
    for head in [
        format!("content-length: {}\r\ntransfer-encoding: chunked\r\n", body.len()),
        format!("transfer-encoding: chunked\r\ncontent-length: {}\r\n", body.len()),
        "transfer-encoding: chunked\r\ncontent-length: 4\r\n".to_owned(),
    ] {
        let (status, heard) = heard(&head, &body).await;
        assert!(
            heard.iter().all(|request| request == "POST /v1/tasks "),
            "{head}: {heard:?}"
        );
        assert!(matches!(&*status, "200" | "400" | ""), "{head}: {status}");
    }
}

#[tokio::test]
async fn malformed_chunks_end_the_request() {
    for body in [
        "xyz\r\n",
        "4\r\nabcdefgh\r\n0\r\n\r\n",
        "-1\r\n\r\n",
        "FFFFFFFFFFFFFFFFF\r\n",
        "1;\n\r\nx\r\n0\r\n\r\n",
    ] {
        let (status, heard) = heard("transfer-encoding: chunked\r\n", &format!("{body}{HIDDEN}")).await;
        assert!(status == "400" || status.is_empty(), "{body}: {status}");
        assert!(
            !heard.iter().any(|request| request.contains("notifications HTTP")),
            "{body}: {heard:?}"
        );
        assert!(
            !heard.iter().any(|request| request.starts_with("GET")),
            "{body}: {heard:?}"
        );
    }
}

#[tokio::test]
async fn body_that_hides_a_request_stays_a_body() {
    let length = HIDDEN.len();
    let (status, heard) = heard(&format!("content-length: {length}\r\n"), HIDDEN).await;
    assert_eq!(
        (status.as_str(), heard),
        ("200", vec![format!("POST /v1/tasks {HIDDEN}")])
    );
}

#[tokio::test]
async fn path_cannot_hold_a_request() {
    let recorder = Recorder::default();
    let gateway = gateway(recorder.start().await, &[]).await;
    for target in [
        "/v1/tasks HTTP/1.1\r\nx: y",
        "/v1/tasks\thi",
        "/v1/tasks?a=\u{1}",
        "/v1/tasks?a b",
        "v1/tasks",
    ] {
        gateway
            .send(format!(
                "GET {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
            ))
            .await;
    }
    assert!(
        recorder.lines().iter().all(|line| line == "GET /v1/tasks"),
        "{:?}",
        recorder.lines()
    );
}
