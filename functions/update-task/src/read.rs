//! Reading what a person asks for.

use domain::{Civil, Description, Fault, ReminderId, Scope, Task, TaskPatch, Title, update::ReminderPatch};
use runtime::input::{Object, task};
use serde_json::Value;
use uuid::Uuid;

/// What can be sent back as it was read, and is changed by other means, if at all.
const READ_ONLY: [(&str, &str); 11] = [
    ("id", KEPT),
    ("status", "is changed by POST …/complete and …/reopen"),
    ("due_at", "follows due_date and time_zone: change these"),
    ("series_id", KEPT),
    ("occurrence", KEPT),
    ("scheduled_for", KEPT),
    ("version", KEPT),
    ("created_at", KEPT),
    ("updated_at", KEPT),
    ("completed_at", "is changed by POST …/complete and …/reopen"),
    ("deleted_at", "is changed by DELETE and by POST …/restore"),
];
const KEPT: &str = "cannot be changed: leave it out, or send it as it was read";

/// A patch, and the faults that were found on the way.
#[derive(Debug)]
pub struct Read {
    /// The patch, without the members that have faults.
    pub patch: TaskPatch,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// Whether what has to fit together was read.
    pub is_timing_read: bool,
}

/// Reads a patch of `task`. A member that is null takes what it has where nothing is said (RFC 7396).
#[must_use]
pub fn patch(mut object: Object, standing: &Task) -> Read {
    let document = serde_json::to_value(standing).unwrap_or_default();
    for (name, detail) in READ_ONLY {
        object.unchanged(name, &document[name], detail);
    }
    let patch = TaskPatch {
        title: object
            .is_given("title")
            .then(|| object.required("title", Title::parse))
            .flatten(),
        description: given(&mut object, "description", |object| {
            object.optional("description", Description::parse).unwrap_or_default()
        }),
        priority: given(&mut object, "priority", |object| {
            object.optional("priority", str::parse).unwrap_or_default()
        }),
        tags: given(&mut object, "tags", task::tags),
        due_date: given(&mut object, "due_date", |object| {
            object.optional("due_date", str::parse)
        }),
        time_zone: given(&mut object, "time_zone", |object| {
            object.optional("time_zone", str::parse).unwrap_or_default()
        }),
        recurrence_rule: given(&mut object, "recurrence_rule", |object| {
            object.optional("recurrence_rule", str::parse)
        }),
        recurrence_mode: given(&mut object, "recurrence_mode", |object| {
            object.optional("recurrence_mode", str::parse)
        }),
        exceptions: given(&mut object, "exceptions", |object| dates(object, "exceptions")),
        additions: given(&mut object, "additions", |object| dates(object, "additions")),
        reminders: reminders(&mut object, &document["reminders"]),
    };
    Read {
        is_timing_read: !object.is_faulty(&task::TIMING) && !object.is_faulty(&["remind_at"]),
        faults: object.faults(),
        patch,
    }
}

/// Which occurrences a change means.
pub(crate) fn scope(text: &str) -> Result<Scope, &'static str> {
    match text {
        "this" => Ok(Scope::This),
        "following" => Ok(Scope::Following),
        _ => Err("must be this or following"),
    }
}

fn given<T>(object: &mut Object, name: &str, read: impl FnOnce(&mut Object) -> T) -> Option<T> {
    object.is_given(name).then(|| read(object))
}

fn dates(object: &mut Object, name: &str) -> Vec<Civil> {
    object.parsed_texts(name, task::DATES, str::parse)
}

fn reminders(object: &mut Object, standing: &Value) -> Option<Vec<ReminderPatch>> {
    let is_given = object.is_given("reminders") || object.is_given("remind_at");
    is_given.then(|| {
        task::reminders(
            object,
            |pointer, trigger| ReminderPatch {
                pointer,
                id: None,
                trigger: Some(trigger),
            },
            |object| reminder(object, standing),
        )
    })
}

/// A reminder that is matched by its id, or a new one.
fn reminder(object: &mut Object, standing: &Value) -> Option<ReminderPatch> {
    let has_id = object.has("id");
    let id = object.optional("id", |text| {
        text.parse::<Uuid>().map_err(|_| "must be the id of a reminder")
    });
    let is_known = |document: &&Value| id.is_some_and(|id| document["id"] == id.to_string());
    let known = standing.as_array().into_iter().flatten().find(is_known);
    for name in ["fire_at", "state"] {
        object.unchanged(name, &known.map_or(Value::Null, |known| known[name].clone()), KEPT);
    }
    let trigger = task::trigger(object);
    let member = if has_id { "/id" } else { "" };
    let (pointer, trigger) = match trigger {
        Some((pointer, trigger)) => (pointer, Some(trigger)),
        None => (format!("{}{member}", object.pointer()), None),
    };
    // Of an id that cannot be read there is a fault already.
    (has_id == id.is_some()).then(|| ReminderPatch {
        pointer,
        id: id.map(ReminderId),
        trigger,
    })
}
