//! Functions that answer as a test says, and the delivery to them.

use std::sync::{Arc, Mutex};

use axum::{Router, routing::post};
use dormouse::delivery::{Consumers, RetryDelivery, log_delivery};
use events::EventType;
use http::{HeaderMap, StatusCode};
use runtime::{App, CancellationToken, Function, function::Reaction};
use serde_json::Value;
use storage::dead_letters::{self, DeadLetter, Filter};
use testing::{TestApp, eventually};
use tokio::task::JoinSet;

/// An event as a function gets it.
#[derive(Debug, Clone)]
pub(crate) struct Delivered {
    pub(crate) headers: HeaderMap,
    pub(crate) data: Value,
}

impl Delivered {
    pub(crate) fn title(&self) -> String {
        self.data["title"].as_str().expect("an event has a title").to_owned()
    }
}

/// What was delivered, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<Delivered>>>);

impl Seen {
    pub(crate) fn add(&self, delivered: Delivered) {
        self.0.lock().expect("nobody panics with it").push(delivered);
    }

    pub(crate) fn all(&self) -> Vec<Delivered> {
        self.0.lock().expect("nobody panics with it").clone()
    }

    pub(crate) fn titles(&self) -> Vec<String> {
        self.all().iter().map(Delivered::title).collect()
    }

    /// As often as `title` was delivered.
    pub(crate) fn count(&self, title: &str) -> usize {
        self.titles().iter().filter(|seen| *seen == title).count()
    }

    pub(crate) async fn comes(&self, title: &str) {
        eventually("the event is delivered", async || self.count(title) > 0).await;
    }
}

/// A function that takes events of created tasks and answers what `answer` says.
pub(crate) fn consumer<F>(
    name: &'static str,
    answer: impl Fn(Delivered) -> F + Clone + Send + Sync + 'static,
) -> Function
where
    F: Future<Output = StatusCode> + Send + 'static,
{
    let take = move |headers: HeaderMap, body: String| {
        let data = serde_json::from_str(&body).expect("events are JSON");
        answer(Delivered { headers, data })
    };
    Function {
        name,
        api: None,
        reaction: Some(Reaction {
            kind: EventType::TaskCreated,
            endpoint: Router::new().route("/", post(take)),
        }),
        work: None,
    }
}

/// A function that takes every event, and answers `status` for those titled `title`.
pub(crate) fn answering(seen: &Seen, title: &'static str, status: StatusCode) -> Function {
    let seen = seen.clone();
    consumer("taker", move |delivered| {
        let answer = if delivered.title() == title {
            status
        } else {
            StatusCode::NO_CONTENT
        };
        seen.add(delivered);
        async move { answer }
    })
}

/// Delivery that runs until it is dropped.
pub(crate) struct Delivery {
    app: App,
    consumers: Arc<Consumers>,
    running: JoinSet<()>,
    pub(crate) stop: CancellationToken,
}

impl Delivery {
    /// A delivery that nothing runs yet, with connections of its own.
    pub(crate) async fn to(app: &TestApp, functions: &[Function]) -> Self {
        let app = App {
            database: app.database().open(8),
            ..app.app()
        };
        let consumers = Consumers::of(functions, &app).await;
        Self {
            app,
            consumers: Arc::new(consumers.expect("the database is there")),
            running: JoinSet::new(),
            stop: CancellationToken::new(),
        }
    }

    pub(crate) fn follow_log(mut self, is_alone: bool) -> Self {
        let log = log_delivery(self.app.clone(), Arc::clone(&self.consumers), is_alone);
        self.running.spawn(log.run(self.stop.clone()));
        self
    }

    pub(crate) fn try_again(mut self) -> Self {
        let retries = RetryDelivery::new(self.app.clone(), Arc::clone(&self.consumers));
        self.running.spawn(retries.run(self.stop.clone()));
        self
    }

    /// Tells it to stop, and waits until it has.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.running.join_all().await;
    }
}

/// Both kinds of delivery to `functions`.
pub(crate) async fn deliver(app: &TestApp, functions: &[Function]) -> Delivery {
    Delivery::to(app, functions).await.follow_log(false).try_again()
}

pub(crate) async fn dead_letters(app: &TestApp) -> Vec<DeadLetter> {
    let mut session = app.app().database.session().await.expect("the database is there");
    let letters = dead_letters::list(&mut session, &Filter::default(), 1_000).await;
    letters.expect("they can be read")
}

/// A retry as the table has it: how often it was tried, when it will be again, and why it failed.
pub(crate) type Row = (i32, chrono::DateTime<chrono::Utc>, String);

pub(crate) async fn retries(app: &TestApp) -> Vec<Row> {
    sqlx::query_as("SELECT attempts, next_attempt_at, error FROM retries ORDER BY user_id, seq, consumer")
        .fetch_all(&app.database().pool())
        .await
        .expect("the database is there")
}

/// Waits until everything was handed on.
pub(crate) async fn log_is_handed_on(app: &TestApp) {
    eventually("the log is handed on", async || {
        // The clock stands still, and what waits after a failure waits by it.
        app.clock().advance(chrono::TimeDelta::milliseconds(500));
        let pending: i64 = sqlx::query_scalar("SELECT count(*) FROM log_pending")
            .fetch_one(&app.database().pool())
            .await
            .expect("the database is there");
        pending == 0
    })
    .await;
}
