//! A user's log as clients follow it.

use domain::UserId;
use events::Recorded;
use sqlx::PgConnection;
use uuid::Uuid;

use super::EventRow;
use crate::Error;

/// What positions in a user's log are reckoned by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The installation, which stands in the source of its events.
    pub installation: Uuid,
    /// The era that positions belong to.
    pub era: i64,
    /// The number of the user's last event; 0 for none.
    pub seq: i64,
}

/// Events of a user that follow a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The events, without those of kinds that only a newer release knows.
    pub events: Vec<Recorded>,
    /// The number of the last event read, known or not; the position itself where there was none.
    pub upto: i64,
    /// Whether more follow.
    pub has_more: bool,
}

/// Where the user's log stands.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn standing(connection: &mut PgConnection, user: UserId) -> Result<Standing, Error> {
    Ok(sqlx::query_as!(
        Standing,
        r#"SELECT id AS installation, era, coalesce((SELECT seq FROM log_heads WHERE user_id = $1), 0) AS "seq!"
           FROM installation"#,
        user.0
    )
    .fetch_one(connection)
    .await?)
}

/// At most `limit` of the user's events after number `after`, in order.
///
/// # Errors
/// [`Error`] when the log could not be read.
pub async fn after(connection: &mut PgConnection, user: UserId, after: i64, limit: usize) -> Result<Changes, Error> {
    let one_more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut rows = sqlx::query_as!(
        EventRow,
        r#"SELECT user_id, seq, id, type AS kind, task_id, version, data::text AS data, traceparent, time
           FROM events WHERE user_id = $1 AND seq > $2 ORDER BY seq LIMIT $3"#,
        user.0,
        after,
        one_more
    )
    .fetch_all(connection)
    .await?;
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    Ok(Changes {
        upto: rows.last().map_or(after, |row| row.seq),
        events: rows
            .into_iter()
            .filter_map(|row| Recorded::try_from(row).ok())
            .collect(),
        has_more,
    })
}

/// The number of the last event of each of these users who has one.
///
/// # Errors
/// [`Error`] when they could not be read.
pub async fn heads(connection: &mut PgConnection, users: &[UserId]) -> Result<Vec<(UserId, i64)>, Error> {
    let users: Vec<_> = users.iter().map(|user| user.0).collect();
    let rows = sqlx::query!("SELECT user_id, seq FROM log_heads WHERE user_id = ANY($1)", &users)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (UserId(row.user_id), row.seq)).collect())
}
