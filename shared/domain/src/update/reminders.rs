//! New reminders, and those that follow a due date.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::TaskPatch;
use crate::{Fault, Offset, Reminder, ReminderId, Task, Trigger, transition};

/// A reminder as a person gives it.
#[derive(Debug, Clone)]
pub struct ReminderPatch {
    /// The JSON Pointer it was given at.
    pub pointer: String,
    /// Which of the task's reminders it is; none for a new one.
    pub id: Option<ReminderId>,
    /// What its moment is reckoned from; none to keep it.
    pub trigger: Option<Trigger>,
}

/// Whether `given` are these, in their order.
pub(super) fn are_the_same(given: &[ReminderPatch], reminders: &[Reminder]) -> bool {
    let is_same = |(given, reminder): (&ReminderPatch, &Reminder)| {
        given.id == Some(reminder.id) && given.trigger.is_none_or(|trigger| trigger == reminder.trigger)
    };
    given.len() == reminders.len() && given.iter().zip(reminders).all(is_same)
}

/// Whether `task`'s reminders are at these distances from its due date.
pub(super) fn are_at(distances: &[Offset], task: &Task) -> bool {
    let distance = |reminder: &Reminder| task.due.and_then(|due| reminder.trigger.distance_from(due));
    task.reminders
        .iter()
        .map(distance)
        .eq(distances.iter().copied().map(Some))
}

/// Gives `next`, which has its new due date already, its reminders.
pub(super) fn put(
    patch: &TaskPatch,
    task: &Task,
    next: &mut Task,
    now: DateTime<Utc>,
    new_id: &mut impl FnMut() -> Uuid,
    faults: &mut Vec<Fault>,
) {
    if let Some(given) = &patch.reminders {
        let reminders = given.iter().map(|given| put_one(given, task, next, now, new_id));
        match sorted(reminders) {
            Ok(reminders) => next.reminders = reminders,
            Err(more) => return faults.extend(more),
        }
    }
    follow_due(task, next, now);
}

fn sorted(reminders: impl Iterator<Item = Result<Reminder, Fault>>) -> Result<Vec<Reminder>, Vec<Fault>> {
    let (mut good, mut faults) = (Vec::new(), Vec::new());
    for reminder in reminders {
        match reminder {
            Ok(reminder) if good.iter().any(|earlier: &Reminder| earlier.id == reminder.id) => {
                faults.push(Fault::new(
                    "/reminders",
                    format!("names the reminder {} twice", reminder.id),
                ));
            }
            Ok(reminder) => good.push(reminder),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(good) } else { Err(faults) }
}

fn put_one(
    given: &ReminderPatch,
    task: &Task,
    next: &Task,
    now: DateTime<Utc>,
    new_id: &mut impl FnMut() -> Uuid,
) -> Result<Reminder, Fault> {
    let known = given.id.map(|id| {
        let known = task.reminders.iter().find(|reminder| reminder.id == id);
        known.cloned().ok_or_else(|| {
            let detail = format!("names no reminder of this task: {id}; leave id out to set a new one");
            Fault::new(given.pointer.as_str(), detail)
        })
    });
    let known = known.transpose()?;
    let trigger = match (given.trigger, known) {
        (None, Some(known)) => return keep(known, next, given),
        (Some(trigger), Some(known)) if trigger == known.trigger => return keep(known, next, given),
        (Some(trigger), known) => (trigger, known),
        (None, None) => return Err(Fault::new(given.pointer.as_str(), "must have either at or offset")),
    };
    set(trigger, given, next, now, new_id)
}

/// One that stays needs what it counts from.
fn keep(known: Reminder, next: &Task, given: &ReminderPatch) -> Result<Reminder, Fault> {
    let has_moment = known.trigger.moment(next.due, next.time_zone).is_some();
    let detail = "needs due_date, which its offset counts from";
    has_moment
        .then_some(known)
        .ok_or_else(|| Fault::new(given.pointer.as_str(), detail))
}

/// A new one, or a known one with a new moment. On a task that is done it waits for its reopening.
fn set(
    (trigger, known): (Trigger, Option<Reminder>),
    given: &ReminderPatch,
    next: &Task,
    now: DateTime<Utc>,
    new_id: &mut impl FnMut() -> Uuid,
) -> Result<Reminder, Fault> {
    let moment = trigger.first_moment(next.due, next.time_zone, now);
    let moment = moment.map_err(|detail| Fault::new(given.pointer.as_str(), detail))?;
    let mut reminder = match known {
        Some(mut known) => {
            known.trigger = trigger;
            known.schedule(moment, now);
            known
        }
        None => Reminder::new(ReminderId(new_id()), trigger, moment),
    };
    if !transition::is_open(next) {
        reminder.rest(moment);
    }
    Ok(reminder)
}

/// Moves those that count from the due date where it moved. One that was just set has its moment already.
pub(crate) fn follow_due(task: &Task, next: &mut Task, now: DateTime<Utc>) {
    let Some(due) = next.due else { return };
    let (zone, is_open) = (next.time_zone, transition::is_open(next));
    for reminder in &mut next.reminders {
        let was = task.reminders.iter().find(|was| was.id == reminder.id);
        let Some(was) = was.filter(|was| was.trigger == reminder.trigger) else {
            continue;
        };
        let before = was.trigger.moment(task.due, task.time_zone);
        match reminder
            .trigger
            .moment(Some(due), zone)
            .filter(|moment| Some(*moment) != before)
        {
            Some(moment) if is_open => reminder.follow(moment, due.is_ahead(zone, now), now),
            Some(moment) => reminder.rest(moment),
            None => {}
        }
    }
}
