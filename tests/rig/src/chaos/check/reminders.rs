//! Every reminder that was asked for fires once, not before its moment, and each firing makes exactly one notification. Only a
//! task that is done or gone first calls its reminder off.

mod asked;
mod replay;

use chrono::{DateTime, Utc};
use serde_json::Value;

use self::replay::Step;
use crate::chaos::{
    history::Attempt,
    observe::{Logged, Notified, Observed},
};

pub(super) const CREATED: &str = "todo.task.created";
pub(super) const UPDATED: &str = "todo.task.updated";
pub(super) const REOPENED: &str = "todo.task.reopened";
pub(super) const RESTORED: &str = "todo.task.restored";
pub(super) const DUE: &str = "todo.reminder.due";
pub(super) const TOLD: &str = "todo.notification.created";

pub(super) fn check(history: &[Attempt], observed: &Observed) -> Vec<String> {
    let steps = replay::steps(observed);
    let mut faults: Vec<_> = steps.iter().filter_map(|step| replay::fault(step, observed)).collect();
    faults.extend(asked::check(history, observed, &steps));
    faults.extend(due(observed, &steps));
    faults.extend(told(observed));
    faults.extend(unfinished(observed));
    faults
}

/// What is wrong with what fired.
fn due(observed: &Observed, steps: &[Step<'_>]) -> Vec<String> {
    let mut faults = Vec::new();
    let due: Vec<_> = of_kind(observed, DUE).collect();
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
        let (times, expected) = (notified(observed, event), notifications_of(event, steps));
        if times != expected {
            faults.push(format!("notified {times} times instead of {expected}: {}", event.data));
        }
    }
    faults
}

/// How many notifications a firing makes: none only where the reminder's next step is another one, as its task was done or
/// gone, or it was set anew.
fn notifications_of(due: &Logged, steps: &[Step<'_>]) -> usize {
    let is_its = |step: &&Step<'_>| {
        step.event.user == due.user && step.event.seq > due.seq && step.after["id"] == due.data["reminder_id"]
    };
    let next = steps.iter().filter(is_its).find(|step| step.after["state"] != "fired");
    usize::from(next.is_none_or(|step| step.after["state"] == "delivered"))
}

/// What is wrong with the notifications there are.
fn told(observed: &Observed) -> Vec<String> {
    let mut faults = Vec::new();
    for notified in &observed.notifications {
        let times = of_kind(observed, TOLD)
            .filter(|event| event.data["notification"]["id"] == notified.id.to_string())
            .count();
        if times != 1 {
            faults.push(format!("notification told of {times} times: {notified:?}"));
        }
        if !of_kind(observed, DUE).any(|event| is_of(event, notified)) {
            faults.push(format!("nothing was due: {notified:?}"));
        }
    }
    faults
}

fn of_kind<'a>(observed: &'a Observed, kind: &'a str) -> impl Iterator<Item = &'a Logged> {
    observed.events.iter().filter(move |event| event.kind == kind)
}

fn notified(observed: &Observed, due: &Logged) -> usize {
    observed
        .notifications
        .iter()
        .filter(|notified| is_of(due, notified))
        .count()
}

fn is_of(due: &Logged, notified: &Notified) -> bool {
    due.user == notified.user_id
        && due.data["reminder_id"] == notified.reminder_id.to_string()
        && moment(&due.data, "fired_at") == notified.fired_at
}

/// Reminders of open tasks that have not come to their end.
fn unfinished(observed: &Observed) -> Vec<String> {
    let mut faults = Vec::new();
    for (_, task) in &observed.tasks {
        for reminder in reminders(task) {
            let is_missing =
                is_open(task) && reminder["state"] == "scheduled" && moment(reminder, "fire_at") < observed.at;
            if is_missing || reminder["state"] == "fired" {
                faults.push(format!("never came to its end: {task}"));
            }
        }
    }
    faults
}

fn is_open(task: &Value) -> bool {
    task["status"] == "pending" && task["deleted_at"].is_null()
}

fn reminders(task: &Value) -> impl Iterator<Item = &Value> {
    task["reminders"].as_array().into_iter().flatten()
}

fn moment(object: &Value, member: &str) -> DateTime<Utc> {
    let text = object[member].as_str().unwrap_or_default();
    text.parse().unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests;
