//! A new due date, or a new zone, in which the local time stays.

use super::TaskPatch;
use crate::{Due, Fault, Task, Trigger};

pub(super) fn put(patch: &TaskPatch, task: &mut Task, faults: &mut Vec<Fault>) {
    let date = patch.due_date.unwrap_or(task.due.map(|due| due.date));
    task.due = date.map(|date| Due::new(date, task.time_zone));
    if task.due.is_some() || patch.due_date.is_none() {
        return;
    }
    if task.place.is_some() && patch.recurrence_rule != Some(None) {
        let both = [
            (
                "/due_date",
                "is needed by recurrence_rule: keep a date, or set recurrence_rule to null, too",
            ),
            (
                "/recurrence_rule",
                "needs due_date: set this to null, too, or keep a date",
            ),
        ];
        faults.extend(both.map(|(pointer, detail)| Fault::new(pointer, detail)));
    }
    // Those that are given anew have faults of their own.
    let is_relative = |trigger| matches!(trigger, Trigger::Offset(_));
    if patch.reminders.is_none() && task.reminders.iter().any(|reminder| is_relative(reminder.trigger)) {
        faults.push(Fault::new(
            "/due_date",
            "is needed by reminders that count from it: give reminders without offset, too, or keep a date",
        ));
    }
}
