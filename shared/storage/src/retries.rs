//! What a consumer of in-process delivery could not take yet.

use chrono::{DateTime, TimeDelta, Utc};
use domain::UserId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Error;

/// One event on its way to one consumer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeliveryKey {
    /// Whose event.
    pub user: UserId,
    /// Its number in that user's log.
    pub seq: i64,
    /// The name of the function that is to take it.
    pub consumer: String,
}

/// A delivery that is to be tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// Which delivery.
    pub key: DeliveryKey,
    /// How often it was tried.
    pub attempts: i32,
}

struct Row {
    user_id: Uuid,
    seq: i64,
    consumer: String,
    attempts: i32,
}

/// Notes that `key` was tried `attempts` times, why the last failed, and when to try again. What is noted of it already
/// stands: whoever follows the log again from an earlier position finds it.
///
/// # Errors
/// [`Error`] when it could not be written; no attempt is spent then.
pub async fn put(
    connection: &mut PgConnection,
    key: &DeliveryKey,
    attempts: i32,
    error: &str,
    next_attempt_at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO retries (user_id, seq, consumer, attempts, next_attempt_at, error)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id, seq, consumer) DO NOTHING",
        key.user.0,
        key.seq,
        key.consumer,
        attempts,
        next_attempt_at,
        error
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that `retry` failed once more, why, and when to try again; unless somebody else has noted something meanwhile,
/// to whom it fell because this one took too long.
///
/// # Errors
/// [`Error`] when it could not be written; no attempt is spent then.
pub async fn postpone(
    connection: &mut PgConnection,
    retry: &Retry,
    error: &str,
    next_attempt_at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE retries SET attempts = attempts + 1, next_attempt_at = $5, error = $6
         WHERE user_id = $1 AND seq = $2 AND consumer = $3 AND attempts = $4",
        retry.key.user.0,
        retry.key.seq,
        retry.key.consumer,
        retry.attempts,
        next_attempt_at,
        error
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets `retry`, which is given up; `false` where somebody else has noted something meanwhile: it is theirs then.
///
/// # Errors
/// [`Error`] when it could not be deleted.
pub async fn give_up(connection: &mut PgConnection, retry: &Retry) -> Result<bool, Error> {
    let deleted = sqlx::query!(
        "DELETE FROM retries WHERE user_id = $1 AND seq = $2 AND consumer = $3 AND attempts = $4",
        retry.key.user.0,
        retry.key.seq,
        retry.key.consumer,
        retry.attempts
    )
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected() > 0)
}

/// Takes at most `limit` deliveries that are to be tried again at `now`. For as long as `patience` nobody else takes
/// them; who dies in the middle spends no attempt.
///
/// # Errors
/// [`Error`] when they could not be taken.
pub async fn take_due(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    patience: TimeDelta,
    limit: i64,
) -> Result<Vec<Retry>, Error> {
    let rows = sqlx::query_as!(
        Row,
        // By place, since a join by key would scan the table whenever the planner does not know the limit.
        "UPDATE retries SET next_attempt_at = $2
         WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM retries WHERE next_attempt_at <= $1
             ORDER BY next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED))
         RETURNING user_id, seq, consumer, attempts",
        now,
        now + patience,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Retry::from).collect())
}

/// Forgets a delivery that was made, however often it was tried.
///
/// # Errors
/// [`Error`] when it could not be deleted.
pub async fn remove(connection: &mut PgConnection, key: &DeliveryKey) -> Result<(), Error> {
    sqlx::query!(
        "DELETE FROM retries WHERE user_id = $1 AND seq = $2 AND consumer = $3",
        key.user.0,
        key.seq,
        key.consumer
    )
    .execute(connection)
    .await?;
    Ok(())
}

impl From<Row> for Retry {
    fn from(row: Row) -> Self {
        Self {
            key: DeliveryKey {
                user: UserId(row.user_id),
                seq: row.seq,
                consumer: row.consumer,
            },
            attempts: row.attempts,
        }
    }
}
