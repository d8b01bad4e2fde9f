//! Why there is no global sequence: its numbers are handed out when a transaction writes, not when it commits.

use sqlx::Connection;
use storage::log::{LogTransaction, OnLocked, reader::Reader};
use testing::database;

use crate::support::{append, create, created, drain, due, read, run, user, write};

async fn positions_after(connection: &mut sqlx::PgConnection, position: i64) -> Vec<i64> {
    sqlx::query_scalar("SELECT position FROM global_log WHERE position > $1 ORDER BY position")
        .bind(position)
        .fetch_all(connection)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_reader_of_a_global_sequence_loses_an_event() {
    let test = database().await;
    run(&test, "CREATE TABLE global_log (position bigserial PRIMARY KEY)").await;
    let mut connection = test.pool().acquire().await.unwrap();
    let mut a = test.pool().acquire().await.unwrap();
    let insert = "INSERT INTO global_log DEFAULT VALUES RETURNING position";

    let mut a = a.begin().await.unwrap();
    let of_a: i64 = sqlx::query_scalar(insert).fetch_one(&mut *a).await.unwrap();
    let of_b: i64 = sqlx::query_scalar(insert).fetch_one(&mut *connection).await.unwrap();
    assert_eq!(of_b, of_a + 1);
    let remembered = positions_after(&mut connection, 0).await;
    assert_eq!(remembered, [of_b]);
    a.commit().await.unwrap();

    // Committed, and no reading will ever find it.
    assert!(positions_after(&mut connection, of_b).await.is_empty());
}

#[tokio::test]
async fn our_reader_loses_nothing_when_users_commit_out_of_order() {
    let test = database().await;
    let database = test.open(4);
    let mut reader = Reader::default();

    let mut a = database.begin().await.unwrap();
    write(&mut a, user(1), &created(due(None)), None).await.unwrap();
    create(&database, user(2)).await;
    assert_eq!(read(&mut reader, &database).await, [(user(2), 1)]);
    a.commit().await.unwrap();

    assert_eq!(read(&mut reader, &database).await, [(user(1), 1)]);
}

#[tokio::test]
async fn one_user_cannot_commit_out_of_order() {
    let test = database().await;
    let database = test.open(4);
    create(&database, user(1)).await;
    drain(&database).await;
    let mut a = LogTransaction::begin(&database, user(1)).await.unwrap().unwrap();
    append(&mut a, user(1), 1);

    // B would have to wait for A, before it has so much as a number.
    let b = LogTransaction::begin_many(&database, &[user(1)], OnLocked::Skip)
        .await
        .unwrap();
    assert_eq!(b.users().count(), 0);
    drop(b);
    assert_eq!(drain(&database).await, []);
    a.commit().await.unwrap();
    let mut b = LogTransaction::begin(&database, user(1)).await.unwrap().unwrap();
    append(&mut b, user(1), 1);
    b.commit().await.unwrap();

    assert_eq!(drain(&database).await, [(user(1), 2), (user(1), 3)]);
}
