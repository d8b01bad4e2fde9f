//! The job against a real database, as its own process.

use std::process::Stdio;

use sqlx::PgPool;
use testing::{TestDatabase, database};
use tokio::process::{Child, Command};

/// A database that nobody has migrated.
async fn empty_database() -> TestDatabase {
    let database = database().await;
    sqlx::raw_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        .execute(&database.pool())
        .await
        .expect("a superuser may do so");
    sqlx::raw_sql(
        "DO $$ BEGIN EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I RESET ALL', current_database()); END $$",
    )
    .execute(&database.pool())
    .await
    .expect("a superuser may do so");
    database
}

fn start(url: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_migrate"))
        .env("DATABASE_URL", url)
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the binary was built")
}

/// Runs it to its end; what it said.
async fn migrate(url: &str) -> String {
    let output = start(url).wait_with_output().await.expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

async fn tables(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        .fetch_all(pool)
        .await
        .expect("the database is there")
}

async fn limits(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT unnest(setconfig) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
         WHERE datname = current_database() ORDER BY 1",
    )
    .fetch_all(pool)
    .await
    .expect("the database is there")
}

#[tokio::test]
async fn empty_database_gets_the_schema_the_limits_and_an_identity() {
    let database = empty_database().await;
    assert_eq!(tables(&database.pool()).await, Vec::<String>::new());
    assert_eq!(limits(&database.pool()).await, Vec::<String>::new());

    migrate(database.url()).await;

    assert!(tables(&database.pool()).await.contains(&"log_heads".to_owned()));
    assert_eq!(
        limits(&database.pool()).await,
        [
            "idle_in_transaction_session_timeout=10s",
            "lock_timeout=5s",
            "statement_timeout=10s"
        ]
    );
}

#[tokio::test]
async fn second_run_changes_nothing() {
    let database = empty_database().await;
    migrate(database.url()).await;
    let installation = "SELECT id FROM installation";
    let before: uuid::Uuid = sqlx::query_scalar(installation)
        .fetch_one(&database.pool())
        .await
        .unwrap();

    migrate(database.url()).await;

    let after: Vec<uuid::Uuid> = sqlx::query_scalar(installation)
        .fetch_all(&database.pool())
        .await
        .unwrap();
    assert_eq!(after, [before]);
}

#[tokio::test]
async fn several_at_once_migrate_once() {
    let database = empty_database().await;
    let url = database.url();
    tokio::join!(migrate(url), migrate(url), migrate(url), migrate(url));
    // All of them find it migrated, and still set the limits at once.
    tokio::join!(migrate(url), migrate(url), migrate(url), migrate(url));

    let installations: i64 = sqlx::query_scalar("SELECT count(*) FROM installation")
        .fetch_one(&database.pool())
        .await
        .unwrap();
    assert_eq!(installations, 1);
}

#[tokio::test]
async fn database_of_a_release_to_come_is_refused_and_left_alone() {
    let database = database().await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (99999999999999, 'to come', true, '', 0)",
    )
    .execute(&database.pool())
    .await
    .unwrap();

    let output = start(database.url()).wait_with_output().await.unwrap();

    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("was not migrated"), "{said}");
}
