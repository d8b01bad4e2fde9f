//! The members of a task that are read the same way wherever a person gives them.

use domain::{NewTask, Offset, Tags, Trigger, tags::TagsError};

use super::{Object, instant};

/// The most exceptions, and additions, read at all; the schedule has its own limit.
pub const DATES: usize = 1_000;
/// The members whose faults would make faults of how the parts fit together misleading.
pub const TIMING: [&str; 7] = [
    "due_date",
    "time_zone",
    "recurrence_rule",
    "recurrence_mode",
    "exceptions",
    "additions",
    "reminders",
];

/// Reads the tags.
pub fn tags(object: &mut Object) -> Tags {
    let texts = object.texts("tags", Tags::LIMIT);
    Tags::parse(&texts).unwrap_or_else(|errors| {
        for error in errors {
            match error {
                TagsError::Tag { index, error } => object.fault_at("tags", index, error),
                TagsError::TooMany(_) => object.fault("tags", error),
            }
        }
        Tags::default()
    })
}

/// Reads the reminders, each by `read`. `remind_at` is short for one with `at`, which `short` makes of its place and
/// its trigger.
pub fn reminders<T>(
    object: &mut Object,
    short: impl FnOnce(String, Trigger) -> T,
    read: impl Fn(&mut Object) -> Option<T>,
) -> Vec<T> {
    if object.has("remind_at") && object.has("reminders") {
        object.fault(
            "remind_at",
            "is short for one reminder; leave it out where reminders are given",
        );
    }
    let at = object.optional("remind_at", instant);
    let long = object.objects("reminders", NewTask::REMINDER_LIMIT, read);
    at.map(|at| short("/remind_at".to_owned(), Trigger::At(at)))
        .into_iter()
        .chain(long)
        .collect()
}

/// Reads what a reminder's moment is reckoned from, if it is given, with the place it was given at.
pub fn trigger(object: &mut Object) -> Option<(String, Trigger)> {
    let (has_at, has_offset) = (object.has("at"), object.has("offset"));
    let at = object.optional("at", instant);
    let offset = object.optional("offset", str::parse::<Offset>);
    if has_at && has_offset {
        object.fault_here("must have either at or offset, not both");
        return None;
    }
    let (member, trigger) = at
        .map(|at| ("at", Trigger::At(at)))
        .or(offset.map(|offset| ("offset", Trigger::Offset(offset))))?;
    Some((format!("{}/{member}", object.pointer()), trigger))
}
