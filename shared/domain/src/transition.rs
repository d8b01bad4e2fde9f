//! What may happen to a task. Each function changes the task in memory and names the members of its
//! representation that changed; no name means that nothing happened, and then nothing is written.

use chrono::{DateTime, Utc};

use crate::{Notification, ReminderId, ReminderState, Task};

/// The members of a task's representation that a transition changed.
pub type Changed = Vec<&'static str>;

/// Completes a pending task: its open reminders are cancelled.
pub fn complete(task: &mut Task, now: DateTime<Utc>) -> Changed {
    if task.is_completed() {
        return Vec::new();
    }
    task.completed_at = Some(now);
    let before = task.reminders.clone();
    task.reminders.iter_mut().for_each(crate::Reminder::cancel);
    status_changed(task, &before, now)
}

/// Reopens a completed task: its cancelled reminders that are still ahead are scheduled anew.
pub fn reopen(task: &mut Task, now: DateTime<Utc>) -> Changed {
    if !task.is_completed() {
        return Vec::new();
    }
    task.completed_at = None;
    let before = task.reminders.clone();
    for reminder in &mut task.reminders {
        if reminder.state == ReminderState::Cancelled && reminder.fire_at > now {
            reminder.schedule(reminder.fire_at, now);
        }
    }
    status_changed(task, &before, now)
}

/// Withdraws a generated occurrence whose predecessor was reopened.
pub fn withdraw(task: &mut Task, now: DateTime<Utc>) -> Changed {
    if task.deleted_at.is_some() {
        return Vec::new();
    }
    task.deleted_at = Some(now);
    task.reminders.iter_mut().for_each(crate::Reminder::cancel);
    task.touch(now);
    vec!["deleted_at", "reminders"]
}

/// Fires those of `due` that are still scheduled and whose moment has come.
pub fn fire(task: &mut Task, due: &[ReminderId], now: DateTime<Utc>) -> Vec<ReminderId> {
    let mut fired = Vec::new();
    for reminder in &mut task.reminders {
        let has_come = reminder.state == ReminderState::Scheduled && reminder.fire_at <= now;
        if has_come && due.contains(&reminder.id) {
            reminder.fire(now);
            fired.push(reminder.id);
        }
    }
    if !fired.is_empty() {
        task.touch(now);
    }
    fired
}

/// Makes the notification of a fired reminder; `None` when there is nothing to tell: the reminder was moved,
/// cancelled or delivered already, or its task is done or gone.
pub fn deliver(task: &mut Task, reminder: ReminderId, now: DateTime<Utc>) -> Option<Notification> {
    if task.is_completed() || task.deleted_at.is_some() {
        return None;
    }
    let title = task.title.clone();
    let task_id = task.id;
    let reminder = task
        .reminders
        .iter_mut()
        .find(|r| r.id == reminder && r.state == ReminderState::Fired)?;
    reminder.state = ReminderState::Delivered;
    let notification = Notification::of(task_id, title, reminder, now);
    task.touch(now);
    Some(notification)
}

/// Schedules a reminder anew at `moment`, whatever has become of it; `false` when the task has no such reminder,
/// or is done or gone.
pub fn snooze(task: &mut Task, reminder: ReminderId, moment: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    if task.is_completed() || task.deleted_at.is_some() {
        return false;
    }
    let Some(reminder) = task.reminders.iter_mut().find(|r| r.id == reminder) else {
        return false;
    };
    reminder.schedule(moment, now);
    task.touch(now);
    true
}

fn status_changed(task: &mut Task, reminders_before: &[crate::Reminder], now: DateTime<Utc>) -> Changed {
    task.touch(now);
    let mut changed = vec!["status", "completed_at"];
    if task.reminders != reminders_before {
        changed.push("reminders");
    }
    changed
}
