//! What a patch makes of a task and its series.

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
    transition::snooze(&mut task, id, snoozed, instant(NOW));
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

#[test]
fn a_new_date_alone_means_this_occurrence() {
    let (mut task, standing) = weekly();
    let update = apply(due("2026-12-02T10:00"), &mut task, Some(&standing)).unwrap();
    assert_eq!(update.changed, ["due_date", "due_at", "reminders"]);
    assert_eq!(update.series, SeriesUpdate::Untouched);
    let scheduled_for = task.place.unwrap().scheduled_for;
    assert_eq!(scheduled_for.to_string(), "2026-11-30T09:00:00");
}

#[test]
fn anything_else_means_those_that_follow_too() {
    let (mut task, standing) = weekly();
    let update = apply(title("Feed the cat"), &mut task, Some(&standing)).unwrap();
    assert_eq!(update.changed, ["title"]);
    assert_eq!(template(update).title.as_str(), "Feed the cat");
    assert_eq!(task.place.unwrap().revision, 1);
}

#[test]
fn this_occurrence_alone_may_have_a_title_of_its_own_but_no_rule() {
    let (mut task, standing) = weekly();
    let mut this = |patch: TaskPatch| {
        patch.apply(
            &mut task,
            Some(standing.clone()),
            Some(Scope::This),
            instant(NOW),
            Uuid::new_v4,
        )
    };
    assert_eq!(this(title("Feed the cat")).unwrap().series, SeriesUpdate::Untouched);
    assert_eq!(pointers(this(rule("FREQ=DAILY"))), ["/recurrence_rule"]);
}

#[test]
fn an_occurrence_that_a_later_one_follows_is_changed_alone() {
    let (mut task, mut standing) = weekly();
    standing.is_latest = false;
    let update = apply(title("Feed the cat"), &mut task, Some(&standing)).unwrap();
    assert_eq!(update.series, SeriesUpdate::Untouched);
    assert_eq!(
        pointers(apply(rule("FREQ=DAILY"), &mut task, Some(&standing))),
        ["/recurrence_rule"]
    );
    let following = title("Feed the dog").apply(
        &mut task,
        Some(standing),
        Some(Scope::Following),
        instant(NOW),
        Uuid::new_v4,
    );
    assert_eq!(following, Err(UpdateError::LaterOccurrence));
}

#[test]
fn a_new_rule_begins_with_this_occurrence() {
    let (mut task, standing) = standing("FREQ=WEEKLY;COUNT=5");
    let update = apply(rule("FREQ=DAILY;COUNT=3"), &mut task, Some(&standing)).unwrap();
    assert_eq!(update.changed, ["recurrence_rule"]);
    let series = revision(update);
    assert_eq!((series.revision, task.place.as_ref().unwrap().revision), (2, 2));
    assert_eq!(series.last.unwrap().to_string(), "2026-12-02T09:00:00");
}

#[test]
fn a_new_date_for_all_that_follow_keeps_what_was_counted() {
    let (mut task, mut standing) = standing("FREQ=WEEKLY;COUNT=5");
    // The third occurrence, whose rule has come to its third date.
    transition::complete(&mut task, instant("2026-12-08T08:00:00Z"));
    let third = standing.series.successor(&task, instant(NOW)).unwrap().unwrap().task;
    task = third;
    standing.series.highest_occurrence = 2;
    let patch = due("2026-12-15T10:00");
    let update = patch.apply(
        &mut task,
        Some(standing),
        Some(Scope::Following),
        instant(NOW),
        Uuid::new_v4,
    );
    let series = revision(update.unwrap());
    assert_eq!(series.rule.to_string(), "FREQ=WEEKLY;COUNT=3");
    assert_eq!(series.first_occurrence, 2);
    assert_eq!(task.place.unwrap().scheduled_for.to_string(), "2026-12-15T10:00:00");
    assert_eq!(series.last.unwrap().to_string(), "2026-12-29T10:00:00");
}

#[test]
fn a_count_of_completions_goes_on_over_a_new_date() {
    let mut task = recurring("2026-11-30T09:00", "FREQ=DAILY;COUNT=3", &[]);
    task.recurrence_mode = Some(Mode::Completion);
    let first = created(task, CREATED);
    let (mut task, mut series) = (first.task, first.series.unwrap());
    let mut made = 1;
    loop {
        // Each is put off by a day, it and those that follow, before it is done.
        let standing = Standing {
            series: series.clone(),
            is_latest: true,
        };
        let date = task.due.unwrap().date.start() + chrono::TimeDelta::days(1);
        let update = due(&date.format("%Y-%m-%dT%H:%M:%S").to_string()).apply(
            &mut task,
            Some(standing),
            Some(Scope::Following),
            instant(NOW),
            Uuid::new_v4,
        );
        series = revision(update.unwrap());
        transition::complete(&mut task, instant("2026-12-20T08:00:00Z"));
        match series.successor(&task, instant(NOW)).unwrap() {
            Some(next) => task = next.task,
            None => break,
        }
        made += 1;
    }
    assert_eq!(made, 3);
}

#[test]
fn a_task_begins_to_repeat_and_ends_it() {
    let mut task = plain();
    let update = apply(rule("FREQ=DAILY"), &mut task, None).unwrap();
    assert_eq!(
        update.changed,
        [
            "recurrence_rule",
            "recurrence_mode",
            "series_id",
            "occurrence",
            "scheduled_for"
        ]
    );
    let series = revision(update);
    assert_eq!(series.template.reminders.len(), 2);
    let standing = Standing {
        series,
        is_latest: true,
    };
    let patch = TaskPatch {
        recurrence_rule: Some(None),
        ..TaskPatch::default()
    };
    let update = apply(patch, &mut task, Some(&standing)).unwrap();
    assert_eq!((update.series, task.place), (SeriesUpdate::Left, None));
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
