//! What a patch makes of a task's reminders.

use super::*;

#[test]
fn a_new_date_moves_relative_reminders_and_no_others() {
    let mut task = plain();
    let update = apply(due("2026-12-01T09:00"), &mut task, None).unwrap();
    assert_eq!(update.changed, ["due_date", "due_at", "reminders"]);
    assert_eq!(task.version, 2);
    let moments = task
        .reminders
        .iter()
        .map(|reminder| (reminder.fire_at, reminder.generation));
    assert!(moments.eq([
        (instant("2026-11-25T10:00:00Z"), 1),
        (instant("2026-12-01T07:45:00Z"), 2)
    ]));
}

#[test]
fn a_new_zone_keeps_the_local_time() {
    let mut task = plain();
    let patch = TaskPatch {
        time_zone: Some("America/New_York".parse().unwrap()),
        ..TaskPatch::default()
    };
    let update = apply(patch, &mut task, None).unwrap();
    assert_eq!(update.changed, ["time_zone", "due_at", "reminders"]);
    let due = task.due.unwrap();
    assert_eq!(
        (due.date.to_string().as_str(), due.at),
        ("2026-11-30T09:00:00", instant("2026-11-30T14:00:00Z"))
    );
}

#[test]
fn a_moved_reminder_that_was_delivered_is_delivered_anew_when_its_moment_is_ahead() {
    let mut task = plain();
    task.reminders[1].state = ReminderState::Delivered;
    apply(due("2026-12-01T09:00"), &mut task, None).unwrap();
    assert_eq!(task.reminders[1].state, ReminderState::Scheduled);
}

#[test]
fn a_reminder_whose_moment_a_new_date_puts_behind_fires_at_once_while_the_date_is_ahead() {
    let mut task = plain();
    // It is nine in Berlin.
    apply(due("2026-11-24T09:10"), &mut task, None).unwrap();
    assert_eq!(
        (task.reminders[1].fire_at, task.reminders[1].state),
        (instant(NOW), ReminderState::Scheduled)
    );
    apply(due("2026-11-24T08:00"), &mut task, None).unwrap();
    assert_eq!(task.reminders[1].state, ReminderState::Cancelled);
}

#[test]
fn a_snooze_is_overridden_by_a_new_date_and_by_nothing_else() {
    let mut task = plain();
    let snoozed = instant("2026-11-29T12:00:00Z");
    let id = task.reminders[1].id;
    task.reminders[1].state = ReminderState::Delivered;
    transition::snooze(&mut task, id, snoozed, instant(NOW)).unwrap();
    apply(title("Call Ann"), &mut task, None).unwrap();
    assert_eq!(task.reminders[1].fire_at, snoozed);
    apply(due("2026-12-01T09:00"), &mut task, None).unwrap();
    assert_eq!(task.reminders[1].fire_at, instant("2026-12-01T07:45:00Z"));
}

#[test]
fn reminders_of_a_completed_task_move_and_wait_for_its_reopening() {
    let mut task = plain();
    transition::complete(&mut task, instant(NOW));
    apply(due("2026-12-01T09:00"), &mut task, None).unwrap();
    assert_eq!(task.reminders[1].state, ReminderState::Cancelled);
    transition::reopen(&mut task, instant(NOW));
    let reminder = &task.reminders[1];
    assert_eq!(
        (reminder.fire_at, reminder.state),
        (instant("2026-12-01T07:45:00Z"), ReminderState::Scheduled)
    );
}

#[test]
fn reminders_are_matched_by_id() {
    let mut task = plain();
    let (first, second) = (task.reminders[0].clone(), task.reminders[1].clone());
    let given = |pointer: &str, id, trigger| ReminderPatch {
        pointer: pointer.to_owned(),
        id,
        trigger,
    };
    let hour: Offset = "-PT1H".parse().unwrap();
    let patch = TaskPatch {
        reminders: Some(vec![
            given("/reminders/0/offset", Some(second.id), Some(Trigger::Offset(hour))),
            given("/reminders/1/at", None, Some(first.trigger)),
        ]),
        ..TaskPatch::default()
    };
    assert_eq!(apply(patch, &mut task, None).unwrap().changed, ["reminders"]);
    assert_eq!((task.reminders[0].id, task.reminders[0].generation), (second.id, 2));
    assert_eq!(task.reminders[0].fire_at, instant("2026-11-30T07:00:00Z"));
    assert_ne!(task.reminders[1].id, first.id);

    let patch = TaskPatch {
        reminders: Some(vec![
            given("/reminders/0/id", Some(first.id), None),
            given("/reminders/1/at", None, Some(Trigger::At(instant(CREATED)))),
            given("/reminders/2", None, None),
        ]),
        ..TaskPatch::default()
    };
    let before = task.clone();
    assert_eq!(
        pointers(apply(patch, &mut task, None)),
        ["/reminders/0/id", "/reminders/1/at", "/reminders/2"]
    );
    assert_eq!(task, before);
}

#[test]
fn a_reminder_is_named_once() {
    let mut task = plain();
    let id = Some(task.reminders[0].id);
    let twice = ["/reminders/0", "/reminders/1"].map(|pointer| ReminderPatch {
        pointer: pointer.to_owned(),
        id,
        trigger: None,
    });
    let patch = TaskPatch {
        reminders: Some(twice.to_vec()),
        ..TaskPatch::default()
    };
    assert_eq!(pointers(apply(patch, &mut task, None)), ["/reminders"]);
}

#[test]
fn a_date_that_something_counts_from_is_not_taken_away() {
    let mut task = plain();
    assert_eq!(pointers(apply(without_due(), &mut task, None)), ["/due_date"]);
    let patch = TaskPatch {
        reminders: Some(Vec::new()),
        ..without_due()
    };
    apply(patch, &mut task, None).unwrap();
    assert_eq!((task.due, task.reminders.len()), (None, 0));
    let (mut task, standing) = weekly();
    let patch = TaskPatch {
        reminders: Some(Vec::new()),
        ..without_due()
    };
    assert_eq!(
        pointers(apply(patch, &mut task, Some(&standing))),
        ["/due_date", "/recurrence_rule"]
    );
}
