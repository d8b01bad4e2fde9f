//! Behind a real `PgBouncer` in transaction mode, where every transaction may have another server connection.

mod process;

use std::collections::HashSet;

use domain::{TaskId, UserId, transition};
use sqlx::Connection;
use storage::{
    Database, Error, Session,
    idempotency::{self, Answer, Key, Known},
    log::{LogTransaction, reader::Reader, verify},
    migrations, reminders,
    tasks::{self, Author, CreateError, Listing, Status},
};
use testing::database;
use tokio::task::JoinSet;

use crate::support::{assert_chains_hold, created, drain, event, everything, now, number, read, run, user, write};
use process::{PgBouncer, SERVER_CONNECTIONS};

const CLIENTS: usize = 16;
const ROUNDS: usize = 8;
/// Fewer than clients, so that clients also wait for each other.
const USERS: usize = 5;

async fn backend(session: &mut Session) -> i32 {
    sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&mut **session)
        .await
        .unwrap()
}

/// Creates a task under a key, and again: the answer is repeated.
async fn create_twice(database: &Database, user: UserId, name: &str) -> TaskId {
    let created = created(everything());
    let key = Key {
        path: "/v1/tasks",
        key: name,
        request_digest: [1; 32],
    };
    let answer = Answer {
        status: 201,
        location: None,
        etag: None,
        body: created.task.id.to_string(),
    };
    let mut session = database.session().await.unwrap();
    write(&mut session, user, &created, Some((&key, &answer)))
        .await
        .unwrap();
    session.finish().await.unwrap();

    let mut session = database.session().await.unwrap();
    let again = write(
        &mut session,
        user,
        &super::support::created(everything()),
        Some((&key, &answer)),
    )
    .await;
    assert!(matches!(again, Err(CreateError::KeyTaken)), "{again:?}");
    drop(session);
    let mut session = database.session().await.unwrap();
    let known = idempotency::find(&mut session, user, &key, now()).await.unwrap();
    session.finish().await.unwrap();
    assert_eq!(known, Known::Answered(answer));
    created.task.id
}

async fn complete(database: &Database, user: UserId, id: TaskId) {
    let mut log = LogTransaction::begin(database, user).await.unwrap().unwrap();
    let mut task = tasks::load(log.connection(), user, id).await.unwrap().unwrap();
    transition::complete(&mut task, now());
    tasks::update(log.connection(), user, &task, Author::Person)
        .await
        .unwrap();
    log.append(event(user, &task));
    log.commit().await.unwrap();
}

/// One client's requests; answers the server connections it met.
async fn client(database: Database, n: usize) -> HashSet<i32> {
    let user = user(n % USERS);
    let mut backends = HashSet::new();
    for round in 0..ROUNDS {
        let id = create_twice(&database, user, &format!("{n} {round}")).await;
        complete(&database, user, id).await;
        let mut session = database.session().await.unwrap();
        backends.insert(backend(&mut session).await);
        let task = tasks::load(&mut session, user, id).await.unwrap().unwrap();
        assert!(task.is_completed());
        session.finish().await.unwrap();
        let listing = Listing {
            status: Status::Completed,
            ..Listing::pending()
        };
        let mut snapshot = database.list_snapshot().await.unwrap();
        let listed = tasks::list(&mut snapshot, user, &listing, now(), None, 1_000)
            .await
            .unwrap();
        snapshot.commit().await.unwrap();
        assert!(listed.tasks.contains(&task));
    }
    backends
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_works_while_server_connections_change() {
    let test = database().await;
    let bouncer = PgBouncer::start(&test);
    let database = bouncer.open(16);
    let mut clients = JoinSet::new();
    for n in 0..CLIENTS {
        clients.spawn(client(database.clone(), n));
    }
    let mut reader = Reader::default();
    let mut passed_on = Vec::new();
    let mut backends = HashSet::new();
    while !clients.is_empty() {
        passed_on.extend(read(&mut reader, &database).await);
        while let Some(met) = clients.try_join_next() {
            backends.extend(met.unwrap());
        }
    }
    passed_on.extend(read(&mut reader, &database).await);
    passed_on.extend(drain(&database).await);

    assert_eq!(
        backends.len(),
        SERVER_CONNECTIONS,
        "the server connections did not change"
    );
    let events = CLIENTS * ROUNDS * 2;
    assert_eq!(
        number(&test, "SELECT count(*) FROM events").await,
        i64::try_from(events).unwrap()
    );
    assert_eq!(passed_on.len(), events);
    assert_eq!(passed_on.into_iter().collect::<HashSet<_>>().len(), events);
    assert_eq!(number(&test, "SELECT count(*) FROM log_pending").await, 0);
    assert_chains_hold(&test).await;
    let mut session = database.session().await.unwrap();
    assert_eq!(verify::chain_of(&mut session, user(0)).await.unwrap(), None);
}

#[tokio::test]
async fn what_a_session_wrote_counts_once_it_is_finished() {
    let test = database().await;
    let bouncer = PgBouncer::start(&test);
    let database = bouncer.open(2);
    let created = created(everything());

    let mut session = database.session().await.unwrap();
    write(&mut session, user(0), &created, None).await.unwrap();
    drop(session);
    assert_eq!(drain(&database).await, []);

    let mut session = database.session().await.unwrap();
    write(&mut session, user(0), &created, None).await.unwrap();
    session.finish().await.unwrap();
    assert_eq!(drain(&database).await, [(user(0), 1)]);
}

#[tokio::test]
async fn the_roles_limits_hold_through_it() {
    let test = database().await;
    migrations::limit_role(&mut test.pool().acquire().await.unwrap())
        .await
        .unwrap();
    run(
        &test,
        "DO $$ BEGIN EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET lock_timeout = ''200ms''',
                                           current_database()); END $$",
    )
    .await;
    let bouncer = PgBouncer::start(&test);
    let database = bouncer.open(2);
    create_twice(&database, user(0), "one").await;
    let holder = LogTransaction::begin(&database, user(0)).await.unwrap().unwrap();

    let error = LogTransaction::begin(&database, user(0)).await.unwrap_err();
    assert!(matches!(&error, Error::Unavailable(sqlx::Error::Database(e)) if e.code().as_deref() == Some("55P03")));
    holder.commit().await.unwrap();
    let mut session = database.session().await.unwrap();
    let sql = "SELECT current_setting('idle_in_transaction_session_timeout')";
    let limit: String = sqlx::query_scalar(sql).fetch_one(&mut *session).await.unwrap();
    assert_eq!(limit, "10s");
}

#[tokio::test]
async fn a_pooler_that_is_not_announced_loses_prepared_statements() {
    let test = database().await;
    let bouncer = PgBouncer::start(&test);
    let unaware = bouncer.connect_unaware();
    let mut session = unaware.session().await.unwrap();
    reminders::next_moment(&mut session).await.unwrap();

    // Whoever comes next has the server connection that was used last, and keeps it for a transaction.
    let mut other = bouncer.connect().await;
    let mut other = other.begin().await.unwrap();
    sqlx::raw_sql("SELECT").execute(&mut *other).await.unwrap();

    let lost = reminders::next_moment(&mut session).await.unwrap_err();
    assert!(
        matches!(&lost, Error::Database(sqlx::Error::Database(e)) if e.code().as_deref() == Some("26000")),
        "{lost:?}"
    );
}
