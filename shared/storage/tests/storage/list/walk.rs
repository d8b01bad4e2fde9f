//! Walking a list a page at a time, also while others write.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::{Task, TaskId, UserId, transition};
use storage::{
    Database,
    log::LogTransaction,
    tasks::{self, Author, Listed, Listing, Order, Sort, Status},
};
use testing::database;

use crate::support::{created, due, event, now, user, write};

/// Every page to the end; `between` happens after each.
pub(super) async fn pages(
    database: &Database,
    user: UserId,
    listing: &Listing,
    limit: usize,
    mut between: impl AsyncFnMut(usize),
) -> Vec<Task> {
    let mut all = Vec::new();
    let mut after = None;
    for n in 0.. {
        let mut snapshot = database.list_snapshot().await.unwrap();
        let listed = tasks::list(&mut snapshot, user, listing, now(), after.as_ref(), limit).await;
        snapshot.commit().await.unwrap();
        let Listed { tasks, next } = listed.unwrap();
        assert!(tasks.len() <= limit);
        all.extend(tasks);
        match next {
            None => break,
            position => after = position,
        }
        between(n).await;
    }
    all
}

/// The `n`th of several dates; every fourth task has none, and some share one.
async fn create(database: &Database, n: usize) -> Task {
    let day = 1 + n * 7 % 25;
    let date = format!("2026-12-{day:02}");
    let created = created(due((!n.is_multiple_of(4)).then_some(&*date)));
    let mut session = database.session().await.unwrap();
    write(&mut session, user(0), &created, None).await.unwrap();
    created.task
}

/// Completes a task of those that are walked over, so that it leaves lists of pending ones and moves in all others.
async fn complete(database: &Database, id: TaskId) {
    let mut log = LogTransaction::begin(database, user(0)).await.unwrap().unwrap();
    let mut task = tasks::load(log.connection(), user(0), id).await.unwrap().unwrap();
    transition::complete(&mut task, now() + TimeDelta::seconds(1));
    tasks::update(log.connection(), user(0), &task, Author::Person)
        .await
        .unwrap();
    log.append(event(user(0), &task));
    log.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_that_nobody_touches_are_walked_once_whatever_is_written_meanwhile() {
    for sort in [Sort::Due, Sort::Created, Sort::Updated, Sort::Priority, Sort::Title] {
        for (is_descending, status, words) in [
            (false, Status::Pending, &[][..]),
            (true, Status::All, &["water".to_owned()]),
        ] {
            let listing = Listing {
                status,
                words: words.to_vec(),
                order: Order::By { sort, is_descending },
                ..Listing::pending()
            };
            walks_over_each_once(&listing).await;
        }
    }
}

async fn walks_over_each_once(listing: &Listing) {
    let test = database().await;
    let database = test.open(4);
    let mut ids = Vec::new();
    for n in 0..40 {
        ids.push(create(&database, n).await.id);
    }
    let (untouched, completed) = ids.split_at(25);
    let writer = tokio::spawn({
        let (database, completed) = (database.clone(), completed.to_vec());
        async move {
            for (n, id) in completed.into_iter().enumerate() {
                complete(&database, id).await;
                create(&database, n).await;
            }
        }
    });
    // A page is of three tasks, and one more is written after each: the walk ends.
    let walked = pages(&database, user(0), listing, 3, async |n| {
        drop(create(&database, n).await)
    })
    .await;
    writer.await.unwrap();

    let mut times: HashMap<_, usize> = HashMap::new();
    for task in &walked {
        *times.entry(task.id).or_default() += 1;
    }
    for id in untouched {
        assert_eq!(times.get(id), Some(&1), "{id:?} in {listing:?}");
    }
}
