//! Whether a user's chain holds: the audit.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::chain::{self, Sealed};
use crate::Error;

/// The most events, or users, read at once.
const PAGE: u16 = 1_000;

/// What is wrong with a user's log, at the first place where something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Whose log.
    pub user: UserId,
    /// The number of the first bad event, or the number that is missing.
    pub seq: i64,
    /// The bad event, unless it is missing.
    pub event: Option<Uuid>,
    /// What is wrong with it.
    pub reason: &'static str,
}

struct Link {
    seq: i64,
    id: Uuid,
    kind: String,
    task_id: Uuid,
    version: i64,
    time: DateTime<Utc>,
    data: Option<String>,
    digest: Vec<u8>,
    hash: Vec<u8>,
}

/// The users who have a log, in id order after `after`; also those whose head is gone, by their events.
///
/// # Errors
/// [`Error`] when the database could not be read.
pub async fn users(connection: &mut PgConnection, after: UserId) -> Result<Vec<UserId>, Error> {
    let with_head = sqlx::query_scalar!(
        "SELECT user_id FROM log_heads WHERE user_id > $1 ORDER BY user_id LIMIT $2",
        after.0,
        i64::from(PAGE)
    )
    .fetch_all(&mut *connection)
    .await?;
    let with_events = users_with_events(connection, after).await?;
    // Each page has the first of its kind, so together they have the first of all.
    let all = BTreeSet::from_iter(with_head.into_iter().chain(with_events));
    Ok(all.into_iter().take(usize::from(PAGE)).map(UserId).collect())
}

/// Each step of the recursion looks up the next user, however many events there are of one.
async fn users_with_events(connection: &mut PgConnection, after: UserId) -> Result<Vec<Uuid>, Error> {
    Ok(sqlx::query_scalar!(
        r#"WITH RECURSIVE logged (user_id, number) AS (
               (SELECT user_id, 1::bigint FROM events WHERE user_id > $1 ORDER BY user_id LIMIT 1)
               UNION ALL
               (SELECT next.user_id, logged.number + 1
                FROM logged, LATERAL (
                    SELECT user_id FROM events e WHERE e.user_id > logged.user_id ORDER BY e.user_id LIMIT 1
                ) next
                WHERE logged.number < $2)
           )
           SELECT user_id AS "user_id!" FROM logged"#,
        after.0,
        i64::from(PAGE)
    )
    .fetch_all(connection)
    .await?)
}

/// Recomputes `user`'s chain from the first event to the head, beyond which nothing may stand. It reads up to the head
/// as it stands when it begins, so commands may go on meanwhile; what else may change needs one snapshot for the whole
/// ([`Database::snapshot`](crate::Database::snapshot)).
///
/// # Errors
/// [`Error`] when the database could not be read.
pub async fn chain_of(connection: &mut PgConnection, user: UserId) -> Result<Option<Damage>, Error> {
    // One statement, so that a command that commits meanwhile is beyond no head.
    let head = sqlx::query!(
        r#"SELECT h.seq, h.hash, beyond.seq AS "seq_beyond?", beyond.id AS "event_beyond?"
           FROM log_heads h
           LEFT JOIN LATERAL (
               SELECT seq, id FROM events WHERE user_id = h.user_id AND seq > h.seq ORDER BY seq LIMIT 1
           ) beyond ON true
           WHERE h.user_id = $1"#,
        user.0
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(head) = head else {
        return without_head(connection, user).await;
    };
    let mut seq = 0;
    let mut previous = Vec::new();
    while seq < head.seq {
        let after = if seq == 0 { i64::MIN } else { seq };
        let links = links_after(connection, user, after, head.seq).await?;
        if links.is_empty() {
            return Ok(Some(missing(user, seq + 1)));
        }
        for link in links {
            seq += 1;
            if link.seq > seq {
                return Ok(Some(missing(user, seq)));
            }
            if let Some(reason) = link.fault(&previous, user) {
                return Ok(Some(Damage {
                    user,
                    seq: link.seq,
                    event: Some(link.id),
                    reason,
                }));
            }
            previous = link.hash;
        }
    }
    if previous != head.hash {
        return Ok(Some(Damage {
            user,
            seq,
            event: None,
            reason: "the head's hash is not the last event's",
        }));
    }
    Ok(head.seq_beyond.map(|seq| Damage {
        user,
        seq,
        event: head.event_beyond,
        reason: "it stands beyond the head",
    }))
}

/// The first event of a user who has no head, if there is one: a head is never deleted.
async fn without_head(connection: &mut PgConnection, user: UserId) -> Result<Option<Damage>, Error> {
    let links = links_after(connection, user, i64::MIN, i64::MAX).await?;
    Ok(links.first().map(|first| Damage {
        user,
        seq: first.seq,
        event: Some(first.id),
        reason: "its user's log has no head",
    }))
}

fn missing(user: UserId, seq: i64) -> Damage {
    Damage {
        user,
        seq,
        event: None,
        reason: "the event is missing",
    }
}

impl Link {
    fn fault(&self, previous: &[u8], user: UserId) -> Option<&'static str> {
        let is_intact = self
            .data
            .as_deref()
            .is_none_or(|data| chain::digest(data).as_slice() == self.digest);
        let sealed = Sealed {
            id: self.id,
            kind: &self.kind,
            task_id: TaskId(self.task_id),
            version: self.version,
            time: self.time,
            digest: &self.digest,
        };
        if self.seq < 1 {
            Some("it stands before the first")
        } else if !is_intact {
            Some("its data is not what its digest covers")
        } else if chain::hash(previous, user, self.seq, sealed).as_slice() != self.hash {
            Some("its hash does not follow from it and the event before it")
        } else {
            None
        }
    }
}

async fn links_after(connection: &mut PgConnection, user: UserId, after: i64, last: i64) -> Result<Vec<Link>, Error> {
    Ok(sqlx::query_as!(
        Link,
        r#"SELECT seq, id, type AS kind, task_id, version, time, data::text AS data, digest, hash
           FROM events WHERE user_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4"#,
        user.0,
        after,
        last,
        i64::from(PAGE)
    )
    .fetch_all(connection)
    .await?)
}
