//! Samples for this crate's tests.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{NewTask, Title, new_task::Created};

/// An instant, as RFC 3339 writes it.
pub(crate) fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A task that asks for nothing but its title.
pub(crate) fn new_task(title: &str) -> NewTask {
    NewTask {
        title: Title::parse(title).unwrap(),
        description: crate::Description::default(),
        priority: crate::Priority::default(),
        tags: crate::Tags::default(),
        due_date: None,
        time_zone: crate::Zone::default(),
        recurrence_rule: None,
        recurrence_mode: None,
        exceptions: Vec::new(),
        additions: Vec::new(),
        reminders: Vec::new(),
    }
}

/// A task due at `due` in Berlin that repeats by `rule`, with reminders at these offsets.
pub(crate) fn recurring(due: &str, rule: &str, offsets: &[&str]) -> NewTask {
    let reminders = offsets
        .iter()
        .map(|offset| (String::new(), crate::Trigger::Offset(offset.parse().unwrap())));
    NewTask {
        due_date: Some(due.parse().unwrap()),
        time_zone: "Europe/Berlin".parse().unwrap(),
        recurrence_rule: Some(rule.parse().unwrap()),
        reminders: reminders.collect(),
        ..new_task("Water the plants")
    }
}

/// What `task` becomes when it is created at `now`.
pub(crate) fn created(task: NewTask, now: &str) -> Created {
    task.create(instant(now), Uuid::new_v4).unwrap()
}
