//! Firing what is due: the users' heads, then their reminders that are still scheduled and due, then the events, in
//! one transaction.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    ReminderId, Task, TaskId, UserId,
    transition::{self, Firing},
};
use events::{Event, EventType, ReminderDue, TaskChanged};
use runtime::{App, TraceContext};
use storage::{
    log::{LogTransaction, OnLocked},
    reminders::{self, Except, ReminderKey},
    tasks::{self, Author},
};

/// The most users in one transaction.
pub(crate) const USERS: i64 = 64;
/// The most reminders in one transaction.
const REMINDERS: i64 = 500;

/// What one transaction did.
#[derive(Debug, Default)]
pub(crate) struct Fired {
    /// How many reminders fired.
    pub(crate) count: usize,
    /// The users whose heads were held by somebody else.
    pub(crate) skipped: Vec<UserId>,
    /// The tasks that cannot be read.
    pub(crate) unreadable: Vec<TaskId>,
    /// The users whose reminders could not be fired for another reason.
    pub(crate) failed: Vec<UserId>,
}

/// Fires everything that was due before `before` by this clock and the database's; answers how many. This is the repair
/// of what no dispatcher fired. Users whose heads somebody holds are left to the next run: the dispatcher waits for them,
/// and a repair that did too would keep the others waiting.
///
/// # Errors
/// [`storage::Error`] when it could not be done now; what was fired stays fired.
pub async fn fire_overdue(app: &App, before: DateTime<Utc>) -> Result<usize, storage::Error> {
    let mut count = 0;
    let mut except = Except::default();
    loop {
        let mut session = app.database.session().await?;
        let due_at = app.clock.reached_by_both(&mut session).await?.min(before);
        let users = reminders::users_with_due(&mut session, due_at, &except, USERS).await?;
        session.finish().await?;
        if users.is_empty() {
            return Ok(count);
        }
        let fired = fire_what_can_be(app, due_at, &users, &except).await?;
        count += fired.count;
        except.users.extend(fired.skipped);
        except.users.extend(fired.failed);
        except.tasks.extend(fired.unreadable);
    }
}

/// As [`fire`] without waiting, and user by user where it fails for other reasons than that the database is away, so
/// that none keeps the others waiting.
pub(crate) async fn fire_what_can_be(
    app: &App,
    due_at: DateTime<Utc>,
    users: &[UserId],
    except: &Except,
) -> Result<Fired, storage::Error> {
    match fire(app, due_at, users, except, OnLocked::Skip).await {
        Err(error) if !error.is_transient() => fire_singly(app, due_at, users, except).await,
        result => result,
    }
}

async fn fire_singly(
    app: &App,
    due_at: DateTime<Utc>,
    users: &[UserId],
    except: &Except,
) -> Result<Fired, storage::Error> {
    let mut all = Fired::default();
    for user in users {
        match fire(app, due_at, &[*user], except, OnLocked::Skip).await {
            Ok(fired) => {
                all.count += fired.count;
                all.skipped.extend(fired.skipped);
                all.unreadable.extend(fired.unreadable);
            }
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => {
                tracing::error!(%error, user_id = %user, "a user's reminders cannot be fired");
                all.failed.push(*user);
            }
        }
    }
    Ok(all)
}

/// Fires what is due at `due_at` of those of `users` whose heads can be had, without what `except` says.
pub(crate) async fn fire(
    app: &App,
    due_at: DateTime<Utc>,
    users: &[UserId],
    except: &Except,
    on_locked: OnLocked,
) -> Result<Fired, storage::Error> {
    let mut log = LogTransaction::begin_many(&app.database, users, on_locked).await?;
    let held: Vec<_> = log.users().collect();
    let mut outcome = Fired {
        skipped: users.iter().copied().filter(|user| !held.contains(user)).collect(),
        ..Fired::default()
    };
    let written = write(app, due_at, &mut log, &held, except, &mut outcome).await;
    // Ended here in any case, not some time after it is dropped: it holds no head that is asked for next.
    match written {
        Ok(()) => log.commit().await?,
        Err(error) => {
            log.rollback().await?;
            return Err(error);
        }
    }
    if outcome.count > 0 {
        app.nudge.log_grew();
        metrics::counter!("reminders_fired_total").increment(u64::try_from(outcome.count).unwrap_or(u64::MAX));
    }
    Ok(outcome)
}

async fn write(
    app: &App,
    due_at: DateTime<Utc>,
    log: &mut LogTransaction,
    users: &[UserId],
    except: &Except,
    outcome: &mut Fired,
) -> Result<(), storage::Error> {
    let due = by_task(reminders::due(log.connection(), users, due_at, except, REMINDERS).await?);
    if due.is_empty() {
        return Ok(());
    }
    let mut tasks = tasks::load_many(log.connection(), due.keys().copied()).await?;
    let is_read = |id: &TaskId| tasks.iter().any(|(_, task)| task.id == *id);
    outcome.unreadable = due.keys().map(|(_, id)| *id).filter(|id| !is_read(id)).collect();
    let trace = TraceContext::begin();
    let now = app.clock.now();
    for (user, task) in &mut tasks {
        match transition::fire(task, &due[&(*user, task.id)], now) {
            Firing::Fired(fired) => {
                append(app, &trace, log, *user, task, &fired, now);
                outcome.count += fired.len();
            }
            Firing::Cancelled => {
                let payload = TaskChanged {
                    kind: EventType::TaskUpdated,
                    task,
                    changed: &["reminders"],
                };
                log.append(Event::new(app.clock.stamp(now, &trace), *user, &payload));
            }
            Firing::Nothing => {}
        }
    }
    let changed: Vec<_> = tasks.iter().map(|(user, task)| (*user, task)).collect();
    tasks::update_many(log.connection(), &changed, Author::Dormouse).await
}

type Due = BTreeMap<(UserId, TaskId), Vec<ReminderId>>;

fn by_task(due: Vec<ReminderKey>) -> Due {
    let mut by_task = Due::new();
    for key in due {
        by_task.entry((key.user, key.task)).or_default().push(key.id);
    }
    by_task
}

fn append(
    app: &App,
    trace: &TraceContext,
    log: &mut LogTransaction,
    user: UserId,
    task: &Task,
    fired: &[ReminderId],
    now: DateTime<Utc>,
) {
    for reminder in task.reminders.iter().filter(|reminder| fired.contains(&reminder.id)) {
        log.append(Event::new(
            app.clock.stamp(now, trace),
            user,
            &ReminderDue::new(task, reminder, now),
        ));
        let late = (now - reminder.fire_at).as_seconds_f64();
        metrics::histogram!("reminder_lateness_seconds").record(late);
    }
}
