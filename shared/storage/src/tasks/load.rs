//! Reading whole tasks.

use domain::{Task, TaskId, UserId};
use sqlx::PgConnection;

use super::row::{Reminders, TaskRow, query_tasks};
use crate::Error;

/// A task that is there: not deleted.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn load(connection: &mut PgConnection, user: UserId, id: TaskId) -> Result<Option<Task>, Error> {
    Ok(load_any(connection, user, id)
        .await?
        .filter(|task| task.deleted_at.is_none()))
}

/// A task, deleted or not.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn load_any(connection: &mut PgConnection, user: UserId, id: TaskId) -> Result<Option<Task>, Error> {
    query_tasks!("WHERE t.user_id = $1 AND t.id = $2", user.0, id.0)
        .fetch_optional(connection)
        .await?
        .map(TaskRow::into_task)
        .transpose()
}

/// Many users' tasks at once, deleted or not, without those that cannot be read; whoever changes them holds their users'
/// heads.
///
/// # Errors
/// [`Error`] when they could not be read.
pub async fn load_many(
    connection: &mut PgConnection,
    keys: impl Iterator<Item = (UserId, TaskId)>,
) -> Result<Vec<(UserId, Task)>, Error> {
    let (users, ids): (Vec<_>, Vec<_>) = keys.map(|(user, task)| (user.0, task.0)).unzip();
    let rows = query_tasks!(
        "WHERE (t.user_id, t.id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))",
        &users,
        &ids
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().filter_map(TaskRow::into_readable).collect())
}
