//! Each reminder's way through its task's log, step by step.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{CREATED, DUE, REOPENED, RESTORED, TOLD, UPDATED, is_open, moment, reminders};
use crate::chaos::{
    observe::{Logged, Observed},
    schedule::Disturbance,
};

/// A reminder before and after an event of its task.
#[derive(Debug)]
pub(super) struct Step<'a> {
    pub(super) event: &'a Logged,
    /// The task before; none where it is new.
    task_before: Option<&'a Value>,
    task_after: &'a Value,
    /// The reminder before; none where it is new.
    pub(super) before: Option<&'a Value>,
    pub(super) after: &'a Value,
}

/// Every reminder's steps, in the order of each log.
pub(super) fn steps(observed: &Observed) -> Vec<Step<'_>> {
    let (mut steps, mut tasks) = (Vec::new(), BTreeMap::new());
    for event in &observed.events {
        let task_after = &event.data["task"];
        let task_before: Option<&Value> = tasks.insert((event.user, event.task), task_after);
        for after in reminders(task_after) {
            let mut before = task_before.into_iter().flat_map(reminders);
            steps.push(Step {
                event,
                task_before,
                task_after,
                before: before.find(|before| before["id"] == after["id"]),
                after,
            });
        }
    }
    steps
}

impl Step<'_> {
    /// Whether it was set anew by somebody who asked for that: snoozed, or moved with its task.
    pub(super) fn is_set_anew(&self) -> bool {
        let is_changed = |before: &Value| before["state"] != "scheduled" || before["fire_at"] != self.after["fire_at"];
        self.event.kind == UPDATED && self.after["state"] == "scheduled" && self.before.is_some_and(is_changed)
    }

    /// Whether its task is an occurrence that is made again after it was withdrawn, with reminders of its own.
    fn is_revived(&self) -> bool {
        self.event.kind == RESTORED && !self.task_after["series_id"].is_null()
    }
}

/// What is wrong with a step.
pub(super) fn fault(step: &Step<'_>, observed: &Observed) -> Option<String> {
    let wrong = |why: &str| {
        Some(format!(
            "{why}: {:?} to {} by {:?}",
            step.before, step.after, step.event
        ))
    };
    let Some(before) = step.before else {
        let is_new = [CREATED, RESTORED].contains(&&*step.event.kind) && step.after["state"] == "scheduled";
        return if is_new {
            None
        } else {
            wrong("a reminder begins otherwise")
        };
    };
    if step.is_revived() {
        return None;
    }
    let is_its_moment = step.event.kind == DUE && step.event.data["reminder_id"] == step.after["id"];
    if is_its_moment && before["state"] != "scheduled" {
        return wrong("fired without being set for a moment");
    }
    if is_its_moment && moment(&step.event.data, "remind_at") != moment(before, "fire_at") {
        return wrong("fired for another moment than it was set for");
    }
    if !may_become(step, before) {
        return wrong("a reminder takes a step that is none");
    }
    if is_forgotten(step, before, observed) {
        return wrong("called off, though its task came back before its moment");
    }
    None
}

fn may_become(step: &Step<'_>, before: &Value) -> bool {
    let kind = step.event.kind.as_str();
    let was_open = step.task_before.is_some_and(is_open);
    let state = |reminder: &Value| reminder["state"].as_str().unwrap_or_default().to_owned();
    match (&*state(before), &*state(step.after)) {
        (was, is) if was == is => before["fire_at"] == step.after["fire_at"] || kind == UPDATED,
        ("scheduled", "fired") => kind == DUE && was_open,
        ("fired", "delivered") => kind == TOLD && was_open,
        ("scheduled" | "fired", "cancelled") => !is_open(step.task_after),
        ("cancelled", "scheduled") => [REOPENED, RESTORED, UPDATED].contains(&kind),
        ("fired" | "delivered", "scheduled") => kind == UPDATED,
        _ => false,
    }
}

/// Whether a reminder stays called off though its task was opened again before its moment. A function whose clock is ahead takes
/// the moment for past, and that is a known limit.
fn is_forgotten(step: &Step<'_>, before: &Value, observed: &Observed) -> bool {
    let (event, after) = (step.event, step.after);
    let is_back = [REOPENED, RESTORED].contains(&&*event.kind) && is_open(step.task_after);
    let is_left = before["state"] == "cancelled" && after["state"] == "cancelled";
    let is_ahead = moment(after, "fire_at") > event.committed_at;
    let has_jumped = observed.disturbed.iter().any(|disturbed| {
        let is_ahead = matches!(disturbed.what, Disturbance::Jump(seconds, _) if seconds > 0);
        is_ahead && disturbed.is_felt_between(event.committed_at, event.committed_at)
    });
    // What its function took for the present is the moment of the change.
    let was_past = moment(step.task_after, "updated_at") >= moment(after, "fire_at");
    is_back && is_left && is_ahead && !(has_jumped && was_past)
}
