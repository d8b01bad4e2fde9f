//! What a patch makes of a task's series.

use super::*;

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
