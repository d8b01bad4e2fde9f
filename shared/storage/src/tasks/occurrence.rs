//! Generated occurrences, and the marks of those whose successor is awaited.

use chrono::{DateTime, Utc};
use domain::{SeriesId, Task, TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{derived::Derived, load_any, reminders};
use crate::{Error, civil};

/// A generated occurrence as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// The task.
    pub task: Task,
    /// Whether a person's command has changed it since it was generated.
    pub is_touched: bool,
    /// Whether it was taken back when its predecessor was reopened.
    pub is_withdrawn: bool,
}

/// Occurrence `number` of `series`, which was generated; `None` where it never was, or was purged.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn generated(
    connection: &mut PgConnection,
    user: UserId,
    series: SeriesId,
    number: u32,
) -> Result<Option<Generated>, Error> {
    let id = TaskId::of_occurrence(series, number);
    let flags = sqlx::query!(
        "SELECT touched, withdrawn FROM tasks WHERE user_id = $1 AND id = $2",
        user.0,
        id.0
    )
    .fetch_optional(&mut *connection)
    .await?;
    let task = load_any(connection, user, id).await?;
    Ok(flags.zip(task).map(|(flags, task)| Generated {
        task,
        is_touched: flags.touched,
        is_withdrawn: flags.withdrawn,
    }))
}

/// Writes a generated occurrence; one that was withdrawn is overwritten and lives again.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn put_generated(connection: &mut PgConnection, user: UserId, task: &Task) -> Result<(), Error> {
    let (due_date, due_time) = civil::to_nullable_columns(task.due.map(|due| due.date));
    let place = task.place.as_ref();
    let (scheduled_date, scheduled_time) = civil::to_nullable_columns(place.map(|place| place.scheduled_for));
    let derived = Derived::of(user, task);
    sqlx::query!(
        "INSERT INTO tasks (user_id, id, title, description, priority, tags, time_zone, due_date, due_time, due_at,
                            series_id, series_revision, occurrence, scheduled_date, scheduled_time, version, created_at,
                            updated_at, overdue_at, title_key, search)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $18, $12, $13, $14, $15, $16, $17, $19, $20,
                 $21::text::tsvector)
         ON CONFLICT (user_id, id) DO UPDATE
         SET (title, description, priority, tags, time_zone, due_date, due_time, due_at, series_revision, scheduled_date,
              scheduled_time, version, updated_at, overdue_at, title_key, search, deleted_at, withdrawn) =
             ROW (excluded.title, excluded.description, excluded.priority, excluded.tags, excluded.time_zone,
              excluded.due_date, excluded.due_time, excluded.due_at, excluded.series_revision, excluded.scheduled_date,
              excluded.scheduled_time, excluded.version, excluded.updated_at, excluded.overdue_at, excluded.title_key,
              excluded.search, NULL, false)",
        user.0,
        task.id.0,
        task.title.as_str(),
        task.description.as_str(),
        task.priority.as_str(),
        task.tags.as_slice(),
        task.time_zone.to_string(),
        due_date,
        due_time,
        task.due.map(|due| due.at),
        place.map(|place| place.series_id.0),
        place.map(|place| place.occurrence.cast_signed()),
        scheduled_date,
        scheduled_time,
        task.version,
        task.created_at,
        task.updated_at,
        place.map(|place| place.revision.cast_signed()),
        derived.overdue_at,
        derived.title_key,
        derived.search
    )
    .execute(&mut *connection)
    .await?;
    reminders::put(connection, user, task).await
}

/// Whether an occurrence of `series` after `number` stands.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn is_followed(
    connection: &mut PgConnection,
    user: UserId,
    series: SeriesId,
    number: u32,
) -> Result<bool, Error> {
    let is_followed = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM tasks WHERE user_id = $1 AND series_id = $2 AND occurrence > $3
                          AND deleted_at IS NULL) AS "is_followed!""#,
        user.0,
        series.0,
        number.cast_signed()
    )
    .fetch_one(connection)
    .await?;
    Ok(is_followed)
}

/// Marks a deleted occurrence as withdrawn: completing its predecessor again revives it.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn withdraw(connection: &mut PgConnection, user: UserId, task: TaskId) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE tasks SET withdrawn = true WHERE user_id = $1 AND id = $2",
        user.0,
        task.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks a completed occurrence as awaiting its successor since `now`.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn await_successor(
    connection: &mut PgConnection,
    user: UserId,
    task: TaskId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE tasks SET successor_awaited_since = $3 WHERE user_id = $1 AND id = $2",
        user.0,
        task.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Clears the mark.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn stop_awaiting_successor(connection: &mut PgConnection, user: UserId, task: TaskId) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE tasks SET successor_awaited_since = NULL
         WHERE user_id = $1 AND id = $2 AND successor_awaited_since IS NOT NULL",
        user.0,
        task.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An occurrence that awaits its successor, and since when: its place among them, the oldest first.
pub type Awaiting = (DateTime<Utc>, UserId, TaskId);

/// Before every occurrence that awaits its successor.
pub const FIRST_AWAITING: Awaiting = (DateTime::UNIX_EPOCH, UserId(Uuid::nil()), TaskId(Uuid::nil()));

/// At most `limit` of those that have awaited their successor since before `before`, from `after` on.
///
/// # Errors
/// [`Error`] when they could not be read.
pub async fn awaiting_successor(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
    after: Awaiting,
    limit: i64,
) -> Result<Vec<Awaiting>, Error> {
    let (since, user, task) = after;
    let rows = sqlx::query!(
        r#"SELECT successor_awaited_since AS "since!", user_id, id FROM tasks
           WHERE successor_awaited_since < $1 AND (successor_awaited_since, user_id, id) > ($2, $3, $4)
           ORDER BY successor_awaited_since, user_id, id LIMIT $5"#,
        before,
        since,
        user.0,
        task.0,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.since, UserId(row.user_id), TaskId(row.id)))
        .collect())
}
