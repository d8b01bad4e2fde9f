//! Finding the reminders whose moment has come, or is next. The cost grows with what is due, never with what is
//! still ahead.

use chrono::{DateTime, Utc};
use domain::{ReminderId, TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Error;

/// A reminder's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReminderKey {
    /// Whose.
    pub user: UserId,
    /// Of which task.
    pub task: TaskId,
    /// Which.
    pub id: ReminderId,
}

/// The most reminders looked at to find whose are due.
const LOOKED_AT: i64 = 1_000;

/// The database's own clock.
///
/// # Errors
/// [`Error`] when it could not be asked.
pub async fn database_now(connection: &mut PgConnection) -> Result<DateTime<Utc>, Error> {
    Ok(sqlx::query_scalar!(r#"SELECT clock_timestamp() AS "now!""#)
        .fetch_one(connection)
        .await?)
}

/// The nearest moment that a reminder is scheduled for.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn next_moment(connection: &mut PgConnection) -> Result<Option<DateTime<Utc>>, Error> {
    Ok(
        sqlx::query_scalar!("SELECT fire_at FROM reminders WHERE state = 'scheduled' ORDER BY fire_at LIMIT 1")
            .fetch_optional(connection)
            .await?,
    )
}

/// What is left alone for now.
#[derive(Debug, Clone, Default)]
pub struct Except {
    /// Users whose logs somebody holds, or whose reminders cannot be fired.
    pub users: Vec<UserId>,
    /// Tasks that cannot be read.
    pub tasks: Vec<TaskId>,
}

impl Except {
    fn user_ids(&self) -> Vec<Uuid> {
        self.users.iter().map(|user| user.0).collect()
    }

    fn task_ids(&self) -> Vec<Uuid> {
        self.tasks.iter().map(|task| task.0).collect()
    }
}

/// At most `limit` users with reminders due at `now`, the longest waiting first, without what `except` says.
///
/// # Errors
/// [`Error`] when they could not be read.
pub async fn users_with_due(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    except: &Except,
    limit: i64,
) -> Result<Vec<UserId>, Error> {
    let users = sqlx::query_scalar!(
        r#"SELECT user_id FROM (
               SELECT user_id, fire_at FROM reminders
               WHERE state = 'scheduled' AND fire_at <= $1 AND user_id <> ALL($2) AND task_id <> ALL($5)
               ORDER BY fire_at LIMIT $3
           ) due GROUP BY user_id ORDER BY min(fire_at), user_id LIMIT $4"#,
        now,
        &except.user_ids(),
        LOOKED_AT,
        limit,
        &except.task_ids()
    )
    .fetch_all(connection)
    .await?;
    Ok(users.into_iter().map(UserId).collect())
}

/// At most `limit` reminders of `users` that are due at `now`, the longest waiting first, without those of the tasks
/// that `except` says. The caller holds the users' heads.
///
/// # Errors
/// [`Error`] when they could not be read.
pub async fn due(
    connection: &mut PgConnection,
    users: &[UserId],
    now: DateTime<Utc>,
    except: &Except,
    limit: i64,
) -> Result<Vec<ReminderKey>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT user_id, task_id, id FROM reminders
         WHERE state = 'scheduled' AND fire_at <= $1 AND user_id = ANY($2) AND task_id <> ALL($4)
         ORDER BY fire_at LIMIT $3",
        now,
        &users.iter().map(|user| user.0).collect::<Vec<_>>(),
        limit,
        &except.task_ids()
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(ReminderKey::from).collect())
}

/// A reminder that awaits its notification, and since when: its place among them, the oldest first.
pub type Awaiting = (DateTime<Utc>, ReminderKey);

/// Before every reminder that awaits its notification.
pub const FIRST_AWAITING: Awaiting = (
    DateTime::UNIX_EPOCH,
    ReminderKey {
        user: UserId(Uuid::nil()),
        task: TaskId(Uuid::nil()),
        id: ReminderId(Uuid::nil()),
    },
);

/// At most `limit` reminders that fired before `before` and still await their notification, from `after` on.
///
/// # Errors
/// [`Error`] when they could not be read.
pub async fn awaiting_notification(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
    after: Awaiting,
    limit: i64,
) -> Result<Vec<Awaiting>, Error> {
    let (since, key) = after;
    let rows = sqlx::query!(
        r#"SELECT fired_at AS "since!", user_id, task_id, id FROM reminders
           WHERE state = 'fired' AND fired_at < $1 AND (fired_at, user_id, task_id, id) > ($2, $3, $4, $5)
           ORDER BY fired_at, user_id, task_id, id LIMIT $6"#,
        before,
        since,
        key.user.0,
        key.task.0,
        key.id.0,
        limit
    )
    .fetch_all(connection)
    .await?;
    let awaiting = rows.into_iter().map(|row| {
        let (user_id, task_id, id) = (row.user_id, row.task_id, row.id);
        (row.since, ReminderKey::from(Row { user_id, task_id, id }))
    });
    Ok(awaiting.collect())
}

struct Row {
    user_id: Uuid,
    task_id: Uuid,
    id: Uuid,
}

impl From<Row> for ReminderKey {
    fn from(row: Row) -> Self {
        Self {
            user: UserId(row.user_id),
            task: TaskId(row.task_id),
            id: ReminderId(row.id),
        }
    }
}
