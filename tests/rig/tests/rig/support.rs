//! A log, a broker, and what is between them.

use std::collections::BTreeMap;

use domain::UserId;
use events::EventType;
use kafka::{Settings, topics};
use rdkafka::ClientConfig;
use rig::{
    kafka::{Access, Kafka},
    topics::{Record, records},
};
use runtime::{App, CancellationToken, Clock, Function, Nudge, Work, function::WorkResult};
use sqlx::PgPool;
use testing::{Client, TaskBody, TestApp, eventually};
use tokio::task::JoinHandle;
use uuid::Uuid;

/// A log, and a broker with its topics.
pub(crate) struct Rig {
    pub(crate) test: TestApp,
    pub(crate) kafka: Kafka,
}

/// `relay-log` in this process.
pub(crate) struct Relay {
    stop: CancellationToken,
    running: JoinHandle<WorkResult>,
}

impl Rig {
    pub(crate) async fn start(access: Access) -> Self {
        let kafka = tokio::task::spawn_blocking(move || Kafka::start(access))
            .await
            .expect("starting a broker does not panic")
            .expect("a broker starts");
        let rig = Self {
            test: TestApp::start().await,
            kafka,
        };
        let created = topics::create_missing(&rig.settings())
            .await
            .expect("the broker creates topics");
        assert_eq!(created.len(), topics::all().len());
        rig
    }

    /// What `relay-log` reads of its environment.
    pub(crate) fn variables(&self) -> BTreeMap<&'static str, String> {
        self.kafka.variables()
    }

    pub(crate) fn settings(&self) -> Settings {
        let variables = self.variables();
        Settings::read(|name| variables.get(name).cloned()).expect("they are complete")
    }

    pub(crate) fn app(&self) -> App {
        App {
            database: self.test.database().open(2),
            clock: Clock::system(),
            nudge: Nudge::default(),
            look_again: App::SHARED,
        }
    }

    pub(crate) fn relay(&self) -> Relay {
        Relay::run(relay_log::function(self.app(), self.settings()))
    }

    /// A client of `user` who creates tasks.
    pub(crate) fn client(&self, user: UserId) -> Client {
        self.test.serve_as(user, [create_task::function(self.test.app())])
    }

    /// Waits until everything in the log was published.
    pub(crate) async fn until_published(&self) {
        eventually("the whole log was published", async || self.behind().await == 0).await;
    }

    /// How many users' logs were not published to their end.
    pub(crate) async fn behind(&self) -> i64 {
        users_behind(&self.test.database().pool()).await
    }

    /// How the broker is spoken to.
    pub(crate) fn client_config(&self) -> ClientConfig {
        let mut client = ClientConfig::new();
        for (variable, name) in [
            ("KAFKA_BOOTSTRAP_SERVERS", "bootstrap.servers"),
            ("KAFKA_SECURITY_PROTOCOL", "security.protocol"),
            ("KAFKA_SASL_USERNAME", "sasl.username"),
            ("KAFKA_SASL_PASSWORD", "sasl.password"),
            ("KAFKA_CA_FILE", "ssl.ca.location"),
        ] {
            if let Some(value) = self.variables().remove(variable) {
                client.set(name, value);
            }
        }
        client.set("sasl.mechanism", "SCRAM-SHA-256");
        client
    }

    /// Everything in the topics of events.
    pub(crate) async fn published(&self) -> Vec<Record> {
        let client = self.client_config();
        let topics: Vec<_> = EventType::ALL.iter().map(ToString::to_string).collect();
        tokio::task::spawn_blocking(move || records(&client, &topics))
            .await
            .expect("reading does not panic")
            .expect("the broker gives what it has")
    }
}

impl Relay {
    pub(crate) fn run(function: Function) -> Self {
        let stop = CancellationToken::new();
        let Some(Work::Loop(work)) = function.work else {
            unreachable!("relay-log is a loop")
        };
        let running = tokio::spawn(work(stop.clone()));
        Self { stop, running }
    }

    pub(crate) async fn stop(self) -> WorkResult {
        self.stop.cancel();
        self.running.await.expect("it does not panic")
    }

    pub(crate) async fn ended(self) -> WorkResult {
        self.running.await.expect("it does not panic")
    }
}

/// How many users' logs were not published to their end.
pub(crate) async fn users_behind(database: &PgPool) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM log_heads WHERE published_seq < seq")
        .fetch_one(database)
        .await
        .expect("the database is there")
}

pub(crate) fn user(number: u128) -> UserId {
    UserId(Uuid::from_u128(0xd0_0000_0000_4000_8000_0000_0000_0000 + number))
}

/// Creates `count` tasks of `client`.
pub(crate) async fn create(client: &Client, count: usize) {
    for _ in 0..count {
        let created = client.post("/v1/tasks", TaskBody::titled("Feed the cat")).await;
        assert_eq!(created.status, 201);
    }
}

/// The numbers of the events in `records` by topic and user, in the order of their first appearances.
pub(crate) fn first_appearances(records: &[Record]) -> BTreeMap<(String, String), Vec<i64>> {
    let mut appearances: BTreeMap<_, Vec<i64>> = BTreeMap::new();
    for record in records {
        let numbers = appearances
            .entry((record.topic.clone(), record.key.clone()))
            .or_default();
        let number = record.attribute("sequence").parse().expect("it is a number");
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    appearances
}
