//! Users who are told apart by tokens.

use std::{path::PathBuf, process::Command};

use nix::sys::signal::Signal;
use serde_json::json;
use testing::eventually;
use tokio::net::TcpListener;

use crate::{
    alone::Function,
    events::database,
    running::{Folder, command},
    serving::operate,
};

/// A folder with a key pair, as `dormouse token` makes it.
pub(crate) struct Issuer {
    folder: Folder,
}

impl Issuer {
    pub(crate) fn new() -> Self {
        let issuer = Self { folder: Folder::new() };
        issuer.token("nobody");
        issuer
    }

    pub(crate) fn token(&self, user: &str) -> String {
        operate(self.folder.path(), &["token", "--user", user])
            .trim()
            .to_owned()
    }

    fn jwks_file(&self) -> PathBuf {
        self.folder.path().join("tokens/jwks.json")
    }

    /// Has a program believe its tokens, and listen where others reach it.
    pub(crate) fn believed_by<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("AUTH_JWKS_FILE", self.jwks_file())
            .envs([("AUTH_ISSUER", "dormouse-token"), ("AUTH_AUDIENCE", "dormouse")])
            .env("BIND_ADDRESS", "0.0.0.0")
    }
}

#[tokio::test]
async fn function_alone_demands_a_token_too() {
    let (database, issuer) = (database().await, Issuer::new());
    let start = async |name| {
        let mut command = command(name);
        command.env("LOG_FORMAT", "json").env("DATABASE_URL", database.url());
        Function::begin(issuer.believed_by(&mut command), name).await
    };
    let (create, get) = (start("create-task").await, start("get-task").await);
    let (alice, bob) = (issuer.token("alice"), issuer.token("bob"));
    let body = json!({"title": "Alice's"});
    assert_eq!(create.api.post("/v1/tasks", &body).await.status, 401);
    let task = create.api.bearing(&alice).post("/v1/tasks", &body).await;
    let path = format!("/v1/tasks/{}", task.id());
    assert_eq!(get.api.get(&path).await.status, 401);
    assert_eq!(get.api.bearing(&bob).get(&path).await.status, 404);
    assert_eq!(get.api.bearing(&alice).get(&path).await.json, task.json);
    for function in [create, get] {
        function.probe_and_stop().await;
    }
}

#[tokio::test]
async fn function_that_nobody_calls_needs_no_keys() {
    let (database, issuer) = (database().await, Issuer::new());
    let mut command = command("on-reminder-due");
    command.env("LOG_FORMAT", "json").env("DATABASE_URL", database.url());
    issuer
        .believed_by(&mut command)
        .env("AUTH_JWKS_FILE", "/nowhere/jwks.json");
    Function::begin(&mut command, "on-reminder-due")
        .await
        .probe_and_stop()
        .await;
}

#[tokio::test]
async fn issuer_that_says_nothing_keeps_no_function_from_ending() {
    let (database, issuer) = (database().await, Issuer::new());
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks", silent.local_addr().unwrap());
    let mut command = command("get-task");
    command.env("LOG_FORMAT", "json").env("DATABASE_URL", database.url());
    issuer
        .believed_by(&mut command)
        .env_remove("AUTH_JWKS_FILE")
        .env("AUTH_JWKS_URL", url);
    let mut function = Function::begin(&mut command, "get-task").await;
    let alice = function.api.bearing(&issuer.token("alice"));
    let asking = tokio::spawn(async move { alice.request(reqwest::Method::GET, "/v1/tasks/x").send().await });
    let (_asked, _) = silent.accept().await.unwrap();

    function.process.signal(Signal::SIGTERM);

    assert!(
        function.process.ended().await.success(),
        "{}",
        function.process.errors.text()
    );
    eventually("the client is told", async || asking.is_finished()).await;
}
