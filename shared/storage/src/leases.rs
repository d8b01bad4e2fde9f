//! Leases: who alone may do something, until when. Their clock is the database's, the one clock that all who
//! compete for them share; a holder that dies is followed by another once its lease has run out.

use std::time::Duration;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::Error;

/// A lease that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Rises whenever the holder changes.
    pub epoch: i64,
    /// The server's timeline, which changes with a failover: what a holder remembers of the database may not have
    /// happened on this one.
    pub timeline: String,
}

/// Takes or renews the lease called `name`; `None` while somebody else holds it.
///
/// # Errors
/// [`Error`] when the database could not be asked: the caller no longer knows that it holds the lease.
pub async fn hold(
    connection: &mut PgConnection,
    name: &str,
    holder: Uuid,
    lifetime: Duration,
) -> Result<Option<Hold>, Error> {
    Ok(sqlx::query_as!(
        Hold,
        // The name of the segment begins with the timeline; the control file tells it only after a checkpoint.
        r#"INSERT INTO leases AS l (name, holder, epoch, expires_at)
           VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
           ON CONFLICT (name) DO UPDATE
           SET holder = $2, expires_at = excluded.expires_at,
               epoch = l.epoch + CASE WHEN l.holder = $2 THEN 0 ELSE 1 END
           WHERE l.holder = $2 OR l.expires_at <= clock_timestamp()
           RETURNING epoch, left(pg_walfile_name(pg_current_wal_lsn()), 8) AS "timeline!""#,
        name,
        holder,
        lifetime.as_secs_f64()
    )
    .fetch_optional(connection)
    .await?)
}

/// Gives the lease back, so that another need not wait for its end.
///
/// # Errors
/// [`Error`] when the database could not be told; the lease then runs out by itself.
pub async fn release(connection: &mut PgConnection, name: &str, holder: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE leases SET expires_at = '-infinity' WHERE name = $1 AND holder = $2",
        name,
        holder
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends the lease, whoever holds it. The caller knows that they are gone.
///
/// # Errors
/// [`Error`] when the database could not be told.
pub async fn clear(connection: &mut PgConnection, name: &str) -> Result<(), Error> {
    sqlx::query!("UPDATE leases SET expires_at = '-infinity' WHERE name = $1", name)
        .execute(connection)
        .await?;
    Ok(())
}
