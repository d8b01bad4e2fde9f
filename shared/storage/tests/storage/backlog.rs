//! What waits to be handed on.

use storage::{
    backlog::{self, Log},
    log::reader::Reader,
};
use testing::database;

use crate::support::{command, create, now, user};

#[tokio::test]
async fn backlog_of_the_log_is_who_is_behind_and_since_when() {
    let test = database().await;
    let database = test.open(1);
    let mut connection = test.pool().acquire().await.unwrap();
    let nothing = Log {
        users_behind: 0,
        oldest: None,
    };
    assert_eq!(backlog::log(&mut connection).await.unwrap(), nothing);

    for number in 0..3 {
        create(&database, user(number)).await;
    }
    command(&database, user(0), 2).await;
    sqlx::query("UPDATE events SET time = time - interval '1 hour' WHERE user_id = $1 AND seq = 1")
        .bind(user(1).0)
        .execute(&mut *connection)
        .await
        .unwrap();
    let behind = Log {
        users_behind: 3,
        oldest: Some(now() - chrono::TimeDelta::hours(1)),
    };
    assert_eq!(backlog::log(&mut connection).await.unwrap(), behind);

    let mut reader = Reader::default();
    for batch in reader.next(&mut connection, &[]).await.unwrap() {
        if batch.user != user(2) {
            reader.passed_on(batch.user, batch.upto);
        }
    }
    reader.store(&database).await.unwrap();
    let behind = Log {
        users_behind: 1,
        oldest: Some(now()),
    };
    assert_eq!(backlog::log(&mut connection).await.unwrap(), behind);
}
