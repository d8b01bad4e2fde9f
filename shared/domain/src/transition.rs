//! What may happen to a task. Each function changes the task in memory and names the members of its
//! representation that changed; no name means that nothing happened, and then nothing is written.

use chrono::{DateTime, Utc};

use crate::{Due, Notification, Reminder, ReminderId, ReminderState, Task, Trigger};

/// The members of a task's representation that a transition changed.
pub type Changed = Vec<&'static str>;

/// Completes a pending task: its open reminders are cancelled.
pub fn complete(task: &mut Task, now: DateTime<Utc>) -> Changed {
    if task.is_completed() {
        return Vec::new();
    }
    task.completed_at = Some(now);
    let before = Instants::of(task);
    task.reminders.iter_mut().for_each(Reminder::cancel);
    status_changed(task, &before, now)
}

/// Reopens a completed task: its cancelled reminders that are still ahead are scheduled anew.
pub fn reopen(task: &mut Task, now: DateTime<Utc>) -> Changed {
    if !task.is_completed() {
        return Vec::new();
    }
    task.completed_at = None;
    let before = Instants::of(task);
    come_back(task, now);
    status_changed(task, &before, now)
}

/// Deletes a task, or withdraws a generated occurrence whose predecessor was reopened: its open reminders are cancelled.
pub fn delete(task: &mut Task, now: DateTime<Utc>) -> Changed {
    if task.deleted_at.is_some() {
        return Vec::new();
    }
    task.deleted_at = Some(now);
    let before = Instants::of(task);
    task.reminders.iter_mut().for_each(Reminder::cancel);
    changed_with_instants(task, &["deleted_at"], &before, now)
}

/// Brings a deleted task back: of a pending one, the cancelled reminders that are still ahead are scheduled anew.
pub fn restore(task: &mut Task, now: DateTime<Utc>) -> Changed {
    if task.deleted_at.is_none() {
        return Vec::new();
    }
    task.deleted_at = None;
    let before = Instants::of(task);
    if !task.is_completed() {
        come_back(task, now);
    }
    changed_with_instants(task, &["deleted_at"], &before, now)
}

/// Makes `task`, generated anew, the revival of `withdrawn`. What its person was told of before is not told again, unless
/// its date has moved, or the reminder itself.
pub fn revive(task: &mut Task, withdrawn: &Task) {
    task.version = withdrawn.version + 1;
    task.created_at = withdrawn.created_at;
    // None was scheduled more often than its task changed, nor was one that is not there any more and had the same id.
    let generation = i32::try_from(task.version).unwrap_or(i32::MAX);
    let is_due_kept = task.due == withdrawn.due;
    for reminder in &mut task.reminders {
        let is_it = |told: &&Reminder| told.id == reminder.id && told.trigger == reminder.trigger;
        let mut told = withdrawn.reminders.iter().filter(is_it);
        match told.find(|told| is_due_kept && told.state == ReminderState::Delivered) {
            Some(told) => reminder.clone_from(told),
            None => reminder.generation = generation,
        }
    }
}

/// What became of reminders that were due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Firing {
    /// These fired.
    Fired(Vec<ReminderId>),
    /// Their task is done or gone, so they were cancelled.
    Cancelled,
    /// None was still scheduled, or the moment of none has come.
    Nothing,
}

/// Fires those of `due` that are still scheduled and whose moment has come. A task that is done or gone has none, for
/// whatever ends it cancels them; where it has all the same, they are cancelled now.
pub fn fire(task: &mut Task, due: &[ReminderId], now: DateTime<Utc>) -> Firing {
    let is_open = is_open(task);
    let mut fired = Vec::new();
    for reminder in &mut task.reminders {
        let has_come = reminder.state == ReminderState::Scheduled && reminder.fire_at <= now;
        if has_come && due.contains(&reminder.id) {
            if is_open {
                reminder.fire(now);
            } else {
                reminder.cancel();
            }
            fired.push(reminder.id);
        }
    }
    if fired.is_empty() {
        return Firing::Nothing;
    }
    task.touch(now);
    if is_open {
        Firing::Fired(fired)
    } else {
        Firing::Cancelled
    }
}

/// What became of a fired reminder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// It makes this notification.
    Made(Box<Notification>),
    /// Its task is done or gone, so it was cancelled.
    Cancelled,
    /// It was moved, cancelled or delivered already, or is not there.
    Nothing,
}

/// Makes the notification of a fired reminder, where there is something to tell.
pub fn deliver(task: &mut Task, reminder: ReminderId, now: DateTime<Utc>) -> Delivery {
    let is_open = is_open(task);
    let title = task.title.clone();
    let task_id = task.id;
    let Some(reminder) = task
        .reminders
        .iter_mut()
        .find(|r| r.id == reminder && r.state == ReminderState::Fired)
    else {
        return Delivery::Nothing;
    };
    let delivery = if is_open {
        reminder.state = ReminderState::Delivered;
        Delivery::Made(Box::new(Notification::of(task_id, title, reminder, now)))
    } else {
        reminder.cancel();
        Delivery::Cancelled
    };
    task.touch(now);
    delivery
}

/// Derives its instants anew from a newer zone database.
pub fn resolve_anew(task: &mut Task, now: DateTime<Utc>) -> Changed {
    let Some(old) = task.due else { return Vec::new() };
    let due = Due::new(old.date, task.time_zone);
    let is_moved = due.at != old.at;
    let mut changed = Vec::new();
    for reminder in &mut task.reminders {
        // One that was scheduled more than once may be snoozed: it stays, unless the due date itself has moved.
        let is_derived = matches!(reminder.trigger, Trigger::Offset(_)) && (is_moved || reminder.generation == 1);
        let moment = reminder.trigger.moment(Some(due), task.time_zone);
        // One that was past when it was set fires at once: its moment was never the derived one.
        let is_ahead = |moment: &DateTime<Utc>| *moment > now || reminder.fire_at > now;
        if let Some(moment) = moment.filter(|moment| *moment != reminder.fire_at && is_ahead(moment))
            && is_derived
            && reminder.state == ReminderState::Scheduled
        {
            reminder.schedule(moment, now);
            changed = vec!["reminders"];
        }
    }
    if is_moved {
        task.due = Some(due);
        changed.push("due_at");
    }
    if !changed.is_empty() {
        task.touch(now);
    }
    changed
}

/// Why a reminder is not snoozed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSnooze {
    /// The task is done or gone, or has no such reminder.
    Over,
    /// It awaits the moment that its person set since, which a snooze would take from them.
    Awaits(DateTime<Utc>),
}

/// Schedules a reminder anew at `moment`; also one that was snoozed before.
///
/// # Errors
/// [`NoSnooze`], and nothing is changed.
pub fn snooze(
    task: &mut Task,
    reminder: ReminderId,
    moment: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), NoSnooze> {
    if !is_open(task) {
        return Err(NoSnooze::Over);
    }
    let (due, zone) = (task.due, task.time_zone);
    let reminder = task
        .reminders
        .iter_mut()
        .find(|r| r.id == reminder)
        .ok_or(NoSnooze::Over)?;
    let is_awaited = reminder.state == ReminderState::Scheduled;
    if is_awaited && reminder.trigger.moment(due, zone) == Some(reminder.fire_at) {
        return Err(NoSnooze::Awaits(reminder.fire_at));
    }
    reminder.schedule(moment, now);
    task.touch(now);
    Ok(())
}

pub(crate) fn is_open(task: &Task) -> bool {
    !task.is_completed() && task.deleted_at.is_none()
}

/// Schedules the cancelled reminders that are still ahead. Its due instant may be another one by now, for a task that is
/// done or gone keeps its instants when a newer zone database comes.
fn come_back(task: &mut Task, now: DateTime<Utc>) {
    let due = task.due.map(|due| Due::new(due.date, task.time_zone));
    let is_moved = due != task.due;
    task.due = due;
    for reminder in &mut task.reminders {
        if reminder.state != ReminderState::Cancelled {
            continue;
        }
        let is_derived = is_moved && matches!(reminder.trigger, Trigger::Offset(_));
        let derived = reminder.trigger.moment(due, task.time_zone).filter(|_| is_derived);
        let moment = derived.unwrap_or(reminder.fire_at);
        if moment > now {
            reminder.schedule(moment, now);
        }
    }
}

/// What may change with a transition beside what it is about.
struct Instants {
    due: Option<Due>,
    reminders: Vec<Reminder>,
}

impl Instants {
    fn of(task: &Task) -> Self {
        Self {
            due: task.due,
            reminders: task.reminders.clone(),
        }
    }
}

fn status_changed(task: &mut Task, before: &Instants, now: DateTime<Utc>) -> Changed {
    changed_with_instants(task, &["status", "completed_at"], before, now)
}

fn changed_with_instants(task: &mut Task, changed: &[&'static str], before: &Instants, now: DateTime<Utc>) -> Changed {
    task.touch(now);
    let mut changed = changed.to_vec();
    changed.extend((task.reminders != before.reminders).then_some("reminders"));
    changed.extend((task.due != before.due).then_some("due_at"));
    changed
}

#[cfg(test)]
mod tests;
