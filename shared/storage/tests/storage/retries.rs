//! Deliveries that are tried again.

use std::collections::HashSet;

use chrono::TimeDelta;
use sqlx::PgConnection;
use storage::{
    Database, Error,
    retries::{self, DeliveryKey, Retry},
};
use testing::database;
use tokio::task::JoinSet;

use crate::support::{command, create, now, number, user};

const PATIENCE: TimeDelta = TimeDelta::minutes(1);

pub(crate) fn key(seq: i64) -> DeliveryKey {
    DeliveryKey {
        user: user(0),
        seq,
        consumer: "on-reminder-due".to_owned(),
    }
}

async fn due(connection: &mut PgConnection, after: TimeDelta, limit: i64) -> Vec<Retry> {
    retries::take_due(connection, now() + after, PATIENCE, limit)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_retry_is_taken_when_its_moment_has_come() {
    let test = database().await;
    create(&test.open(1), user(0)).await;
    let mut connection = test.pool().acquire().await.unwrap();
    retries::put(&mut connection, &key(1), 3, "away", now()).await.unwrap();

    assert_eq!(due(&mut connection, -TimeDelta::microseconds(1), 10).await, []);
    let retry = Retry {
        key: key(1),
        attempts: 3,
    };
    assert_eq!(
        due(&mut connection, TimeDelta::zero(), 10).await,
        std::slice::from_ref(&retry)
    );
    // Whoever took it may die in the middle: it comes again, and no attempt was spent.
    assert_eq!(
        due(&mut connection, PATIENCE - TimeDelta::microseconds(1), 10).await,
        []
    );
    assert_eq!(due(&mut connection, PATIENCE, 10).await, [retry]);
}

#[tokio::test]
async fn what_is_noted_of_a_delivery_stands_until_it_is_tried_again() {
    let test = database().await;
    create(&test.open(1), user(0)).await;
    let mut connection = test.pool().acquire().await.unwrap();
    retries::put(&mut connection, &key(1), 2, "away", now()).await.unwrap();
    retries::put(&mut connection, &key(1), 1, "away", now() + PATIENCE)
        .await
        .unwrap();

    let retry = due(&mut connection, TimeDelta::zero(), 10).await.remove(0);
    assert_eq!(retry.attempts, 2);
    retries::postpone(&mut connection, &retry, "away", now() + PATIENCE)
        .await
        .unwrap();
    assert_eq!(due(&mut connection, TimeDelta::zero(), 10).await, []);
    assert_eq!(due(&mut connection, PATIENCE, 10).await[0].attempts, 3);

    retries::remove(&mut connection, &key(1)).await.unwrap();
    retries::remove(&mut connection, &key(1)).await.unwrap();
    assert_eq!(due(&mut connection, PATIENCE * 9, 10).await, []);
}

#[tokio::test]
async fn one_who_took_too_long_neither_postpones_nor_gives_up_what_another_has_tried_since() {
    let test = database().await;
    create(&test.open(1), user(0)).await;
    let mut connection = test.pool().acquire().await.unwrap();
    retries::put(&mut connection, &key(1), 1, "away", now()).await.unwrap();
    let slow = due(&mut connection, TimeDelta::zero(), 10).await.remove(0);
    let other = due(&mut connection, PATIENCE, 10).await.remove(0);
    let later = now() + PATIENCE * 2;
    retries::postpone(&mut connection, &other, "away", later).await.unwrap();

    retries::postpone(&mut connection, &slow, "slow", later).await.unwrap();
    assert!(!retries::give_up(&mut connection, &slow).await.unwrap());
    let newest = due(&mut connection, PATIENCE * 2, 10).await.remove(0);
    assert_eq!(newest.attempts, 2);

    // Nor does it bring back what was delivered.
    retries::remove(&mut connection, &key(1)).await.unwrap();
    retries::postpone(&mut connection, &newest, "slow", later)
        .await
        .unwrap();
    assert!(!retries::give_up(&mut connection, &newest).await.unwrap());
    assert_eq!(due(&mut connection, PATIENCE * 9, 10).await, []);
}

#[tokio::test]
async fn the_longest_waiting_are_taken_first() {
    let test = database().await;
    let database = test.open(1);
    create(&database, user(0)).await;
    command(&database, user(0), 4).await;
    let mut connection = test.pool().acquire().await.unwrap();
    for seq in 1..=5 {
        let at = now() - TimeDelta::seconds(seq);
        retries::put(&mut connection, &key(seq), 1, "away", at).await.unwrap();
    }

    let taken: HashSet<_> = due(&mut connection, TimeDelta::zero(), 2)
        .await
        .into_iter()
        .map(|r| r.key.seq)
        .collect();
    assert_eq!(taken, HashSet::from([4, 5]));
}

#[tokio::test]
async fn a_delivery_of_no_event_is_refused() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    let refused = retries::put(&mut connection, &key(1), 1, "away", now()).await;
    assert!(matches!(refused, Err(Error::Constraint(name)) if name == "retries_of_event"));
}

/// Takes what is due, a few at a time, until nothing is.
async fn take_all(database: Database) -> Vec<i64> {
    let mut taken = Vec::new();
    loop {
        let mut session = database.session().await.unwrap();
        let retries = due(&mut session, TimeDelta::zero(), 7).await;
        if retries.is_empty() {
            return taken;
        }
        taken.extend(retries.into_iter().map(|retry| retry.key.seq));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_delivery_is_taken_twice() {
    let test = database().await;
    let database = test.open(8);
    create(&database, user(0)).await;
    command(&database, user(0), 499).await;
    let mut connection = test.pool().acquire().await.unwrap();
    for seq in 1..=500 {
        retries::put(&mut connection, &key(seq), 1, "away", now())
            .await
            .unwrap();
    }
    let mut takers = JoinSet::new();
    for _ in 0..8 {
        takers.spawn(take_all(database.clone()));
    }

    let mut taken = takers.join_all().await.concat();
    // One may have skipped what another held and found nothing else: nobody else takes that now.
    taken.sort_unstable();
    assert_eq!(taken, (1..=500).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_another_is_taking_just_now_is_skipped() {
    let test = database().await;
    let database = test.open(2);
    create(&database, user(0)).await;
    command(&database, user(0), 1).await;
    let mut connection = test.pool().acquire().await.unwrap();
    for seq in [1, 2] {
        retries::put(&mut connection, &key(seq), 1, "away", now() + TimeDelta::seconds(seq))
            .await
            .unwrap();
    }
    let mut other = database.begin().await.unwrap();
    assert_eq!(
        due(&mut other, PATIENCE, 1).await,
        [Retry {
            key: key(1),
            attempts: 1
        }]
    );

    assert_eq!(
        due(&mut connection, PATIENCE, 10).await,
        [Retry {
            key: key(2),
            attempts: 1
        }]
    );
    other.commit().await.unwrap();
    assert_eq!(number(&test, "SELECT count(*) FROM retries").await, 2);
}
