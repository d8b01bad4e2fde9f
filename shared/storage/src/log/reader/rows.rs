//! What the reader reads and writes.

use domain::UserId;
use futures_util::TryStreamExt;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Error, log::EventRow};

/// About the most bytes of one reading. Whoever follows the log has room for a few times as much.
const BYTES: usize = 4 << 20;
/// About what an event takes beside its data.
const BESIDE_DATA: usize = 1_000;

/// At most `limit` users who are marked, after `after` in the order of their ids; none on another timeline.
pub(super) async fn users_marked(
    connection: &mut PgConnection,
    after: Option<UserId>,
    except: &[UserId],
    limit: i64,
    timeline: Option<&str>,
) -> Result<Vec<UserId>, Error> {
    let users = sqlx::query_scalar!(
        r#"SELECT p.user_id FROM log_pending p
           WHERE p.user_id > $1 AND NOT p.user_id = ANY ($3)
             AND ($4::text IS NULL OR $4 = (SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)))
           ORDER BY p.user_id LIMIT $2"#,
        after.map_or(Uuid::nil(), |user| user.0),
        limit,
        &except.iter().map(|user| user.0).collect::<Vec<_>>(),
        timeline,
    )
    .fetch_all(connection)
    .await?;
    Ok(users.into_iter().map(UserId).collect())
}

/// How far a user's log was passed on.
pub(super) struct Place {
    pub(super) user: UserId,
    pub(super) position: i64,
    /// Whether it goes on after that.
    pub(super) is_behind: bool,
}

/// How far each was passed on, in the order of their ids, without those who have no log. Where that is `known`, a
/// user's head, with all the versions that are kept of it, is not visited.
pub(super) async fn places(
    connection: &mut PgConnection,
    users: &[UserId],
    known: &[Option<i64>],
) -> Result<Vec<Place>, Error> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        // A probe for each, whatever the planner makes of the limits: without them it would scan every head, and the
        // whole log for an event that it takes to be near its beginning.
        r#"SELECT p.user_id AS "user_id!", coalesce(p.seq, h.published_seq) AS position,
                  CASE WHEN p.seq IS NULL THEN h.published_seq < h.seq
                       ELSE (SELECT seq FROM events WHERE user_id = p.user_id AND seq > p.seq ORDER BY seq LIMIT 1)
                           IS NOT NULL
                  END AS is_behind
           FROM unnest($1::uuid[], $2::bigint[]) AS p (user_id, seq)
           LEFT JOIN LATERAL (
               SELECT published_seq, seq FROM log_heads WHERE user_id = p.user_id AND p.seq IS NULL LIMIT 1
           ) h ON true"#,
        &users.iter().map(|user| user.0).collect::<Vec<_>>(),
        known as &[Option<i64>],
    )
    .fetch_all(connection)
    .await?;
    let places = rows.into_iter().filter_map(|row| {
        Some(Place {
            user: UserId(row.user_id),
            position: row.position?,
            is_behind: row.is_behind?,
        })
    });
    let mut places: Vec<_> = places.collect();
    places.sort_unstable_by_key(|place| place.user);
    Ok(places)
}

/// The next rows of each after their positions, at most `events`, and whether that is all of them: a reading ends early
/// where it grows too long.
pub(super) async fn rows_after(
    connection: &mut PgConnection,
    page: &[(UserId, i64)],
    events: i64,
) -> Result<(Vec<EventRow>, bool), Error> {
    let mut taken = Vec::new();
    if page.is_empty() {
        return Ok((taken, true));
    }
    let mut rows = sqlx::query_as!(
        EventRow,
        r#"SELECT e.user_id AS "user_id!", e.seq AS "seq!", e.id AS "id!", e.type AS "kind!", e.task_id AS "task_id!",
                  e.version AS "version!", e.data::text AS data, e.traceparent, e.time AS "time!"
           FROM unnest($1::uuid[], $2::bigint[]) AS p (user_id, seq)
           CROSS JOIN LATERAL (
               SELECT * FROM events WHERE user_id = p.user_id AND seq > p.seq ORDER BY seq LIMIT $3
           ) e
           ORDER BY e.user_id, e.seq"#,
        &page.iter().map(|(user, _)| user.0).collect::<Vec<_>>(),
        &page.iter().map(|(_, seq)| *seq).collect::<Vec<_>>(),
        events
    )
    .fetch(connection);
    let mut bytes = 0;
    while let Some(row) = rows.try_next().await? {
        bytes += bytes_of(row.data.as_deref().unwrap_or_default());
        taken.push(row);
        if bytes > BYTES {
            return Ok((taken, false));
        }
    }
    Ok((taken, true))
}

/// About how much memory an event with `data` takes.
pub(super) fn bytes_of(data: &str) -> usize {
    data.len() + BESIDE_DATA
}

/// Raises the published positions whose heads are free, and answers whose they were; none on another timeline. Like all
/// that a reader does it may be lost, as what was passed on is passed on again then: its commit waits for no disk.
pub(super) async fn raise(
    connection: &mut PgConnection,
    positions: &[(UserId, i64)],
    timeline: Option<&str>,
) -> Result<Vec<UserId>, Error> {
    // Whatever stands up to a position was committed before this statement began, so a mark that it deletes can
    // belong to no later event.
    let users = sqlx::query_scalar!(
        "WITH commits AS MATERIALIZED (
             SELECT set_config('synchronous_commit', 'off', true) AS are_awaited
             WHERE $3::text IS NULL OR $3 = left(pg_walfile_name(pg_current_wal_lsn()), 8)
         ), free AS (
             SELECT h.user_id, p.seq
             FROM log_heads h JOIN unnest($1::uuid[], $2::bigint[]) AS p (user_id, seq) USING (user_id)
             WHERE (SELECT are_awaited FROM commits) = 'off'
             ORDER BY h.user_id FOR NO KEY UPDATE OF h SKIP LOCKED
         ), raised AS (
             UPDATE log_heads h SET published_seq = greatest(h.published_seq, least(free.seq, h.seq))
             FROM free WHERE h.user_id = free.user_id
             RETURNING h.user_id, h.seq = h.published_seq AS is_caught_up
         ), unmarked AS (
             DELETE FROM log_pending p USING raised r WHERE p.user_id = r.user_id AND r.is_caught_up
         )
         SELECT user_id FROM raised",
        &positions.iter().map(|(user, _)| user.0).collect::<Vec<_>>(),
        &positions.iter().map(|(_, seq)| *seq).collect::<Vec<_>>(),
        timeline,
    )
    .fetch_all(connection)
    .await?;
    Ok(users.into_iter().map(UserId).collect())
}
