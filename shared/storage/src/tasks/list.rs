//! A user's tasks by due, a page at a time.

use chrono::{DateTime, Utc};
use domain::{Task, TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::row::{Reminders, TaskRow, query_tasks};
use crate::Error;

/// Which tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Those still to be done.
    Pending,
    /// Those done.
    Completed,
    /// Both.
    All,
}

/// A place in the order by due, tasks without due last, ties by id. Whatever is written meanwhile, what follows it
/// stays what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The due instant of the task that stands there.
    pub due_at: Option<DateTime<Utc>>,
    /// Its id.
    pub id: TaskId,
}

/// At most `limit` of the tasks that follow `after`, without those that cannot be read.
///
/// # Errors
/// [`Error`] when they could not be read.
pub async fn list(
    connection: &mut PgConnection,
    user: UserId,
    status: Status,
    after: Option<Position>,
    limit: i64,
) -> Result<Vec<Task>, Error> {
    let id = after.map_or(Uuid::nil(), |position| position.id.0);
    // No position is one before every task; a position without due is after every task with one.
    let from = if after.is_none() { "-infinity" } else { "infinity" };
    let due_at = after.and_then(|position| position.due_at);
    // Each status is a statement of its own, so that each is served by its own partial index.
    let rows = match status {
        Status::Pending => {
            query_tasks!(
                "WHERE t.user_id = $1 AND t.completed_at IS NULL AND t.deleted_at IS NULL
                   AND (coalesce(t.due_at, 'infinity'), t.id) > (coalesce($2, $3::text::timestamptz), $4)
                 ORDER BY coalesce(t.due_at, 'infinity'), t.id LIMIT $5",
                user.0,
                due_at,
                from,
                id,
                limit
            )
            .fetch_all(connection)
            .await?
        }
        Status::Completed => {
            query_tasks!(
                "WHERE t.user_id = $1 AND t.completed_at IS NOT NULL AND t.deleted_at IS NULL
                   AND (coalesce(t.due_at, 'infinity'), t.id) > (coalesce($2, $3::text::timestamptz), $4)
                 ORDER BY coalesce(t.due_at, 'infinity'), t.id LIMIT $5",
                user.0,
                due_at,
                from,
                id,
                limit
            )
            .fetch_all(connection)
            .await?
        }
        Status::All => {
            query_tasks!(
                "WHERE t.user_id = $1 AND t.deleted_at IS NULL
                   AND (coalesce(t.due_at, 'infinity'), t.id) > (coalesce($2, $3::text::timestamptz), $4)
                 ORDER BY coalesce(t.due_at, 'infinity'), t.id LIMIT $5",
                user.0,
                due_at,
                from,
                id,
                limit
            )
            .fetch_all(connection)
            .await?
        }
    };
    let tasks = rows.into_iter().filter_map(TaskRow::into_readable);
    Ok(tasks.map(|(_, task)| task).collect())
}
