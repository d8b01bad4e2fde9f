//! People at work: each creates, changes, completes and deletes tasks, one request at a time, through the gateway.

use std::{net::SocketAddr, time::Duration};

use chrono::{SecondsFormat, TimeDelta};
use fastrand::Rng;
use reqwest::{Client, Method, StatusCode};
use runtime::Clock;
use serde_json::{Value, json};
use testing::issuer;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::history::{Attempt, Outcome, READ};

/// How long a request may take. Longer than what is killed in a round is away for.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long somebody sends a request again who wants to know.
const PERSISTENCE: Duration = Duration::from_secs(90);
/// How long somebody thinks before the next request.
const THINKING: std::ops::Range<u64> = 5..60;

/// Somebody at work.
#[derive(Debug)]
pub struct Person {
    name: String,
    user: Uuid,
    client: Client,
    gateway: SocketAddr,
    random: Rng,
    requests: u32,
    /// Their tasks, as they were last told of them.
    tasks: Vec<Value>,
    history: Vec<Attempt>,
}

/// What is asked for.
struct Request {
    method: Method,
    path: String,
    body: Option<Value>,
    kind: &'static str,
    mark: Option<String>,
}

impl Request {
    fn task(&self) -> String {
        self.path.split(['/', '?']).nth(3).unwrap_or_default().to_owned()
    }
}

impl Person {
    /// The person called `name`, who does what `seed` makes them do.
    ///
    /// # Panics
    /// No client can be made.
    #[must_use]
    pub fn new(name: String, gateway: SocketAddr, seed: u64) -> Self {
        Self {
            user: issuer::user(&name).0,
            client: Client::builder()
                .no_proxy()
                .timeout(PATIENCE)
                .build()
                .expect("a client can be made"),
            name,
            gateway,
            random: Rng::with_seed(seed),
            requests: 0,
            tasks: Vec::new(),
            history: Vec::new(),
        }
    }

    /// Works for so long; what they did then.
    pub async fn work(mut self, length: Duration) -> Vec<Attempt> {
        let end = Instant::now() + length;
        while Instant::now() < end {
            let request = self.next();
            self.ask(request).await;
            let pause = self.random.u64(THINKING);
            sleep(Duration::from_millis(pause)).await;
        }
        self.history
    }

    fn next(&mut self) -> Request {
        self.requests += 1;
        if self.tasks.is_empty() || self.random.u8(0..10) < 4 {
            return self.create();
        }
        let task = self.tasks[self.random.usize(0..self.tasks.len())].clone();
        let path = format!("/v1/tasks/{}", text(&task, "id"));
        let post = |kind, path: String| Request {
            method: Method::POST,
            path,
            body: None,
            kind,
            mark: None,
        };
        if !task["deleted_at"].is_null() {
            return post("todo.task.restored", format!("{path}/restore"));
        }
        match self.random.u8(0..10) {
            0..=3 if task["status"] == "completed" => post("todo.task.reopened", format!("{path}/reopen")),
            0..=3 => post("todo.task.completed", format!("{path}/complete")),
            4 => Request {
                method: Method::GET,
                path,
                body: None,
                kind: READ,
                mark: None,
            },
            // What repeats is left to go on.
            5 if task["series_id"].is_null() => Request {
                method: Method::DELETE,
                path,
                body: None,
                kind: "todo.task.deleted",
                mark: None,
            },
            _ => {
                let mark = self.mark();
                Request {
                    method: Method::PATCH,
                    path: format!("{path}?scope=this"),
                    body: Some(json!({"description": mark})),
                    kind: "todo.task.updated",
                    mark: Some(mark),
                }
            }
        }
    }

    fn create(&mut self) -> Request {
        let mark = self.mark();
        let mut body = json!({"title": mark});
        if self.random.u8(0..10) < 5 {
            let moment = Clock::system().now() + TimeDelta::milliseconds(self.random.i64(500..8_000));
            body["remind_at"] = moment.to_rfc3339_opts(SecondsFormat::Millis, true).into();
        }
        if self.random.u8(0..10) < 4 {
            body["due_date"] = (Clock::system().now().date_naive() + TimeDelta::days(2))
                .to_string()
                .into();
            body["recurrence_rule"] = "FREQ=DAILY".into();
        }
        Request {
            method: Method::POST,
            path: "/v1/tasks".to_owned(),
            body: Some(body),
            kind: "todo.task.created",
            mark: Some(mark),
        }
    }

    fn mark(&self) -> String {
        format!("{} {}", self.name, self.requests)
    }

    /// Asks until it is known what came of it; one in five does not ask twice.
    async fn ask(&mut self, request: Request) {
        let is_patient = self.random.u8(0..5) > 0;
        let end = Instant::now() + PERSISTENCE;
        let outcome = loop {
            match self.send(&request).await {
                Some(outcome) => break outcome,
                None if is_patient && Instant::now() < end => sleep(Duration::from_millis(100)).await,
                None => break Outcome::Unknown,
            }
        };
        self.learn(&request, &outcome);
        self.history.push(Attempt {
            user: self.user,
            task: request.task(),
            kind: request.kind,
            mark: request.mark,
            outcome,
        });
    }

    async fn send(&self, request: &Request) -> Option<Outcome> {
        let url = format!("http://{}{}", self.gateway, request.path);
        let mut sent = self
            .client
            .request(request.method.clone(), url)
            .bearer_auth(issuer::token(&self.name));
        if request.method != Method::GET {
            sent = sent.header("idempotency-key", self.requests.to_string());
        }
        if let Some(body) = &request.body {
            sent = sent.json(body);
        }
        let answer = sent.send().await.ok()?;
        let status = answer.status();
        let body = answer.bytes().await.ok()?;
        if status.is_success() {
            let task = serde_json::from_slice(&body).unwrap_or(Value::Null);
            return Some(Outcome::Acknowledged(task));
        }
        // What stands between answers for others with 5xx, and so does a function that could not.
        (status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS).then(|| Outcome::Refused(status.as_u16()))
    }

    fn learn(&mut self, request: &Request, outcome: &Outcome) {
        let id = request.task();
        match outcome {
            Outcome::Acknowledged(task) if task.is_object() => {
                self.tasks.retain(|known| known["id"] != task["id"]);
                self.tasks.push(task.clone());
            }
            Outcome::Acknowledged(_) => {
                for known in self.tasks.iter_mut().filter(|known| known["id"] == *id) {
                    known["deleted_at"] = "now".into();
                }
            }
            // What is not known any more is left alone.
            _ => self.tasks.retain(|known| known["id"] != *id),
        }
    }
}

fn text<'a>(task: &'a Value, member: &str) -> &'a str {
    task[member].as_str().unwrap_or_default()
}
