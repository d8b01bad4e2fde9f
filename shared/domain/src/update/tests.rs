//! What a patch makes of a task.

mod reminders;
mod series;

use super::*;
use crate::{
    Offset, Reminder, ReminderState, Template, Trigger,
    samples::{created, instant, recurring},
    transition,
};

const CREATED: &str = "2026-11-23T08:00:00Z";
const NOW: &str = "2026-11-24T08:00:00Z";

/// A weekly task of Mondays at nine in Berlin, reminded fifteen minutes before, and its series.
fn weekly() -> (Task, Standing) {
    standing("FREQ=WEEKLY")
}

fn standing(rule: &str) -> (Task, Standing) {
    let created = created(recurring("2026-11-30T09:00", rule, &["-PT15M"]), CREATED);
    let series = created.series.unwrap();
    (
        created.task,
        Standing {
            series,
            is_latest: true,
        },
    )
}

/// A task that does not repeat, with a reminder at a moment and one before due.
fn plain() -> Task {
    let mut task = recurring("2026-11-30T09:00", "FREQ=DAILY", &["-PT15M"]);
    task.recurrence_rule = None;
    let at = Trigger::At(instant("2026-11-25T10:00:00Z"));
    task.reminders.insert(0, (String::new(), at));
    created(task, CREATED).task
}

fn apply(patch: TaskPatch, task: &mut Task, standing: Option<&Standing>) -> Result<Update, UpdateError> {
    patch.apply(task, standing.cloned(), None, instant(NOW), Uuid::new_v4)
}

fn pointers(result: Result<Update, UpdateError>) -> Vec<String> {
    match result {
        Err(UpdateError::Faults(faults)) => faults.into_iter().map(|fault| fault.pointer).collect(),
        other => panic!("{other:?}"),
    }
}

fn due(date: &str) -> TaskPatch {
    TaskPatch {
        due_date: Some(Some(date.parse().unwrap())),
        ..TaskPatch::default()
    }
}

fn rule(rule: &str) -> TaskPatch {
    TaskPatch {
        recurrence_rule: Some(Some(rule.parse().unwrap())),
        ..TaskPatch::default()
    }
}

fn title(title: &str) -> TaskPatch {
    TaskPatch {
        title: Some(Title::parse(title).unwrap()),
        ..TaskPatch::default()
    }
}

fn without_due() -> TaskPatch {
    TaskPatch {
        due_date: Some(None),
        ..TaskPatch::default()
    }
}

fn revision(update: Update) -> Series {
    match update.series {
        SeriesUpdate::Revision(series) => *series,
        other => panic!("{other:?}"),
    }
}

fn template(update: Update) -> Template {
    match update.series {
        SeriesUpdate::Template(series) => series.template,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_read_can_be_sent_back_and_changes_nothing() {
    let (mut task, standing) = weekly();
    let place = task.place.clone().unwrap();
    let kept = |reminder: &Reminder| ReminderPatch {
        pointer: String::new(),
        id: Some(reminder.id),
        trigger: Some(reminder.trigger),
    };
    let patch = TaskPatch {
        title: Some(task.title.clone()),
        description: Some(task.description.clone()),
        priority: Some(task.priority),
        tags: Some(task.tags.clone()),
        due_date: Some(task.due.map(|due| due.date)),
        time_zone: Some(task.time_zone),
        recurrence_rule: Some(Some(place.rule)),
        recurrence_mode: Some(Some(place.mode)),
        exceptions: Some(Vec::new()),
        additions: Some(Vec::new()),
        reminders: Some(task.reminders.iter().map(kept).collect()),
    };
    let before = task.clone();
    let update = apply(patch, &mut task, Some(&standing)).unwrap();
    assert!(update.changed.is_empty());
    assert_eq!((update.series, task), (SeriesUpdate::Untouched, before));
}

#[test]
fn members_of_a_series_are_no_news_to_a_task_that_has_none() {
    let mut task = plain();
    let patch = TaskPatch {
        recurrence_rule: Some(None),
        recurrence_mode: Some(None),
        exceptions: Some(Vec::new()),
        ..TaskPatch::default()
    };
    assert!(apply(patch, &mut task, None).unwrap().changed.is_empty());
}

#[test]
fn what_needs_a_rule_is_refused_without_one() {
    let mut task = plain();
    let patch = TaskPatch {
        recurrence_mode: Some(Some(Mode::Completion)),
        exceptions: Some(vec!["2026-12-01T09:00".parse().unwrap()]),
        ..TaskPatch::default()
    };
    assert_eq!(
        pointers(apply(patch, &mut task, None)),
        ["/recurrence_mode", "/exceptions"]
    );
}

#[test]
fn every_fault_is_told_at_once() {
    let (mut task, standing) = weekly();
    let patch = TaskPatch {
        exceptions: Some(vec!["2026-12-07".parse().unwrap()]),
        reminders: Some(vec![ReminderPatch {
            pointer: "/reminders/0/at".to_owned(),
            id: None,
            trigger: Some(Trigger::At(instant(CREATED))),
        }]),
        ..rule("FREQ=WEEKLY;UNTIL=20270101")
    };
    let pointers = pointers(apply(patch, &mut task, Some(&standing)));
    assert!(pointers.contains(&"/reminders/0/at".to_owned()), "{pointers:?}");
    assert!(pointers.contains(&"/exceptions/0".to_owned()), "{pointers:?}");
}
