//! The log's reader, step by step.

use std::collections::HashSet;

use storage::log::{
    LogTransaction,
    reader::{Batch, Reader, Unknown},
};
use testing::database;

use crate::support::{command, create, drain, number, pass_on, read, run, store, user};

const PENDING: &str = "SELECT count(*) FROM log_pending";

#[tokio::test]
async fn what_was_passed_on_and_stored_is_not_read_again() {
    let test = database().await;
    let database = test.open(4);
    create(&database, user(0)).await;
    command(&database, user(0), 2).await;

    let expected = vec![(user(0), 1), (user(0), 2), (user(0), 3)];
    assert_eq!(drain(&database).await, expected);
    assert_eq!(drain(&database).await, []);
    assert_eq!(number(&test, PENDING).await, 0);
}

#[tokio::test]
async fn a_reader_that_dies_before_it_stores_is_repeated() {
    let test = database().await;
    let database = test.open(4);
    create(&database, user(0)).await;

    let mut dying = Reader::default();
    assert_eq!(pass_on(&mut dying, &database).await, [(user(0), 1)]);
    drop(dying);

    assert_eq!(drain(&database).await, [(user(0), 1)]);
}

#[tokio::test]
async fn users_whose_events_cannot_be_passed_on_keep_nobody_else_waiting() {
    let test = database().await;
    let database = test.open(4);
    for n in 0..70 {
        create(&database, user(n)).await;
    }
    let mut reader = Reader::default();
    let mut seen = HashSet::new();
    for _ in 0..2 {
        let mut session = database.session().await.unwrap();
        let batches = reader.next(&mut session, &[]).await.unwrap();
        seen.extend(batches.into_iter().map(|batch| batch.user));
    }

    assert_eq!(seen.len(), 70);
}

#[tokio::test]
async fn a_reading_is_empty_only_when_nobody_is_behind() {
    let test = database().await;
    let database = test.open(4);
    for n in 0..70 {
        create(&database, user(n)).await;
    }
    let mut reader = Reader::default();
    let users: Vec<_> = (0..65).map(user).collect();
    let holder = LogTransaction::begin_many(&database, &users, storage::log::OnLocked::Wait);
    let holder = holder.await.unwrap();
    assert_eq!(read(&mut reader, &database).await.len(), 64);
    assert_eq!(read(&mut reader, &database).await.len(), 6);
    command(&database, user(69), 1).await;

    // A whole page of users has nothing new, only marks that could not be made.
    assert_eq!(read(&mut reader, &database).await, [(user(69), 2)]);
    holder.commit().await.unwrap();
    assert_eq!(read(&mut reader, &database).await, []);
    assert_eq!(number(&test, PENDING).await, 0);
}

#[tokio::test]
async fn an_event_of_a_kind_that_this_release_does_not_know_holds_up_nothing() {
    let test = database().await;
    let database = test.open(4);
    create(&database, user(0)).await;
    command(&database, user(0), 1).await;
    create(&database, user(1)).await;
    sqlx::query("UPDATE events SET type = 'todo.task.skipped' WHERE user_id = $1 AND seq = 1")
        .bind(user(0).0)
        .execute(&test.pool())
        .await
        .unwrap();

    let mut session = database.session().await.unwrap();
    let batches = Reader::default().next(&mut session, &[]).await.unwrap();

    let read: Vec<_> = batches
        .iter()
        .map(|batch| {
            (
                batch.user,
                batch.events.iter().map(|event| event.seq).collect(),
                batch.upto,
            )
        })
        .collect();
    assert_eq!(read, [(user(0), vec![2], 2), (user(1), vec![1], 1)]);
}

#[tokio::test]
async fn a_user_whose_batch_is_in_hand_is_not_read_again() {
    let test = database().await;
    let database = test.open(4);
    for n in 0..3 {
        create(&database, user(n)).await;
    }
    let mut session = database.session().await.unwrap();
    let mut reader = Reader::default();
    let batches = reader.next(&mut session, &[user(1)]).await.unwrap();
    let users: Vec<_> = batches.iter().map(|batch| batch.user).collect();
    assert_eq!(users, [user(0), user(2)]);
}

#[tokio::test]
async fn event_of_a_kind_that_is_not_known_waits_with_what_follows_it_where_another_release_may_know_it() {
    let test = database().await;
    let database = test.open(4);
    create(&database, user(0)).await;
    command(&database, user(0), 2).await;
    create(&database, user(1)).await;
    sqlx::query("UPDATE events SET type = 'todo.task.shared' WHERE user_id = $1 AND seq = 2")
        .bind(user(0).0)
        .execute(&test.pool())
        .await
        .unwrap();
    let mut reader = Reader::new(Unknown::Wait, None);
    assert_eq!(read(&mut reader, &database).await, [(user(0), 1), (user(1), 1)]);
    assert_eq!(read(&mut reader, &database).await, []);
    store(&mut reader, &database).await;
    assert_eq!(number(&test, "SELECT min(published_seq) FROM log_heads").await, 1);
    assert_eq!(number(&test, PENDING).await, 1);
}

#[tokio::test]
async fn a_reading_takes_a_few_mebibytes_and_readings_take_everything() {
    const USERS: usize = 5;
    const EVENTS: i64 = 60;
    let test = database().await;
    let database = test.open(4);
    for n in 0..USERS {
        create(&database, user(n)).await;
        command(&database, user(n), EVENTS as usize - 1).await;
    }
    run(&test, "UPDATE events SET data = to_json(repeat('x', 100000))").await;

    let mut reader = Reader::default();
    let mut seen = vec![Vec::new(); USERS];
    loop {
        let mut session = database.session().await.unwrap();
        let batches = reader.next(&mut session, &[]).await.unwrap();
        session.finish().await.unwrap();
        if batches.is_empty() {
            break;
        }
        let bytes: usize = batches.iter().map(Batch::bytes).sum();
        assert!(bytes < 5_000_000, "{bytes}");
        for batch in batches {
            reader.passed_on(batch.user, batch.upto);
            let of_user = (0..USERS).position(|n| user(n) == batch.user).unwrap();
            seen[of_user].extend(batch.events.iter().map(|event| event.seq));
        }
    }

    let all: Vec<_> = (1..=EVENTS).collect();
    assert_eq!(seen, vec![all; USERS]);
    store(&mut reader, &database).await;
    assert_eq!(number(&test, PENDING).await, 0);
}
