//! What follows a completed occurrence.

use crate::{
    Series, Task,
    samples::{created, instant, recurring},
    series::{Mode, Successor},
    transition,
};

/// The series, and its first occurrence completed at `completed_at`.
fn completed(due: &str, rule: &str, offsets: &[&str], completed_at: &str) -> (Series, Task) {
    let created = created(recurring(due, rule, offsets), "2026-01-01T00:00:00Z");
    let mut task = created.task;
    transition::complete(&mut task, instant(completed_at));
    (created.series.unwrap(), task)
}

fn successor(due: &str, rule: &str, completed_at: &str) -> Option<Successor> {
    let (series, task) = completed(due, rule, &[], completed_at);
    series.successor(&task, instant(completed_at)).unwrap()
}

fn next_due(due: &str, rule: &str, completed_at: &str) -> Option<String> {
    successor(due, rule, completed_at).map(|next| next.task.due.unwrap().date.to_string())
}

#[test]
fn completing_early_leads_to_the_next_date_of_the_rule() {
    let next = next_due("2026-12-01T09:00", "FREQ=WEEKLY", "2026-11-20T08:00:00Z");
    assert_eq!(next.as_deref(), Some("2026-12-08T09:00:00"));
}

#[test]
fn missed_occurrences_are_skipped() {
    let next = next_due("2026-12-01T09:00", "FREQ=DAILY", "2026-12-05T12:00:00Z");
    assert_eq!(next.as_deref(), Some("2026-12-06T09:00:00"));
}

#[test]
fn a_date_that_is_completed_on_its_day_leads_to_the_next_day() {
    assert_eq!(
        next_due("2026-12-01", "FREQ=DAILY", "2026-12-01T12:00:00Z").as_deref(),
        Some("2026-12-02")
    );
}

#[test]
fn local_time_stays_over_a_change_of_daylight_saving() {
    let next = successor("2027-03-27T09:00", "FREQ=DAILY", "2027-03-27T08:30:00Z").unwrap();
    assert_eq!(next.task.due.unwrap().at, instant("2027-03-28T07:00:00Z"));
}

#[test]
fn an_occurrence_in_the_gap_counts_by_its_instant() {
    // 02:30 does not exist on 28 March 2027 and resolves to 03:30 (01:30Z). At 03:15 (01:15Z) it is still ahead.
    let next = next_due("2027-03-27T02:30", "FREQ=DAILY", "2027-03-28T01:15:00Z");
    assert_eq!(next.as_deref(), Some("2027-03-28T02:30:00"));
    let next = next_due("2027-03-27T02:30", "FREQ=DAILY", "2027-03-28T01:45:00Z");
    assert_eq!(next.as_deref(), Some("2027-03-29T02:30:00"));
}

#[test]
fn a_rule_that_has_ended_has_no_next() {
    assert_eq!(
        next_due("2026-12-01T09:00", "FREQ=DAILY;COUNT=1", "2026-12-01T09:00:00Z"),
        None
    );
    assert_eq!(
        next_due("2026-12-01", "FREQ=DAILY;UNTIL=20261203", "2026-12-03T12:00:00Z"),
        None
    );
    assert!(next_due("2026-12-01", "FREQ=DAILY;UNTIL=20261203", "2026-12-02T12:00:00Z").is_some());
}

#[test]
fn count_counts_what_was_skipped() {
    let next = successor("2026-12-01T09:00", "FREQ=DAILY;COUNT=5", "2026-12-03T12:00:00Z").unwrap();
    assert_eq!((next.task.place.unwrap().occurrence, next.rule_index), (2, Some(4)));
    assert!(successor("2026-12-01T09:00", "FREQ=DAILY;COUNT=5", "2026-12-05T12:00:00Z").is_none());
}

#[test]
fn completion_mode_counts_from_the_completions_local_date_at_the_due_time() {
    let (mut series, task) = completed("2026-12-01T09:00", "FREQ=DAILY;INTERVAL=3", &[], "2026-12-10T23:30:00Z");
    series.mode = Mode::Completion;
    // 23:30Z is half past midnight on the 11th in Berlin.
    let next = series.successor(&task, task.completed_at.unwrap()).unwrap().unwrap();
    assert_eq!(next.task.due.unwrap().date.to_string(), "2026-12-14T09:00:00");
}

#[test]
fn completion_mode_ends_by_the_number_of_occurrences() {
    let (mut series, mut task) = completed("2026-12-01", "FREQ=DAILY;COUNT=2", &[], "2026-12-01T12:00:00Z");
    series.mode = Mode::Completion;
    let next = |task: &Task| series.successor(task, instant("2026-12-01T12:00:00Z")).unwrap();
    assert!(next(&task).is_some());
    task.place.as_mut().unwrap().occurrence = 2;
    assert!(next(&task).is_none());
}

#[test]
fn the_next_looks_like_the_template_with_the_same_identity_each_time() {
    let (series, task) = completed(
        "2026-12-01T09:00",
        "FREQ=WEEKLY",
        &["-PT15M", "P1D"],
        "2026-12-01T08:00:00Z",
    );
    let now = instant("2026-12-01T08:00:05Z");
    let next = series.successor(&task, now).unwrap().unwrap().task;
    assert_eq!(series.successor(&task, now).unwrap().unwrap().task, next);
    assert_eq!(next.title, task.title);
    let moments: Vec<_> = next.reminders.iter().map(|reminder| reminder.fire_at).collect();
    assert_eq!(
        moments,
        [instant("2026-12-08T07:45:00Z"), instant("2026-12-09T08:00:00Z")]
    );
}

#[test]
fn a_reminder_of_the_next_that_is_already_past_fires_at_once() {
    let (series, task) = completed("2026-12-01T09:00", "FREQ=DAILY", &["-P3D"], "2026-12-01T08:00:00Z");
    let now = instant("2026-12-01T08:00:05Z");
    assert_eq!(
        series.successor(&task, now).unwrap().unwrap().task.reminders[0].fire_at,
        now
    );
}

#[test]
fn a_pending_task_has_no_successor() {
    let created = created(recurring("2026-12-01", "FREQ=DAILY", &[]), "2026-11-01T00:00:00Z");
    assert_eq!(
        created
            .series
            .unwrap()
            .successor(&created.task, instant("2026-12-01T12:00:00Z")),
        Ok(None)
    );
}

#[test]
fn completion_mode_of_hours_counts_from_the_completion_itself() {
    let (mut series, task) = completed(
        "2026-12-01T09:00",
        "FREQ=HOURLY;INTERVAL=8",
        &[],
        "2026-12-10T13:20:05Z",
    );
    series.mode = Mode::Completion;
    let next = series.successor(&task, task.completed_at.unwrap()).unwrap().unwrap();
    assert_eq!(next.task.due.unwrap().date.to_string(), "2026-12-10T22:20:05");
}

#[test]
fn completion_mode_gives_nothing_that_has_passed() {
    let (mut series, task) = completed(
        "2026-12-01T09:00",
        "FREQ=DAILY;BYHOUR=9,21",
        &[],
        "2026-12-10T22:00:00Z",
    );
    series.mode = Mode::Completion;
    let next = series.successor(&task, task.completed_at.unwrap()).unwrap().unwrap();
    assert_eq!(next.task.due.unwrap().date.to_string(), "2026-12-11T09:00:00");
}

#[test]
fn completion_mode_goes_on_as_it_began_where_interval_and_parts_would_never_meet() {
    for (due, rule, next) in [
        (
            "2026-09-01T09:00",
            "FREQ=MONTHLY;INTERVAL=3;BYMONTH=3,6,9,12;BYMONTHDAY=1",
            "2026-12-01T09:00:00",
        ),
        ("2026-03-01", "FREQ=MONTHLY;INTERVAL=12;BYMONTH=3", "2027-03-01"),
        ("2026-01-05", "FREQ=DAILY;INTERVAL=7;BYDAY=MO", "2026-11-23"),
        (
            "2026-11-21T01:00",
            "FREQ=HOURLY;INTERVAL=2;BYHOUR=1,3,5,7,9,11,13,15,17,19,21,23",
            "2026-11-21T17:00:00",
        ),
    ] {
        // Five past four in the afternoon of a Saturday in Berlin.
        let (mut series, task) = completed(due, rule, &[], "2026-11-21T15:05:00Z");
        series.mode = Mode::Completion;
        let found = series.successor(&task, task.completed_at.unwrap()).unwrap();
        assert_eq!(found.unwrap().task.due.unwrap().date.to_string(), next, "{rule}");
    }
}

#[test]
fn completion_mode_ends_with_until() {
    let (mut series, task) = completed(
        "2026-11-20",
        "FREQ=DAILY;INTERVAL=3;UNTIL=20261123",
        &[],
        "2026-11-21T15:00:00Z",
    );
    series.mode = Mode::Completion;
    // The rule as it began has the 23rd; counted from the 21st it is the 24th, and too late.
    assert_eq!(series.successor(&task, task.completed_at.unwrap()), Ok(None));
}
