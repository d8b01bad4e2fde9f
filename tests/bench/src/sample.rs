//! The task that every side writes, so that rows are of one size.

use chrono::{DateTime, Utc};
use domain::{Description, NewTask, Priority, Tags, Title, Trigger, UserId, new_task::Created};
use events::{Event, EventType, TaskChanged};
use runtime::{Clock, TraceContext};
use storage::{
    PgConnection,
    tasks::{self, Creation},
};
use uuid::Uuid;

/// How many users write: a user's own writes are serial by design.
pub(crate) const USERS: u32 = 1_000;

const TITLE: &str = "Water the plants on the balcony";
const DESCRIPTION: &str = "The small ones twice, and the fern from below.";

/// The task as a request.
pub(crate) const BODY: &str = r#"{"title": "Water the plants on the balcony",
    "description": "The small ones twice, and the fern from below.",
    "priority": "high", "tags": ["home", "garden"], "due_date": "2036-05-04T09:30:00", "time_zone": "Europe/Berlin"}"#;

/// A table of the tasks' columns and primary key and nothing else: no other index, no other constraint.
pub(crate) const PLAIN_TABLE: &str =
    "CREATE TABLE plain_tasks (LIKE tasks INCLUDING DEFAULTS INCLUDING GENERATED, PRIMARY KEY (user_id, id))";

/// Writes the task's row there, for a user and an id that are still to be said as `$user` and `$id`.
const PLAIN_INSERT: &str = "INSERT INTO plain_tasks (user_id, id, title, description, priority, tags, time_zone, \
    due_date, due_time, due_at, version, created_at, updated_at, overdue_at, title_key, search) \
    VALUES ($user, $id, 'Water the plants on the balcony', 'The small ones twice, and the fern from below.', 'high', \
    '{home,garden}', 'Europe/Berlin', '2036-05-04', '09:30', '2036-05-04T07:30:00Z', 1, now(), now(), \
    '2036-05-04T07:30:00Z', 'water the plants on the balcony', '_bench__#home _bench__#garden _bench__and:13D \
    _bench__balcony:6A _bench__below:17D _bench__fern:15D _bench__from:16D _bench__garden:8B _bench__home:7B \
    _bench__on:4A _bench__ones:11D _bench__plants:3A _bench__small:10D _bench__the:2A,5A,9D,14D _bench__twice:12D \
    _bench__water:1A')";

/// The plain INSERT for the given expressions.
pub(crate) fn plain_insert(user: &str, id: &str) -> String {
    PLAIN_INSERT.replace("$user", user).replace("$id", id)
}

/// User number `number`.
pub(crate) fn user(number: u32) -> UserId {
    UserId(Uuid::from_u128(
        0x62_656e_6368_4000_8000_0000_0000_0000 + u128::from(number),
    ))
}

/// Any of the users.
pub(crate) fn any_user() -> u32 {
    fastrand::u32(..USERS)
}

/// The task, reminding at `moment` where one is given.
pub(crate) fn new_task(moment: Option<DateTime<Utc>>) -> anyhow::Result<NewTask> {
    Ok(NewTask {
        title: Title::parse(TITLE)?,
        description: Description::parse(DESCRIPTION)?,
        priority: Priority::High,
        tags: Tags::from_stored(vec!["home".to_owned(), "garden".to_owned()]),
        due_date: Some("2036-05-04T09:30:00".parse()?),
        time_zone: "Europe/Berlin".parse()?,
        recurrence_rule: None,
        recurrence_mode: None,
        exceptions: Vec::new(),
        additions: Vec::new(),
        reminders: moment
            .map(|at| ("/remind_at".to_owned(), Trigger::At(at)))
            .into_iter()
            .collect(),
    })
}

/// What a handler makes of a request before it writes: the task and its event.
pub(crate) fn decide(clock: &Clock, user: UserId, task: NewTask) -> anyhow::Result<(Created, Event)> {
    let created = task
        .create(clock.now(), || clock.new_id())
        .map_err(|faults| anyhow::anyhow!("the sample is no task: {faults:?}"))?;
    let payload = TaskChanged {
        kind: EventType::TaskCreated,
        task: &created.task,
        changed: &[],
    };
    let stamp = clock.stamp(created.task.created_at, &TraceContext::begin());
    let event = Event::new(stamp, user, &payload);
    Ok((created, event))
}

/// Writes the task as `create-task` does, without HTTP.
pub(crate) async fn create(
    connection: &mut PgConnection,
    clock: &Clock,
    user: UserId,
    task: NewTask,
) -> anyhow::Result<()> {
    create_known(connection, clock, user, task).await.map(|_| ())
}

/// Writes it likewise, and answers its event's id.
pub(crate) async fn create_known(
    connection: &mut PgConnection,
    clock: &Clock,
    user: UserId,
    task: NewTask,
) -> anyhow::Result<Uuid> {
    let (created, event) = decide(clock, user, task)?;
    let creation = Creation {
        task: &created.task,
        series: None,
        event: &event,
        answer: None,
    };
    tasks::create(connection, user, &creation).await?;
    Ok(event.id)
}
