//! Passing over an occurrence: it moves to its series' next date.

use chrono::{DateTime, Utc};

use crate::{
    Due, Mode, Place, Reminder, Series, Task, Trigger,
    recurrence::{GaveUp, MAX_DATES},
    representation,
    transition::{self, Changed},
    update,
};

/// Why an occurrence cannot be passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SkipError {
    /// It is done, or gone.
    #[error("The task is completed already; reopen it first.")]
    NotOpen,
    /// The rule has no date after it.
    #[error("The rule gives no date after this one; complete the task, or delete it.")]
    Ended,
    /// The next date was not found.
    #[error(transparent)]
    GaveUp(#[from] GaveUp),
}

/// Moves `task`, the latest occurrence of `series`, to the first of the rule's dates after it that is still ahead, and
/// notes the date that is passed over as an exception. It counts where COUNT counts.
///
/// # Errors
/// See [`SkipError`]; nothing has changed then.
pub fn skip(task: &mut Task, place: &Place, series: &mut Series, now: DateTime<Utc>) -> Result<Changed, SkipError> {
    if !transition::is_open(task) {
        return Err(SkipError::NotOpen);
    }
    let (date, _) = series.next(place, now)?.ok_or(SkipError::Ended)?;
    except(series, place, date);
    if series.mode == Mode::Completion {
        series.first_occurrence -= 1;
    }
    series.revise();
    let mut next = task.clone();
    let due = Due::new(date, series.time_zone);
    next.due = Some(due);
    next.time_zone = series.time_zone;
    next.place = Some(series.place(place.occurrence, date));
    if let Some(old) = task.due {
        next.reminders
            .iter_mut()
            .for_each(|reminder| carry_over(reminder, old, due, now));
    }
    update::follow_due(task, &mut next, now);
    let changed = representation::changed(task, &next);
    next.touch(now);
    *task = next;
    Ok(changed)
}

/// Notes the date that is passed over. Where there is no room, the oldest exception that lies behind goes: it says
/// nothing any more.
fn except(series: &mut Series, place: &Place, next: crate::Civil) {
    let exceptions = &mut series.exceptions;
    let Err(index) = exceptions.binary_search(&place.scheduled_for) else {
        return;
    };
    exceptions.insert(index, place.scheduled_for);
    if exceptions.len() > MAX_DATES {
        let behind = exceptions.iter().position(|date| date.start() < next.start());
        behind.map(|oldest| exceptions.remove(oldest));
    }
}

/// Keeps the distance of a reminder with a moment of its own.
fn carry_over(reminder: &mut Reminder, old: Due, due: Due, now: DateTime<Utc>) {
    if let Trigger::At(at) = reminder.trigger {
        let at = due.at.checked_add_signed(at - old.at).unwrap_or(at);
        reminder.trigger = Trigger::At(at);
        reminder.follow(at, due.at > now, now);
    }
}

#[cfg(test)]
mod tests;
