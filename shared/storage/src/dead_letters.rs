//! What a consumer of in-process delivery will not take without an operator's help.

use chrono::{DateTime, Utc};
use domain::UserId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    Error,
    retries::{self, DeliveryKey},
};

/// A delivery that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Which delivery.
    pub key: DeliveryKey,
    /// How often it was tried.
    pub attempts: i32,
    /// Why the last try failed.
    pub error: String,
    /// When it was given up.
    pub died_at: DateTime<Utc>,
}

/// Which dead letters are meant: all by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those that died then or later.
    pub since: Option<DateTime<Utc>>,
    /// Those that died before.
    pub until: Option<DateTime<Utc>>,
    /// Those of this function.
    pub consumer: Option<String>,
    /// Those of this user.
    pub user: Option<UserId>,
    /// Those of events of this type.
    pub kind: Option<String>,
    /// Those with this in their error, without regard to case.
    pub error: String,
}

struct Row {
    user_id: Uuid,
    seq: i64,
    consumer: String,
    attempts: i32,
    error: String,
    died_at: DateTime<Utc>,
}

/// Notes that `key` was given up.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn bury(
    connection: &mut PgConnection,
    key: &DeliveryKey,
    attempts: i32,
    error: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO dead_letters (user_id, seq, consumer, attempts, error, died_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (user_id, seq, consumer) DO UPDATE
         SET attempts = excluded.attempts, error = excluded.error, died_at = excluded.died_at",
        key.user.0,
        key.seq,
        key.consumer,
        attempts,
        error,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The newest dead letters that `filter` takes, at most `limit`.
///
/// # Errors
/// [`Error`] when they could not be read.
pub async fn list(connection: &mut PgConnection, filter: &Filter, limit: i64) -> Result<Vec<DeadLetter>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT d.user_id, d.seq, d.consumer, d.attempts, d.error, d.died_at
         FROM dead_letters d JOIN events e ON (e.user_id, e.seq) = (d.user_id, d.seq)
         WHERE d.died_at >= coalesce($1::timestamptz, '-infinity')
           AND d.died_at < coalesce($2::timestamptz, 'infinity')
           AND (d.consumer = $3) IS NOT FALSE AND (d.user_id = $4) IS NOT FALSE AND (e.type = $5) IS NOT FALSE
           AND strpos(lower(d.error), lower($6)) > 0
         ORDER BY d.died_at DESC LIMIT $7",
        filter.since,
        filter.until,
        filter.consumer,
        filter.user.map(|user| user.0),
        filter.kind,
        filter.error,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(DeadLetter::from).collect())
}

/// The dead letter of `key`.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn load(connection: &mut PgConnection, key: &DeliveryKey) -> Result<Option<DeadLetter>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT user_id, seq, consumer, attempts, error, died_at FROM dead_letters
         WHERE user_id = $1 AND seq = $2 AND consumer = $3",
        key.user.0,
        key.seq,
        key.consumer
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(DeadLetter::from))
}

/// Has `key` tried again at `now`, as if for the first time; `false` when there is no such dead letter. The caller's
/// transaction makes this one step.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn replay(connection: &mut PgConnection, key: &DeliveryKey, now: DateTime<Utc>) -> Result<bool, Error> {
    let deleted = sqlx::query!(
        "DELETE FROM dead_letters WHERE user_id = $1 AND seq = $2 AND consumer = $3",
        key.user.0,
        key.seq,
        key.consumer
    )
    .execute(&mut *connection)
    .await?;
    if deleted.rows_affected() == 0 {
        return Ok(false);
    }
    retries::put(connection, key, 0, "replayed", now).await?;
    Ok(true)
}

impl From<Row> for DeadLetter {
    fn from(row: Row) -> Self {
        Self {
            key: DeliveryKey {
                user: UserId(row.user_id),
                seq: row.seq,
                consumer: row.consumer,
            },
            attempts: row.attempts,
            error: row.error,
            died_at: row.died_at,
        }
    }
}
