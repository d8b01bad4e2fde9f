//! Finding the tasks whose instants a new release of the zone database may move.

use domain::{TaskId, UserId};
use sqlx::PgConnection;

use crate::Error;

/// At most `limit` of the open tasks with a due date that follow `after`, in key order.
///
/// # Errors
/// [`Error`] when they could not be read.
pub async fn open_with_due(
    connection: &mut PgConnection,
    after: (UserId, TaskId),
    limit: i64,
) -> Result<Vec<(UserId, TaskId)>, Error> {
    let (user, task) = after;
    let rows = sqlx::query!(
        "SELECT user_id, id FROM tasks
         WHERE (user_id, id) > ($1, $2) AND due_at IS NOT NULL AND completed_at IS NULL AND deleted_at IS NULL
         ORDER BY user_id, id LIMIT $3",
        user.0,
        task.0,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (UserId(row.user_id), TaskId(row.id)))
        .collect())
}
