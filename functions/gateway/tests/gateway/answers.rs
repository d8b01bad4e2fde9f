//! What a function is asked, and what its caller gets.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Body, extract::ConnectInfo, response::IntoResponse, routing::get};
use http::{Response, StatusCode, Version};
use runtime::{Clock, Problem, configuration::function_variable, identity::Authentication};
use tokio::net::TcpListener;

use crate::support::{Recorder, client, function, gateway, gateway_with, problem, raw_function};

fn created() -> Response<Body> {
    let headers = [("location", "/v1/tasks/x"), ("etag", "\"1\""), ("x-other", "y")];
    (StatusCode::CREATED, headers, "made").into_response()
}

#[tokio::test]
async fn request_and_answer_pass_as_they_are() {
    let recorder = Recorder::default();
    let gateway = gateway(recorder.start_answering(created).await, &[]).await;
    let request = gateway
        .post("/v1/tasks?a=b%20c&d")
        .header("content-type", "application/json")
        .header("idempotency-key", "k")
        .header("authorization", "Bearer t")
        .body("{}");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 201);
    assert_eq!(response.headers()["location"], "/v1/tasks/x");
    assert_eq!(response.headers()["etag"], "\"1\"");
    assert_eq!(response.headers()["x-other"], "y");
    assert_eq!(response.text().await.unwrap(), "made");

    let seen = recorder.only();
    assert_eq!(seen.line, "POST /v1/tasks?a=b%20c&d");
    assert_eq!((seen.version, seen.body.as_str()), (Version::HTTP_11, "{}"));
    assert_eq!(seen.header("content-length"), Some("2"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.header("idempotency-key"), Some("k"));
    assert_eq!(seen.header("authorization"), Some("Bearer t"));
}

#[tokio::test]
async fn each_request_goes_to_the_function_of_its_route() {
    let (mut variables, mut recorders) = (Vec::new(), Vec::new());
    for name in gateway::routes::functions() {
        let recorder = Recorder::default();
        variables.push((function_variable(name), format!("http://{}", recorder.start().await)));
        recorders.push((name, recorder));
    }
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, url)| (name.as_str(), url.as_str()))
        .collect();
    let gateway = gateway_with(&variables, Authentication::LocalUser, &Clock::system()).await;
    for route in gateway::routes::ROUTES {
        let path = route.path.replace("{id}", "0193");
        let request = gateway.client.request(route.method.clone(), gateway.url(&path));
        assert_eq!(request.send().await.unwrap().status(), 200, "{route:?}");
        let (_, recorder) = recorders.iter().find(|(name, _)| *name == route.function).unwrap();
        assert_eq!(recorder.lines().last(), Some(&format!("{} {path}", route.method)));
    }
    let all: usize = recorders.iter().map(|(_, recorder)| recorder.seen().len()).sum();
    assert_eq!(all, gateway::routes::ROUTES.len());
}

#[tokio::test]
async fn answers_that_have_no_body_have_none() {
    let answers = Router::new().route("/v1/tasks", get(async || "four")).route(
        "/v1/tasks/{id}",
        get(async || (StatusCode::NOT_MODIFIED, [("etag", "\"1\"")])).delete(async || StatusCode::NO_CONTENT),
    );
    let gateway = gateway(function(answers).await, &[]).await;
    let head = gateway
        .send("HEAD /v1/tasks HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await;
    assert!(
        head.starts_with("HTTP/1.1 200 ") && head.contains("content-length: 4\r\n"),
        "{head}"
    );
    assert!(head.ends_with("\r\n\r\n"), "{head}");
    for (method, status) in [("GET", "304"), ("DELETE", "204")] {
        let request = format!("{method} /v1/tasks/1 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        let answer = gateway.send(request).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.ends_with("\r\n\r\n"),
            "{answer}"
        );
        assert!(
            !answer.contains("transfer-encoding") && !answer.contains("content-length"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn problem_of_a_function_passes_as_it_is() {
    let answers = Router::new()
        .route("/v1/tasks", get(async || Problem::unavailable()))
        .route("/v1/changes", get(async || Problem::internal()));
    let gateway = gateway(function(answers).await, &[]).await;
    let response = gateway.get("/v1/tasks").await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (503, &"1".parse().unwrap())
    );
    assert_eq!(problem(response).await, "unavailable");
    assert_eq!(problem(gateway.get("/v1/changes").await).await, "internal");
}

#[tokio::test]
async fn redirect_is_the_clients_to_follow() {
    let gateway = gateway(
        raw_function("HTTP/1.1 308 x\r\nlocation: http://10.0.0.1/\r\ncontent-length: 0\r\n\r\n").await,
        &[],
    )
    .await;
    assert_eq!(gateway.get("/v1/tasks").await.status(), 308);
}

#[tokio::test]
async fn http_2_is_spoken_by_clients_and_functions() {
    let recorder = Recorder::default();
    let url = format!("h2c://{}", recorder.start().await);
    let gateway = gateway_with(&[("FUNCTIONS_URL", &url)], Authentication::LocalUser, &Clock::system()).await;
    let client = reqwest::Client::builder()
        .no_proxy()
        .http2_prior_knowledge()
        .build()
        .unwrap();
    let response = client.post(gateway.url("/v1/tasks")).body("{}").send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.version()), (200, Version::HTTP_2));
    let response = gateway.get("/v1/tasks").await;
    assert_eq!(response.version(), Version::HTTP_11);
    let seen = recorder.seen();
    assert!(seen.iter().all(|seen| seen.version == Version::HTTP_2), "{seen:?}");
    assert_eq!(
        (seen[0].body.as_str(), seen[0].header("via")),
        ("{}", Some("2 dormouse"))
    );
}

#[tokio::test]
async fn connections_to_functions_are_used_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let peers = Arc::new(Mutex::new(BTreeSet::new()));
    let seen = Arc::clone(&peers);
    let router = Router::new().fallback(async move |ConnectInfo(peer): ConnectInfo<SocketAddr>| {
        seen.lock().unwrap().insert(peer);
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    let gateway = gateway(address, &[]).await;
    for _ in 0..10 {
        assert_eq!(
            client().get(gateway.url("/v1/tasks")).send().await.unwrap().status(),
            200
        );
    }
    assert_eq!(peers.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn connection_that_a_function_closed_is_not_missed() {
    // Each answer promises to keep the connection, and the function then closes it.
    let gateway = gateway(
        raw_function("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await,
        &[],
    )
    .await;
    for _ in 0..20 {
        let request = gateway.post("/v1/tasks").header("idempotency-key", "k").body("{}");
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn answer_that_breaks_off_is_broken_for_the_client_too() {
    for broken in [
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n",
    ] {
        let gateway = gateway(raw_function(broken).await, &[]).await;
        let response = gateway.get("/v1/tasks").await;
        assert_eq!(response.status(), 200);
        assert!(response.bytes().await.is_err(), "{broken}");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_none() {
    for odd in [
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx",
        "hello",
        "",
    ] {
        let gateway = gateway(raw_function(odd).await, &[]).await;
        let response = gateway.post("/v1/tasks").send().await.unwrap();
        assert_eq!(response.status(), 503, "{odd}");
        assert_eq!(problem(response).await, "unavailable");
    }
}

#[tokio::test]
async fn trailers_pass() {
    let answer =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n2\r\nok\r\n0\r\nx-sum: 1\r\n\r\n";
    let gateway = gateway(raw_function(answer).await, &[]).await;
    let request = "GET /v1/tasks HTTP/1.1\r\nhost: localhost\r\nte: trailers\r\nconnection: close, te\r\n\r\n";
    let answer = gateway.send(request).await;
    assert!(answer.ends_with("0\r\nx-sum: 1\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn interim_answers_end_here() {
    let answer = "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    let gateway = gateway(raw_function(answer).await, &[]).await;
    assert_eq!(gateway.get("/v1/tasks").await.text().await.unwrap(), "ok");
}

#[tokio::test]
async fn probes_wake_no_function() {
    let recorder = Recorder::default();
    let gateway = gateway(recorder.start().await, &[]).await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(gateway.get(path).await.status(), 200);
    }
    assert!(recorder.seen().is_empty());
}
