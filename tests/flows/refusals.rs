//! Settings with which nothing may start.

use std::{net::TcpListener, process::Command};

use crate::running::{self, Folder, Running};

const API: [&str; 10] = [
    "gateway",
    "preview-recurrence",
    "create-task",
    "get-task",
    "list-tasks",
    "update-task",
    "delete-task",
    "complete-task",
    "notifications",
    "stream-changes",
];
/// What needs no database.
const STATELESS: [&str; 3] = ["dormouse", "gateway", "preview-recurrence"];
const OTHERS: [&str; 6] = [
    "on-reminder-due",
    "on-task-completed",
    "dispatch-reminders",
    "reconcile",
    "migrate",
    "dormouse",
];
const DATABASE: (&str, &str) = ("DATABASE_URL", "postgres://nobody:secret@127.0.0.1:1/nothing");

/// A binary that lacks nothing but a test's own faults.
fn command(name: &str) -> Command {
    let mut command = running::command(name);
    command.env("FUNCTIONS_URL", "http://127.0.0.1:1");
    command
}

/// What a process says that must not start: one line.
async fn refusal(command: &mut Command) -> String {
    let mut refused = Running::start(command);
    let status = refused.ended().await;
    let said = refused.errors.text();
    assert!(!status.success(), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("error: "), "{said}");
    assert!(!said.contains("secret"), "{said}");
    said
}

#[tokio::test]
async fn malformed_port_stops_the_start() {
    for name in API.into_iter().chain(OTHERS) {
        let said = refusal(command(name).envs([DATABASE, ("PORT", "eighty")])).await;
        assert!(said.contains("PORT is \"eighty\""), "{said}");
    }
}

#[tokio::test]
async fn several_faults_are_named_in_one_line() {
    let faults = [
        ("PORT", "x"),
        ("METRICS_PORT", "y"),
        ("DATABASE_POOL_SIZE", "0"),
        ("LOG_FORMAT", "xml"),
    ];
    let said = refusal(
        command("create-task")
            .env("DATABASE_URL", "mysql://x:secret@y/z")
            .envs(faults),
    )
    .await;
    for (variable, _) in faults {
        assert!(said.contains(variable), "{said}");
    }
}

#[tokio::test]
async fn without_a_database_no_function_starts() {
    for name in API.into_iter().chain(OTHERS).filter(|name| !STATELESS.contains(name)) {
        assert!(refusal(&mut command(name)).await.contains("DATABASE_URL is missing"));
    }
}

#[tokio::test]
async fn without_tokens_functions_of_the_api_listen_on_loopback_only() {
    for name in API {
        let said = refusal(command(name).envs([DATABASE, ("BIND_ADDRESS", "0.0.0.0")])).await;
        assert!(said.contains("0.0.0.0"), "{said}");
    }
}

#[tokio::test]
async fn dormouse_says_at_once_that_it_cannot_listen() {
    let folder = Folder::new();
    let data = folder.path().join("data");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    for (address, why) in [("0.0.0.0:0", "other machines"), (&*taken, "cannot listen on")] {
        let said = refusal(
            command("dormouse")
                .args(["--listen", address])
                .arg("--data-dir")
                .arg(&data),
        )
        .await;
        assert!(said.contains(why), "{said}");
        assert!(!data.exists(), "something was started first");
    }
}

#[tokio::test]
async fn half_of_what_tokens_are_verified_by_is_refused() {
    for name in API.into_iter().chain(OTHERS) {
        let said = refusal(command(name).envs([DATABASE, ("AUTH_ISSUER", "https://issuer.example")])).await;
        for missing in ["AUTH_JWKS_URL or AUTH_JWKS_FILE is missing", "AUTH_AUDIENCE is missing"] {
            assert!(said.contains(missing), "{said}");
        }
    }
}

#[tokio::test]
async fn without_a_key_to_verify_tokens_with_nothing_of_the_api_starts() {
    let tokens = [
        ("AUTH_JWKS_FILE", "/nowhere/jwks.json"),
        ("AUTH_ISSUER", "https://issuer.example"),
        ("AUTH_AUDIENCE", "dormouse"),
    ];
    for name in API.into_iter().chain(["dormouse"]) {
        let said = refusal(command(name).envs(tokens).envs([DATABASE])).await;
        assert!(said.contains("AUTH_JWKS_FILE is /nowhere/jwks.json"), "{said}");
    }
}

#[tokio::test]
async fn gateway_names_all_that_is_missing_or_malformed_in_one_line() {
    let said = refusal(command("gateway").env_remove("FUNCTIONS_URL")).await;
    assert!(
        said.contains("FUNCTION_COMPLETE_TASK_URL, FUNCTION_CREATE_TASK_URL"),
        "{said}"
    );
    assert!(said.contains("FUNCTION_UPDATE_TASK_URL are missing"), "{said}");
    let faults = [
        ("FUNCTION_GET_TASK_URL", "https://get-task"),
        ("RATE_LIMIT_PER_MINUTE", "0"),
        ("REDIS_URL", "rediss://:secret@redis"),
        ("CORS_ALLOWED_ORIGINS", "*"),
        ("TRUSTED_PROXIES", "1"),
    ];
    let said = refusal(command("gateway").envs(faults)).await;
    for (variable, _) in faults {
        assert!(said.contains(variable), "{said}");
    }
}
