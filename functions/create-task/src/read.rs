//! Reading what a person asks for.

use chrono::{DateTime, Utc};
use domain::{Civil, Description, NewTask, Offset, Tags, Title, Trigger, new_task::Created, tags::TagsError};
use runtime::{
    Problem,
    input::{Object, instant},
};
use uuid::Uuid;

/// The most exceptions, and additions, read at all; the schedule has its own limit.
const DATES: usize = 1_000;
/// The members whose faults would make faults of how the parts fit together misleading.
const TIMING: [&str; 7] = [
    "due_date",
    "time_zone",
    "recurrence_rule",
    "recurrence_mode",
    "exceptions",
    "additions",
    "reminders",
];

/// Reads a new task, with every fault there is.
///
/// # Errors
/// 422 with the faults.
pub(crate) fn new_task(
    mut object: Object,
    now: DateTime<Utc>,
    new_id: impl FnMut() -> Uuid,
) -> Result<Created, Problem> {
    let title = object.required("title", Title::parse);
    let task = NewTask {
        // Whether the other parts fit together does not hang on the title; without one nothing is created below.
        title: title.clone().unwrap_or_else(placeholder),
        description: object.optional("description", Description::parse).unwrap_or_default(),
        priority: object.optional("priority", str::parse).unwrap_or_default(),
        tags: tags(&mut object),
        due_date: object.optional("due_date", str::parse),
        time_zone: object.optional("time_zone", str::parse).unwrap_or_default(),
        recurrence_rule: object.optional("recurrence_rule", str::parse),
        recurrence_mode: object.optional("recurrence_mode", str::parse),
        exceptions: object.parsed_texts("exceptions", DATES, str::parse::<Civil>),
        additions: object.parsed_texts("additions", DATES, str::parse::<Civil>),
        reminders: reminders(&mut object),
    };
    let is_timing_read = !object.is_faulty(&TIMING);
    let mut faults = object.faults();
    match task.create(now, new_id) {
        Ok(created) if faults.is_empty() => return Ok(created),
        Err(unfit) if is_timing_read => faults.extend(unfit),
        _ => {}
    }
    Err(faults.into())
}

fn placeholder() -> Title {
    Title::parse("untitled").expect("the placeholder is a title")
}

fn tags(object: &mut Object) -> Tags {
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

/// The reminders with where each stood; `remind_at` is short for one with `at`.
fn reminders(object: &mut Object) -> Vec<(String, Trigger)> {
    if object.has("remind_at") && object.has("reminders") {
        object.fault(
            "remind_at",
            "is short for one reminder; leave it out where reminders are given",
        );
    }
    let short = object.optional("remind_at", instant);
    let long = object.objects("reminders", NewTask::REMINDER_LIMIT, reminder);
    short
        .map(|at| ("/remind_at".to_owned(), Trigger::At(at)))
        .into_iter()
        .chain(long)
        .collect()
}

fn reminder(object: &mut Object) -> Option<(String, Trigger)> {
    let (has_at, has_offset) = (object.has("at"), object.has("offset"));
    let at = object.optional("at", instant);
    let offset = object.optional("offset", str::parse::<Offset>);
    if has_at == has_offset {
        object.fault_here("must have either at or offset");
        return None;
    }
    let (member, trigger) = at
        .map(|at| ("at", Trigger::At(at)))
        .or(offset.map(|offset| ("offset", Trigger::Offset(offset))))?;
    Some((format!("{}/{member}", object.pointer()), trigger))
}
