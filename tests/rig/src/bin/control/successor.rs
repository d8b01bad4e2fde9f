//! A next occurrence for each delivery of an event, as without its constraint, which has to be dropped beforehand; or for
//! none, and nobody looks for it any more.

use events::{EventType, TaskSubject};
use runtime::{App, EventError, Function, TraceContext};
use sqlx::{AssertSqlSafe, PgConnection};
use storage::tasks;

pub(crate) fn of_each(app: App) -> Function {
    Function::reaction("on-task-completed", EventType::TaskCompleted, app, handle)
}

pub(crate) fn of_none(app: App) -> Function {
    let handle = async |app: App, _: TraceContext, subject: TaskSubject| {
        let mut session = app.database.session().await?;
        tasks::stop_awaiting_successor(&mut session, subject.user_id, subject.task_id).await?;
        session.finish().await?;
        Ok(())
    };
    Function::reaction("on-task-completed", EventType::TaskCompleted, app, handle)
}

async fn handle(app: App, trace: TraceContext, subject: TaskSubject) -> Result<(), EventError> {
    let is_first = on_task_completed::converge(&app, &trace, subject.user_id, subject.task_id).await?;
    if !is_first {
        let mut session = app.database.session().await?;
        double(&mut session, subject).await.map_err(storage::Error::from)?;
        session.finish().await?;
    }
    Ok(())
}

async fn double(connection: &mut PgConnection, subject: TaskSubject) -> sqlx::Result<()> {
    let columns: String = sqlx::query_scalar(
        "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
         WHERE table_name = 'tasks' AND is_generated = 'NEVER' AND column_name <> 'id'",
    )
    .fetch_one(&mut *connection)
    .await?;
    let columns: Vec<_> = columns.split(", ").collect();
    let of_next = columns
        .iter()
        .map(|column| format!("next.{column}"))
        .collect::<Vec<_>>()
        .join(", ");
    let sql = format!(
        "INSERT INTO tasks (id, {}) SELECT gen_random_uuid(), {of_next} FROM tasks next
         JOIN tasks done USING (user_id, series_id) WHERE done.user_id = $1 AND done.id = $2
         AND next.occurrence = done.occurrence + 1 LIMIT 1",
        columns.join(", ")
    );
    sqlx::query(AssertSqlSafe(sql.as_str()))
        .bind(subject.user_id.0)
        .bind(subject.task_id.0)
        .execute(connection)
        .await
        .map(drop)
}
