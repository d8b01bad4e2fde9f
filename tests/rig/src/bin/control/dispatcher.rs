//! Dispatchers that are broken.

use chrono::TimeDelta;
use domain::{ReminderId, TaskId, UserId, transition};
use events::{Event, ReminderDue};
use runtime::{App, CancellationToken, Function, TraceContext};
use storage::{
    log::LogTransaction,
    tasks::{self, Author},
};
use uuid::Uuid;

/// How one is broken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Broken {
    /// How many claim reminders side by side. None looks again under the user's head whether it still is to fire.
    claiming: usize,
    /// How long before its moment a reminder counts as due, in seconds.
    early: i32,
}

/// Two claim the same.
pub(crate) const WITHOUT_A_LOCK: Broken = Broken { claiming: 2, early: 0 };
/// It is ahead of its time.
pub(crate) const TOO_EARLY: Broken = Broken { claiming: 1, early: 1 };

const LOOK_AGAIN: TimeDelta = TimeDelta::milliseconds(200);

pub(crate) fn function(app: App, broken: Broken) -> Function {
    Function::looping("dispatch-reminders", async move |stop: CancellationToken| {
        let claiming = (0..broken.claiming).map(|_| claim_on(app.clone(), broken));
        stop.run_until_cancelled(futures_util::future::join_all(claiming)).await;
        Ok(())
    })
}

async fn claim_on(app: App, broken: Broken) {
    loop {
        if let Err(error) = claim(&app, broken).await {
            tracing::warn!(%error, "cannot claim now");
        }
        app.clock.sleep(LOOK_AGAIN).await;
    }
}

async fn claim(app: &App, broken: Broken) -> anyhow::Result<()> {
    let mut session = app.database.session().await?;
    let due: Vec<(Uuid, Uuid, Uuid)> = sqlx::query_as(
        "SELECT user_id, task_id, id FROM reminders
         WHERE state = 'scheduled' AND fire_at <= now() + make_interval(secs => $1)",
    )
    .bind(broken.early)
    .fetch_all(&mut *session)
    .await?;
    session.finish().await?;
    for (user, task, reminder) in due {
        fire(app, UserId(user), TaskId(task), ReminderId(reminder)).await?;
    }
    Ok(())
}

async fn fire(app: &App, user: UserId, task: TaskId, reminder: ReminderId) -> anyhow::Result<()> {
    let Some(mut log) = LogTransaction::begin_reaction(&app.database, user).await? else {
        return Ok(());
    };
    let Some(mut task) = tasks::load_any(log.connection(), user, task).await? else {
        return Ok(());
    };
    let (now, trace) = (app.clock.now(), TraceContext::begin());
    transition::fire(&mut task, &[reminder], now);
    tasks::update(log.connection(), user, &task, Author::Dormouse).await?;
    for reminder in task.reminders.iter().filter(|known| known.id == reminder) {
        let payload = ReminderDue::new(&task, reminder, now);
        log.append(Event::new(app.clock.stamp(now, &trace), user, &payload));
    }
    Ok(log.commit().await?)
}
