//! Walking a user's tasks a page at a time.

use std::collections::HashSet;

use domain::{NewTask, Task, TaskId, transition};
use storage::{
    Database,
    log::LogTransaction,
    tasks::{self, Author, Position, Status},
};
use testing::database;

use crate::support::{created, due, now, user, write};

async fn create(database: &Database, new: NewTask) -> TaskId {
    let created = created(new);
    let mut session = database.session().await.unwrap();
    write(&mut session, user(0), &created, None).await.unwrap();
    created.task.id
}

/// The `n`th of several dates; every fourth task has none, and some share one.
fn dated(n: usize) -> NewTask {
    let day = 1 + n * 7 % 25;
    let date = format!("2026-12-{day:02}");
    due((!n.is_multiple_of(4)).then_some(&*date))
}

async fn page(database: &Database, status: Status, after: Option<Position>) -> Vec<Task> {
    let mut session = database.session().await.unwrap();
    tasks::list(&mut session, user(0), status, after, 5).await.unwrap()
}

fn position(task: &Task) -> Position {
    Position {
        due_at: task.due.map(|due| due.at),
        id: task.id,
    }
}

/// Every page to the end; `between` happens after each.
async fn walk(database: &Database, status: Status, mut between: impl AsyncFnMut(usize)) -> Vec<Task> {
    let mut all = Vec::new();
    for n in 0.. {
        let tasks = page(database, status, all.last().map(position)).await;
        if tasks.is_empty() {
            break;
        }
        all.extend(tasks);
        between(n).await;
    }
    all
}

async fn complete(database: &Database, id: TaskId) {
    let mut log = LogTransaction::begin(database, user(0)).await.unwrap().unwrap();
    let mut task = tasks::load(log.connection(), user(0), id).await.unwrap().unwrap();
    transition::complete(&mut task, now());
    tasks::update(log.connection(), user(0), &task, Author::Person)
        .await
        .unwrap();
    log.append(crate::support::event(user(0), &task));
    log.commit().await.unwrap();
}

#[tokio::test]
async fn tasks_come_by_due_those_without_last_ties_by_id() {
    let test = database().await;
    let database = test.open(1);
    for n in 0..30 {
        create(&database, dated(n)).await;
    }

    let walked: Vec<_> = walk(&database, Status::All, async |_| ())
        .await
        .iter()
        .map(position)
        .collect();
    let mut sorted = walked.clone();
    sorted.sort_by_key(|position| (position.due_at.is_none(), position.due_at, position.id));
    assert_eq!(walked, sorted);
    assert_eq!(walked.len(), 30);
}

#[tokio::test]
async fn each_status_has_its_own() {
    let test = database().await;
    let database = test.open(1);
    let mut ids = Vec::new();
    for n in 0..12 {
        ids.push(create(&database, dated(n)).await);
    }
    for id in &ids[..7] {
        complete(&database, *id).await;
    }

    let ids_of = |tasks: Vec<Task>| tasks.iter().map(|task| task.id).collect::<HashSet<_>>();
    let completed = ids_of(walk(&database, Status::Completed, async |_| ()).await);
    let pending = ids_of(walk(&database, Status::Pending, async |_| ()).await);
    assert_eq!(completed, ids[..7].iter().copied().collect());
    assert_eq!(pending, ids[7..].iter().copied().collect());
    assert_eq!(ids_of(walk(&database, Status::All, async |_| ()).await).len(), 12);
}

#[tokio::test]
async fn tasks_that_nobody_touches_are_walked_once_whatever_is_written_meanwhile() {
    let test = database().await;
    let database = test.open(2);
    let mut ids = Vec::new();
    for n in 0..60 {
        ids.push(create(&database, dated(n)).await);
    }
    let (untouched, completed) = ids.split_at(40);

    let walked = walk(&database, Status::Pending, async |n| {
        create(&database, dated(n)).await;
        if let Some(id) = completed.get(n) {
            complete(&database, *id).await;
        }
    })
    .await;

    let walked: Vec<_> = walked.iter().map(|task| task.id).collect();
    let once: HashSet<_> = walked.iter().copied().collect();
    assert_eq!(once.len(), walked.len(), "a task was walked twice");
    assert!(untouched.iter().all(|id| once.contains(id)), "a task was missed");
}
