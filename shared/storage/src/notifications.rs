//! The in-app inbox.

use chrono::{DateTime, Utc};
use domain::{Notification, NotificationId, ReminderId, TaskId, Title, UserId, notification::Kind};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Error;

/// A place in the order by age, the newest first, ties by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// When the notification that stands there was made.
    pub created_at: DateTime<Utc>,
    /// Its id.
    pub id: NotificationId,
}

struct Row {
    id: Uuid,
    task_id: Uuid,
    reminder_id: Uuid,
    title: String,
    remind_at: DateTime<Utc>,
    fired_at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

/// Adds a notification. Its identity makes adding it twice a violation, which the caller's hold on the user's head
/// rules out.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn add(connection: &mut PgConnection, user: UserId, notification: &Notification) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO notifications (user_id, id, task_id, reminder_id, title, remind_at, fired_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        user.0,
        notification.id.0,
        notification.task_id.0,
        notification.reminder_id.0,
        notification.title.as_str(),
        notification.remind_at,
        notification.fired_at,
        notification.created_at
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The notification `id`.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn load(
    connection: &mut PgConnection,
    user: UserId,
    id: NotificationId,
) -> Result<Option<Notification>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT id, task_id, reminder_id, title, remind_at, fired_at, read_at, created_at
         FROM notifications WHERE user_id = $1 AND id = $2",
        user.0,
        id.0
    )
    .fetch_optional(connection)
    .await?
    .map(Notification::try_from)
    .transpose()
}

/// Notes that `id` was read at `now`.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn mark_read(
    connection: &mut PgConnection,
    user: UserId,
    id: NotificationId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE notifications SET read_at = $3 WHERE user_id = $1 AND id = $2",
        user.0,
        id.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// At most `limit` notifications that follow `after`, the newest first; those not yet read only, or all.
///
/// # Errors
/// [`Error`] when they could not be read.
pub async fn list(
    connection: &mut PgConnection,
    user: UserId,
    only_unread: bool,
    after: Option<Position>,
    limit: i64,
) -> Result<Vec<Notification>, Error> {
    let created_at = after.map(|position| position.created_at);
    let id = after.map(|position| position.id.0);
    // Two statements, so that each is served by its own index.
    let rows = if only_unread {
        sqlx::query_as!(
            Row,
            "SELECT id, task_id, reminder_id, title, remind_at, fired_at, read_at, created_at FROM notifications
             WHERE user_id = $1 AND read_at IS NULL AND (created_at, id) < (coalesce($2::timestamptz, 'infinity'), coalesce($3, $1))
             ORDER BY created_at DESC, id DESC LIMIT $4",
            user.0, created_at, id, limit
        )
        .fetch_all(connection)
        .await?
    } else {
        sqlx::query_as!(
            Row,
            "SELECT id, task_id, reminder_id, title, remind_at, fired_at, read_at, created_at FROM notifications
             WHERE user_id = $1 AND (created_at, id) < (coalesce($2::timestamptz, 'infinity'), coalesce($3, $1))
             ORDER BY created_at DESC, id DESC LIMIT $4",
            user.0,
            created_at,
            id,
            limit
        )
        .fetch_all(connection)
        .await?
    };
    rows.into_iter().map(Notification::try_from).collect()
}

impl TryFrom<Row> for Notification {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: NotificationId(row.id),
            task_id: TaskId(row.task_id),
            kind: Kind::Reminder,
            title: Title::parse(&row.title).map_err(|e| Error::unreadable("notifications.title", e))?,
            remind_at: row.remind_at,
            fired_at: row.fired_at,
            late_ms: (row.fired_at - row.remind_at).num_milliseconds(),
            read_at: row.read_at,
            created_at: row.created_at,
            reminder_id: ReminderId(row.reminder_id),
        })
    }
}
