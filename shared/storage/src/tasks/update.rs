//! Writing what a transition changed.

use domain::{Task, UserId};
use sqlx::PgConnection;

use super::{derived, reminder_columns::ReminderColumns};
use crate::Error;

/// Who changed a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// A person's command: a generated occurrence is theirs from then on, and is no longer withdrawn.
    Person,
    /// Dormouse itself.
    Dormouse,
}

/// Writes what a transition can change of `task` and of its reminders.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn update(connection: &mut PgConnection, user: UserId, task: &Task, author: Author) -> Result<(), Error> {
    update_many(connection, &[(user, task)], author).await
}

/// As [`update`], for many tasks in two statements.
///
/// # Errors
/// [`Error`] when they could not be written.
pub async fn update_many(
    connection: &mut PgConnection,
    tasks: &[(UserId, &Task)],
    author: Author,
) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE tasks t
         SET version = n.version, updated_at = n.updated_at, due_at = n.due_at, overdue_at = n.overdue_at,
             completed_at = n.completed_at, deleted_at = n.deleted_at, touched = touched OR $8,
             withdrawn = withdrawn AND n.deleted_at IS NOT NULL
         FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[],
                     $7::timestamptz[], $9::timestamptz[])
             AS n (user_id, id, version, updated_at, due_at, completed_at, deleted_at, overdue_at)
         WHERE t.user_id = n.user_id AND t.id = n.id",
        &tasks.iter().map(|(user, _)| user.0).collect::<Vec<_>>(),
        &tasks.iter().map(|(_, task)| task.id.0).collect::<Vec<_>>(),
        &tasks.iter().map(|(_, task)| task.version).collect::<Vec<_>>(),
        &tasks.iter().map(|(_, task)| task.updated_at).collect::<Vec<_>>(),
        &tasks
            .iter()
            .map(|(_, task)| task.due.map(|due| due.at))
            .collect::<Vec<_>>() as &[_],
        &tasks.iter().map(|(_, task)| task.completed_at).collect::<Vec<_>>() as &[_],
        &tasks.iter().map(|(_, task)| task.deleted_at).collect::<Vec<_>>() as &[_],
        author == Author::Person,
        &tasks
            .iter()
            .map(|(_, task)| derived::overdue_at(task))
            .collect::<Vec<_>>() as &[_]
    )
    .execute(&mut *connection)
    .await?;
    update_reminders(connection, tasks).await
}

async fn update_reminders(connection: &mut PgConnection, tasks: &[(UserId, &Task)]) -> Result<(), Error> {
    let mut users = Vec::new();
    let mut ids = Vec::new();
    let mut columns = ReminderColumns::default();
    for (user, task) in tasks {
        for (position, reminder) in (0..).zip(&task.reminders) {
            users.push(user.0);
            ids.push(task.id.0);
            columns.push(position, reminder);
        }
    }
    if users.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "UPDATE reminders r SET fire_at = n.fire_at, state = n.state, generation = n.generation, fired_at = n.fired_at
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::integer[],
                     $7::timestamptz[]) AS n (user_id, task_id, id, fire_at, state, generation, fired_at)
         WHERE r.user_id = n.user_id AND r.task_id = n.task_id AND r.id = n.id
           AND (r.fire_at, r.state, r.generation) IS DISTINCT FROM (n.fire_at, n.state, n.generation)",
        &users,
        &ids,
        &columns.ids,
        &columns.fire_ats,
        &columns.states,
        &columns.generations,
        &columns.fired_ats as &[_],
    )
    .execute(connection)
    .await?;
    Ok(())
}
