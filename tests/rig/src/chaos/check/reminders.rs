//! Every due reminder has exactly one notification, none before its moment.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::chaos::observe::{Logged, Observed};

pub(super) fn check(observed: &Observed) -> Vec<String> {
    let mut faults = Vec::new();
    let due: Vec<_> = of_kind(observed, "todo.reminder.due").collect();
    for (index, event) in due.iter().enumerate() {
        if event.committed_at < moment(&event.data, "remind_at") {
            faults.push(format!(
                "fired before its moment, at {}: {}",
                event.committed_at, event.data
            ));
        }
        let is_same = |other: &&Logged| {
            ["reminder_id", "generation"]
                .iter()
                .all(|member| other.data[*member] == event.data[*member])
        };
        if due[..index].iter().any(is_same) {
            faults.push(format!("fired twice: {}", event.data));
        }
        match notified(observed, event) {
            1 => {}
            0 if was_declined(observed, event) => {}
            times => faults.push(format!("notified {times} times: {}", event.data)),
        }
    }
    if observed.notifications.len() != observed.listed_notifications {
        faults.push(format!(
            "{} notifications, {} listed",
            observed.notifications.len(),
            observed.listed_notifications
        ));
    }
    for notified in &observed.notifications {
        let told = of_kind(observed, "todo.notification.created");
        let times = told
            .filter(|event| event.data["notification"]["id"] == notified.id.to_string())
            .count();
        if times != 1 {
            faults.push(format!("notification told of {times} times: {notified:?}"));
        }
        let is_due = due
            .iter()
            .any(|event| is_of(event, notified.reminder_id, notified.fired_at));
        if !is_due {
            faults.push(format!("nothing was due: {notified:?}"));
        }
    }
    faults.extend(unfinished(observed));
    faults
}

fn of_kind<'a>(observed: &'a Observed, kind: &'a str) -> impl Iterator<Item = &'a Logged> {
    observed.events.iter().filter(move |event| event.kind == kind)
}

fn notified(observed: &Observed, due: &Logged) -> usize {
    let is_its = |notified: &&crate::chaos::observe::Notified| is_of(due, notified.reminder_id, notified.fired_at);
    observed.notifications.iter().filter(is_its).count()
}

fn is_of(due: &Logged, reminder: uuid::Uuid, fired_at: DateTime<Utc>) -> bool {
    due.data["reminder_id"] == reminder.to_string() && moment(&due.data, "fired_at") == fired_at
}

/// Whether its task was done or gone before its notification came to be made.
fn was_declined(observed: &Observed, due: &Logged) -> bool {
    observed.events.iter().any(|event| {
        let is_later = event.user == due.user && event.task == due.task && event.seq > due.seq;
        is_later && ["todo.task.completed", "todo.task.deleted"].contains(&event.kind.as_str())
    })
}

/// Reminders of pending tasks that have not come to their end.
fn unfinished(observed: &Observed) -> Vec<String> {
    let now = runtime::Clock::system().now();
    let mut faults = Vec::new();
    for task in &observed.tasks {
        let is_pending = task["status"] == "pending" && task["deleted_at"].is_null();
        for reminder in task["reminders"].as_array().into_iter().flatten() {
            let is_missing = is_pending && reminder["state"] == "scheduled" && moment(reminder, "fire_at") < now;
            if is_missing || reminder["state"] == "fired" {
                faults.push(format!("never came to its end: {task}"));
            }
        }
    }
    faults
}

fn moment(object: &Value, member: &str) -> DateTime<Utc> {
    let text = object[member].as_str().unwrap_or_default();
    text.parse().unwrap_or(DateTime::<Utc>::MAX_UTC)
}
