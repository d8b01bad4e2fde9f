//! Brokers that ask who one is, and show who they are.

use std::fs;

use rig::kafka::{Access, certificates};
use tempfile::TempDir;
use testing::eventually;

use crate::support::{Rig, create, user};

/// What `relay-log` says once that must wait.
const REFUSED: &str = "Kafka cannot be reached; events wait in the log";

async fn publishes(access: Access) {
    let rig = Rig::start(access).await;
    let relay = rig.relay();
    create(&rig.client(user(1)), 3).await;
    rig.until_published().await;
    relay.stop().await.expect("it stops");
    assert_eq!(rig.published().await.len(), 3);
}

/// Runs `relay-log` with `variable` as it should not be until it says so, and answers all that it said.
async fn is_refused(rig: &Rig, variable: &str, value: &str) -> String {
    let folder = TempDir::new().expect("there is room");
    let file = folder.path().join("log");
    create(&rig.client(user(1)), 2).await;
    let mut relay = rig
        .command()
        .env(variable, value)
        .env("RUST_LOG", "info,kafka=debug")
        .stderr(fs::File::create(&file).expect("there is room"))
        .spawn()
        .expect("make test-rig builds it");
    let said = || fs::read_to_string(&file).expect("it is there");
    // The client says so twice each time.
    let refusals = || said().matches("brokers are down").count();
    eventually("it was refused again and again", async || refusals() > 5).await;
    relay.kill().await.expect("it runs");
    assert_eq!(rig.behind().await, 1, "the log waits");
    assert!(rig.published().await.is_empty());
    said()
}

/// The one line that says why events wait.
fn reason(said: &str) -> &str {
    let mut lines = said.lines().filter(|line| line.contains(REFUSED));
    let line = lines.next().expect("it is said");
    assert_eq!(lines.next(), None, "it is said once");
    line
}

#[tokio::test(flavor = "multi_thread")]
async fn broker_that_asks_for_a_password_gets_it() {
    publishes(Access::Scram).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broker_with_a_certificate_of_our_authority_is_believed() {
    publishes(Access::ScramOverTls).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broker_of_another_authority_is_told_nothing_and_that_is_said_once() {
    let rig = Rig::start(Access::ScramOverTls).await;
    let folder = TempDir::new().unwrap();
    let authority = folder.path().join("authority.pem");
    certificates::make("127.0.0.1", &folder.path().join("identity.pem"), &authority).unwrap();
    let said = is_refused(&rig, "KAFKA_CA_FILE", &authority.display().to_string()).await;
    let reason = reason(&said);
    assert!(reason.contains("certificate verify failed"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_password_is_refused_and_that_is_said_once_without_it() {
    let rig = Rig::start(Access::ScramOverTls).await;
    let said = is_refused(&rig, "KAFKA_SASL_PASSWORD", "pine-cones").await;
    let reason = reason(&said);
    assert!(reason.contains("invalid credentials"), "{reason}");
    assert!(!said.contains("pine-cones"), "{said}");
}
