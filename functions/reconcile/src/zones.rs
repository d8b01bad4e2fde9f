//! Deriving instants anew when a newer zone database runs.

use domain::{TaskId, UserId, transition, zone};
use events::{Event, EventType, TaskChanged};
use runtime::{App, TraceContext};
use storage::{
    installation,
    log::LogTransaction,
    tasks::{self, Author},
};
use uuid::Uuid;

/// The most tasks found at once.
const PAGE: i64 = 500;

/// Derives every open task's instants anew where the zone database is not the one they were derived from; answers how
/// many tasks moved.
pub(crate) async fn resolve_anew(app: &App) -> Result<usize, storage::Error> {
    let mut session = app.database.session().await?;
    let derived_from = installation::zone_database(&mut session).await?;
    session.finish().await?;
    if derived_from.as_deref() == Some(zone::DATABASE_VERSION) {
        return Ok(0);
    }
    let moved = resolve_all(app).await?;
    let mut session = app.database.session().await?;
    installation::set_zone_database(&mut session, zone::DATABASE_VERSION).await?;
    session.finish().await?;
    Ok(moved)
}

async fn resolve_all(app: &App) -> Result<usize, storage::Error> {
    let mut after = (UserId(Uuid::nil()), TaskId(Uuid::nil()));
    let mut moved = 0;
    loop {
        let mut session = app.database.session().await?;
        let found = tasks::open_with_due(&mut session, after, PAGE).await?;
        session.finish().await?;
        let Some(last) = found.last() else {
            return Ok(moved);
        };
        after = *last;
        for (user, task) in found {
            moved += usize::from(resolve(app, user, task).await?);
        }
    }
}

async fn resolve(app: &App, user: UserId, id: TaskId) -> Result<bool, storage::Error> {
    let Some(mut log) = LogTransaction::begin(&app.database, user).await? else {
        return Ok(false);
    };
    let Some(mut task) = tasks::load(log.connection(), user, id).await? else {
        return Ok(false);
    };
    let now = app.clock.now();
    let changed = transition::resolve_anew(&mut task, now);
    if changed.is_empty() || task.is_completed() {
        return Ok(false);
    }
    tasks::update(log.connection(), user, &task, Author::Dormouse).await?;
    let payload = TaskChanged {
        kind: EventType::TaskUpdated,
        task: &task,
        changed: &changed,
    };
    log.append(Event::new(app.clock.stamp(now, &TraceContext::begin()), user, &payload));
    log.commit().await?;
    app.nudge.log_grew();
    app.nudge.reminders_changed();
    Ok(true)
}
