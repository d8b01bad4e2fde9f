//! What the tests write: tasks, events and commands of numbered users, at one moment.

use chrono::{DateTime, Utc};
use domain::{
    Civil, Description, NewTask, Priority, Tags, Task, TaskId, Title, Trigger, UserId, Zone, new_task::Created,
};
use events::{Event, EventType, Stamp, TaskChanged};
use sqlx::PgConnection;
use storage::{
    Database,
    log::{LogTransaction, reader::Reader, verify},
    tasks::{self, Answer, CreateError, Creation},
};
use testing::{TestDatabase, instant};
use uuid::Uuid;

/// More than any test has users.
const USERS: u128 = 1 << 64;

pub(crate) fn now() -> DateTime<Utc> {
    instant("2026-11-23T08:00:00Z")
}

/// The `n`th user; ids are in the order of their numbers.
pub(crate) fn user(n: usize) -> UserId {
    UserId(Uuid::from_u128(USERS + n as u128))
}

pub(crate) fn due(date: Option<&str>) -> NewTask {
    NewTask {
        title: Title::parse("Water the plants").unwrap(),
        description: Description::default(),
        priority: Priority::default(),
        tags: Tags::default(),
        due_date: date.map(|date| date.parse::<Civil>().unwrap()),
        time_zone: Zone::default(),
        recurrence_rule: None,
        recurrence_mode: None,
        exceptions: Vec::new(),
        additions: Vec::new(),
        reminders: Vec::new(),
    }
}

/// Daily, with two reminders: whatever a creation can write.
pub(crate) fn everything() -> NewTask {
    let triggers = [
        Trigger::Offset("-PT30M".parse().unwrap()),
        Trigger::At(instant("2026-11-24T07:00:00Z")),
    ];
    NewTask {
        recurrence_rule: Some("FREQ=DAILY".parse().unwrap()),
        reminders: triggers.map(|trigger| ("/reminders".to_owned(), trigger)).to_vec(),
        ..due(Some("2026-11-24T09:00:00"))
    }
}

pub(crate) fn created(new: NewTask) -> Created {
    new.create(now(), Uuid::new_v4).unwrap()
}

pub(crate) fn event(user: UserId, task: &Task) -> Event {
    let payload = TaskChanged {
        kind: EventType::TaskUpdated,
        task,
        changed: &["title"],
    };
    let stamp = Stamp {
        id: Uuid::new_v4(),
        time: now(),
        traceparent: None,
    };
    Event::new(stamp, user, &payload)
}

pub(crate) async fn write(
    connection: &mut PgConnection,
    user: UserId,
    created: &Created,
    answer: Option<Answer<'_>>,
) -> Result<(), CreateError> {
    let creation = Creation {
        task: &created.task,
        series: created.series.as_ref(),
        event: &event(user, &created.task),
        answer,
    };
    tasks::create(connection, user, &creation).await
}

pub(crate) async fn create(database: &Database, user: UserId) -> TaskId {
    let created = created(everything());
    let mut session = database.session().await.unwrap();
    write(&mut session, user, &created, None).await.unwrap();
    session.finish().await.unwrap();
    created.task.id
}

/// A command of a user who has tasks already, which appends `events` events.
pub(crate) async fn command(database: &Database, user: UserId, events: usize) {
    let mut log = LogTransaction::begin(database, user).await.unwrap().unwrap();
    append(&mut log, user, events);
    log.commit().await.unwrap();
}

pub(crate) fn append(log: &mut LogTransaction, user: UserId, events: usize) {
    let task = created(due(None)).task;
    for _ in 0..events {
        log.append(event(user, &task));
    }
}

/// Passes on one reading, marks it, and answers whose events of which numbers it was.
pub(crate) async fn read(reader: &mut Reader, database: &Database) -> Vec<(UserId, i64)> {
    let passed_on = pass_on(reader, database).await;
    store(reader, database).await;
    passed_on
}

pub(crate) async fn pass_on(reader: &mut Reader, database: &Database) -> Vec<(UserId, i64)> {
    let mut session = database.session().await.unwrap();
    let batches = reader.next(&mut session, &[]).await.unwrap();
    session.finish().await.unwrap();
    let events = batches.into_iter().flat_map(|batch| batch.events);
    let passed_on: Vec<_> = events.map(|e| (e.event.user_id, e.seq)).collect();
    for (user, seq) in &passed_on {
        reader.passed_on(*user, *seq);
    }
    passed_on
}

pub(crate) async fn store(reader: &mut Reader, database: &Database) {
    reader.store(database).await.unwrap();
}

/// What a new reader passes on until nobody is behind.
pub(crate) async fn drain(database: &Database) -> Vec<(UserId, i64)> {
    let mut reader = Reader::default();
    let mut all = Vec::new();
    loop {
        let passed_on = read(&mut reader, database).await;
        if passed_on.is_empty() {
            return all;
        }
        all.extend(passed_on);
    }
}

/// Every user's chain holds.
pub(crate) async fn assert_chains_hold(test: &TestDatabase) {
    let mut connection = test.pool().acquire().await.unwrap();
    let mut after = UserId(Uuid::nil());
    loop {
        let users = verify::users(&mut connection, after).await.unwrap();
        let Some(last) = users.last() else { return };
        after = *last;
        for user in users {
            assert_eq!(verify::chain_of(&mut connection, user).await.unwrap(), None);
        }
    }
}

/// A number that a query of the test's own answers.
pub(crate) async fn number(test: &TestDatabase, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&test.pool()).await.unwrap()
}

pub(crate) async fn run(test: &TestDatabase, sql: &'static str) {
    sqlx::raw_sql(sql).execute(&test.pool()).await.unwrap();
}
