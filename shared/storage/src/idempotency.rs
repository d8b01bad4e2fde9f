//! The first committed answer to a request, kept for its repetitions.

use chrono::{DateTime, TimeDelta, Utc};
use domain::UserId;
use sqlx::PgConnection;

use crate::Error;

/// The constraint that a taken key violates.
pub(crate) const TAKEN: &str = "idempotency_keys_pkey";

/// How long an answer is kept.
pub const KEPT_FOR: TimeDelta = TimeDelta::hours(24);

/// What a request's repetition is known by.
#[derive(Debug, Clone)]
pub struct Key<'a> {
    /// The request's path.
    pub path: &'a str,
    /// The client's key.
    pub key: &'a str,
    /// A digest of what was asked, so that another request under the same key is noticed.
    pub request_digest: [u8; 32],
}

/// An answer to repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: i16,
    /// `Location`, if any.
    pub location: Option<String>,
    /// `ETag`, if any.
    pub etag: Option<String>,
    /// The JSON body.
    pub body: String,
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Nothing: the request is the first.
    Nothing,
    /// The request was answered.
    Answered(Answer),
    /// Another request was answered under this key.
    Reused,
}

/// What is known of `key`. A kept answer that is too old is forgotten.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn find(
    connection: &mut PgConnection,
    user: UserId,
    key: &Key<'_>,
    now: DateTime<Utc>,
) -> Result<Known, Error> {
    let row = sqlx::query!(
        "SELECT request_digest, status, location, etag, body, created_at
         FROM idempotency_keys WHERE user_id = $1 AND path = $2 AND key = $3",
        user.0,
        key.path,
        key.key
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else {
        return Ok(Known::Nothing);
    };
    if row.created_at <= now - KEPT_FOR {
        forget(connection, user, key, row.created_at).await?;
        return Ok(Known::Nothing);
    }
    if row.request_digest != key.request_digest {
        return Ok(Known::Reused);
    }
    Ok(Known::Answered(Answer {
        status: row.status,
        location: row.location,
        etag: row.etag,
        body: row.body,
    }))
}

/// Keeps the answer to `key`, in the transaction of what it answers.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn keep(
    connection: &mut PgConnection,
    user: UserId,
    key: &Key<'_>,
    answer: &Answer,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO idempotency_keys (user_id, path, key, request_digest, status, location, etag, body, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        user.0,
        key.path,
        key.key,
        key.request_digest.as_slice(),
        answer.status,
        answer.location,
        answer.etag,
        answer.body,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets answers that are too old, at most `limit`, and answers how many.
///
/// # Errors
/// [`Error`] when they could not be deleted.
pub async fn forget_old(connection: &mut PgConnection, now: DateTime<Utc>, limit: i64) -> Result<u64, Error> {
    let deleted = sqlx::query!(
        // By place, since a join by key would scan the table whenever the planner does not know the limit.
        "DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM idempotency_keys WHERE created_at <= $1 ORDER BY created_at LIMIT $2))",
        now - KEPT_FOR,
        limit
    )
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected())
}

async fn forget(
    connection: &mut PgConnection,
    user: UserId,
    key: &Key<'_>,
    created_at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "DELETE FROM idempotency_keys WHERE user_id = $1 AND path = $2 AND key = $3 AND created_at = $4",
        user.0,
        key.path,
        key.key,
        created_at
    )
    .execute(connection)
    .await?;
    Ok(())
}
