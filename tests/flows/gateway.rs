//! The whole API behind one address: the gateway and each function in a process of its own.

use journeys::{Api, Users, every_operation_is_served};
use nix::sys::signal::Signal;
use runtime::configuration::function_variable;
use serde_json::{Value, json};
use testing::eventually;
use tokio::{io::AsyncReadExt, net::TcpListener};

use crate::{alone::Function, events::database, running::command, serving::Dormouse, tokens::Issuer};

const FUNCTIONS: [&str; 9] = [
    "create-task",
    "get-task",
    "list-tasks",
    "update-task",
    "delete-task",
    "complete-task",
    "preview-recurrence",
    "notifications",
    "stream-changes",
];

/// The gateway in front of whatever `variables` say.
pub(crate) async fn gateway(variables: &[(String, String)], issuer: Option<&Issuer>) -> Function {
    let mut command = command("gateway");
    command.envs(variables.iter().cloned()).env("LOG_FORMAT", "json");
    if let Some(issuer) = issuer {
        issuer.believed_by(&mut command);
    }
    Function::begin(&mut command, "gateway").await
}

/// All functions at one address, whose clients may ask as often as they like.
pub(crate) fn everything_at(api: &Api) -> [(String, String); 2] {
    [
        ("FUNCTIONS_URL".to_owned(), api.base().to_owned()),
        ("RATE_LIMIT_PER_MINUTE".to_owned(), "1000000".to_owned()),
    ]
}

/// Each function of the API, and the gateway in front of them.
async fn whole(url: &str, issuer: &Issuer) -> (Function, Vec<Function>) {
    let (mut functions, mut variables) = (Vec::new(), Vec::new());
    for name in FUNCTIONS {
        let mut command = command(name);
        command.envs([("DATABASE_URL", url), ("LOG_FORMAT", "json")]);
        let function = Function::begin(issuer.believed_by(&mut command), name).await;
        variables.push((function_variable(name), function.api.base().to_owned()));
        functions.push(function);
    }
    (gateway(&variables, Some(issuer)).await, functions)
}

#[tokio::test]
async fn every_operation_is_behind_one_address() {
    let (database, issuer) = (database().await, Issuer::new());
    let (gateway, functions) = whole(database.url(), &issuer).await;
    let alice = gateway.api.bearing(&issuer.token("alice"));
    every_operation_is_served(&Users::all_are(&alice)).await;
    assert_eq!(gateway.api.get("/v1/tasks").await.status, 401);
    assert_eq!(alice.get("/v1/nothing").await.json["type"], "/problems/not-found");
    gateway.probe_and_stop().await;
    for function in functions {
        function.probe_and_stop().await;
    }
}

#[tokio::test]
async fn log_tells_of_each_request_and_nothing_that_is_personal() {
    let (database, issuer) = (database().await, Issuer::new());
    let mut command = command("dormouse");
    let dormouse = Dormouse::start(issuer.believed_by(command.env("DATABASE_URL", database.url()))).await;
    let mut gateway = gateway(&everything_at(&dormouse.api), Some(&issuer)).await;
    let token = issuer.token("alice");
    let alice = gateway.api.bearing(&token);
    assert_eq!(alice.get("/v1/changes?since=surgeon").await.status, 400);
    assert_eq!(
        alice
            .post("/v1/tasks", &json!({"title": "Call the surgeon"}))
            .await
            .status,
        201
    );
    assert_eq!(alice.get("/v1/surgeon").await.status, 404);
    gateway.process.signal(Signal::SIGTERM);
    assert!(gateway.process.ended().await.success());

    let said = gateway.process.errors.text();
    assert!(!said.contains("surgeon") && !said.contains(&token), "{said}");
    let rows: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered: Vec<_> = rows.iter().filter(|row| row["message"] == "answered").collect();
    let routes: Vec<_> = answered
        .iter()
        .map(|row| (&row["span"]["route"], &row["status"]))
        .collect();
    assert_eq!(
        routes,
        [
            (&json!("/v1/changes"), &json!(400)),
            (&json!("/v1/tasks"), &json!(201)),
            (&json!("unmatched"), &json!(404))
        ]
    );
}

#[tokio::test]
async fn redis_that_is_away_is_said_once() {
    let functions = Api::at("http://127.0.0.1:1");
    let redis = ("REDIS_URL".to_owned(), "redis://:secret@127.0.0.1:1".to_owned());
    let mut gateway = gateway(&[&everything_at(&functions)[..], &[redis]].concat(), None).await;
    for _ in 0..10 {
        assert_eq!(gateway.api.get("/v1/nowhere").await.status, 404);
    }
    gateway.process.signal(Signal::SIGTERM);
    assert!(gateway.process.ended().await.success());
    let said = gateway.process.errors.text();
    assert_eq!(said.matches("Redis is away").count(), 1, "{said}");
    assert!(!said.contains("secret"), "{said}");
}

#[tokio::test]
async fn metrics_tell_of_functions_that_fail() {
    // It hears each request, and closes.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let functions = Api::at(&format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
        }
    });
    let variables = [
        &everything_at(&functions)[..],
        &[("RATE_LIMIT_PER_MINUTE".to_owned(), "6".to_owned())],
    ]
    .concat();
    let gateway = gateway(&variables, None).await;
    for status in [503, 503, 503, 503, 503, 503, 429] {
        assert_eq!(gateway.api.post("/v1/tasks", &json!({})).await.status, status);
    }
    let metrics = gateway.metrics_text().await;
    for line in [
        "gateway_breaker_open{function=\"create-task\"} 1",
        "gateway_breaker_open{function=\"get-task\"} 0",
        "gateway_requests_total{function=\"create-task\",status=\"503\"} 6",
        "gateway_rate_limited_total{by=\"user\"} 1",
        "gateway_upstream_duration_seconds_count{function=\"create-task\"} 6",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}

#[tokio::test]
async fn function_that_is_not_there_yet_is_waited_for() {
    let database = database().await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = port.local_addr().unwrap();
    drop(port);
    let functions = Api::at(&format!("http://{address}"));
    let gateway = gateway(&everything_at(&functions), None).await;
    let api = gateway.api.clone();
    let created = tokio::spawn(async move { api.post("/v1/tasks", &json!({"title": "Early"})).await.status });
    eventually("it is tried again", async || {
        let metrics = gateway.metrics_text().await;
        metrics.contains("gateway_retries_total{function=\"create-task\",why=\"unreachable\"}")
    })
    .await;
    let mut command = command("create-task");
    command
        .envs([("DATABASE_URL", database.url()), ("LOG_FORMAT", "json")])
        .env("PORT", address.port().to_string());
    let _function = Function::begin(&mut command, "create-task").await;
    assert_eq!(created.await.unwrap(), 201);
}
