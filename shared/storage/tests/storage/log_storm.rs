//! The log's promises where writers and readers truly run side by side; `log_properties` has every interleaving of
//! their steps, this has those within their statements.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::UserId;
use proptest::prelude::*;
use proptest::test_runner::TestRng;
use storage::{
    Database,
    log::{LogTransaction, reader::Reader},
};
use testing::database;
use tokio::task::JoinSet;

use crate::support::{append, assert_chains_hold, create, created, drain, due, number, user, write};

const WRITERS: u64 = 8;
const COMMANDS: usize = 60;
/// Few, so that all of them meet at the same heads.
const USERS: usize = 3;

/// The highest number of each user that any reader passed on.
type PassedOn = Arc<Mutex<HashMap<UserId, i64>>>;

/// Draws that are the same in every run.
struct Dice(TestRng);

impl Dice {
    fn new(seed: u64) -> Self {
        let seed: Vec<u8> = seed.to_be_bytes().repeat(4);
        Self(TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &seed))
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0.random_range(0..limit)
    }
}

async fn write_some(database: Database, seed: u64) {
    let mut dice = Dice::new(seed);
    for _ in 0..COMMANDS {
        let user = user(dice.below(USERS));
        match dice.below(4) {
            0 => drop(create(&database, user).await),
            1 => abort_creation(&database, user).await,
            aborts => {
                let Some(mut log) = LogTransaction::begin(&database, user).await.unwrap() else {
                    continue;
                };
                append(&mut log, user, dice.below(4));
                if aborts == 3 && dice.below(2) == 0 {
                    drop(log);
                } else {
                    log.commit().await.unwrap();
                }
            }
        }
    }
}

async fn abort_creation(database: &Database, user: UserId) {
    let mut transaction = database.begin().await.unwrap();
    write(&mut transaction, user, &created(due(None)), None).await.unwrap();
    transaction.rollback().await.unwrap();
}

/// Reads until it is told to stop, and dies now and then with what it has not stored.
async fn read_on(database: Database, seed: u64, passed_on: PassedOn, stop: Arc<AtomicBool>) {
    let mut dice = Dice::new(seed);
    let mut reader = Reader::default();
    while !stop.load(Ordering::Relaxed) {
        let mut session = database.session().await.unwrap();
        let batches = reader.next(&mut session, &[]).await.unwrap();
        for event in batches.iter().flat_map(|batch| &batch.events) {
            let user = event.event.user_id;
            let mut passed_on = passed_on.lock().unwrap();
            let highest = passed_on.entry(user).or_default();
            assert!(event.seq <= *highest + 1, "{} was passed on after {highest}", event.seq);
            *highest = event.seq.max(*highest);
            reader.passed_on(user, event.seq);
        }
        if dice.below(4) == 0 {
            reader = Reader::default();
        } else {
            reader.store(&database).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_between_writers_and_readers_side_by_side() {
    let test = database().await;
    let database = test.open(20);
    let passed_on = PassedOn::default();
    let stop = Arc::new(AtomicBool::new(false));
    let mut readers = JoinSet::new();
    for seed in 100..102 {
        readers.spawn(read_on(
            database.clone(),
            seed,
            Arc::clone(&passed_on),
            Arc::clone(&stop),
        ));
    }
    let mut writers = JoinSet::new();
    for seed in 0..WRITERS {
        writers.spawn(write_some(database.clone(), seed));
    }
    writers.join_all().await;
    stop.store(true, Ordering::Relaxed);
    readers.join_all().await;

    let mut passed_on = passed_on.lock().unwrap().clone();
    for (user, seq) in drain(&database).await {
        let highest = passed_on.entry(user).or_default();
        assert!(seq <= *highest + 1);
        *highest = seq.max(*highest);
    }
    let total: i64 = passed_on.values().sum();
    assert_eq!(number(&test, "SELECT count(*) FROM events").await, total);
    assert_eq!(
        number(&test, "SELECT count(*) FROM log_heads WHERE seq <> published_seq").await,
        0
    );
    assert_eq!(number(&test, "SELECT count(*) FROM log_pending").await, 0);
    assert_chains_hold(&test).await;
}
