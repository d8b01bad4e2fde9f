//! A person's client, and `dormouse` that serves it.

use std::{net::SocketAddr, path::Path, process::Command};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use reqwest::{Client, Method, RequestBuilder};
use runtime::Clock;
use serde_json::Value;
use testing::eventually;

use crate::running::{Running, command, run};

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) is_replayed: bool,
    pub(crate) json: Value,
}

impl Answer {
    /// The `id` of what it carries.
    pub(crate) fn id(&self) -> String {
        self.json["id"].as_str().expect("the answer has an id").to_owned()
    }
}

/// A client of one address.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    base: String,
    client: Client,
    token: Option<String>,
}

impl Api {
    pub(crate) fn at(base: &str) -> Self {
        let client = Client::builder().no_proxy().build();
        Self {
            base: base.to_owned(),
            client: client.expect("a client can be built"),
            token: None,
        }
    }

    /// The address.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The same address, asked with a token.
    pub(crate) fn bearing(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await.expect("it is served")
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).json(body);
        send(request).await.expect("it is served")
    }

    /// A command without a body, under an `Idempotency-Key`.
    pub(crate) async fn command(&self, path: &str, key: &str) -> Answer {
        let request = self.request(Method::POST, path).header("idempotency-key", key);
        send(request).await.expect("it is served")
    }

    /// Creates a task under an `Idempotency-Key`; the server may be killed meanwhile.
    pub(crate) async fn create(&self, body: &Value, key: &str) -> reqwest::Result<Answer> {
        let request = self.request(Method::POST, "/v1/tasks").header("idempotency-key", key);
        send(request.json(body)).await
    }

    /// Every item of a list, over all its pages.
    pub(crate) async fn all(&self, list: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let separator = if list.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{list}{separator}limit=200{cursor}")).await;
            assert_eq!(page.status, 200, "{page:?}");
            items.extend(page.json["items"].as_array().expect("a list has items").clone());
            match page.json["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    pub(crate) async fn notifications(&self) -> Vec<Value> {
        self.all("/v1/notifications").await
    }

    /// Waits until there are `count` notifications.
    pub(crate) async fn notified(&self, count: usize) -> Vec<Value> {
        eventually("the notifications are there", async || {
            self.notifications().await.len() >= count
        })
        .await;
        self.notifications().await
    }

    /// Waits until the pending task is this occurrence of its series.
    pub(crate) async fn next(&self, occurrence: u32) -> Value {
        eventually("the next occurrence is there", async || {
            let pending = self.all("/v1/tasks").await;
            pending.len() == 1 && pending[0]["occurrence"] == occurrence
        })
        .await;
        self.all("/v1/tasks").await.remove(0)
    }
}

async fn send(request: RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let is_replayed = response.headers().contains_key("idempotency-replayed");
    let body = response.bytes().await?;
    Ok(Answer {
        status,
        is_replayed,
        json: serde_json::from_slice(&body).unwrap_or(Value::Null),
    })
}

/// A running `dormouse`.
#[derive(Debug)]
pub(crate) struct Dormouse {
    pub(crate) process: Running,
    pub(crate) api: Api,
}

impl Dormouse {
    /// Starts it on a private PostgreSQL in `folder`.
    pub(crate) async fn in_folder(folder: &Path) -> Self {
        Self::start(command("dormouse").arg("--data-dir").arg(folder)).await
    }

    /// As [`Dormouse::in_folder`], at an address.
    pub(crate) async fn in_folder_at(folder: &Path, address: SocketAddr) -> Self {
        let listen = address.to_string();
        Self::start(
            command("dormouse")
                .arg("--data-dir")
                .arg(folder)
                .args(["--listen", &listen]),
        )
        .await
    }

    /// Starts it on a PostgreSQL that others use, too.
    pub(crate) async fn on_database(url: &str) -> Self {
        Self::start(command("dormouse").env("DATABASE_URL", url)).await
    }

    pub(crate) async fn start(command: &mut Command) -> Self {
        let mut process = Running::start(command.env("LOG_FORMAT", "json"));
        let output = process.output.clone();
        let address = process
            .says(&output, |line| {
                Some(line.trim().strip_prefix("address")?.trim().to_owned())
            })
            .await;
        Self {
            process,
            api: Api::at(&address),
        }
    }
}

/// Runs an operator's command beside whatever runs in the folder; what it prints.
pub(crate) fn operate(folder: &Path, arguments: &[&str]) -> String {
    printed(command("dormouse").arg("--data-dir").arg(folder).args(arguments))
}

/// As [`operate`], on a PostgreSQL that was named.
pub(crate) fn operate_on(url: &str, arguments: &[&str]) -> String {
    printed(command("dormouse").args(["--database-url", url]).args(arguments))
}

fn printed(command: &mut Command) -> String {
    let output = run(command);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn now() -> DateTime<Utc> {
    Clock::system().now()
}

/// A moment so many milliseconds ahead, as people write it.
pub(crate) fn ahead(milliseconds: i64) -> String {
    let moment = now() + TimeDelta::milliseconds(milliseconds);
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Asserts that a notification is neither early nor about another moment than `moment`.
pub(crate) fn assert_on_time(notification: &Value, moment: &str) {
    let read = |text: &str| text.parse::<DateTime<Utc>>().expect("it is an instant");
    let fired_at = notification["fired_at"].as_str().expect("it has fired");
    let remind_at = notification["remind_at"].as_str().expect("it has a moment");
    assert_eq!(read(remind_at), read(moment));
    assert!(read(fired_at) >= read(moment), "early: {notification}");
}
