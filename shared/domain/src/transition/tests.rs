//! What may happen to a task.

use super::*;
use crate::{
    Reminder, Trigger,
    samples::{created, instant, new_task, recurring},
};

const CREATED: &str = "2026-11-23T08:00:00Z";

/// A task with reminders an hour and two hours after it was created.
fn reminded() -> Task {
    let at = |text| (String::new(), Trigger::At(instant(text)));
    let mut task = new_task("Call Ann");
    task.reminders = vec![at("2026-11-23T09:00:00Z"), at("2026-11-23T10:00:00Z")];
    created(task, CREATED).task
}

fn states(task: &Task) -> Vec<&'static str> {
    task.reminders.iter().map(|reminder| reminder.state.as_str()).collect()
}

fn fire_first(task: &mut Task) -> ReminderId {
    let first = task.reminders[0].id;
    assert_eq!(
        fire(task, &[first], instant("2026-11-23T09:00:00Z")),
        Firing::Fired(vec![first])
    );
    first
}

#[test]
fn completing_cancels_what_is_open_and_reopening_schedules_what_is_ahead() {
    let mut task = reminded();
    assert_eq!(
        complete(&mut task, instant("2026-11-23T08:30:00Z")),
        ["status", "completed_at", "reminders"]
    );
    assert_eq!(states(&task), ["cancelled", "cancelled"]);
    reopen(&mut task, instant("2026-11-23T09:30:00Z"));
    assert_eq!(states(&task), ["cancelled", "scheduled"]);
    assert_eq!(task.reminders[1].generation, 2);
    assert_eq!(task.version, 3);
}

#[test]
fn deleting_cancels_what_is_open_and_restoring_schedules_what_is_ahead() {
    let mut task = reminded();
    let changed = delete(&mut task, instant("2026-11-23T08:30:00Z"));
    assert_eq!(changed, ["deleted_at", "reminders"]);
    assert!(delete(&mut task, instant("2026-11-23T08:40:00Z")).is_empty());
    assert_eq!(states(&task), ["cancelled", "cancelled"]);
    let changed = restore(&mut task, instant("2026-11-23T09:30:00Z"));
    assert_eq!(changed, ["deleted_at", "reminders"]);
    assert_eq!(states(&task), ["cancelled", "scheduled"]);
    assert!(restore(&mut task, instant("2026-11-23T09:30:00Z")).is_empty());
}

#[test]
fn restoring_what_is_completed_schedules_nothing() {
    let mut task = reminded();
    complete(&mut task, instant(CREATED));
    delete(&mut task, instant(CREATED));
    assert_eq!(restore(&mut task, instant(CREATED)), ["deleted_at"]);
    assert_eq!(states(&task), ["cancelled", "cancelled"]);
}

#[test]
fn a_repeated_transition_changes_nothing() {
    let mut task = reminded();
    assert!(reopen(&mut task, instant(CREATED)).is_empty());
    complete(&mut task, instant(CREATED));
    let once = task.clone();
    assert!(complete(&mut task, instant("2026-11-23T09:00:00Z")).is_empty());
    assert_eq!(task, once);
}

#[test]
fn a_reminder_fires_at_its_moment_and_not_before() {
    let mut task = reminded();
    let all: Vec<_> = task.reminders.iter().map(|reminder| reminder.id).collect();
    assert_eq!(
        fire(&mut task, &all, instant("2026-11-23T08:59:59.999999Z")),
        Firing::Nothing
    );
    assert_eq!(task.version, 1);
    assert_eq!(
        fire(&mut task, &all, instant("2026-11-23T09:00:00Z")),
        Firing::Fired(vec![all[0]])
    );
    assert_eq!(states(&task), ["fired", "scheduled"]);
}

#[test]
fn a_completed_tasks_reminder_is_cancelled_instead_of_fired() {
    let mut task = reminded();
    task.completed_at = Some(instant(CREATED));
    let all: Vec<_> = task.reminders.iter().map(|reminder| reminder.id).collect();
    assert_eq!(
        fire(&mut task, &all, instant("2026-11-24T00:00:00Z")),
        Firing::Cancelled
    );
    assert_eq!(states(&task), ["cancelled", "cancelled"]);
    assert_eq!(task.version, 2);
    let again = fire(&mut task, &all, instant("2026-11-24T00:00:01Z"));
    assert_eq!((again, task.version), (Firing::Nothing, 2));
}

#[test]
fn a_fired_reminder_is_delivered_once_and_says_how_late_it_was() {
    let mut task = reminded();
    let first = task.reminders[0].id;
    fire(&mut task, &[first], instant("2026-11-23T09:00:02.5Z"));
    let Delivery::Made(notification) = deliver(&mut task, first, instant("2026-11-23T09:00:03Z")) else {
        panic!("there was something to tell");
    };
    assert_eq!(notification.late_ms, 2_500);
    assert_eq!(
        deliver(&mut task, first, instant("2026-11-23T09:00:04Z")),
        Delivery::Nothing
    );
}

#[test]
fn a_fired_reminder_of_a_task_that_is_done_is_cancelled() {
    let mut task = reminded();
    let first = fire_first(&mut task);
    task.completed_at = Some(instant("2026-11-23T09:00:01Z"));
    assert_eq!(
        deliver(&mut task, first, instant("2026-11-23T09:00:02Z")),
        Delivery::Cancelled
    );
    assert_eq!(states(&task)[0], "cancelled");
}

#[test]
fn a_snoozed_reminder_fires_again_as_another_notification() {
    let mut task = reminded();
    let first = fire_first(&mut task);
    let earlier = task.reminders[0].notification_id();
    deliver(&mut task, first, instant("2026-11-23T09:00:01Z"));
    let snoozed = snooze(
        &mut task,
        first,
        instant("2026-11-23T09:10:00Z"),
        instant("2026-11-23T09:05:00Z"),
    );
    assert_eq!(snoozed, Ok(()));
    assert_eq!(states(&task)[0], "scheduled");
    assert_ne!(task.reminders[0].notification_id(), earlier);
    complete(&mut task, instant("2026-11-23T09:06:00Z"));
    let snoozed = snooze(
        &mut task,
        first,
        instant("2026-11-23T09:10:00Z"),
        instant("2026-11-23T09:07:00Z"),
    );
    assert_eq!(snoozed, Err(NoSnooze::Over));
}

#[test]
fn a_newer_zone_database_moves_what_was_derived_and_leaves_a_snooze() {
    let mut task = created(
        recurring("2026-12-01T09:00", "FREQ=DAILY", &["-PT15M", "-PT30M"]),
        CREATED,
    )
    .task;
    let right = task.clone();
    assert!(resolve_anew(&mut task, instant(CREATED)).is_empty());
    // As an older database had it: an hour off. The second reminder was snoozed since.
    let off = chrono::TimeDelta::hours(1);
    task.due.as_mut().unwrap().at += off;
    task.reminders[0].fire_at += off;
    assert_eq!(resolve_anew(&mut task, instant(CREATED)), ["reminders", "due_at"]);
    assert_eq!(task.due, right.due);
    assert_eq!(task.reminders[0].fire_at, right.reminders[0].fire_at);
    task.reminders[1].schedule(instant("2026-11-30T00:00:00Z"), instant(CREATED));
    assert!(resolve_anew(&mut task, instant(CREATED)).is_empty());
}

#[test]
fn a_newer_zone_database_leaves_what_fires_at_once_where_it_is() {
    let mut task = created(recurring("2026-12-01T09:00", "FREQ=DAILY", &["-P14D"]), CREATED).task;
    assert_eq!(task.reminders[0].fire_at, instant(CREATED));
    let later = instant("2026-11-23T08:00:01Z");
    assert!(resolve_anew(&mut task, later).is_empty());
    assert_eq!(task.version, 1);
}

type Transition = fn(&mut Task, DateTime<Utc>) -> Changed;

#[test]
fn what_comes_back_has_its_instants_from_the_zone_database_of_now() {
    let right = created(recurring("2026-12-01T09:00", "FREQ=DAILY", &["-PT15M"]), CREATED).task;
    let come_and_go: [(Transition, Transition); 2] = [(complete, reopen), (delete, restore)];
    for (go, come) in come_and_go {
        let mut task = right.clone();
        go(&mut task, instant(CREATED));
        let off = chrono::TimeDelta::hours(1);
        task.due.as_mut().unwrap().at += off;
        task.reminders[0].fire_at += off;
        let changed = come(&mut task, instant(CREATED));
        assert!(changed.ends_with(&["reminders", "due_at"]), "{changed:?}");
        assert_eq!(task.due, right.due);
        assert_eq!(task.reminders[0].fire_at, right.reminders[0].fire_at);
    }
}

#[test]
fn scheduling_for_a_moment_that_is_past_means_now() {
    let mut reminder = Reminder::new(
        ReminderId(uuid::Uuid::nil()),
        Trigger::At(instant(CREATED)),
        instant(CREATED),
    );
    let now = instant("2026-11-24T00:00:00Z");
    reminder.schedule(instant(CREATED), now);
    assert_eq!((reminder.fire_at, reminder.generation), (now, 2));
}

#[test]
fn a_revived_occurrence_does_not_tell_again_what_was_told_unless_it_has_moved() {
    let mut withdrawn = reminded();
    let first = fire_first(&mut withdrawn);
    deliver(&mut withdrawn, first, instant("2026-11-23T09:00:01Z"));
    delete(&mut withdrawn, instant("2026-11-23T09:30:00Z"));
    let mut anew = reminded();
    for (reminder, earlier) in anew.reminders.iter_mut().zip(&withdrawn.reminders) {
        reminder.id = earlier.id;
    }
    let mut moved = anew.clone();
    let mut set_anew = anew.clone();
    revive(&mut anew, &withdrawn);
    assert_eq!(states(&anew), ["delivered", "scheduled"]);
    assert_eq!(anew.version, withdrawn.version + 1);
    let is_another = |reminder: &Reminder| {
        withdrawn
            .reminders
            .iter()
            .all(|r| r.notification_id() != reminder.notification_id())
    };
    assert!(is_another(&anew.reminders[1]));

    set_anew.reminders[0].trigger = Trigger::At(instant("2026-11-23T11:00:00Z"));
    revive(&mut set_anew, &withdrawn);
    assert_eq!(states(&set_anew), ["scheduled", "scheduled"]);
    assert!(set_anew.reminders.iter().all(is_another));

    moved.due = Some(Due::new("2026-12-01".parse().unwrap(), moved.time_zone));
    revive(&mut moved, &withdrawn);
    assert_eq!(states(&moved), ["scheduled", "scheduled"]);
}
