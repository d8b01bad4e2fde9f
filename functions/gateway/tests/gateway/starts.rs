//! Functions that start from zero, and those that do not.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, extract::Request, response::IntoResponse};
use chrono::TimeDelta;
use http::{Method, StatusCode};
use runtime::{Clock, Problem, TestClock, identity::Authentication};
use testing::{eventually, instant};
use tokio::net::{TcpListener, TcpSocket};

use crate::support::{Recorder, Served, function, gateway, gateway_with, hear, problem, serve};

const TASKS: [(Method, &str); 4] = [
    (Method::GET, "/v1/tasks"),
    (Method::POST, "/v1/tasks"),
    (Method::PATCH, "/v1/tasks/1"),
    (Method::DELETE, "/v1/tasks/1"),
];

/// A port that refuses connections until somebody listens on it.
fn refusing() -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket can be made");
    socket
        .bind("127.0.0.1:0".parse().expect("it is an address"))
        .expect("a port is free");
    socket
}

/// What stands before functions answers 503 `times` times.
async fn starting(times: usize, recorder: &Recorder) -> std::net::SocketAddr {
    let asked = Arc::new(AtomicUsize::new(0));
    let whole = recorder.router(|| StatusCode::OK.into_response());
    function(Router::new().fallback(async move |request: Request| {
        if asked.fetch_add(1, Ordering::SeqCst) < times {
            (StatusCode::SERVICE_UNAVAILABLE, "no healthy upstream").into_response()
        } else {
            tower::ServiceExt::oneshot(whole, request).await.into_response()
        }
    }))
    .await
}

#[tokio::test]
async fn function_that_starts_is_waited_for() {
    let socket = refusing();
    let address = socket.local_addr().unwrap();
    let clock = TestClock::at(instant("2026-11-23T08:00:00Z"));
    let url = format!("http://{address}");
    let gateway = gateway_with(&[("FUNCTIONS_URL", &url)], Authentication::LocalUser, &clock.clock()).await;
    // Nothing was sent to whom nobody can reach, so that even what must not be done twice may be tried again.
    let sent = tokio::spawn(gateway.post("/v1/tasks").body("{\"title\": \"x\"}").send());
    for _ in 0..30 {
        clock.advance(TimeDelta::milliseconds(100));
        tokio::task::yield_now().await;
    }
    let recorder = Recorder::default();
    serve(
        socket.listen(8).unwrap(),
        recorder.router(|| StatusCode::CREATED.into_response()),
    );
    eventually("it is asked", async || {
        clock.advance(TimeDelta::milliseconds(10));
        !recorder.seen().is_empty()
    })
    .await;
    assert_eq!(sent.await.unwrap().unwrap().status(), 201);
    assert_eq!(recorder.only().body, "{\"title\": \"x\"}");
}

#[tokio::test]
async fn function_that_never_starts_is_given_up() {
    let socket = refusing();
    let clock = TestClock::at(instant("2026-11-23T08:00:00Z"));
    let url = format!("http://{}", socket.local_addr().unwrap());
    let gateway = gateway_with(&[("FUNCTIONS_URL", &url)], Authentication::LocalUser, &clock.clock()).await;
    let began = clock.clock().now();
    let sent = tokio::spawn(gateway.client.get(gateway.url("/v1/tasks")).send());
    eventually("it is given up", async || {
        clock.advance(TimeDelta::milliseconds(250));
        sent.is_finished()
    })
    .await;
    let response = sent.await.unwrap().unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (503, &"1".parse().unwrap())
    );
    assert_eq!(problem(response).await, "unavailable");
    assert!(clock.clock().now() - began >= TimeDelta::seconds(30));
}

#[tokio::test]
async fn what_may_be_done_twice_waits_behind_whatever_starts_a_function() {
    for (method, path) in TASKS {
        let recorder = Recorder::default();
        let gateway = gateway(starting(2, &recorder).await, &[]).await;
        let request = gateway.client.request(method.clone(), gateway.url(path)).body("{}");
        let request = if method == Method::GET {
            request
        } else {
            request.header("idempotency-key", "k")
        };
        assert_eq!(request.send().await.unwrap().status(), 200, "{method}");
        assert_eq!(recorder.only().body, "{}");
    }
}

#[tokio::test]
async fn whatever_stands_before_a_function_says_that_it_is_not_there_it_is_waited_for() {
    for says in [StatusCode::BAD_GATEWAY, StatusCode::GATEWAY_TIMEOUT] {
        let asked = Arc::new(AtomicUsize::new(0));
        let address = function(
            Router::new().fallback(async move || match asked.fetch_add(1, Ordering::SeqCst) {
                0 => says,
                _ => StatusCode::OK,
            }),
        )
        .await;
        assert_eq!(
            gateway(address, &[]).await.get("/v1/tasks").await.status(),
            200,
            "{says}"
        );
    }
}

#[tokio::test]
async fn what_must_not_be_done_twice_is_sent_once() {
    for (method, path) in TASKS.into_iter().skip(1) {
        let recorder = Recorder::default();
        let gateway = gateway(starting(1, &recorder).await, &[]).await;
        let response = gateway
            .client
            .request(method.clone(), gateway.url(path))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 503, "{method}");
        assert_eq!(problem(response).await, "unavailable");
        assert!(recorder.seen().is_empty(), "{method}");
    }
}

/// A function that hears requests and closes; how many it heard.
async fn closing() -> (std::net::SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let heard = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            if !hear(&mut stream).await.is_empty() {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    (address, heard)
}

#[tokio::test]
async fn request_that_was_lost_is_sent_again_where_that_does_no_harm() {
    for (method, key, times) in [
        (Method::GET, None, 3),
        (Method::POST, None, 1),
        (Method::POST, Some("k"), 3),
    ] {
        let (address, heard) = closing().await;
        let gateway = gateway(address, &[]).await;
        let request = gateway.client.request(method.clone(), gateway.url("/v1/tasks"));
        let request = key
            .into_iter()
            .fold(request, |request, key| request.header("idempotency-key", key));
        assert_eq!(request.send().await.unwrap().status(), 503);
        assert_eq!(heard.load(Ordering::SeqCst), times, "{method} {key:?}");
    }
}

async fn status(gateway: &Served) -> u16 {
    gateway
        .post("/v1/tasks")
        .send()
        .await
        .expect("it is served")
        .status()
        .as_u16()
}

#[tokio::test]
async fn function_that_keeps_failing_is_left_alone_for_a_while() {
    let (failing, heard) = closing().await;
    let recorder = Recorder::default();
    let clock = TestClock::at(instant("2026-11-23T08:00:00Z"));
    let (fine, failing) = (
        format!("http://{}", recorder.start().await),
        format!("http://{failing}"),
    );
    let variables = [
        ("FUNCTIONS_URL", fine.as_str()),
        ("FUNCTION_CREATE_TASK_URL", failing.as_str()),
    ];
    let gateway = gateway_with(&variables, Authentication::LocalUser, &clock.clock()).await;
    for _ in 0..5 {
        assert_eq!(status(&gateway).await, 503);
    }
    assert_eq!(heard.load(Ordering::SeqCst), 5);

    clock.advance(TimeDelta::seconds(3));
    let response = gateway.post("/v1/tasks").send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (503, &"7".parse().unwrap())
    );
    assert_eq!(problem(response).await, "unavailable");
    assert_eq!(heard.load(Ordering::SeqCst), 5, "it was not left alone");
    assert_eq!(gateway.get("/v1/tasks").await.status(), 200, "the others are");

    clock.advance(TimeDelta::seconds(7));
    assert_eq!((status(&gateway).await, heard.load(Ordering::SeqCst)), (503, 6));
    assert_eq!((status(&gateway).await, heard.load(Ordering::SeqCst)), (503, 6));
}

#[tokio::test]
async fn body_that_breaks_off_says_nothing_of_the_function() {
    let recorder = Recorder::default();
    let gateway = gateway(recorder.start().await, &[]).await;
    let broken = "POST /v1/tasks HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nnone\r\n";
    for _ in 0..6 {
        assert!(gateway.send(broken).await.starts_with("HTTP/1.1 400 "));
    }
    assert_eq!(status(&gateway).await, 200);
}

#[tokio::test]
async fn function_that_only_starts_is_not_left_alone() {
    let recorder = Recorder::default();
    let gateway = gateway(starting(7, &recorder).await, &[]).await;
    // They may not be sent twice, and so are not waited with: that says nothing of a function that starts.
    for _ in 0..6 {
        assert_eq!(status(&gateway).await, 503);
    }
    let request = gateway.post("/v1/tasks").header("idempotency-key", "k");
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn function_that_recovers_is_asked_again() {
    let socket = refusing();
    let address = socket.local_addr().unwrap();
    let listener = socket.listen(8).unwrap();
    let clock = TestClock::at(instant("2026-11-23T08:00:00Z"));
    let url = format!("http://{address}");
    let gateway = gateway_with(&[("FUNCTIONS_URL", &url)], Authentication::LocalUser, &clock.clock()).await;
    let failing = async {
        while let Ok((mut stream, _)) = listener.accept().await {
            hear(&mut stream).await;
        }
    };
    let asking = async {
        for _ in 0..5 {
            assert_eq!(status(&gateway).await, 503);
        }
    };
    tokio::select! {
        () = failing => {}
        () = asking => {}
    }
    serve(listener, Router::new().fallback(async || StatusCode::CREATED));
    assert_eq!(status(&gateway).await, 503);
    clock.advance(TimeDelta::seconds(10));
    for _ in 0..3 {
        assert_eq!(status(&gateway).await, 201);
    }
}

#[tokio::test]
async fn function_that_says_what_is_wrong_is_not_left_alone() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let router = Router::new().fallback(async move || {
        counter.fetch_add(1, Ordering::SeqCst);
        Problem::unavailable()
    });
    let gateway = gateway_with(
        &[("FUNCTIONS_URL", &format!("http://{}", function(router).await))],
        Authentication::LocalUser,
        &Clock::system(),
    )
    .await;
    for _ in 0..10 {
        assert_eq!(status(&gateway).await, 503);
    }
    assert_eq!(asked.load(Ordering::SeqCst), 10);
}
