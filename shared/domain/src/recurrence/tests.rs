//! Schedules: what the start, exceptions, additions, UNTIL and the calendar's end do to a rule's dates.

use chrono::{Days, NaiveDateTime};

use super::{GaveUp, Schedule, ScheduleError};
use crate::civil::Civil;
use crate::zone::Zone;

fn civil(text: &str) -> Civil {
    text.parse().unwrap()
}

fn civils(texts: &[&str]) -> Vec<Civil> {
    texts.iter().map(|text| civil(text)).collect()
}

fn attempt(rule: &str, start: &str, exceptions: &[&str], additions: &[&str]) -> Result<Schedule, ScheduleError> {
    let zone = "America/New_York".parse().unwrap();
    let rule = rule.parse().unwrap();
    Schedule::new(rule, civil(start), zone, civils(exceptions), civils(additions))
}

fn schedule(rule: &str, start: &str, exceptions: &[&str], additions: &[&str]) -> Schedule {
    attempt(rule, start, exceptions, additions).unwrap()
}

fn refusal(rule: &str, start: &str, exceptions: &[&str], additions: &[&str]) -> ScheduleError {
    attempt(rule, start, exceptions, additions).unwrap_err()
}

fn dates(schedule: &Schedule, most: usize) -> Vec<Civil> {
    schedule.iter().take(most).map(Result::unwrap).collect()
}

#[test]
fn months_without_the_day_are_skipped_and_do_not_count() {
    let monthly = schedule("FREQ=MONTHLY;COUNT=4", "2026-01-31", &[], &[]);
    let expected = civils(&["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]);
    assert_eq!(dates(&monthly, 9), expected);
    let yearly = schedule("FREQ=YEARLY", "2096-02-29", &[], &[]);
    assert_eq!(dates(&yearly, 3), civils(&["2096-02-29", "2104-02-29", "2108-02-29"]));
}

#[test]
fn the_start_is_the_first_date_and_counts_even_if_the_rule_does_not_give_it() {
    let mondays = schedule("FREQ=WEEKLY;BYDAY=MO;COUNT=3", "2026-12-01", &[], &[]);
    let expected = civils(&["2026-12-01", "2026-12-07", "2026-12-14"]);
    assert_eq!(dates(&mondays, 9), expected);
    let late = schedule("FREQ=DAILY;UNTIL=20200101", "2026-12-01", &[], &[]);
    assert_eq!(dates(&late, 9), civils(&["2026-12-01"]));
    let never = schedule("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "2026-12-01", &[], &[]);
    assert_eq!(dates(&never, 9), civils(&["2026-12-01"]));
}

#[test]
fn exceptions_are_left_out_but_counted() {
    let skipped = ["2026-12-02", "2026-12-04", "2026-12-04", "2027-01-01"];
    let daily = schedule("FREQ=DAILY;COUNT=4", "2026-12-01", &skipped, &[]);
    assert_eq!(dates(&daily, 9), civils(&["2026-12-01", "2026-12-03"]));
    assert_eq!(daily.exceptions(), civils(&["2026-12-02", "2026-12-04", "2027-01-01"]));
    let startless = schedule("FREQ=DAILY;COUNT=2", "2026-12-01", &["2026-12-01"], &[]);
    assert_eq!(dates(&startless, 9), civils(&["2026-12-02"]));
}

#[test]
fn additions_are_merged_and_bound_by_no_limit() {
    let added = ["2027-05-05", "2026-12-08", "2026-12-03", "2026-12-04", "2020-01-01"];
    let weekly = schedule("FREQ=WEEKLY;COUNT=2", "2026-12-01", &["2026-12-04"], &added);
    let expected = civils(&["2026-12-01", "2026-12-03", "2026-12-08", "2027-05-05"]);
    assert_eq!(dates(&weekly, 9), expected);
}

#[test]
fn count_is_told_by_the_rules_dates_alone() {
    let daily = schedule("FREQ=DAILY;COUNT=4", "2026-12-01", &["2026-12-02"], &["2026-12-09"]);
    assert_eq!(daily.last(), Some(civil("2026-12-04")));
    for (until, count) in [
        ("2026-11-30", 0),
        ("2026-12-01", 1),
        ("2026-12-03", 3),
        ("2027-01-01", 4),
    ] {
        assert_eq!(daily.count_through(civil(until).start()), Ok(Some(count)), "{until}");
    }
    let endless = schedule("FREQ=DAILY", "2026-12-01", &[], &[]);
    assert_eq!(
        (endless.last(), endless.count_through(NaiveDateTime::MAX)),
        (None, Ok(None))
    );
}

#[test]
fn resuming_from_the_last_date_gives_the_same_dates() {
    let rule = "FREQ=MONTHLY;BYDAY=2TU,-1FR;COUNT=7";
    let counted = schedule(rule, "2026-12-01T09:00", &[], &[]);
    let last = counted.last();
    let rule = rule.parse().unwrap();
    let resumed = Schedule::resume(rule, counted.start(), counted.zone(), vec![], vec![], last).unwrap();
    assert_eq!(resumed, counted);
}

#[test]
fn until_is_inclusive_in_each_form() {
    let last = |rule: &str, start: &str| schedule(rule, start, &[], &[]).iter().last().unwrap().unwrap();
    assert_eq!(last("FREQ=DAILY;UNTIL=20261205", "2026-12-01"), civil("2026-12-05"));
    let at_nine = civil("2026-12-05T09:00");
    for until in [
        "20261205T090000",
        "20261205T140000Z",
        "20261206T085959",
        "20261206T135959Z",
    ] {
        assert_eq!(last(&format!("FREQ=DAILY;UNTIL={until}"), "2026-12-01T09:00"), at_nine);
    }
    // The clocks have gone forward over 02:30: the last date is the one read with the offset before.
    let skipped = last("FREQ=DAILY;UNTIL=20070311T073000Z", "2007-03-01T02:30");
    assert_eq!(skipped, civil("2007-03-11T02:30"));
}

#[test]
fn an_instant_until_reaches_days_ahead_of_utc_and_behind() {
    for (zone, until, last) in [
        // 02:00 of the 6th in Kiritimati, 23:00 of the 4th in Pago Pago.
        ("Pacific/Kiritimati", "20261205T120000Z", "2026-12-06T00:30"),
        ("Pacific/Pago_Pago", "20261205T100000Z", "2026-12-04T00:30"),
        ("Pacific/Kiritimati", "99991231T235959Z", "9999-12-31T00:30"),
    ] {
        let (rule, start) = (format!("FREQ=DAILY;UNTIL={until}"), civil("2026-12-01T00:30"));
        let zone = zone.parse().unwrap();
        let schedule = Schedule::new(rule.parse().unwrap(), start, zone, vec![], vec![]).unwrap();
        let last = civil(last);
        assert_eq!(schedule.after(last.start() - Days::new(1)), Ok(Some(last)));
        assert_eq!(schedule.after(last.start()), Ok(None));
    }
}

#[test]
fn dates_are_strictly_increasing_instants_where_clocks_change() {
    // Forward over 02:00–03:00, and back over 01:00–02:00.
    for start in ["2007-03-11T00:00", "2007-11-04T00:00"] {
        let half_hourly = schedule("FREQ=MINUTELY;INTERVAL=30", start, &[], &[]);
        let instants: Vec<_> = dates(&half_hourly, 20)
            .iter()
            .map(|date| half_hourly.zone().resolve(date.start()))
            .collect();
        assert!(instants.is_sorted_by(|a, b| a < b), "{instants:?}");
    }
}

#[test]
fn kinds_must_agree() {
    use ScheduleError::{AdditionKind, ExceptionKind, UntilWithTime, UntilWithoutTime};
    let (day, time) = ("2026-12-01", "2026-12-01T09:00");
    assert_eq!(refusal("FREQ=DAILY;UNTIL=20270301", time, &[], &[]), UntilWithoutTime);
    for until in ["20270301T000000", "20270301T000000Z"] {
        assert_eq!(
            refusal(&format!("FREQ=DAILY;UNTIL={until}"), day, &[], &[]),
            UntilWithTime
        );
    }
    let value = civil(time);
    let error = refusal("FREQ=DAILY", day, &[day, time], &[]);
    assert_eq!(error, ExceptionKind { index: 1, value });
    let message = "2026-12-01T09:00:00 must be a date, because the due date is one";
    assert_eq!(error.to_string(), message);
    let error = refusal("FREQ=DAILY", time, &[time], &[day]);
    let value = civil(day);
    assert_eq!(error, AdditionKind { index: 0, value });
    let message = "2026-12-01 must be a local date-time, because the due date is one";
    assert_eq!(error.to_string(), message);
}

#[test]
fn times_of_day_need_a_start_that_has_one() {
    for (rule, part) in [
        ("FREQ=HOURLY", "FREQ"),
        ("FREQ=MINUTELY;BYHOUR=9", "FREQ"),
        ("FREQ=SECONDLY", "FREQ"),
        ("FREQ=DAILY;BYHOUR=9", "BYHOUR"),
        ("FREQ=YEARLY;BYSECOND=1;BYMINUTE=0", "BYMINUTE"),
        ("FREQ=WEEKLY;BYSECOND=0", "BYSECOND"),
    ] {
        let error = refusal(rule, "2026-12-01", &[], &[]);
        assert_eq!(error, ScheduleError::TimeOfDay(part), "{rule}");
        attempt(rule, "2026-12-01T09:00", &[], &[]).unwrap();
    }
}

#[test]
fn dates_given_are_bounded() {
    let make = |exceptions: u64, additions: u64| {
        let start = civil("2026-12-01");
        let days = |count| {
            (0..count)
                .map(|day| Civil::Date(start.date() + Days::new(day)))
                .collect()
        };
        let rule = "FREQ=DAILY".parse().unwrap();
        Schedule::new(rule, start, Zone::default(), days(exceptions), days(additions))
    };
    let full = make(100, 100).unwrap();
    assert_eq!(dates(&full, 1), civils(&["2027-03-11"]));
    assert_eq!(make(101, 0), Err(ScheduleError::TooManyExceptions));
    assert_eq!(make(0, 101), Err(ScheduleError::TooManyAdditions));
}

#[test]
fn the_calendar_ends_with_the_year_9999() {
    for rule in ["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"] {
        let last = schedule(&format!("FREQ={rule}"), "9999-12-31T23:59:59", &[], &[]);
        assert_eq!(dates(&last, 9), [last.start()]);
        assert_eq!(last.after(last.start().start()), Ok(None));
        assert_eq!(last.after(NaiveDateTime::MAX), Ok(None));
        let single = schedule(&format!("FREQ={rule};COUNT=1"), "2026-12-01T09:00", &[], &[]);
        assert_eq!(dates(&single, 9), [single.start()]);
    }
    let leap = schedule("FREQ=YEARLY;INTERVAL=100000", "2028-02-29", &[], &[]);
    assert_eq!(leap.after(leap.start().start()), Ok(None));
    let daily = schedule("FREQ=DAILY", "1900-01-01", &[], &[]);
    let last = civil("9999-12-31");
    assert_eq!(daily.after(civil("9999-12-30").start()), Ok(Some(last)));
    assert_eq!(daily.after(last.start()), Ok(None));
    let weeks = schedule("FREQ=YEARLY;BYWEEKNO=52", "9999-12-31", &[], &[]);
    assert_eq!(weeks.after(last.start()), Ok(None));
    let moved = schedule(
        "RSCALE=GREGORIAN;FREQ=YEARLY;BYYEARDAY=366;SKIP=FORWARD",
        "9998-01-01",
        &[],
        &[],
    );
    assert_eq!(dates(&moved, 9), civils(&["9998-01-01", "9999-01-01"]));
}

#[test]
fn nothing_comes_after_the_last_instant_but_a_start() {
    // What can be written ends at 18:59:59 in New York.
    let hourly = schedule(
        "FREQ=HOURLY",
        "9999-12-31T17:00",
        &[],
        &["9999-12-31T18:59:59", "9999-12-31T19:00"],
    );
    let expected = civils(&["9999-12-31T17:00", "9999-12-31T18:00", "9999-12-31T18:59:59"]);
    assert_eq!(dates(&hourly, 9), expected);
    assert_eq!(hourly.after(civil("9999-12-31T18:59:59").start()), Ok(None));
    for end in ["", ";COUNT=9", ";UNTIL=99991231T235959", ";UNTIL=99991231T235959Z"] {
        let late = schedule(
            &format!("FREQ=HOURLY{end}"),
            "9999-12-31T20:00",
            &[],
            &["9999-12-31T21:00"],
        );
        assert_eq!(dates(&late, 9), [late.start()], "{end}");
    }
    let counted = schedule("FREQ=HOURLY;COUNT=9", "9999-12-31T17:00", &[], &[]);
    assert_eq!(counted.last(), Some(civil("9999-12-31T18:00")));
}

#[test]
fn an_interval_that_the_parts_never_meet_gives_the_start_alone() {
    for rule in [
        "FREQ=HOURLY;INTERVAL=24;BYHOUR=10",
        "FREQ=MINUTELY;INTERVAL=60;BYMINUTE=5",
        "FREQ=SECONDLY;INTERVAL=86400;BYSECOND=1",
        "FREQ=HOURLY;BYYEARDAY=366;BYMONTH=1",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=1;BYSETPOS=2",
        // 1 December 2026 is a Tuesday.
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=HOURLY;INTERVAL=168;BYDAY=WE,MO",
        "FREQ=MINUTELY;INTERVAL=1440;BYHOUR=8",
    ] {
        let never = schedule(rule, "2026-12-01T09:00", &[], &[]);
        assert_eq!(never.after(never.start().start()), Ok(None), "{rule}");
    }
}

/// Once in 273 years these parts meet: so far nobody plans.
#[test]
fn a_search_that_hardly_ever_ends_is_given_up() {
    let parts = "FREQ=SECONDLY;INTERVAL=99991;BYHOUR=1;BYMINUTE=1;BYSECOND=1";
    let starts = (0..60).map(|second| format!("2026-12-01T04:47:{second:02}"));
    let given_up = |start: &String| {
        let rare = schedule(parts, start, &[], &[]);
        rare.after(rare.start().start()) == Err(GaveUp)
    };
    let start = starts.into_iter().find(given_up).expect("some are too far");

    let rare = schedule(parts, &start, &[], &[]);
    let dates: Vec<_> = rare.iter().collect();
    assert_eq!(dates, [Ok(rare.start()), Err(GaveUp)]);
    let counted = attempt(&format!("{parts};COUNT=2"), &start, &[], &[]);
    assert_eq!(counted, Err(ScheduleError::GaveUp(GaveUp)));
}

#[test]
fn a_count_that_takes_too_many_steps_is_given_up_as_a_whole() {
    // Each date is found, by some thousand steps; it is the 100 000 of them that take hundreds of millions.
    let rule = "FREQ=SECONDLY;INTERVAL=1789;BYMINUTE=0,30;BYSECOND=0";
    let counted = attempt(&format!("{rule};COUNT=100000"), "2026-01-01T09:30:00", &[], &[]);
    assert_eq!(counted, Err(ScheduleError::GaveUp(GaveUp)));
    let counted = schedule(&format!("{rule};COUNT=100"), "2026-01-01T09:30:00", &[], &[]);
    assert_eq!(dates(&counted, 200).len(), 100);
}
