//! Walking a list a page at a time, also while others write.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::{Description, Priority, Task, TaskId, UserId, transition};
use proptest::{
    collection::vec,
    prelude::*,
    sample,
    test_runner::{Config, TestRunner},
};
use storage::{
    Database,
    log::LogTransaction,
    tasks::{self, Author, Listed, Listing, Order, Sort, Status},
};
use testing::database;
use uuid::Uuid;

use super::any as some;
use crate::support::{created, due, event, now, write};

/// How many walks there are, over how many tasks that stay where they are and that move.
const WALKS: u32 = 24;
const STAYING: usize = 25;
const MOVED: usize = 15;

const PRIORITIES: &[Priority] = &[Priority::Low, Priority::Medium, Priority::High];

/// What others do to tasks that are walked over: it takes them out of some lists, and to other places in others.
#[derive(Debug, Clone, Copy)]
enum Step {
    Create(usize),
    Complete(usize),
    Reopen(usize),
    Delete(usize),
    /// Another member of a task that stays where it is: not what it is listed by.
    Describe(usize, Priority),
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

async fn take(step: Step, database: &Database, user: UserId, order: Order, [staying, moved]: [&[TaskId]; 2]) {
    let later = now() + TimeDelta::seconds(1);
    match step {
        Step::Create(n) => {
            create(database, user, n).await;
        }
        Step::Complete(n) => change(database, user, moved[n], |task| drop(transition::complete(task, later))).await,
        Step::Reopen(n) => change(database, user, moved[n], |task| drop(transition::reopen(task, later))).await,
        Step::Delete(n) => change(database, user, moved[n], |task| task.deleted_at = Some(later)).await,
        Step::Describe(n, priority) => describe(database, user, staying[n], order, priority).await,
    }
}

/// What a person's patch may change of a task that is listed in `order` without moving it.
async fn describe(database: &Database, user: UserId, id: TaskId, order: Order, priority: Priority) {
    let mut log = LogTransaction::begin(database, user).await.unwrap().unwrap();
    let mut task = tasks::load(log.connection(), user, id).await.unwrap().unwrap();
    task.description = Description::parse("Anything").unwrap();
    task.version += 1;
    let sort = match order {
        Order::By { sort, .. } => Some(sort),
        Order::Relevance => None,
    };
    if sort != Some(Sort::Priority) {
        task.priority = priority;
    }
    if sort != Some(Sort::Updated) {
        task.updated_at += TimeDelta::seconds(1);
    }
    tasks::rewrite(log.connection(), user, &task).await.unwrap();
    log.append(event(user, &task));
    log.commit().await.unwrap();
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..100_usize).prop_map(Step::Create),
        (0..MOVED).prop_map(Step::Complete),
        (0..MOVED).prop_map(Step::Reopen),
        (0..MOVED).prop_map(Step::Delete),
        (0..STAYING, sample::select(PRIORITIES)).prop_map(|(n, priority)| Step::Describe(n, priority)),
    ];
    vec(step, 5..40)
}

/// Lists that every task which stays is in, in any order.
fn listings() -> impl Strategy<Value = Listing> {
    let status = sample::select(&[Status::Pending, Status::All][..]);
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
fn tasks_that_stay_where_they_are_are_walked_once_whatever_is_written_meanwhile() {
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
    for n in 0..STAYING + MOVED {
        ids.push(create(database, user, n).await);
    }
    let (staying, moved) = ids.split_at(STAYING);
    let writer = tokio::spawn({
        let (database, order) = (database.clone(), listing.order);
        let (staying, moved) = (staying.to_vec(), moved.to_vec());
        async move {
            for step in steps {
                take(step, &database, user, order, [&staying, &moved]).await;
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
    for id in staying {
        prop_assert_eq!(times.get(id), Some(&1), "{:?}", id);
    }
    Ok(())
}
