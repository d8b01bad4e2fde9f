//! The installation's one row: who it is, and what must not change behind its back.

use domain::{TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Error;

/// What delivers the log here. One published position has one consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// `dormouse` hands events to the functions in its own process.
    InProcess,
    /// `relay-log` publishes them to Kafka.
    Kafka,
}

impl Delivery {
    /// The kind's name, as the database writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InProcess => "in-process",
            Self::Kafka => "kafka",
        }
    }
}

/// Makes the row where it is missing.
pub(crate) async fn ensure(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO installation (id, system_identifier, timeline)
         SELECT $1, system_identifier, timeline_id FROM pg_control_system(), pg_control_checkpoint()
         ON CONFLICT DO NOTHING",
        Uuid::new_v4()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The installation's identity, which stands in the source of its events.
///
/// # Errors
/// [`Error`] when it could not be read, or `migrate` has not run.
pub async fn id(connection: &mut PgConnection) -> Result<Uuid, Error> {
    Ok(sqlx::query_scalar!("SELECT id FROM installation")
        .fetch_one(connection)
        .await?)
}

/// What the installation's identity rests on, as stored and as the server has it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lineage {
    /// The era that positions in the log belong to.
    pub era: i64,
    /// Whether the server is the one, on the timeline, that the era began on.
    pub is_unbroken: bool,
}

/// Whether this is still the server, on the timeline, that the era began on. After a restore it is not: events may
/// be missing whose numbers were handed out.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn lineage(connection: &mut PgConnection) -> Result<Lineage, Error> {
    let row = sqlx::query!(
        r#"SELECT i.era, (i.system_identifier, i.timeline) = (s.system_identifier, c.timeline_id) AS "is_unbroken!"
           FROM installation i, pg_control_system() s, pg_control_checkpoint() c"#
    )
    .fetch_one(connection)
    .await?;
    Ok(Lineage {
        era: row.era,
        is_unbroken: row.is_unbroken,
    })
}

/// Begins a new era on this server and timeline, and answers it.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn renew_era(connection: &mut PgConnection) -> Result<i64, Error> {
    Ok(sqlx::query_scalar!(
        "UPDATE installation SET era = era + 1, (system_identifier, timeline) =
             (SELECT system_identifier, timeline_id FROM pg_control_system(), pg_control_checkpoint())
         RETURNING era"
    )
    .fetch_one(connection)
    .await?)
}

/// Claims the log's delivery for `wanted` where nothing has claimed it, and answers what has it.
///
/// # Errors
/// [`Error`] when it could not be read or written.
pub async fn claim_delivery(connection: &mut PgConnection, wanted: Delivery) -> Result<Delivery, Error> {
    let delivery = sqlx::query_scalar!(
        r#"UPDATE installation SET delivery = coalesce(delivery, $1) RETURNING delivery AS "delivery!""#,
        wanted.as_str()
    )
    .fetch_one(connection)
    .await?;
    match delivery.as_str() {
        "in-process" => Ok(Delivery::InProcess),
        "kafka" => Ok(Delivery::Kafka),
        other => Err(Error::unreadable("installation.delivery", other)),
    }
}

/// The release of the zone database that stored instants were derived from.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn zone_database(connection: &mut PgConnection) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar!("SELECT zone_database FROM installation")
        .fetch_one(connection)
        .await?)
}

/// Notes the release of the zone database that every stored instant is now derived from, unless it is an older one.
/// Releases are ordered as texts.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn set_zone_database(connection: &mut PgConnection, version: &str) -> Result<(), Error> {
    sqlx::query!(
        r#"UPDATE installation
           SET zone_database = $1, zone_walk_to = NULL, zone_walk_user = NULL, zone_walk_task = NULL
           WHERE zone_database IS NULL OR zone_database < $1 COLLATE "C""#,
        version
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The task up to which instants are derived anew from `version`, as [`note_zone_walk`] noted it last.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn zone_walk(connection: &mut PgConnection, version: &str) -> Result<Option<(UserId, TaskId)>, Error> {
    let row = sqlx::query!(
        r#"SELECT zone_walk_user AS "user!", zone_walk_task AS "task!" FROM installation WHERE zone_walk_to = $1"#,
        version
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| (UserId(row.user), TaskId(row.task))))
}

/// Notes the task up to which instants are derived anew from `version`.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn note_zone_walk(connection: &mut PgConnection, version: &str, to: (UserId, TaskId)) -> Result<(), Error> {
    let (user, task) = to;
    sqlx::query!(
        "UPDATE installation SET zone_walk_to = $1, zone_walk_user = $2, zone_walk_task = $3",
        version,
        user.0,
        task.0
    )
    .execute(connection)
    .await?;
    Ok(())
}
