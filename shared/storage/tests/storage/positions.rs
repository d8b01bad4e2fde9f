//! How far the log's reader came, and the marks of those who are behind.

use domain::UserId;
use sqlx::types::Uuid;
use storage::log::{
    LogTransaction,
    reader::{Reader, Unknown},
};
use testing::database;

use crate::support::{command, create, drain, number, pass_on, read, run, store, user};

const PENDING: &str = "SELECT count(*) FROM log_pending";

#[tokio::test]
async fn a_raise_skipped_for_a_held_head_repeats_nothing_while_the_reader_lives() {
    let test = database().await;
    let database = test.open(4);
    create(&database, user(0)).await;
    let mut reader = Reader::default();
    let holder = LogTransaction::begin(&database, user(0)).await.unwrap().unwrap();

    assert_eq!(read(&mut reader, &database).await, [(user(0), 1)]);
    assert_eq!(number(&test, "SELECT published_seq FROM log_heads").await, 0);
    assert_eq!(read(&mut reader, &database).await, []);
    holder.commit().await.unwrap();
    assert_eq!(read(&mut reader, &database).await, []);

    assert_eq!(number(&test, "SELECT published_seq FROM log_heads").await, 1);
    assert_eq!(number(&test, PENDING).await, 0);
}

#[tokio::test]
async fn what_is_recorded_before_a_position_is_stored_is_read_all_the_same() {
    let test = database().await;
    let database = test.open(4);
    create(&database, user(0)).await;
    let mut reader = Reader::default();
    assert_eq!(pass_on(&mut reader, &database).await, [(user(0), 1)]);
    command(&database, user(0), 2).await;

    assert_eq!(pass_on(&mut reader, &database).await, [(user(0), 2), (user(0), 3)]);
    assert_eq!(pass_on(&mut reader, &database).await, []);
}

#[tokio::test]
async fn a_position_is_never_lowered_by_a_reader_that_lags_behind() {
    let test = database().await;
    let database = test.open(4);
    create(&database, user(0)).await;
    let mut slow = Reader::default();
    pass_on(&mut slow, &database).await;
    command(&database, user(0), 3).await;
    drain(&database).await;

    store(&mut slow, &database).await;

    assert_eq!(number(&test, "SELECT published_seq FROM log_heads").await, 4);
    assert_eq!(number(&test, PENDING).await, 0);
}

#[tokio::test]
async fn an_event_that_commits_after_the_reading_stays_marked() {
    let test = database().await;
    let database = test.open(4);
    create(&database, user(0)).await;
    let mut reader = Reader::default();
    pass_on(&mut reader, &database).await;
    command(&database, user(0), 1).await;

    store(&mut reader, &database).await;

    assert_eq!(number(&test, PENDING).await, 1);
    assert_eq!(read(&mut reader, &database).await, [(user(0), 2)]);
    assert_eq!(number(&test, PENDING).await, 0);
}

#[tokio::test]
async fn marks_of_users_who_are_caught_up_stand_until_that_is_stored_and_hide_nobody() {
    let test = database().await;
    let database = test.open(4);
    run(
        &test,
        "WITH heads AS (
             INSERT INTO log_heads (user_id, seq, hash)
             SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 1, '' FROM generate_series(1, 1500) n
             RETURNING user_id
         )
         INSERT INTO log_pending (user_id) SELECT user_id FROM heads",
    )
    .await;
    let users: Vec<Uuid> = sqlx::query_scalar("SELECT user_id FROM log_pending")
        .fetch_all(&test.pool())
        .await
        .unwrap();
    let mut reader = Reader::default();
    for user in users {
        reader.passed_on(UserId(user), 1);
    }
    create(&database, user(0)).await;

    assert_eq!(pass_on(&mut reader, &database).await, [(user(0), 1)]);
    assert_eq!(pass_on(&mut reader, &database).await, []);
    assert_eq!(number(&test, PENDING).await, 1_501);
    store(&mut reader, &database).await;
    assert!(!reader.has_unstored());
    assert_eq!(number(&test, PENDING).await, 0);
}

/// What it passed on may never have happened there.
#[tokio::test]
async fn reader_finds_nobody_and_raises_nothing_on_another_timeline() {
    let test = database().await;
    let database = test.open(4);
    create(&database, user(0)).await;
    let other = Some("00000002".to_owned());
    let mut before_a_failover = Reader::new(Unknown::default(), other);
    assert_eq!(pass_on(&mut before_a_failover, &database).await, []);
    before_a_failover.passed_on(user(0), 1);
    store(&mut before_a_failover, &database).await;
    assert!(before_a_failover.has_unstored());
    assert_eq!(number(&test, "SELECT max(published_seq) FROM log_heads").await, 0);

    let mut reader = Reader::new(Unknown::default(), Some("00000001".to_owned()));
    assert_eq!(read(&mut reader, &database).await, [(user(0), 1)]);
    assert_eq!(number(&test, "SELECT max(published_seq) FROM log_heads").await, 1);
}

#[tokio::test]
async fn raise_waits_for_no_disk_and_commits_that_follow_it_on_its_connection_do() {
    let test = database().await;
    let database = test.open(1);
    create(&database, user(0)).await;
    run(
        &test,
        "CREATE TABLE raised (setting text);
         CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN INSERT INTO raised VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$;
         CREATE TRIGGER note BEFORE UPDATE OF published_seq ON log_heads FOR EACH ROW EXECUTE FUNCTION note()",
    )
    .await;
    let mut session = database.session().await.unwrap();
    sqlx::raw_sql("SET synchronous_commit = on")
        .execute(&mut *session)
        .await
        .unwrap();
    session.finish().await.unwrap();

    let mut reader = Reader::default();
    assert_eq!(read(&mut reader, &database).await, [(user(0), 1)]);
    assert_eq!(
        number(&test, "SELECT count(*) FROM raised WHERE setting = 'off'").await,
        1
    );

    let mut session = database.session().await.unwrap();
    let setting: String = sqlx::query_scalar("SHOW synchronous_commit")
        .fetch_one(&mut *session)
        .await
        .unwrap();
    assert_eq!(setting, "on");
}

#[tokio::test]
async fn position_whose_head_was_held_is_stored_late_without_the_others() {
    let test = database().await;
    let database = test.open(4);
    for n in 0..2 {
        create(&database, user(n)).await;
    }
    let mut reader = Reader::default();
    let holder = LogTransaction::begin(&database, user(0)).await.unwrap().unwrap();
    assert_eq!(read(&mut reader, &database).await.len(), 2);
    holder.rollback().await.unwrap();
    command(&database, user(1), 1).await;
    assert_eq!(pass_on(&mut reader, &database).await, [(user(1), 2)]);
    reader.store_late(&database).await.unwrap();
    let stored = "SELECT count(*) FROM log_heads WHERE published_seq = 1";
    assert_eq!(number(&test, stored).await, 2);
    assert!(reader.has_unstored());
}

/// Neither can come about by a command; one row of damage must not stop everybody's delivery.
#[tokio::test]
async fn marks_without_a_head_or_without_anything_to_pass_on_hold_up_nothing() {
    let test = database().await;
    let database = test.open(4);
    create(&database, user(2)).await;
    drain(&database).await;
    for n in [1, 2] {
        sqlx::query("INSERT INTO log_pending (user_id) VALUES ($1)")
            .bind(user(n).0)
            .execute(&test.pool())
            .await
            .unwrap();
    }
    create(&database, user(3)).await;

    assert_eq!(drain(&database).await, [(user(3), 1)]);
    assert_eq!(number(&test, PENDING).await, 1);
}
