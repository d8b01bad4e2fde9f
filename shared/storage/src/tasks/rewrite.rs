//! Writing everything that a person's change may touch.

use domain::{Task, UserId};
use sqlx::PgConnection;

use super::{derived::Derived, reminders};
use crate::{Error, civil};

/// Writes `task`, which a person has changed, whole: its members, its place and its reminders.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn rewrite(connection: &mut PgConnection, user: UserId, task: &Task) -> Result<(), Error> {
    let (due_date, due_time) = civil::to_nullable_columns(task.due.map(|due| due.date));
    let place = task.place.as_ref();
    let (scheduled_date, scheduled_time) = civil::to_nullable_columns(place.map(|place| place.scheduled_for));
    let derived = Derived::of(user, task);
    sqlx::query!(
        "UPDATE tasks
         SET title = $3, description = $4, priority = $5, tags = $6, time_zone = $7, due_date = $8, due_time = $9,
             due_at = $10, series_id = $11, series_revision = $12, occurrence = $13, scheduled_date = $14,
             scheduled_time = $15, version = $16, updated_at = $17, overdue_at = $18, title_key = $19, search = $20::text::tsvector,
             touched = true
         WHERE user_id = $1 AND id = $2",
        user.0,
        task.id.0,
        task.title.as_str(),
        task.description.as_str(),
        task.priority.as_str(),
        task.tags.as_slice(),
        task.time_zone.to_string(),
        due_date,
        due_time,
        task.due.map(|due| due.at),
        place.map(|place| place.series_id.0),
        place.map(|place| place.revision.cast_signed()),
        place.map(|place| place.occurrence.cast_signed()),
        scheduled_date,
        scheduled_time,
        task.version,
        task.updated_at,
        derived.overdue_at,
        derived.title_key,
        derived.search
    )
    .execute(&mut *connection)
    .await?;
    reminders::put(connection, user, task).await
}
