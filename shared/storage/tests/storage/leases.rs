//! Leases.

use std::time::Duration;

use sqlx::{PgConnection, types::Uuid};
use storage::{Database, leases};
use testing::database;
use tokio::task::JoinSet;

use crate::support::run;

const LONG: Duration = Duration::from_secs(3_600);
const A: Uuid = Uuid::from_u128(0xa);
const B: Uuid = Uuid::from_u128(0xb);

async fn hold(connection: &mut PgConnection, holder: Uuid) -> Option<i64> {
    let hold = leases::hold(connection, "relay", holder, LONG).await.unwrap()?;
    assert_eq!(hold.timeline, "00000001");
    Some(hold.epoch)
}

#[tokio::test]
async fn one_holder_at_a_time() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();

    assert_eq!(hold(&mut connection, A).await, Some(1));
    assert_eq!(hold(&mut connection, B).await, None);
    // Renewing is not taking.
    assert_eq!(hold(&mut connection, A).await, Some(1));
    let other = leases::hold(&mut connection, "another", B, LONG).await.unwrap();
    assert_eq!(other.map(|hold| hold.epoch), Some(1));
}

#[tokio::test]
async fn a_lease_that_ran_out_goes_to_another_under_a_higher_epoch() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    assert_eq!(hold(&mut connection, A).await, Some(1));
    run(&test, "UPDATE leases SET expires_at = clock_timestamp()").await;

    assert_eq!(hold(&mut connection, B).await, Some(2));
    assert_eq!(hold(&mut connection, A).await, None);
}

#[tokio::test]
async fn a_lease_lasts_as_long_as_it_was_asked_for() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    hold(&mut connection, A).await;

    let lasts = "SELECT expires_at - clock_timestamp() BETWEEN interval '59 minutes' AND interval '1 hour' FROM leases";
    let is_an_hour: bool = sqlx::query_scalar(lasts).fetch_one(&mut *connection).await.unwrap();
    assert!(is_an_hour);
}

#[tokio::test]
async fn a_released_lease_is_free_at_once() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    hold(&mut connection, A).await;

    leases::release(&mut connection, "relay", B).await.unwrap();
    assert_eq!(hold(&mut connection, B).await, None);
    leases::release(&mut connection, "relay", A).await.unwrap();
    assert_eq!(hold(&mut connection, B).await, Some(2));
}

#[tokio::test]
async fn a_cleared_lease_is_free_whoever_held_it() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    hold(&mut connection, A).await;

    leases::clear(&mut connection, "relay").await.unwrap();
    assert_eq!(hold(&mut connection, B).await, Some(2));
}

async fn compete(database: Database, holder: u128) -> Option<i64> {
    let mut session = database.session().await.unwrap();
    hold(&mut session, Uuid::from_u128(holder)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_compete_one_wins_each_time() {
    let test = database().await;
    let database = test.open(8);
    for epoch in 1..=20 {
        let mut competitors = JoinSet::new();
        for holder in 0..8 {
            competitors.spawn(compete(database.clone(), holder));
        }
        let epochs: Vec<_> = competitors.join_all().await.into_iter().flatten().collect();
        assert_eq!(epochs.len(), 1);
        // Who wins twice in a row keeps the epoch, so it is made another's.
        assert_eq!(epochs, [epoch]);
        run(
            &test,
            "UPDATE leases SET expires_at = '-infinity', holder = gen_random_uuid()",
        )
        .await;
    }
}
