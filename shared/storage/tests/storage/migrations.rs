//! Migrating.

use sqlx::{Postgres, migrate::Migrate, pool::PoolConnection};
use storage::{
    installation,
    migrations::{MigrateError, migrate},
};
use testing::{TestDatabase, database, eventually};
use tokio::task::JoinSet;

use crate::support::{number, run};

/// A database in which there is nothing yet.
async fn empty() -> TestDatabase {
    let test = database().await;
    run(&test, "DROP SCHEMA public CASCADE; CREATE SCHEMA public").await;
    test
}

#[tokio::test(flavor = "multi_thread")]
async fn several_at_once_apply_each_migration_once() {
    let test = empty().await;
    let mut migrations = JoinSet::new();
    for _ in 0..6 {
        let options = test.options();
        migrations.spawn(async move { migrate(&options).await.unwrap() });
    }
    migrations.join_all().await;

    assert_eq!(
        number(&test, "SELECT count(*) FROM _sqlx_migrations WHERE NOT success").await,
        0
    );
    assert_eq!(number(&test, "SELECT count(*) FROM installation").await, 1);
}

/// What a migration is doing that takes long.
async fn under_way(test: &TestDatabase) -> PoolConnection<Postgres> {
    let mut connection = test.pool().acquire().await.unwrap();
    sqlx::raw_sql("SET statement_timeout = 0; SET lock_timeout = 0")
        .execute(&mut *connection)
        .await
        .unwrap();
    connection.lock().await.unwrap();
    connection
}

/// How many have waited for another's migration for longer than a migration waits for a lock.
const PATIENT: &str = "SELECT count(*) FROM pg_locks
     WHERE locktype = 'advisory' AND NOT granted AND waitstart < clock_timestamp() - interval '5500 ms'";

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_takes_long_is_waited_for() {
    let test = empty().await;
    let mut first = under_way(&test).await;
    let options = test.options();
    let second = tokio::spawn(async move { migrate(&options).await });

    eventually("the second waits", async || {
        second.is_finished() || number(&test, PATIENT).await == 1
    })
    .await;
    first.unlock().await.unwrap();

    second.await.unwrap().unwrap();
    assert_eq!(number(&test, "SELECT count(*) FROM installation").await, 1);
}

#[tokio::test]
async fn a_migration_does_not_hold_up_others_for_long() {
    let test = empty().await;
    run(
        &test,
        "CREATE TABLE _sqlx_migrations (
             version bigint PRIMARY KEY, description text NOT NULL, installed_on timestamptz NOT NULL DEFAULT now(),
             success boolean NOT NULL, checksum bytea NOT NULL, execution_time bigint NOT NULL)",
    )
    .await;
    let mut user = test.pool().begin().await.unwrap();
    sqlx::raw_sql("SET LOCAL idle_in_transaction_session_timeout = 0; LOCK TABLE _sqlx_migrations")
        .execute(&mut *user)
        .await
        .unwrap();

    let refused = migrate(&test.options()).await.unwrap_err();
    assert!(refused.to_string().contains("lock timeout"), "{refused}");
}

#[tokio::test]
async fn migrating_again_changes_nothing() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    let id = installation::id(&mut connection).await.unwrap();

    migrate(&test.options()).await.unwrap();

    assert_eq!(installation::id(&mut connection).await.unwrap(), id);
}

#[tokio::test]
async fn a_database_that_a_newer_release_migrated_is_refused() {
    let test = database().await;
    run(
        &test,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                VALUES (9999, 'of tomorrow', true, '\\x00', 1)",
    )
    .await;

    let refused = migrate(&test.options()).await.unwrap_err();
    assert!(matches!(refused, MigrateError::Newer(9999)), "{refused:?}");
    assert!(refused.to_string().contains("newer release"), "{refused}");
}

#[tokio::test]
async fn a_migration_that_was_changed_afterwards_is_refused() {
    let test = database().await;
    run(&test, "UPDATE _sqlx_migrations SET checksum = '\\x00'").await;

    let refused = migrate(&test.options()).await.unwrap_err();
    assert!(matches!(refused, MigrateError::Migration(_)), "{refused:?}");
    assert_eq!(
        format!("{:#}", anyhow::Error::from(refused)),
        "the schema cannot be migrated: migration 1 was previously applied but has been modified"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_failure_at_the_database() {
    let nowhere = database().await.options().host("127.0.0.1").port(1);
    let refused = migrate(&nowhere).await.unwrap_err();
    assert!(matches!(&refused, MigrateError::Database(error) if error.is_transient()));
    let said = format!("{:#}", anyhow::Error::from(refused));
    assert_eq!(said.matches("(os error").count(), 1, "{said}");
}
