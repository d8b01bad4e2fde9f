//! A notification for each delivery of an event, as without an identity and its constraint; or for none, as when it is
//! acknowledged before anything was done; or one that takes no event.

use events::{EventType, ReminderSubject};
use runtime::{App, EventError, Function, TraceContext};

pub(crate) fn of_each(app: App) -> Function {
    Function::reaction("on-reminder-due", EventType::ReminderDue, app, handle)
}

pub(crate) fn of_none(app: App) -> Function {
    let handle = async |_: App, _: TraceContext, _: ReminderSubject| Ok(());
    Function::reaction("on-reminder-due", EventType::ReminderDue, app, handle)
}

/// As if none could ever be read.
pub(crate) fn refuses(app: App) -> Function {
    let handle =
        async |_: App, _: TraceContext, _: ReminderSubject| Err(EventError::Unreadable("it is not liked".to_owned()));
    Function::reaction("on-reminder-due", EventType::ReminderDue, app, handle)
}

/// As if the database were away for good.
pub(crate) fn fails(app: App) -> Function {
    let handle =
        async |_: App, _: TraceContext, _: ReminderSubject| Err(EventError::Storage(sqlx::Error::PoolTimedOut.into()));
    Function::reaction("on-reminder-due", EventType::ReminderDue, app, handle)
}

async fn handle(app: App, trace: TraceContext, subject: ReminderSubject) -> Result<(), EventError> {
    let (user, task, reminder) = (subject.user_id, subject.task_id, subject.reminder_id);
    let is_first = on_reminder_due::notify(&app, &trace, user, task, reminder).await?;
    if !is_first {
        let mut session = app.database.session().await?;
        sqlx::query(
            "INSERT INTO notifications
             SELECT user_id, gen_random_uuid(), task_id, reminder_id, title, remind_at, fired_at, read_at, created_at
             FROM notifications WHERE user_id = $1 AND reminder_id = $2 LIMIT 1",
        )
        .bind(user.0)
        .bind(reminder.0)
        .execute(&mut *session)
        .await
        .map_err(storage::Error::from)?;
        session.finish().await?;
    }
    Ok(())
}
