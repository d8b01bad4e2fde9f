//! What waits to be handed on, for an operator to see.

use sqlx::PgConnection;

use crate::Error;

/// The most of each that are counted: beyond it, what matters is that there are many.
const COUNTED: i64 = 1_000;

/// How much waits, up to 1,000 of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Users whose log is ahead of what was passed on.
    pub users_behind: i64,
    /// Deliveries that are to be tried again.
    pub retries: i64,
    /// Deliveries that were given up.
    pub dead_letters: i64,
}

/// Measures the backlog.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn measure(connection: &mut PgConnection) -> Result<Backlog, Error> {
    Ok(sqlx::query_as!(
        Backlog,
        r#"SELECT (SELECT count(*) FROM (SELECT FROM log_pending ORDER BY user_id LIMIT $1) p) AS "users_behind!",
                  (SELECT count(*) FROM (SELECT FROM retries ORDER BY next_attempt_at LIMIT $1) r) AS "retries!",
                  (SELECT count(*) FROM (SELECT FROM dead_letters ORDER BY died_at DESC LIMIT $1) d)
                      AS "dead_letters!""#,
        COUNTED
    )
    .fetch_one(connection)
    .await?)
}
