//! Deriving instants anew when a newer zone database runs.

use std::time::Duration;

use domain::{TaskId, UserId, transition, zone};
use events::{Event, EventType, TaskChanged};
use runtime::{App, TraceContext};
use storage::{
    installation, leases,
    log::LogTransaction,
    tasks::{self, Author},
};
use uuid::Uuid;

use crate::{PAGE, tally::Tally};

/// Who alone derives instants anew. Deriving is right however many do it: the lease only spares the work.
const LEASE: &str = "zone-database";
/// After how long another may go on where this one has died; renewed with every page.
const LIFETIME: Duration = Duration::from_secs(60);

/// Derives every open task's instants anew where they were derived from an older zone database. Where it was a newer
/// one, a newer release of this program runs beside this one, or did, and its instants stay.
pub(crate) async fn resolve_anew(app: &App, tally: &mut Tally) -> Result<(), storage::Error> {
    let mut session = app.database.session().await?;
    let derived_from = installation::zone_database(&mut session).await?;
    let walked_to = installation::zone_walk(&mut session, zone::DATABASE_VERSION).await?;
    session.finish().await?;
    // Releases are ordered as texts: 2025b, …, 2025z, 2025za, …, 2026a.
    if derived_from.is_some_and(|version| *version >= *zone::DATABASE_VERSION) {
        return Ok(());
    }
    let first = (UserId(Uuid::nil()), TaskId(Uuid::nil()));
    let holder = app.clock.new_id();
    let resolved = resolve_after(walked_to.unwrap_or(first), app, holder, tally).await;
    // Whatever came of it, or the next run would find it held.
    let released = release(app, holder).await;
    resolved.and(released)
}

async fn release(app: &App, holder: Uuid) -> Result<(), storage::Error> {
    let mut session = app.database.session().await?;
    leases::release(&mut session, LEASE, holder).await?;
    session.finish().await
}

/// Derives the instants of the tasks that follow `after` while `holder` has the lease. What is held is left to the next
/// run, which begins no later than there.
async fn resolve_after(
    mut after: (UserId, TaskId),
    app: &App,
    holder: Uuid,
    tally: &mut Tally,
) -> Result<(), storage::Error> {
    loop {
        let mut session = app.database.session().await?;
        if leases::hold(&mut session, LEASE, holder, LIFETIME).await?.is_none() {
            return session.finish().await;
        }
        let found = tasks::open_with_due(&mut session, after, PAGE).await?;
        if tally.is_complete() {
            installation::note_zone_walk(&mut session, zone::DATABASE_VERSION, after).await?;
            if found.is_empty() {
                installation::set_zone_database(&mut session, zone::DATABASE_VERSION).await?;
            }
        }
        session.finish().await?;
        let Some(last) = found.last() else { return Ok(()) };
        after = *last;
        for (user, task) in found {
            if !tally.is_held(user) {
                tally.note(user, resolve(app, user, task).await)?;
            }
        }
    }
}

async fn resolve(app: &App, user: UserId, id: TaskId) -> Result<bool, storage::Error> {
    let Some(mut log) = LogTransaction::begin_reaction(&app.database, user).await? else {
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
