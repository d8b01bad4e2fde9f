//! Passing over an occurrence.

use super::*;
use crate::{
    samples::{created, instant, recurring},
    transition,
};

const CREATED: &str = "2026-11-23T08:00:00Z";

fn begun(rule: &str, mode: Mode) -> (Task, Series) {
    let mut task = recurring("2026-11-30T09:00", rule, &["-PT15M"]);
    task.recurrence_mode = Some(mode);
    let at = Trigger::At(instant("2026-11-29T12:00:00Z"));
    task.reminders.push((String::new(), at));
    let created = created(task, CREATED);
    (created.task, created.series.unwrap())
}

fn pass_over(task: &mut Task, series: &mut Series, now: &str) -> Result<Changed, SkipError> {
    let place = task.place.clone().unwrap();
    skip(task, &place, series, instant(now))
}

fn due(task: &Task) -> String {
    task.due.unwrap().date.to_string()
}

#[test]
fn a_skipped_occurrence_has_the_next_date_and_its_reminders_with_it() {
    let (mut task, mut series) = begun("FREQ=WEEKLY", Mode::Schedule);
    let changed = pass_over(&mut task, &mut series, CREATED).unwrap();
    assert_eq!(
        changed,
        ["due_date", "due_at", "exceptions", "scheduled_for", "reminders"]
    );
    assert_eq!(due(&task), "2026-12-07T09:00:00");
    let moments = task.reminders.iter().map(|reminder| reminder.fire_at);
    assert!(moments.eq([instant("2026-12-07T07:45:00Z"), instant("2026-12-06T12:00:00Z")]));
    let place = task.place.unwrap();
    assert_eq!((place.occurrence, place.revision, series.revision), (1, 2, 2));
    assert_eq!(place.exceptions, ["2026-11-30T09:00".parse().unwrap()]);
}

#[test]
fn dates_that_were_missed_are_not_skipped_to() {
    let (mut task, mut series) = begun("FREQ=DAILY", Mode::Schedule);
    pass_over(&mut task, &mut series, "2026-12-04T12:00:00Z").unwrap();
    assert_eq!(due(&task), "2026-12-05T09:00:00");
}

#[test]
fn a_skipped_date_counts_in_either_mode() {
    for mode in [Mode::Schedule, Mode::Completion] {
        let (mut task, mut series) = begun("FREQ=WEEKLY;COUNT=3", mode);
        pass_over(&mut task, &mut series, "2026-11-30T12:00:00Z").unwrap();
        pass_over(&mut task, &mut series, "2026-12-07T12:00:00Z").unwrap();
        let before = (task.clone(), series.clone());
        let refused = pass_over(&mut task, &mut series, "2026-12-14T12:00:00Z");
        assert_eq!(refused, Err(SkipError::Ended), "{mode}");
        assert_eq!((task, series), before);
    }
}

#[test]
fn what_is_done_is_not_skipped() {
    let (mut task, mut series) = begun("FREQ=WEEKLY", Mode::Schedule);
    transition::complete(&mut task, instant(CREATED));
    assert_eq!(pass_over(&mut task, &mut series, CREATED), Err(SkipError::NotOpen));
}

#[test]
fn a_date_that_was_moved_is_left_for_the_rules_own() {
    let (mut task, mut series) = begun("FREQ=WEEKLY", Mode::Schedule);
    task.due = Some(Due::new("2026-12-03T18:00".parse().unwrap(), task.time_zone));
    pass_over(&mut task, &mut series, CREATED).unwrap();
    assert_eq!(due(&task), "2026-12-07T09:00:00");
}

#[test]
fn there_is_always_room_for_one_more_exception() {
    let (mut task, mut series) = begun("FREQ=DAILY", Mode::Schedule);
    for _ in 0..120 {
        pass_over(&mut task, &mut series, CREATED).unwrap();
    }
    assert_eq!(series.exceptions.len(), MAX_DATES);
    assert_eq!(due(&task), "2027-03-30T09:00:00");
    assert_eq!(series.exceptions.last().unwrap().to_string(), "2027-03-29T09:00:00");
}
