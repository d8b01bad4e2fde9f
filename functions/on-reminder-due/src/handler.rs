//! The reaction. It trusts an event's ids only: a reminder that was delivered, moved or cancelled meanwhile, or whose
//! task is done or gone, makes no notification.

use domain::{
    ReminderId, TaskId, UserId,
    transition::{self, Delivery},
};
use events::{Event, EventType, NotificationChanged, ReminderSubject, TaskChanged};
use runtime::{App, EventError, TraceContext};
use storage::{
    log::LogTransaction,
    notifications,
    tasks::{self, Author},
};

pub(crate) async fn handle(app: App, trace: TraceContext, subject: ReminderSubject) -> Result<(), EventError> {
    notify(&app, &trace, subject.user_id, subject.task_id, subject.reminder_id).await?;
    Ok(())
}

/// Makes the notification of a fired reminder that has none; says whether it did.
///
/// # Errors
/// [`storage::Error`] when it could not be done now.
pub async fn notify(
    app: &App,
    trace: &TraceContext,
    user: UserId,
    task: TaskId,
    reminder: ReminderId,
) -> Result<bool, storage::Error> {
    let Some(mut log) = LogTransaction::begin_reaction(&app.database, user).await? else {
        return Ok(false);
    };
    let Some(mut task) = tasks::load_any(log.connection(), user, task).await? else {
        return Ok(false);
    };
    let now = app.clock.now();
    let delivery = transition::deliver(&mut task, reminder, now);
    if delivery == Delivery::Nothing {
        return Ok(false);
    }
    tasks::update(log.connection(), user, &task, Author::Dormouse).await?;
    let stamp = app.clock.stamp(now, trace);
    let changed = &["reminders"];
    if let Delivery::Made(notification) = &delivery {
        notifications::add(log.connection(), user, notification).await?;
        let kind = EventType::NotificationCreated;
        log.append(Event::new(
            stamp,
            user,
            &NotificationChanged {
                kind,
                task: &task,
                changed,
                notification,
            },
        ));
    } else {
        let kind = EventType::TaskUpdated;
        log.append(Event::new(
            stamp,
            user,
            &TaskChanged {
                kind,
                task: &task,
                changed,
            },
        ));
    }
    log.commit().await?;
    app.nudge.log_grew();
    Ok(matches!(delivery, Delivery::Made(_)))
}
