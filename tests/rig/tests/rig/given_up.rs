//! Clients of Kafka's that get no answer, and are given up.

use std::time::Duration;

use events::Recorded;
use kafka::Publisher;
use nix::sys::signal::{Signal, kill};
use rig::kafka::Access;
use testing::eventually;

use crate::{
    said::Said,
    support::{Relay, Rig, create, first_appearances, user},
};

/// Longer than a client takes for its first answer on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// What a relay says that replaces one.
pub(crate) const SILENT: &str = "Kafka leaves events without an answer";

#[tokio::test(flavor = "multi_thread")]
async fn client_that_gets_no_answer_is_followed_by_another() {
    let rig = Rig::start(Access::Anybody).await;
    create(&rig.client(user(1)), 20).await;
    let (events, installation) = (rig.test.events(user(1)).await, rig.test.installation().await);
    let publisher = || Publisher::new(&rig.settings(), installation).unwrap();
    let silenced = publisher();
    assert_eq!(silenced.publish(&events[..5]).await.acknowledged, 5);
    kill(rig.kafka.pid(), Signal::SIGSTOP).unwrap();
    let giving_up = async {
        tokio::task::yield_now().await;
        silenced.give_up();
    };
    let (published, ()) = tokio::join!(silenced.publish(&events[5..15]), giving_up);
    assert_eq!(published.acknowledged, 0);
    assert!(published.failure.is_some() && silenced.is_broken());
    kill(rig.kafka.pid(), Signal::SIGCONT).unwrap();
    assert_eq!(publisher().publish(&events[5..]).await.acknowledged, 15);
    drop(silenced);
    let appearances = first_appearances(&rig.published().await);
    assert_eq!(
        appearances.into_values().collect::<Vec<_>>(),
        [(1..=20).collect::<Vec<_>>()]
    );
}

/// What is handed over late comes before what was given up, and is not to come at all.
#[tokio::test(flavor = "multi_thread")]
async fn client_that_was_full_when_it_was_given_up_is_handed_nothing_more() {
    let rig = Rig::start(Access::Anybody).await;
    create(&rig.client(user(1)), 1).await;
    let (small, installation) = (rig.test.events(user(1)).await.remove(0), rig.test.installation().await);
    // Twice as much as a client holds.
    let events: Vec<_> = (1..=160)
        .map(|seq| {
            let mut large: Recorded = Recorded { seq, ..small.clone() };
            large.event.data = format!("\"{}\"", "x".repeat(200_000));
            large
        })
        .collect();
    let publisher = Publisher::new(&rig.settings(), installation).unwrap();
    kill(rig.kafka.pid(), Signal::SIGSTOP).unwrap();
    let giving_up = async {
        publisher.give_up();
        kill(rig.kafka.pid(), Signal::SIGCONT).unwrap();
    };
    // It is asked first, and waits for room.
    let (published, ()) = tokio::join!(biased; publisher.publish(&events), giving_up);
    assert_eq!(published.acknowledged, 0);
    drop(publisher);
    let appearances = first_appearances(&rig.published().await);
    let in_order: Vec<_> = (1..).take(appearances.values().map(Vec::len).sum()).collect();
    assert!(appearances.into_values().all(|numbers| numbers == in_order));
}

#[tokio::test]
async fn relay_replaces_a_client_that_gets_no_answer_and_says_of_which_topic() {
    let said = Said::listen();
    let rig = Rig::start(Access::Anybody).await;
    let client = rig.client(user(1));
    let relay = Relay::run(relay_log::function_with_patience(rig.app(), rig.settings(), PATIENCE));
    create(&client, 3).await;
    rig.until_published().await;
    let clients = || said.lines("another client publishes").len();
    let before = clients();
    kill(rig.kafka.pid(), Signal::SIGSTOP).unwrap();
    create(&client, 5).await;
    eventually("the client is replaced", async || clients() > before).await;
    kill(rig.kafka.pid(), Signal::SIGCONT).unwrap();
    create(&client, 2).await;
    rig.until_published().await;
    relay.stop().await.unwrap();
    let lines = said.lines(SILENT);
    assert!(
        lines.iter().all(|line| line.contains("todo.task.created")) && !lines.is_empty(),
        "{lines:?}"
    );
    let appearances = first_appearances(&rig.published().await);
    assert_eq!(
        appearances.into_values().collect::<Vec<_>>(),
        [(1..=10).collect::<Vec<_>>()]
    );
}
