//! Verifying names the first bad event of a log that was tampered with.

use domain::UserId;
use storage::{
    Database, Pooler,
    log::verify::{self, Damage},
};
use testing::{TestDatabase, database};
use uuid::Uuid;

use crate::support::{append, command, create, run, user};

/// Five events of one user, tampered with by `sql`.
async fn tampered(sql: &'static str) -> (TestDatabase, Option<Damage>) {
    let test = database().await;
    let database = test.open(1);
    create(&database, user(0)).await;
    command(&database, user(0), 4).await;
    run(&test, sql).await;
    let mut connection = test.pool().acquire().await.unwrap();
    let damage = verify::chain_of(&mut connection, user(0)).await.unwrap();
    (test, damage)
}

/// What is wrong with which event.
async fn damage_after(sql: &'static str) -> Option<(i64, &'static str)> {
    let (_, damage) = tampered(sql).await;
    damage.map(|damage| (damage.seq, damage.reason))
}

const MISSING: &str = "the event is missing";
const DATA: &str = "its data is not what its digest covers";
const CHAIN: &str = "its hash does not follow from it and the event before it";
const HEAD: &str = "the head's hash is not the last event's";
const BEYOND: &str = "it stands beyond the head";

#[tokio::test]
async fn an_untouched_log_is_sound() {
    assert_eq!(damage_after("").await, None);
}

#[tokio::test]
async fn an_erased_event_is_sound() {
    assert_eq!(
        damage_after("UPDATE events SET data = NULL WHERE seq IN (1, 3, 5)").await,
        None
    );
}

#[tokio::test]
async fn changed_data_is_named() {
    assert_eq!(
        damage_after("UPDATE events SET data = '{}' WHERE seq >= 3").await,
        Some((3, DATA))
    );
    // Not even its white space may change.
    let sql = "UPDATE events SET data = (data::text || ' ')::json WHERE seq = 5";
    assert_eq!(damage_after(sql).await, Some((5, DATA)));
}

#[tokio::test]
async fn changed_data_with_a_digest_to_match_is_named() {
    let sql = "UPDATE events SET data = '{}', digest = sha256('{}') WHERE seq = 3";
    assert_eq!(damage_after(sql).await, Some((3, CHAIN)));
}

#[tokio::test]
async fn a_changed_digest_is_named() {
    assert_eq!(
        damage_after("UPDATE events SET digest = sha256('x') WHERE seq = 2").await,
        Some((2, DATA))
    );
    let sql = "UPDATE events SET data = NULL, digest = sha256('x') WHERE seq = 2";
    assert_eq!(damage_after(sql).await, Some((2, CHAIN)));
}

#[tokio::test]
async fn a_changed_hash_is_named() {
    assert_eq!(
        damage_after("UPDATE events SET hash = sha256('x') WHERE seq = 2").await,
        Some((2, CHAIN))
    );
}

#[tokio::test]
async fn every_other_covered_column_is_named() {
    for sql in [
        "UPDATE events SET id = gen_random_uuid() WHERE seq = 4",
        "UPDATE events SET type = 'todo.task.deleted' WHERE seq = 4",
        "UPDATE events SET task_id = gen_random_uuid() WHERE seq = 4",
        "UPDATE events SET version = version + 1 WHERE seq = 4",
        "UPDATE events SET time = time + interval '1 microsecond' WHERE seq = 4",
    ] {
        assert_eq!(damage_after(sql).await, Some((4, CHAIN)), "{sql}");
    }
}

#[tokio::test]
async fn events_that_changed_places_are_named() {
    let sql = "UPDATE events SET seq = -seq WHERE seq IN (2, 3); UPDATE events SET seq = seq + 5 WHERE seq < 0";
    assert_eq!(damage_after(sql).await, Some((2, CHAIN)));
}

#[tokio::test]
async fn another_users_event_is_named() {
    let sql = "UPDATE events SET user_id = gen_random_uuid() WHERE seq = 2";
    assert_eq!(damage_after(sql).await, Some((2, MISSING)));
}

#[tokio::test]
async fn a_missing_event_is_named() {
    for (sql, seq) in [
        ("DELETE FROM events WHERE seq = 1", 1),
        ("DELETE FROM events WHERE seq = 3", 3),
        ("DELETE FROM events WHERE seq = 5", 5),
        ("DELETE FROM events WHERE seq >= 2", 2),
        ("DELETE FROM events", 1),
    ] {
        assert_eq!(damage_after(sql).await, Some((seq, MISSING)), "{sql}");
    }
}

#[tokio::test]
async fn a_last_event_deleted_together_with_its_head_shows_in_the_heads_hash() {
    let sql = "DELETE FROM events WHERE seq = 5; UPDATE log_heads SET seq = 4";
    assert_eq!(damage_after(sql).await, Some((4, HEAD)));
}

#[tokio::test]
async fn an_event_forged_beyond_the_head_is_named() {
    let (_test, damage) = tampered(
        "INSERT INTO events SELECT user_id, 6, gen_random_uuid(), type, task_id, version, data, digest, hash, NULL, time
         FROM events WHERE seq = 5",
    )
    .await;
    let damage = damage.unwrap();
    assert_eq!((damage.seq, damage.reason), (6, BEYOND));
    assert!(damage.event.is_some());
}

#[tokio::test]
async fn an_event_before_the_first_is_named() {
    let sql = "INSERT INTO events SELECT user_id, 0, gen_random_uuid(), type, task_id, version, data, digest, hash, NULL, time
               FROM events WHERE seq = 5";
    assert_eq!(damage_after(sql).await, Some((0, "it stands before the first")));
}

#[tokio::test]
async fn the_first_of_several_bad_events_is_named() {
    let sql = "UPDATE events SET data = '{}' WHERE seq = 4; DELETE FROM events WHERE seq = 2";
    assert_eq!(damage_after(sql).await, Some((2, MISSING)));
}

#[tokio::test]
async fn events_without_a_head_are_named() {
    let (test, damage) = tampered("DELETE FROM events WHERE seq = 1; DELETE FROM log_heads").await;
    let damage = damage.unwrap();
    assert_eq!((damage.seq, damage.reason), (2, "its user's log has no head"));
    assert!(damage.event.is_some());
    let mut connection = test.pool().acquire().await.unwrap();
    let users = verify::users(&mut connection, UserId(Uuid::nil())).await.unwrap();
    assert_eq!(users, [user(0)]);
    assert_eq!(verify::chain_of(&mut connection, user(1)).await.unwrap(), None);
}

#[tokio::test]
async fn users_come_in_order_whether_or_not_they_have_a_head() {
    let test = database().await;
    let database = test.open(1);
    for n in 0..6 {
        create(&database, user(n)).await;
    }
    run(
        &test,
        "DELETE FROM log_heads WHERE right(user_id::text, 1) IN ('1', '4', '5')",
    )
    .await;
    run(&test, "DELETE FROM events WHERE right(user_id::text, 1) = '2'").await;
    let mut connection = test.pool().acquire().await.unwrap();

    let all: Vec<_> = (0..6).map(user).collect();
    for after in 0..6 {
        let users = verify::users(&mut connection, user(after)).await.unwrap();
        assert_eq!(users, all[after + 1..], "after {after}");
    }
}

#[tokio::test]
async fn a_snapshot_shows_a_log_as_it_was_whatever_is_written_meanwhile() {
    let test = database().await;
    for pooler in [Pooler::None, Pooler::Transaction] {
        let database = Database::lazy(test.options(), 2, pooler);
        create(&database, user(0)).await;
        let mut snapshot = database.snapshot().await.unwrap();
        assert_eq!(verify::chain_of(&mut snapshot, user(0)).await.unwrap(), None);

        // Between its statements, all of a log is written anew and another begins.
        run(&test, "UPDATE events SET seq = seq + 1").await;
        create(&database, user(1)).await;

        assert_eq!(verify::chain_of(&mut snapshot, user(0)).await.unwrap(), None);
        assert_eq!(verify::users(&mut snapshot, user(0)).await.unwrap(), []);
        let written = sqlx::query("DELETE FROM log_pending").execute(&mut *snapshot).await;
        assert!(written.unwrap_err().to_string().contains("read-only"));
        drop(snapshot);
        run(&test, "DELETE FROM events; DELETE FROM log_heads").await;
    }
}

#[tokio::test]
async fn a_log_of_several_pages_is_verified_to_its_end() {
    let test = database().await;
    let database = test.open(1);
    create(&database, user(0)).await;
    command(&database, user(0), 2_100).await;
    let mut connection = test.pool().acquire().await.unwrap();
    assert_eq!(verify::chain_of(&mut connection, user(0)).await.unwrap(), None);

    run(&test, "UPDATE events SET data = '{}' WHERE seq = 2101").await;
    let damage = verify::chain_of(&mut connection, user(0)).await.unwrap().unwrap();
    assert_eq!((damage.seq, damage.reason), (2_101, DATA));
}

#[tokio::test]
async fn a_log_may_be_verified_while_it_grows() {
    let test = database().await;
    let database = test.open(2);
    create(&database, user(0)).await;
    let mut log = storage::log::LogTransaction::begin(&database, user(0))
        .await
        .unwrap()
        .unwrap();
    append(&mut log, user(0), 1);

    let mut connection = test.pool().acquire().await.unwrap();
    assert_eq!(verify::chain_of(&mut connection, user(0)).await.unwrap(), None);
    log.commit().await.unwrap();
    assert_eq!(verify::chain_of(&mut connection, user(0)).await.unwrap(), None);
}
