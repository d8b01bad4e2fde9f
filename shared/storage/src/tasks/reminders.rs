//! Writing a task's reminders.

use domain::{Task, UserId};
use sqlx::PgConnection;

use super::reminder_columns::ReminderColumns;
use crate::Error;

/// Makes `task`'s reminders those that stand, each as it is.
pub(super) async fn put(connection: &mut PgConnection, user: UserId, task: &Task) -> Result<(), Error> {
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
