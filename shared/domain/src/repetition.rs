//! Whether a rule, its dates and its reminders fit together, said in a person's terms.

use crate::{
    Civil, Due, Fault, Mode, Offset, Trigger, Zone,
    recurrence::{Rule, Schedule, ScheduleError},
};

/// What `rule` gives from `start` on.
pub(crate) fn schedule(
    rule: Rule,
    mode: Mode,
    start: Civil,
    zone: Zone,
    exceptions: &[Civil],
    additions: &[Civil],
) -> Result<Schedule, Fault> {
    Schedule::new(
        mode.of_dates(rule),
        start,
        zone,
        exceptions.to_vec(),
        additions.to_vec(),
    )
    .and_then(|schedule| {
        // What could not be found now would end the series then.
        schedule.after(start.start())?;
        Ok(schedule)
    })
    .map_err(|error| Fault::new(pointer_of(&error), error.to_string()))
}

/// The faults of members that are given where there is no rule.
pub(crate) fn without_rule(has_mode: bool, has_exceptions: bool, has_additions: bool) -> Vec<Fault> {
    [
        ("/recurrence_mode", has_mode),
        ("/exceptions", has_exceptions),
        ("/additions", has_additions),
    ]
    .into_iter()
    .filter(|(_, given)| *given)
    .map(|(pointer, _)| Fault::new(pointer, "needs recurrence_rule, which is absent"))
    .collect()
}

/// The reminders of what follows, as their distances from `due`, each told by its JSON Pointer.
pub(crate) fn carried_over<'a>(
    reminders: impl Iterator<Item = (&'a str, Trigger)>,
    due: Due,
    faults: &mut Vec<Fault>,
) -> Vec<Offset> {
    let mut offsets = Vec::new();
    for (pointer, trigger) in reminders {
        match trigger.distance_from(due) {
            Some(offset) => offsets.push(offset),
            None => faults.push(Fault::new(
                pointer,
                "must be within 366 days of due_date, for it repeats with the task",
            )),
        }
    }
    offsets
}

fn pointer_of(error: &ScheduleError) -> String {
    match error {
        ScheduleError::TimeOfDay(_)
        | ScheduleError::GaveUp(_)
        | ScheduleError::UntilWithoutTime
        | ScheduleError::UntilWithTime => "/recurrence_rule".to_owned(),
        ScheduleError::ExceptionKind { index, .. } => format!("/exceptions/{index}"),
        ScheduleError::AdditionKind { index, .. } => format!("/additions/{index}"),
        ScheduleError::TooManyExceptions => "/exceptions".to_owned(),
        ScheduleError::TooManyAdditions => "/additions".to_owned(),
    }
}
