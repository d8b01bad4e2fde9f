//! What waits to be handed on, for an operator to see.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::Error;

/// The most of each that are counted: beyond it, what matters is that there are many.
const COUNTED: i64 = 1_000;

/// What of the log waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    /// Users whose log is ahead of what was passed on, up to 1,000.
    pub users_behind: i64,
    /// When the oldest event happened that was not passed on, among those users'.
    pub oldest: Option<DateTime<Utc>>,
}

/// How many deliveries in process wait, up to 1,000 of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deliveries {
    /// Those that are to be tried again.
    pub retries: i64,
    /// Those that were given up.
    pub dead_letters: i64,
}

/// Measures what of the log waits.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn log(connection: &mut PgConnection) -> Result<Log, Error> {
    Ok(sqlx::query_as!(
        Log,
        r#"SELECT count(*) AS "users_behind!", min(n.time) AS oldest
           FROM (SELECT user_id FROM log_pending ORDER BY user_id LIMIT $1) p
           CROSS JOIN LATERAL (
               SELECT e.time FROM log_heads h JOIN events e ON e.user_id = h.user_id AND e.seq = h.published_seq + 1
               WHERE h.user_id = p.user_id LIMIT 1
           ) n"#,
        COUNTED
    )
    .fetch_one(connection)
    .await?)
}

/// Measures what of delivery in process waits.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn deliveries(connection: &mut PgConnection) -> Result<Deliveries, Error> {
    Ok(sqlx::query_as!(
        Deliveries,
        r#"SELECT (SELECT count(*) FROM (SELECT FROM retries ORDER BY next_attempt_at LIMIT $1) r) AS "retries!",
                  (SELECT count(*) FROM (SELECT FROM dead_letters ORDER BY died_at DESC LIMIT $1) d)
                      AS "dead_letters!""#,
        COUNTED
    )
    .fetch_one(connection)
    .await?)
}
