//! Deliveries that were given up.

use chrono::TimeDelta;
use storage::{
    dead_letters::{self, DeadLetter, Filter},
    retries::{self, Retry},
};
use testing::database;

use crate::{
    retries::key,
    support::{command, create, now, user},
};

/// Has a filter take less.
type Narrow = fn(&mut Filter);

fn letter(seq: i64, attempts: i32) -> DeadLetter {
    DeadLetter {
        key: key(seq),
        attempts,
        error: "422".to_owned(),
        died_at: now(),
    }
}

#[tokio::test]
async fn what_is_buried_can_be_found() {
    let test = database().await;
    create(&test.open(1), user(0)).await;
    let mut connection = test.pool().acquire().await.unwrap();
    dead_letters::bury(&mut connection, &key(1), 10, "422", now())
        .await
        .unwrap();

    let loaded = dead_letters::load(&mut connection, &key(1)).await.unwrap();
    assert_eq!(loaded, Some(letter(1, 10)));
    assert_eq!(dead_letters::load(&mut connection, &key(2)).await.unwrap(), None);
}

#[tokio::test]
async fn burying_twice_keeps_the_last_reason() {
    let test = database().await;
    create(&test.open(1), user(0)).await;
    let mut connection = test.pool().acquire().await.unwrap();
    dead_letters::bury(&mut connection, &key(1), 1, "503", now() - TimeDelta::hours(1))
        .await
        .unwrap();
    dead_letters::bury(&mut connection, &key(1), 2, "422", now())
        .await
        .unwrap();

    assert_eq!(
        dead_letters::list(&mut connection, &Filter::default(), 10)
            .await
            .unwrap(),
        [letter(1, 2)]
    );
}

#[tokio::test]
async fn a_replayed_letter_is_tried_as_if_for_the_first_time() {
    let test = database().await;
    create(&test.open(1), user(0)).await;
    let mut connection = test.pool().acquire().await.unwrap();
    dead_letters::bury(&mut connection, &key(1), 10, "422", now())
        .await
        .unwrap();

    assert!(dead_letters::replay(&mut connection, &key(1), now()).await.unwrap());
    assert!(!dead_letters::replay(&mut connection, &key(1), now()).await.unwrap());
    assert_eq!(
        dead_letters::list(&mut connection, &Filter::default(), 10)
            .await
            .unwrap(),
        []
    );
    let due = retries::take_due(&mut connection, now(), TimeDelta::minutes(1), 10)
        .await
        .unwrap();
    assert_eq!(
        due,
        [Retry {
            key: key(1),
            attempts: 0
        }]
    );
}

#[tokio::test]
async fn letters_are_listed_newest_first_as_far_as_the_filter_takes_them() {
    let test = database().await;
    let database = test.open(1);
    create(&database, user(0)).await;
    command(&database, user(0), 2).await;
    let mut connection = test.pool().acquire().await.unwrap();
    for seq in 1..=3 {
        let (died_at, error) = (now() + TimeDelta::seconds(seq), format!("Failed with {seq}"));
        dead_letters::bury(&mut connection, &key(seq), 1, &error, died_at)
            .await
            .unwrap();
    }
    let cases: [(Narrow, &[i64]); 10] = [
        (|_| {}, &[3, 2, 1]),
        (|filter| filter.since = Some(now() + TimeDelta::seconds(2)), &[3, 2]),
        (|filter| filter.until = Some(now() + TimeDelta::seconds(2)), &[1]),
        (|filter| filter.consumer = Some(key(1).consumer), &[3, 2, 1]),
        (|filter| filter.consumer = Some("another".to_owned()), &[]),
        (|filter| filter.user = Some(user(1)), &[]),
        (|filter| filter.user = Some(user(0)), &[3, 2, 1]),
        (|filter| filter.kind = Some("todo.reminder.due".to_owned()), &[]),
        (|filter| filter.error = "fAILED WITH 2".to_owned(), &[2]),
        (|filter| filter.error = "%".to_owned(), &[]),
    ];
    for (narrow, expected) in cases {
        let mut filter = Filter::default();
        narrow(&mut filter);
        let letters = dead_letters::list(&mut connection, &filter, 9).await.unwrap();
        let seqs: Vec<_> = letters.iter().map(|letter| letter.key.seq).collect();
        assert_eq!(seqs, expected, "{filter:?}");
    }
    let newest = dead_letters::list(&mut connection, &Filter::default(), 1)
        .await
        .unwrap();
    assert_eq!(
        newest,
        [DeadLetter {
            error: "Failed with 3".to_owned(),
            died_at: now() + TimeDelta::seconds(3),
            ..letter(3, 1)
        }]
    );
}
