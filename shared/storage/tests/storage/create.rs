//! Creating a task in one statement.

use domain::{UserId, new_task::Created};
use storage::{
    Database, Error,
    idempotency::{self, Answer, Key, Known},
    log::chain::{self, Sealed},
    tasks::{self, CreateError, Creation},
};
use testing::{TestDatabase, database};
use tokio::task::JoinSet;

use crate::support::{assert_chains_hold, create, created, due, event, everything, now, number, run, user, write};

const WRITTEN: &str = "SELECT (SELECT count(*) FROM tasks) + (SELECT count(*) FROM reminders)
    + (SELECT count(*) FROM series) + (SELECT count(*) FROM events) + (SELECT count(*) FROM idempotency_keys)
    + (SELECT count(*) FROM log_pending) + (SELECT coalesce(sum(seq), 0)::bigint FROM log_heads)";

fn key() -> Key<'static> {
    Key {
        path: "/v1/tasks",
        key: "one",
        request_digest: [7; 32],
    }
}

fn answer(body: &str) -> Answer {
    Answer {
        status: 201,
        location: Some("/v1/tasks/1".to_owned()),
        etag: Some("\"1\"".to_owned()),
        body: body.to_owned(),
    }
}

/// Creates side by side, `each` for each of so many users.
async fn create_at_once(database: &Database, users: usize, each: usize) {
    let mut creations = JoinSet::new();
    for n in 0..users * each {
        let database = database.clone();
        creations.spawn(async move { create(&database, user(n % users)).await });
    }
    creations.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_user_may_begin_with_many_tasks_at_once() {
    let test = database().await;
    create_at_once(&test.open(16), 1, 64).await;

    assert_eq!(number(&test, "SELECT seq FROM log_heads").await, 64);
    assert_eq!(number(&test, "SELECT count(*) FROM events").await, 64);
    assert_chains_hold(&test).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_new_users_may_begin_at_once() {
    let test = database().await;
    create_at_once(&test.open(16), 32, 4).await;

    assert_eq!(number(&test, "SELECT count(*) FROM log_heads WHERE seq = 4").await, 32);
    assert_eq!(number(&test, "SELECT count(*) FROM log_pending").await, 32);
    assert_chains_hold(&test).await;
}

#[tokio::test]
async fn a_creation_reads_back_as_it_was() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    let Created { task, series } = created(everything());
    let whole = Created {
        task: task.clone(),
        series: series.clone(),
    };
    write(&mut connection, user(0), &whole, None).await.unwrap();

    let read = tasks::load(&mut connection, user(0), task.id).await.unwrap();
    assert_eq!(read, Some(task));
    let id = series.as_ref().unwrap().id;
    let read = storage::series::load(&mut connection, user(0), id, 1).await.unwrap();
    assert_eq!(read, series);
}

#[tokio::test]
async fn a_task_of_one_user_is_nothing_to_another() {
    let test = database().await;
    let id = create(&test.open(1), user(0)).await;
    let mut connection = test.pool().acquire().await.unwrap();

    assert_eq!(tasks::load(&mut connection, user(1), id).await.unwrap(), None);
}

#[tokio::test]
async fn the_database_hashes_as_we_do() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    let mut previous = Vec::new();
    for seq in 1..=3 {
        let created = created(due(None));
        let event = event(user(0), &created.task);
        let creation = Creation {
            task: &created.task,
            series: None,
            event: &event,
            answer: None,
        };
        tasks::create(&mut connection, user(0), &creation).await.unwrap();

        let hash: Vec<u8> = sqlx::query_scalar("SELECT e.hash FROM events e JOIN log_heads USING (user_id, seq, hash)")
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        let digest = chain::digest(&event.data);
        assert_eq!(hash, chain::hash(&previous, user(0), seq, Sealed::of(&event, &digest)));
        previous = hash;
    }
}

/// Creates under the one key, and answers whether it was free.
async fn create_under_key(database: Database, user: UserId, body: String) -> bool {
    let mut session = database.session().await.unwrap();
    let answer = answer(&body);
    match write(&mut session, user, &created(everything()), Some((&key(), &answer))).await {
        Ok(()) => true,
        Err(CreateError::KeyTaken) => false,
        Err(CreateError::Storage(error)) => panic!("{error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_requests_under_one_key_one_creates() {
    let test = database().await;
    let database = test.open(16);
    let mut requests = JoinSet::new();
    for n in 0..16 {
        requests.spawn(create_under_key(database.clone(), user(0), n.to_string()));
    }
    let free = requests.join_all().await.into_iter().filter(|is_free| *is_free).count();

    assert_eq!(free, 1);
    assert_eq!(number(&test, "SELECT seq FROM log_heads").await, 1);
    // Task, two reminders, series, event, key, mark, and the head at 1.
    assert_eq!(number(&test, WRITTEN).await, 8);
}

#[tokio::test]
async fn a_taken_key_burns_no_number_and_its_answer_is_there() {
    let test = database().await;
    let database = test.open(1);
    assert!(create_under_key(database.clone(), user(0), "first".to_owned()).await);
    let before = number(&test, WRITTEN).await;

    assert!(!create_under_key(database.clone(), user(0), "second".to_owned()).await);
    assert_eq!(number(&test, WRITTEN).await, before);
    let mut session = database.session().await.unwrap();
    let known = idempotency::find(&mut session, user(0), &key(), now()).await.unwrap();
    assert_eq!(known, Known::Answered(answer("first")));
    drop(session);

    create(&database, user(0)).await;
    assert_eq!(number(&test, "SELECT seq FROM log_heads").await, 2);
    assert_chains_hold(&test).await;
}

/// That `created` is refused by `constraint` and leaves nothing behind.
async fn assert_refused(test: &TestDatabase, created: &Created, constraint: &str) {
    let mut connection = test.pool().acquire().await.unwrap();
    let before = number(test, WRITTEN).await;
    let answer = answer("never");
    let refused = write(&mut connection, user(0), created, Some((&key(), &answer))).await;
    assert!(
        matches!(&refused, Err(CreateError::Storage(Error::Constraint(name))) if name == constraint),
        "{refused:?}"
    );
    assert_eq!(number(test, WRITTEN).await, before);
}

#[tokio::test]
async fn a_refused_creation_leaves_nothing() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    let good = created(everything());
    write(&mut connection, user(0), &good, None).await.unwrap();

    assert_refused(&test, &created_with_id(&good), "tasks_pkey").await;
    let mut same_reminders = created(everything());
    same_reminders.task.reminders[1].id = same_reminders.task.reminders[0].id;
    assert_refused(&test, &same_reminders, "reminders_pkey").await;
    let mut without_series = created(everything());
    without_series.series = None;
    assert_refused(&test, &without_series, "tasks_place_whole").await;
    // A foreign key is checked when everything else has been written.
    run(
        &test,
        "ALTER TABLE series ADD CONSTRAINT series_known FOREIGN KEY (user_id, id) REFERENCES tasks (user_id, id)
                NOT VALID",
    )
    .await;
    assert_refused(&test, &created(everything()), "series_known").await;
    assert_chains_hold(&test).await;
}

/// Another creation whose task has the id of the one in `good`.
fn created_with_id(good: &Created) -> Created {
    let mut other = created(everything());
    other.task.id = good.task.id;
    other
}
