//! Walking a list a page at a time, also while others write.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::{Task, TaskId, UserId, transition};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use storage::{
    Database,
    log::LogTransaction,
    tasks::{self, Author, Listed, Listing, Order, Status},
};
use testing::database;
use uuid::Uuid;

use super::any as some;
use crate::support::{created, due, event, now, write};

/// How many walks there are, over how many tasks that nobody touches and that somebody does.
const WALKS: u32 = 24;
const UNTOUCHED: usize = 25;
const TOUCHED: usize = 15;

/// What others do to tasks that are walked over: it takes them out of some lists, and to other places in others.
#[derive(Debug, Clone, Copy)]
enum Step {
    Create(usize),
    Complete(usize),
    Reopen(usize),
    Delete(usize),
}

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
async fn create(database: &Database, user: UserId, n: usize) -> TaskId {
    let day = 1 + n * 7 % 25;
    let date = format!("2026-12-{day:02}");
    let created = created(due((!n.is_multiple_of(4)).then_some(&*date)));
    let mut session = database.session().await.unwrap();
    write(&mut session, user, &created, None).await.unwrap();
    created.task.id
}

async fn change(database: &Database, user: UserId, id: TaskId, change: impl FnOnce(&mut Task)) {
    let mut log = LogTransaction::begin(database, user).await.unwrap().unwrap();
    let mut task = tasks::load_any(log.connection(), user, id).await.unwrap().unwrap();
    change(&mut task);
    tasks::update(log.connection(), user, &task, Author::Person)
        .await
        .unwrap();
    log.append(event(user, &task));
    log.commit().await.unwrap();
}

async fn take(step: Step, database: &Database, user: UserId, touched: &[TaskId]) {
    let later = now() + TimeDelta::seconds(1);
    match step {
        Step::Create(n) => {
            create(database, user, n).await;
        }
        Step::Complete(n) => {
            change(database, user, touched[n], |task| {
                drop(transition::complete(task, later))
            })
            .await
        }
        Step::Reopen(n) => change(database, user, touched[n], |task| drop(transition::reopen(task, later))).await,
        Step::Delete(n) => change(database, user, touched[n], |task| task.deleted_at = Some(later)).await,
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..100_usize).prop_map(Step::Create),
        (0..TOUCHED).prop_map(Step::Complete),
        (0..TOUCHED).prop_map(Step::Reopen),
        (0..TOUCHED).prop_map(Step::Delete),
    ];
    vec(step, 5..40)
}

/// Lists that every task which nobody touches is in, in any order.
fn listings() -> impl Strategy<Value = Listing> {
    let status = proptest::sample::select(&[Status::Pending, Status::All][..]);
    (some::listing(), status, any::<bool>()).prop_map(|(listing, status, is_searching)| Listing {
        status,
        words: if is_searching || listing.order == Order::Relevance {
            vec!["water".to_owned(), "pl".to_owned()]
        } else {
            Vec::new()
        },
        order: listing.order,
        ..Listing::pending()
    })
}

#[test]
fn tasks_that_nobody_touches_are_walked_once_whatever_is_written_meanwhile() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (_test, database) = runtime.block_on(async {
        let test = database().await;
        let database = test.open(4);
        (test, database)
    });
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(WALKS)
    };
    let outcome = TestRunner::new(config).run(&(listings(), 2..6_usize, steps()), |(listing, limit, steps)| {
        runtime.block_on(walks_over_each_once(&database, &listing, limit, steps))
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

async fn walks_over_each_once(
    database: &Database,
    listing: &Listing,
    limit: usize,
    steps: Vec<Step>,
) -> Result<(), TestCaseError> {
    let user = UserId(Uuid::new_v4());
    let mut ids = Vec::new();
    for n in 0..UNTOUCHED + TOUCHED {
        ids.push(create(database, user, n).await);
    }
    let (untouched, touched) = ids.split_at(UNTOUCHED);
    let writer = tokio::spawn({
        let (database, touched) = (database.clone(), touched.to_vec());
        async move {
            for step in steps {
                take(step, &database, user, &touched).await;
            }
        }
    });
    // A page has two tasks or more, and one more is written after each: the walk ends.
    let walked = pages(database, user, listing, limit, async |n| {
        create(database, user, n).await;
    })
    .await;
    writer.await.unwrap();

    let mut times: HashMap<_, usize> = HashMap::new();
    for task in &walked {
        *times.entry(task.id).or_default() += 1;
    }
    for id in untouched {
        prop_assert_eq!(times.get(id), Some(&1), "{:?}", id);
    }
    Ok(())
}
