//! Relays that follow one another, and two at once.

use futures_util::future::join_all;
use nix::sys::signal::Signal;
use rig::kafka::Access;
use testing::{Client, eventually};

use crate::{
    process::Process,
    support::{Rig, create, first_appearances, user},
};

fn clients(rig: &Rig) -> [Client; 4] {
    [1, 2, 3, 4].map(|number| rig.client(user(number)))
}

/// Nothing of four users' logs is missing, and first appearances are in order.
async fn check(rig: &Rig, events_each: i64) {
    let appearances = first_appearances(&rig.published().await);
    assert_eq!(appearances.len(), 4);
    for numbers in appearances.values() {
        assert_eq!(*numbers, (1..=events_each).collect::<Vec<_>>());
    }
}

/// Which of two relays publishes: the one whose count rises with an event of each client's.
async fn which_publishes(rig: &Rig, clients: &[Client], relays: &[Process; 2]) -> usize {
    let before = relays[1].published().await;
    for client in clients {
        create(client, 1).await;
    }
    // A position is raised after the event was counted.
    rig.until_published().await;
    usize::from(relays[1].published().await > before)
}

/// Waits until a relay has published some more.
async fn publishes(relay: &Process) {
    let before = relay.published().await;
    eventually("it publishes", async || relay.published().await > before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn relay_that_is_killed_is_followed_by_another_and_nothing_is_missing_or_out_of_order() {
    let rig = Rig::start(Access::Anybody).await;
    let (clients, mut relays) = (clients(&rig), [rig.process(), rig.process()]);
    for _ in 0..4 {
        let publishing = which_publishes(&rig, &clients, &relays).await;
        let creating = join_all(clients.iter().map(|client| create(client, 15)));
        let killing = async {
            publishes(&relays[publishing]).await;
            relays[publishing].signal(Signal::SIGKILL);
        };
        tokio::join!(creating, killing);
        relays[publishing] = rig.process();
        for client in &clients {
            create(client, 9).await;
        }
    }
    rig.until_published().await;
    check(&rig, 100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn relay_that_stands_by_publishes_nothing() {
    let rig = Rig::start(Access::Anybody).await;
    let (clients, publishing) = (clients(&rig), rig.process());
    create(&clients[0], 1).await;
    rig.until_published().await;
    let standing_by = rig.process();
    eventually("it is there", async || standing_by.is_up().await).await;
    for client in &clients {
        create(client, 25).await;
    }
    rig.until_published().await;
    // A position is raised after the event was counted.
    assert_eq!(
        (publishing.published().await, standing_by.published().await),
        (101.0, 0.0)
    );
}

/// Stops a relay once it has published some more.
async fn stop_in_its_tracks(relay: &Process) {
    publishes(relay).await;
    relay.signal(Signal::SIGSTOP);
}

/// Each is stopped while it publishes, for longer than its lease, and wakes beside the one that has it now.
#[tokio::test(flavor = "multi_thread")]
async fn relay_that_wakes_after_its_lease_does_no_harm() {
    let rig = Rig::start(Access::Anybody).await;
    let (clients, relays) = (clients(&rig), [rig.process(), rig.process()]);
    for client in &clients {
        create(client, 4).await;
    }
    rig.until_published().await;
    let mut publishing = usize::from(relays[1].published().await > 0.0);
    for _ in 0..4 {
        let creating = join_all(clients.iter().map(|client| create(client, 15)));
        tokio::join!(creating, stop_in_its_tracks(&relays[publishing]));
        for client in &clients {
            create(client, 4).await;
        }
        // The other does it.
        rig.until_published().await;
        relays[publishing].signal(Signal::SIGCONT);
        publishing = 1 - publishing;
    }
    check(&rig, 80).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn relay_says_how_many_are_behind_and_for_how_long() {
    let mut rig = Rig::start(Access::Anybody).await;
    rig.kafka.kill().expect("it runs");
    for client in &clients(&rig) {
        create(client, 3).await;
    }
    // The tests' clock stands still, and the process goes by the machine's.
    sqlx::query("UPDATE events SET time = now() - interval '1 hour' / seq")
        .execute(&rig.test.database().pool())
        .await
        .expect("the database is there");
    let relay = rig.process();
    eventually("it was measured", async || {
        relay.metric("log_users_behind").await == Some(4.0)
    })
    .await;
    let age = relay.metric("log_oldest_unpublished_seconds").await;
    assert!(age.is_some_and(|age| (3_600.0..4_000.0).contains(&age)), "{age:?}");
}
