//! How the parts of a new task fit together.

use uuid::Uuid;

use super::*;
use crate::samples::{created, instant, new_task, recurring};

const NOW: &str = "2026-11-23T08:00:00Z";

fn faults(task: NewTask) -> Vec<String> {
    let faults = task.create(instant(NOW), Uuid::new_v4).unwrap_err();
    faults
        .into_iter()
        .map(|fault| format!("{}: {}", fault.pointer, fault.detail))
        .collect()
}

fn with_offset(due: &str, offset: &str) -> NewTask {
    NewTask {
        due_date: Some(due.parse().unwrap()),
        reminders: vec![("/reminders/0".to_owned(), Trigger::Offset(offset.parse().unwrap()))],
        ..new_task("Call Ann")
    }
}

#[test]
fn a_recurring_task_is_occurrence_one_of_its_series() {
    let created = created(recurring("2026-12-01T09:00", "FREQ=WEEKLY", &["-PT15M"]), NOW);
    let (task, series) = (created.task, created.series.unwrap());
    let place = task.place.unwrap();
    assert_eq!((place.series_id, place.occurrence), (series.id, 1));
    assert_eq!(place.scheduled_for, task.due.unwrap().date);
    assert_eq!(task.due.unwrap().at, instant("2026-12-01T08:00:00Z"));
}

#[test]
fn what_needs_a_rule_is_refused_without_one_all_at_once() {
    let task = NewTask {
        recurrence_mode: Some(Mode::Completion),
        exceptions: vec!["2026-12-01".parse().unwrap()],
        ..new_task("Call Ann")
    };
    let needs = "needs recurrence_rule, which is absent";
    assert_eq!(
        faults(task),
        [format!("/recurrence_mode: {needs}"), format!("/exceptions: {needs}")]
    );
}

#[test]
fn a_rule_needs_a_due_date_of_its_kind() {
    let without = NewTask {
        due_date: None,
        ..recurring("2026-12-01", "FREQ=DAILY", &[])
    };
    assert!(faults(without)[0].starts_with("/due_date: "));
    assert!(
        faults(recurring("2026-12-01", "FREQ=DAILY;UNTIL=20270101T000000Z", &[]))[0].starts_with("/recurrence_rule: ")
    );
}

#[test]
fn a_moment_in_the_past_is_refused_with_its_place() {
    let task = NewTask {
        reminders: vec![("/remind_at".to_owned(), Trigger::At(instant(NOW)))],
        ..new_task("Call Ann")
    };
    assert_eq!(faults(task), ["/remind_at: must be in the future"]);
}

#[test]
fn an_offset_that_is_past_fires_at_once_while_its_due_date_is_ahead() {
    let task = created(with_offset("2026-11-23T09:00", "-P1D"), NOW).task;
    assert_eq!(task.reminders[0].fire_at, instant(NOW));
    // A date is ahead until its day has ended.
    let task = created(with_offset("2026-11-23", "PT7H"), NOW).task;
    assert_eq!(task.reminders[0].fire_at, instant(NOW));
    assert_eq!(
        faults(with_offset("2026-11-22", "PT7H")),
        ["/reminders/0: its moment and due_date are both past"]
    );
}

#[test]
fn an_offset_needs_a_due_date() {
    let task = NewTask {
        due_date: None,
        ..with_offset("2026-11-23", "PT7H")
    };
    assert_eq!(
        faults(task),
        ["/reminders/0: needs due_date, which its offset counts from"]
    );
}

#[test]
fn an_absolute_reminder_that_is_too_far_from_due_to_carry_over_is_refused() {
    let reminded_at = |at| NewTask {
        reminders: vec![("/reminders/0/at".to_owned(), Trigger::At(instant(at)))],
        ..recurring("2028-12-01T09:00", "FREQ=WEEKLY", &[])
    };
    let detail = "must be within 366 days of due_date, for it repeats with the task";
    let past_and_far = "2025-12-01T08:00:00Z";
    for (at, details) in [
        ("2027-12-01T07:59:58Z", vec![detail]),
        ("2029-12-02T08:00:01Z", vec![detail]),
        (past_and_far, vec!["must be in the future", detail]),
        ("2027-12-01T08:00:00Z", vec![]),
        ("2029-12-02T08:00:00Z", vec![]),
    ] {
        let faults = reminded_at(at)
            .create(instant(NOW), Uuid::new_v4)
            .err()
            .unwrap_or_default();
        let said: Vec<_> = faults.iter().map(|fault| fault.detail.as_str()).collect();
        assert_eq!(said, details, "{at}");
    }
    // Without a rule there is nothing to carry over.
    let once = NewTask {
        recurrence_rule: None,
        ..reminded_at("2027-01-01T08:00:00Z")
    };
    assert_eq!(created(once, NOW).task.reminders.len(), 1);
}

#[test]
fn an_absolute_reminder_carries_over_as_its_distance_from_due() {
    let task = NewTask {
        reminders: vec![(String::new(), Trigger::At(instant("2026-12-01T06:30:00Z")))],
        ..recurring("2026-12-01T09:00", "FREQ=WEEKLY", &[])
    };
    let series = created(task, NOW).series.unwrap();
    assert_eq!(series.template.reminders, ["-PT1H30M".parse().unwrap()]);
}
