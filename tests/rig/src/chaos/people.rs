//! People at work: each creates, changes, completes and deletes tasks, looks at what there is and is reminded, one request
//! at a time, through the gateway.

mod knowledge;
mod requests;

use std::{
    net::SocketAddr,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use fastrand::Rng;
use reqwest::{Client, Method, StatusCode};
use runtime::Clock;
use serde_json::Value;
use testing::issuer;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use self::{knowledge::Knowledge, requests::Request};
use super::history::{Attempt, Outcome};

/// How long one try may take. What is killed for longer than that is asked again.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long somebody sends a request again who wants to know: far longer than anything is away that a request needs.
const PERSISTENCE: Duration = Duration::from_secs(90);
/// How long somebody thinks before the next request, in milliseconds.
const THINKING: Range<u64> = 5..60;
/// The same for who has little to do.
const DAWDLING: Range<u64> = 300..1_500;

/// Every task that somebody has told of, and whose it is.
pub type Board = Arc<Mutex<Vec<(Uuid, String)>>>;

/// Somebody at work.
#[derive(Debug)]
pub struct Person {
    name: String,
    user: Uuid,
    client: Client,
    gateway: SocketAddr,
    random: Rng,
    requests: u32,
    known: Knowledge,
    board: Board,
    history: Vec<Attempt>,
}

impl Person {
    /// The person called `name`, who does what `seed` makes them do.
    ///
    /// # Panics
    /// No client can be made.
    #[must_use]
    pub fn new(name: String, gateway: SocketAddr, seed: u64, board: Board) -> Self {
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
            known: Knowledge::default(),
            board,
            history: Vec::new(),
        }
    }

    /// Works for `busy`, and in less of a hurry until `length` is over; what they did then.
    pub async fn work(mut self, busy: Duration, length: Duration) -> Vec<Attempt> {
        let began = Instant::now();
        while began.elapsed() < length.max(busy) {
            let request = self.next();
            let is_patient = self.random.u8(0..5) > 0;
            self.ask(request, is_patient).await;
            let thinking = if began.elapsed() < busy { THINKING } else { DAWDLING };
            sleep(Duration::from_millis(self.random.u64(thinking))).await;
        }
        self.history
    }

    /// Asks every function once, and waits for its answer; what came of it.
    pub async fn ask_everybody(mut self) -> Vec<Attempt> {
        self.requests += 1;
        let create = self.create_plain();
        self.ask(create, true).await;
        let task = self.known.tasks.first().map(|task| task["id"].to_string());
        let task = task.unwrap_or_default().replace('"', "");
        for request in requests::of_everybody(&task) {
            self.requests += 1;
            self.ask(request, true).await;
        }
        self.history
    }

    /// Asks until it is known what came of it, or only once.
    async fn ask(&mut self, request: Request, is_patient: bool) {
        let (began, end) = (Clock::system().now(), Instant::now() + PERSISTENCE);
        let outcome = loop {
            match self.send(&request).await {
                Some(outcome) => break outcome,
                None if !is_patient => break Outcome::Unknown,
                None if Instant::now() > end => break Outcome::Unanswered,
                None => sleep(Duration::from_millis(100)).await,
            }
        };
        let told = self.known.learn(&request, &outcome);
        let told = told.into_iter().map(|task| (self.user, task));
        self.board().extend(told);
        self.history.push(Attempt {
            user: self.user,
            task: request.task,
            kind: request.kind,
            mark: request.mark,
            moment: request.moment,
            began,
            ended: Clock::system().now(),
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
            let answer = serde_json::from_slice(&body).unwrap_or(Value::Null);
            return Some(Outcome::Acknowledged(answer));
        }
        // What stands between answers for others with 5xx, and so does a function that could not. Who is told that it took
        // too long, or was too much, asks again.
        let is_asked_again = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status);
        (status.is_client_error() && !is_asked_again).then(|| Outcome::Refused(status.as_u16()))
    }

    fn board(&self) -> std::sync::MutexGuard<'_, Vec<(Uuid, String)>> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
