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
    /// The number of the first event that is kept; of the next one where none is.
    pub first: i64,
}

impl Standing {
    /// Whether the log goes on from the event `seq` of `era`: it is known here, and nothing that follows it is gone.
    #[must_use]
    pub fn goes_on_from(&self, era: i64, seq: i64) -> bool {
        era == self.era && (self.first - 1..=self.seq).contains(&seq)
    }
}

/// Where a user's log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The era that positions belong to.
    pub era: i64,
    /// The number of the last event.
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

impl Changes {
    /// Nothing, after a position.
    #[must_use]
    pub fn none(after: i64) -> Self {
        Self {
            events: Vec::new(),
            upto: after,
            has_more: false,
        }
    }
}

/// Where the user's log stands.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn standing(connection: &mut PgConnection, user: UserId) -> Result<Standing, Error> {
    Ok(sqlx::query_as!(
        Standing,
        r#"SELECT i.id AS installation, i.era, coalesce(h.seq, 0) AS "seq!",
                  coalesce(
                      (SELECT seq FROM events WHERE user_id = $1 ORDER BY seq LIMIT 1), h.seq + 1, 1
                  ) AS "first!"
           FROM installation i LEFT JOIN log_heads h ON h.user_id = $1"#,
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

/// Where the log of each of these users ends who has one.
///
/// # Errors
/// [`Error`] when they could not be read.
pub async fn ends(connection: &mut PgConnection, users: &[UserId]) -> Result<Vec<(UserId, End)>, Error> {
    let users: Vec<_> = users.iter().map(|user| user.0).collect();
    let rows = sqlx::query!(
        "SELECT h.user_id, h.seq, i.era FROM installation i CROSS JOIN log_heads h WHERE h.user_id = ANY($1)",
        &users
    )
    .fetch_all(connection)
    .await?;
    let ends = rows.into_iter().map(|row| {
        let (era, seq) = (row.era, row.seq);
        (UserId(row.user_id), End { era, seq })
    });
    Ok(ends.collect())
}
