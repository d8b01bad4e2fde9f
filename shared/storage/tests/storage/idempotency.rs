//! Kept answers.

use chrono::TimeDelta;
use sqlx::PgConnection;
use storage::{
    Error,
    idempotency::{self, Answer, KEPT_FOR, Key, Known},
};
use testing::database;

use crate::support::{now, number, user};

const ALL: &str = "SELECT count(*) FROM idempotency_keys";

fn key(key: &str) -> Key<'_> {
    Key {
        path: "/v1/tasks/1/complete",
        key,
        request_digest: [1; 32],
    }
}

fn answer() -> Answer {
    Answer {
        status: 200,
        location: None,
        etag: Some("\"2\"".to_owned()),
        body: "{\"é\":1}".to_owned(),
    }
}

async fn keep(connection: &mut PgConnection, name: &str) {
    idempotency::keep(connection, user(0), &key(name), &answer(), now())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_kept_answer_is_found_again_whole() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    let nothing = idempotency::find(&mut connection, user(0), &key("a"), now())
        .await
        .unwrap();
    assert_eq!(nothing, Known::Nothing);
    keep(&mut connection, "a").await;

    let known = idempotency::find(&mut connection, user(0), &key("a"), now())
        .await
        .unwrap();
    assert_eq!(known, Known::Answered(answer()));
}

#[tokio::test]
async fn a_key_belongs_to_its_user_and_its_path() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    keep(&mut connection, "a").await;
    let elsewhere = Key {
        path: "/v1/tasks",
        ..key("a")
    };

    let others = idempotency::find(&mut connection, user(1), &key("a"), now())
        .await
        .unwrap();
    assert_eq!(others, Known::Nothing);
    let other_path = idempotency::find(&mut connection, user(0), &elsewhere, now())
        .await
        .unwrap();
    assert_eq!(other_path, Known::Nothing);
}

#[tokio::test]
async fn another_request_under_the_key_is_noticed() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    keep(&mut connection, "a").await;
    let other = Key {
        request_digest: [2; 32],
        ..key("a")
    };

    let known = idempotency::find(&mut connection, user(0), &other, now())
        .await
        .unwrap();
    assert_eq!(known, Known::Reused);
}

#[tokio::test]
async fn keeping_under_a_taken_key_violates_its_constraint() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    keep(&mut connection, "a").await;

    let again = idempotency::keep(&mut connection, user(0), &key("a"), &answer(), now()).await;
    assert!(matches!(again, Err(Error::Constraint(name)) if name == "idempotency_keys_pkey"));
}

#[tokio::test]
async fn an_answer_is_forgotten_after_its_time_and_not_before() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    keep(&mut connection, "a").await;

    let before = now() + KEPT_FOR - TimeDelta::microseconds(1);
    let known = idempotency::find(&mut connection, user(0), &key("a"), before)
        .await
        .unwrap();
    assert_eq!(known, Known::Answered(answer()));
    let known = idempotency::find(&mut connection, user(0), &key("a"), now() + KEPT_FOR)
        .await
        .unwrap();
    assert_eq!(known, Known::Nothing);
    assert_eq!(number(&test, ALL).await, 0);
    keep(&mut connection, "a").await;
}

#[tokio::test]
async fn old_answers_are_forgotten_a_few_at_a_time_the_oldest_first() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    for name in ["a", "b", "c"] {
        keep(&mut connection, name).await;
    }
    let later = now() + TimeDelta::hours(1);
    idempotency::keep(&mut connection, user(0), &key("young"), &answer(), later)
        .await
        .unwrap();

    let end = now() + KEPT_FOR;
    assert_eq!(
        idempotency::forget_old(&mut connection, end - TimeDelta::microseconds(1), 2)
            .await
            .unwrap(),
        0
    );
    assert_eq!(idempotency::forget_old(&mut connection, end, 2).await.unwrap(), 2);
    assert_eq!(idempotency::forget_old(&mut connection, end, 2).await.unwrap(), 1);
    assert_eq!(idempotency::forget_old(&mut connection, end, 2).await.unwrap(), 0);
    assert_eq!(number(&test, ALL).await, 1);
}
