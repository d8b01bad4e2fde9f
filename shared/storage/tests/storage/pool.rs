//! What a caller is told when the database is too busy, or goes away.

use storage::{
    Database, Error, Pooler,
    log::{LogTransaction, OnLocked},
    migrations, reminders,
};
use testing::{TestDatabase, database, eventually};
use tokio::task::JoinSet;

use crate::support::{command, create, created, due, number, run, user, write};

/// Without the wait that a person would have.
async fn limit(test: &TestDatabase, setting: &'static str) {
    run(test, setting).await;
}

const SHORT_LOCK_TIMEOUT: &str = "DO $$ BEGIN
    EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET lock_timeout = ''200ms''', current_database()); END $$";
const SHORT_STATEMENT_TIMEOUT: &str = "DO $$ BEGIN
    EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET statement_timeout = ''200ms''', current_database());
END $$";

const WAITING: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'";

/// The SQLSTATE of what made the database unavailable.
fn code(error: &Error) -> String {
    let Error::Unavailable(sqlx::Error::Database(database)) = error else {
        panic!("{error:?}");
    };
    database.code().unwrap().into_owned()
}

async fn backend(database: &Database) -> Result<i32, Error> {
    let mut session = database.session().await?;
    let pid = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *session);
    Ok(pid.await?)
}

#[tokio::test]
async fn a_pool_all_of_whose_connections_are_taken_is_unavailable() {
    let test = database().await;
    let database = test.open(1);
    let taken = database.session().await.unwrap();

    let (session, transaction) = tokio::join!(database.session(), database.begin());
    assert!(matches!(session, Err(Error::Unavailable(sqlx::Error::PoolTimedOut))));
    assert!(matches!(
        transaction,
        Err(Error::Unavailable(sqlx::Error::PoolTimedOut))
    ));
    drop(taken);
    database.session().await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let nowhere = testing::database().await.options().host("127.0.0.1").port(1);
    let error = Database::lazy(nowhere, 1, Pooler::None).session().await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn a_head_held_for_too_long_is_unavailable() {
    let test = database().await;
    let patient = test.open(1);
    create(&patient, user(0)).await;
    limit(&test, SHORT_LOCK_TIMEOUT).await;
    let database = test.open(1);
    let holder = LogTransaction::begin(&patient, user(0)).await.unwrap().unwrap();

    let error = LogTransaction::begin(&database, user(0)).await.unwrap_err();
    assert_eq!(code(&error), "55P03");
    let mut session = database.session().await.unwrap();
    let error = write(&mut session, user(0), &created(due(None)), None)
        .await
        .unwrap_err();
    assert!(matches!(error, storage::tasks::CreateError::Storage(error) if code(&error) == "55P03"));
    drop(session);

    // Who would rather go without it does not wait.
    let none = LogTransaction::begin_many(&database, &[user(0)], OnLocked::Skip)
        .await
        .unwrap();
    assert_eq!(none.users().count(), 0);
    drop(none);
    holder.commit().await.unwrap();
    command(&database, user(0), 1).await;
}

#[tokio::test]
async fn a_reaction_gives_up_a_held_head_sooner_than_a_command_does() {
    let test = database().await;
    let database = test.open(2);
    create(&database, user(0)).await;
    let _holder = LogTransaction::begin(&database, user(0)).await.unwrap().unwrap();
    let mut waiting = database.begin_briefly().await.unwrap();

    let timeout: String = sqlx::query_scalar("SHOW lock_timeout")
        .fetch_one(&mut *waiting)
        .await
        .unwrap();
    assert_eq!(timeout, "500ms");
    drop(waiting);
    let error = LogTransaction::begin_reaction(&database, user(0)).await.unwrap_err();
    assert_eq!(code(&error), "55P03");
    // It was the transaction's, not the connection's.
    let mut session = database.session().await.unwrap();
    let timeout: String = sqlx::query_scalar("SHOW lock_timeout")
        .fetch_one(&mut *session)
        .await
        .unwrap();
    assert_eq!(timeout, "5s");
}

#[tokio::test]
async fn writers_of_one_user_leave_connections_for_everybody_else() {
    let test = database().await;
    let database = test.open(4);
    create(&database, user(0)).await;
    let holder = LogTransaction::begin(&test.open(1), user(0)).await.unwrap().unwrap();
    let mut writers = JoinSet::new();
    for _ in 0..60 {
        let database = database.clone();
        writers.spawn(async move { command(&database, user(0), 1).await });
    }
    // Until those that may are waiting at the server.
    eventually("two wait for the head", async || number(&test, WAITING).await == 2).await;

    reminders::database_now(&mut database.session().await.unwrap())
        .await
        .unwrap();
    assert_eq!(number(&test, WAITING).await, 2);
    drop(holder);
    writers.join_all().await;
    assert_eq!(number(&test, "SELECT seq FROM log_heads").await, 61);
}

#[tokio::test]
async fn a_reaction_goes_ahead_of_the_commands_that_wait_for_their_turn() {
    let test = database().await;
    let database = test.open(8);
    create(&database, user(0)).await;
    let holder = LogTransaction::begin(&test.open(1), user(0)).await.unwrap().unwrap();
    let mut writers = JoinSet::new();
    for _ in 0..20 {
        let database = database.clone();
        writers.spawn(async move { command(&database, user(0), 1).await });
    }
    eventually("two wait for the head", async || number(&test, WAITING).await == 2).await;

    let reaction = tokio::spawn({
        let database = database.clone();
        async move { LogTransaction::begin_reaction(&database, user(0)).await.map(drop) }
    });
    eventually("the third is the reaction", async || number(&test, WAITING).await == 3).await;
    drop(holder);
    reaction.await.unwrap().unwrap();
    writers.join_all().await;
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_unavailable() {
    let test = database().await;
    limit(&test, SHORT_STATEMENT_TIMEOUT).await;
    let database = test.open(1);
    let mut session = database.session().await.unwrap();

    let slow = sqlx::query("SELECT pg_sleep(60)").execute(&mut *session).await;
    assert_eq!(code(&Error::from(slow.unwrap_err())), "57014");
    reminders::database_now(&mut session).await.unwrap();
}

#[tokio::test]
async fn a_connection_that_was_ended_is_unavailable_and_the_next_call_works() {
    let test = database().await;
    let database = test.open(1);
    create(&database, user(0)).await;
    let mut session = database.session().await.unwrap();
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&mut *session)
        .await
        .unwrap();
    end_backend(&test, pid).await;

    let error = reminders::database_now(&mut session).await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    drop(session);
    reminders::database_now(&mut database.session().await.unwrap())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_connection_that_was_ended_while_idle_spoils_one_call_at_most() {
    let test = database().await;
    let database = test.open(1);
    let pid = backend(&database).await.unwrap();
    end_backend(&test, pid).await;

    // Whether it is noticed before its use depends on how long it lay idle.
    if let Err(error) = backend(&database).await {
        assert!(error.is_transient(), "{error:?}");
    }
    assert_ne!(backend(&database).await.unwrap(), pid);
}

#[tokio::test]
async fn a_command_whose_connection_was_ended_leaves_nothing() {
    let test = database().await;
    let database = test.open(1);
    create(&database, user(0)).await;
    let mut log = LogTransaction::begin(&database, user(0)).await.unwrap().unwrap();
    crate::support::append(&mut log, user(0), 1);
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(log.connection())
        .await
        .unwrap();
    end_backend(&test, pid).await;

    let error = log.commit().await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    command(&database, user(0), 1).await;
    assert_eq!(number(&test, "SELECT seq FROM log_heads").await, 2);
}

/// Ends a connection, and waits until it has.
async fn end_backend(test: &TestDatabase, pid: i32) {
    let has_ended: bool = sqlx::query_scalar("SELECT pg_terminate_backend($1, 30000)")
        .bind(pid)
        .fetch_one(&test.pool())
        .await
        .unwrap();
    assert!(has_ended);
}

#[tokio::test]
async fn the_roles_limits_stand_in_every_connection() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    migrations::limit_role(&mut connection).await.unwrap();

    let mut session = test.open(1).session().await.unwrap();
    let sql = "SELECT array[current_setting('lock_timeout'), current_setting('statement_timeout'),
                            current_setting('idle_in_transaction_session_timeout')]";
    let limits: Vec<String> = sqlx::query_scalar(sql).fetch_one(&mut *session).await.unwrap();
    assert_eq!(limits, ["5s", "10s", "10s"]);
}
