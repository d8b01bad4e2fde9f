//! A task's events, oldest first.

use domain::{TaskId, UserId};
use events::Recorded;
use sqlx::PgConnection;

use super::EventRow;
use crate::Error;

/// The events of `task` after number `after` of its user's log, at most `limit`.
///
/// # Errors
/// [`Error`] when the log could not be read.
pub async fn of_task(
    connection: &mut PgConnection,
    user: UserId,
    task: TaskId,
    after: i64,
    limit: i64,
) -> Result<Vec<Recorded>, Error> {
    sqlx::query_as!(
        EventRow,
        r#"SELECT user_id, seq, id, type AS kind, task_id, version, data::text AS data, traceparent, time
           FROM events WHERE user_id = $1 AND task_id = $2 AND seq > $3 ORDER BY seq LIMIT $4"#,
        user.0,
        task.0,
        after,
        limit
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(Recorded::try_from)
    .collect()
}

/// One event by its number.
///
/// # Errors
/// [`Error`] when the log could not be read.
pub async fn event(connection: &mut PgConnection, user: UserId, seq: i64) -> Result<Option<Recorded>, Error> {
    sqlx::query_as!(
        EventRow,
        r#"SELECT user_id, seq, id, type AS kind, task_id, version, data::text AS data, traceparent, time
           FROM events WHERE user_id = $1 AND seq = $2"#,
        user.0,
        seq
    )
    .fetch_optional(connection)
    .await?
    .map(Recorded::try_from)
    .transpose()
}
