//! Writing everything that a person's change may touch.

use domain::{Task, UserId};
use sqlx::PgConnection;

use super::{derived::Derived, reminder_columns::ReminderColumns};
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
    rewrite_reminders(connection, user, task).await
}

async fn rewrite_reminders(connection: &mut PgConnection, user: UserId, task: &Task) -> Result<(), Error> {
    let columns = ReminderColumns::of(&task.reminders);
    sqlx::query!(
        "DELETE FROM reminders WHERE user_id = $1 AND task_id = $2 AND id <> ALL($3)",
        user.0,
        task.id.0,
        &columns.ids
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        r#"INSERT INTO reminders AS r
               (user_id, task_id, id, position, at, "offset", fire_at, state, generation, fired_at)
           SELECT $1, $2, n.*
           FROM unnest($3::uuid[], $4::smallint[], $5::timestamptz[], $6::text[], $7::timestamptz[], $8::text[],
                       $9::integer[], $10::timestamptz[]) AS n
           ON CONFLICT (user_id, task_id, id) DO UPDATE
           SET position = excluded.position, at = excluded.at, "offset" = excluded."offset",
               fire_at = excluded.fire_at, state = excluded.state, generation = excluded.generation,
               fired_at = excluded.fired_at"#,
        user.0,
        task.id.0,
        &columns.ids,
        &columns.positions,
        &columns.ats as &[_],
        &columns.offsets as &[_],
        &columns.fire_ats,
        &columns.states,
        &columns.generations,
        &columns.fired_ats as &[_],
    )
    .execute(connection)
    .await?;
    Ok(())
}
