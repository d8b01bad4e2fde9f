//! What was asked for is what is set: the very moment, and no other that nobody asked for.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{CREATED, UPDATED, moment, reminders, replay::Step};
use crate::chaos::{
    history::{Attempt, Outcome, kind},
    observe::{Logged, Observed},
};

pub(super) fn check(history: &[Attempt], observed: &Observed, steps: &[Step<'_>]) -> Vec<String> {
    let mut faults: Vec<_> = history.iter().filter_map(|attempt| fault(attempt, observed)).collect();
    faults.extend(unasked(history, steps));
    faults
}

/// What is wrong with what became of a wish to be reminded.
fn fault(attempt: &Attempt, observed: &Observed) -> Option<String> {
    let mut own = observed.events.iter().filter(|event| event.user == attempt.user);
    if attempt.kind == CREATED {
        let mark = attempt.mark.as_deref()?;
        let created =
            own.find(|event| event.kind == CREATED && event.version == 1 && event.data["task"]["title"] == *mark)?;
        let asked: Vec<_> = attempt.moment.into_iter().collect();
        return (moments(created) != asked).then(|| {
            format!(
                "reminders for {:?}, asked for {asked:?}: {}",
                moments(created),
                created.data
            )
        });
    }
    let moment = attempt.moment?;
    let is_snoozed = |event: &Logged| {
        event.kind == UPDATED && event.task.to_string() == attempt.task && moments(event).contains(&moment)
    };
    let is_done = attempt.answer().is_none() || own.any(is_snoozed);
    (!is_done).then(|| format!("acknowledged, and set for another moment: {attempt:?}"))
}

/// When the reminders of an event's task are for.
fn moments(event: &Logged) -> Vec<DateTime<Utc>> {
    reminders(&event.data["task"])
        .map(|reminder| moment(reminder, "fire_at"))
        .collect()
}

/// Reminders that were set anew more often than anybody asked for.
fn unasked(history: &[Attempt], steps: &[Step<'_>]) -> Vec<String> {
    let mut set: BTreeMap<_, usize> = BTreeMap::new();
    for step in steps.iter().filter(|step| step.is_set_anew()) {
        *set.entry((step.event.user, step.event.task.to_string())).or_default() += 1;
    }
    set.retain(|(user, task), times| {
        let is_asked = |attempt: &&Attempt| {
            let may_be_done = !matches!(attempt.outcome, Outcome::Refused(_));
            let is_its = attempt.user == *user && attempt.task == *task;
            is_its && may_be_done && [kind::SNOOZE, kind::SKIP].contains(&attempt.kind)
        };
        history.iter().filter(is_asked).count() < *times
    });
    let set = set.into_iter();
    set.map(|((_, task), times)| format!("the reminder of {task} was set anew {times} times, asked for less often"))
        .collect()
}
