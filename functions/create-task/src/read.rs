//! Reading what a person asks for.

use chrono::{DateTime, Utc};
use domain::{Civil, Description, NewTask, Title, Trigger, new_task::Created};
use runtime::{
    Problem,
    input::{Object, task},
};
use uuid::Uuid;

/// Reads a new task, with every fault there is.
///
/// # Errors
/// 422 with the faults.
pub fn new_task(mut object: Object, now: DateTime<Utc>, new_id: impl FnMut() -> Uuid) -> Result<Created, Problem> {
    let title = object.required("title", Title::parse);
    let new = NewTask {
        // Whether the other parts fit together does not hang on the title; without one nothing is created below.
        title: title.clone().unwrap_or_else(placeholder),
        description: object.optional("description", Description::parse).unwrap_or_default(),
        priority: object.optional("priority", str::parse).unwrap_or_default(),
        tags: task::tags(&mut object),
        due_date: object.optional("due_date", str::parse),
        time_zone: object.optional("time_zone", str::parse).unwrap_or_default(),
        recurrence_rule: object.optional("recurrence_rule", str::parse),
        recurrence_mode: object.optional("recurrence_mode", str::parse),
        exceptions: object.parsed_texts("exceptions", task::DATES, str::parse::<Civil>),
        additions: object.parsed_texts("additions", task::DATES, str::parse::<Civil>),
        reminders: reminders(&mut object),
    };
    let is_timing_read = !object.is_faulty(&task::TIMING);
    let mut faults = object.faults();
    match new.create(now, new_id) {
        Ok(created) if faults.is_empty() => return Ok(created),
        Err(unfit) if is_timing_read => faults.extend(unfit),
        _ => {}
    }
    Err(faults.into())
}

fn placeholder() -> Title {
    Title::parse("untitled").expect("the placeholder is a title")
}

fn reminders(object: &mut Object) -> Vec<(String, Trigger)> {
    task::reminders(
        object,
        |pointer, trigger| (pointer, trigger),
        |object| {
            let is_without = !object.has("at") && !object.has("offset");
            let trigger = task::trigger(object);
            if is_without {
                object.fault_here("must have either at or offset");
            }
            trigger
        },
    )
}
