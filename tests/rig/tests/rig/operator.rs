//! A person who sees to dead letters, and a function that may take them.

use std::{collections::BTreeMap, process::Output};

use axum::{Router, body::Bytes, extract::State, routing::post};
use http::{HeaderMap, StatusCode};
use kafka::topics;
use rdkafka::{
    message::{Header, OwnedHeaders},
    producer::{FutureProducer, FutureRecord},
    util::Timeout,
};
use runtime::CancellationToken;
use testing::binary;
use tokio::{net::TcpListener, process::Command, sync::mpsc};

use crate::support::{Rig, user};

/// Whose dead letters they are.
pub(crate) const FUNCTION: &str = "on-reminder-due";

/// What a function was asked.
pub(crate) struct Asked {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A function that answers what the event's subject says.
pub(crate) struct Taker {
    url: String,
    asked: mpsc::UnboundedReceiver<Asked>,
    stop: CancellationToken,
}

impl Taker {
    pub(crate) async fn start() -> Self {
        let (sender, asked) = mpsc::unbounded_channel();
        let answer = async |State(sender): State<mpsc::UnboundedSender<Asked>>, headers: HeaderMap, body: Bytes| {
            let subject = headers
                .get("ce-subject")
                .and_then(|value| value.to_str().ok()?.parse().ok());
            sender.send(Asked { headers, body }).expect("the test goes on");
            let status = subject.unwrap_or(StatusCode::NO_CONTENT);
            (status, format!("because\n\u{1b}[31m{status}"))
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let stop = CancellationToken::new();
        let router = Router::new().route("/", post(answer)).with_state(sender);
        let stopped = stop.clone().cancelled_owned();
        tokio::spawn(
            axum::serve(listener, router)
                .with_graceful_shutdown(stopped)
                .into_future(),
        );
        Self { url, asked, stop }
    }

    pub(crate) fn asked(&mut self) -> Vec<Asked> {
        std::iter::from_fn(|| self.asked.try_recv().ok()).collect()
    }
}

impl Drop for Taker {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// `dormouse dead-letters` as a person runs it.
pub(crate) struct Operator<'a> {
    rig: &'a Rig,
    pub(crate) variables: BTreeMap<&'static str, String>,
}

impl<'a> Operator<'a> {
    pub(crate) fn of(rig: &'a Rig, taker: &Taker) -> Self {
        let mut variables = rig.variables();
        variables.insert("DATABASE_URL", rig.test.database().url().to_owned());
        variables.insert("FUNCTION_ON_REMINDER_DUE_URL", taker.url.clone());
        Self { rig, variables }
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        Command::new(binary("dormouse"))
            .env_clear()
            .envs(&self.variables)
            .arg("dead-letters")
            .args(arguments)
            .output()
            .await
            .expect("make test-rig builds it")
    }

    /// All that it prints and says.
    pub(crate) async fn says(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        let said = [output.stdout, output.stderr].concat();
        String::from_utf8(said).expect("it prints text")
    }

    /// What it prints where it succeeds.
    pub(crate) async fn prints(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        let failure = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {failure}");
        String::from_utf8(output.stdout).expect("it prints text")
    }

    /// What it prints and says where it fails.
    pub(crate) async fn fails(&self, arguments: &[&str]) -> (String, String) {
        let output = self.run(arguments).await;
        assert!(!output.status.success(), "{arguments:?} succeeds");
        let text = |bytes| String::from_utf8(bytes).expect("it prints text");
        (text(output.stdout), text(output.stderr))
    }

    /// The ids of what it lists.
    pub(crate) async fn lists(&self, filters: &[&str]) -> Vec<String> {
        let printed = self.prints(&[&["list"], filters].concat()).await;
        let lines = printed.lines().filter(|line| line.contains(".dead-letter/"));
        lines
            .map(|line| line.split("  ").next().unwrap_or_default().to_owned())
            .collect()
    }

    /// Produces a record as the dispatcher would, or nobody.
    pub(crate) async fn bury(&self, headers: &[(&str, &[u8])], value: Option<&[u8]>) {
        let producer: FutureProducer = self.rig.client_config().create().expect("it is complete");
        let headers = headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
            headers.insert(Header {
                key,
                value: Some(*value),
            })
        });
        let topic = topics::dead_letters_of(FUNCTION);
        let mut record: FutureRecord<'_, [u8], [u8]> = FutureRecord::to(&topic).headers(headers);
        record.payload = value;
        producer
            .send(record, Timeout::Never)
            .await
            .expect("the broker takes it");
    }

    /// A dead letter of an event that the function will answer with `status`.
    pub(crate) async fn bury_event(&self, id: &str, status: &str) {
        let (owner, data) = (user(1).0.to_string(), format!(r#"{{"id":  "{id}"}}"#));
        let headers = [
            ("ce_specversion", "1.0"),
            ("ce_id", id),
            ("ce_source", "/dormouse/x"),
            ("ce_type", "todo.reminder.due"),
            ("ce_subject", status),
            ("ce_partitionkey", &owner),
            ("ce_note", "Zürich, 100 %"),
            ("ce_knativeerrordest", "http://on-reminder-due"),
            ("ce_knativeerrorcode", "422"),
            ("ce_knativeerrordata", "Tm8gc3VjaCByZW1pbmRlcg=="),
            ("content-type", "application/json"),
        ];
        let headers = headers.map(|(name, value)| (name, value.as_bytes()));
        self.bury(&headers, Some(data.as_bytes())).await;
    }
}
