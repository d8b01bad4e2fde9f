//! That what tests stand on holds them, and lets them fall where they should.

use domain::UserId;
use testing::{SOMEBODY_ELSE, TestApp, database};

async fn value(database: &testing::TestDatabase, sql: &'static str) -> String {
    sqlx::query_scalar(sql)
        .fetch_one(&database.pool())
        .await
        .expect("the database is there")
}

/// A log of two users, after `sql` has damaged it.
async fn damaged(sql: &'static str) {
    let app = TestApp::start().await;
    for user in [UserId::LOCAL, SOMEBODY_ELSE, SOMEBODY_ELSE] {
        app.create_for(user, "x").await;
    }
    app.verify_log().await;
    let pool = app.database().pool();
    let done = sqlx::query(sql).execute(&pool).await.expect("the database takes it");
    assert_eq!(done.rows_affected(), 1);
    app.verify_log().await;
}

#[tokio::test]
async fn databases_are_installations_of_their_own() {
    let (one, other) = (database().await, database().await);
    let id = "SELECT id::text FROM installation";
    assert_ne!(value(&one, id).await, value(&other, id).await);
    assert_ne!(one.url(), other.url());
    sqlx::query("INSERT INTO log_pending VALUES (gen_random_uuid())")
        .execute(&one.pool())
        .await
        .unwrap();
    assert_eq!(value(&other, "SELECT count(*)::text FROM log_pending").await, "0");
}

#[tokio::test]
async fn database_has_the_limits_of_every_installation() {
    let database = database().await;
    let mut session = database.open(1).session().await.unwrap();
    for (name, limit) in [
        ("lock_timeout", "5s"),
        ("statement_timeout", "10s"),
        ("idle_in_transaction_session_timeout", "10s"),
    ] {
        let set: String = sqlx::query_scalar("SELECT current_setting($1)")
            .bind(name)
            .fetch_one(&mut *session)
            .await
            .unwrap();
        assert_eq!(set, limit, "{name}");
    }
}

#[tokio::test]
async fn database_goes_with_its_test() {
    let stays = database().await;
    let name = {
        let goes = database().await;
        value(&goes, "SELECT current_database()::text").await
    };
    let left: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(name)
        .fetch_one(&stays.pool())
        .await
        .unwrap();
    assert!(!left);
}

#[tokio::test]
#[should_panic(expected = "its data is not what its digest covers")]
async fn altered_event_is_noticed() {
    damaged("UPDATE events SET data = '{}' WHERE seq = 2").await;
}

#[tokio::test]
#[should_panic(expected = "the event is missing")]
async fn missing_event_is_noticed() {
    damaged("DELETE FROM events WHERE seq = 2").await;
}

#[tokio::test]
#[should_panic(expected = "its user's log has no head")]
async fn event_without_a_head_is_noticed() {
    damaged("DELETE FROM log_heads WHERE seq = 1").await;
}

#[tokio::test]
#[should_panic(expected = "marks that are wrong")]
async fn user_who_is_behind_unmarked_is_noticed() {
    damaged("DELETE FROM log_pending WHERE user_id = (SELECT max(user_id::text)::uuid FROM log_pending)").await;
}
