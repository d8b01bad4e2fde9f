//! The engine against the RFC's examples and at the calendar's end.

use chrono::{Days, NaiveDateTime};

use super::{Occurrence, Schedule, ScheduleError};
use crate::civil::Civil;
use crate::zone::Zone;

fn civil(text: &str) -> Civil {
    text.parse().unwrap()
}

fn civils(texts: &[&str]) -> Vec<Civil> {
    texts.iter().map(|text| civil(text)).collect()
}

fn schedule(rule: &str, start: &str, exceptions: &[&str], additions: &[&str]) -> Schedule {
    let zone = "America/New_York".parse().unwrap();
    let (exceptions, additions) = (civils(exceptions), civils(additions));
    Schedule::new(rule.parse().unwrap(), civil(start), zone, exceptions, additions).unwrap()
}

fn refusal(rule: &str, start: &str, exceptions: &[&str], additions: &[&str]) -> ScheduleError {
    let (exceptions, additions) = (civils(exceptions), civils(additions));
    let rule = rule.parse().unwrap();
    Schedule::new(rule, civil(start), Zone::default(), exceptions, additions).unwrap_err()
}

/// The first dates, with their indices, as `2026-12-01#1`.
fn dates(schedule: &Schedule, most: usize) -> Vec<String> {
    let written = |occurrence: Occurrence| format!("{}#{}", occurrence.at, occurrence.index);
    schedule.iter().take(most).map(written).collect()
}

/// RFC 5545 §3.8.5.3, the examples without BY parts, starting 2 September 1997, 09:00 in New York.
#[test]
fn the_examples_of_the_rfc_hold() {
    let start = "1997-09-02T09:00";
    let all = |rule: &str| -> Vec<String> {
        let schedule = schedule(rule, start, &[], &[]);
        schedule.iter().map(|occurrence| occurrence.at.to_string()).collect()
    };
    let ten_days = all("FREQ=DAILY;COUNT=10");
    assert_eq!(ten_days.len(), 10);
    assert_eq!(ten_days[9], "1997-09-11T09:00:00");

    let until_christmas = all("FREQ=DAILY;UNTIL=19971224T000000Z");
    assert_eq!(until_christmas.len(), 113);
    assert_eq!(until_christmas[112], "1997-12-23T09:00:00");

    let every_ten_days = all("FREQ=DAILY;INTERVAL=10;COUNT=5");
    let expected = ["09-02", "09-12", "09-22", "10-02", "10-12"];
    assert_eq!(every_ten_days, expected.map(|day| format!("1997-{day}T09:00:00")));

    assert_eq!(all("FREQ=WEEKLY;COUNT=10")[9], "1997-11-04T09:00:00");
    let weekly = all("FREQ=WEEKLY;UNTIL=19971224T000000Z");
    assert_eq!((weekly.len(), weekly[16].as_str()), (17, "1997-12-23T09:00:00"));
}

#[test]
fn months_without_the_day_are_skipped_and_do_not_count() {
    let monthly = schedule("FREQ=MONTHLY;COUNT=4", "2026-01-31", &[], &[]);
    let expected = ["2026-01-31#1", "2026-03-31#2", "2026-05-31#3", "2026-07-31#4"];
    assert_eq!(dates(&monthly, 9), expected);
    let yearly = schedule("FREQ=YEARLY", "2096-02-29", &[], &[]);
    assert_eq!(dates(&yearly, 3), ["2096-02-29#1", "2104-02-29#2", "2108-02-29#3"]);
}

#[test]
fn exceptions_are_left_out_but_counted() {
    let skipped = ["2026-12-02", "2026-12-04", "2026-12-04", "2027-01-01"];
    let daily = schedule("FREQ=DAILY;COUNT=4", "2026-12-01", &skipped, &[]);
    assert_eq!(dates(&daily, 9), ["2026-12-01#1", "2026-12-03#3"]);
    assert_eq!(daily.exceptions(), civils(&["2026-12-02", "2026-12-04", "2027-01-01"]));
    let startless = schedule("FREQ=DAILY;COUNT=2", "2026-12-01", &["2026-12-01"], &[]);
    assert_eq!(dates(&startless, 9), ["2026-12-02#2"]);
}

#[test]
fn additions_are_merged_and_bound_by_no_limit() {
    let added = ["2027-05-05", "2026-12-08", "2026-12-03", "2026-12-04", "2020-01-01"];
    let weekly = schedule("FREQ=WEEKLY;COUNT=2", "2026-12-01", &["2026-12-04"], &added);
    let expected = ["2026-12-01#1", "2026-12-03#1", "2026-12-08#2", "2027-05-05#2"];
    assert_eq!(dates(&weekly, 9), expected);
}

#[test]
fn until_is_inclusive_in_each_form() {
    let last = |rule: &str, start: &str| schedule(rule, start, &[], &[]).iter().last().unwrap().at;
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
        let last = civil(last).start();
        let before = schedule.after(last - Days::new(1)).unwrap();
        assert_eq!((before.at.start(), schedule.after(last)), (last, None));
    }
}

#[test]
fn the_start_is_an_occurrence_even_after_until() {
    let late = schedule("FREQ=DAILY;UNTIL=20200101", "2026-12-01", &[], &[]);
    assert_eq!(dates(&late, 9), ["2026-12-01#1"]);
}

#[test]
fn kinds_must_agree() {
    use ScheduleError::{AdditionKind, ExceptionKind, UntilWithTime, UntilWithoutTime};
    let (day, time) = ("2026-12-01", "2026-12-01T09:00");
    assert_eq!(refusal("FREQ=DAILY;UNTIL=20270301", time, &[], &[]), UntilWithoutTime);
    assert_eq!(
        refusal("FREQ=DAILY;UNTIL=20270301T000000", day, &[], &[]),
        UntilWithTime
    );
    assert_eq!(
        refusal("FREQ=DAILY;UNTIL=20270301T000000Z", day, &[], &[]),
        UntilWithTime
    );
    let value = civil(time);
    let error = refusal("FREQ=DAILY", day, &[day, time], &[]);
    assert_eq!(error, ExceptionKind { index: 1, value });
    let message = "2026-12-01T09:00:00 must be a date, because the due date is one";
    assert_eq!(error.to_string(), message);
    let error = refusal("FREQ=DAILY", time, &[time], &[day]);
    assert_eq!(
        error,
        AdditionKind {
            index: 0,
            value: civil(day)
        }
    );
    let message = "2026-12-01 must be a local date-time, because the due date is one";
    assert_eq!(error.to_string(), message);
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
    assert_eq!(dates(&full, 1), ["2027-03-11#101"]);
    assert_eq!(make(101, 0), Err(ScheduleError::TooManyExceptions));
    assert_eq!(make(0, 101), Err(ScheduleError::TooManyAdditions));
}

#[test]
fn the_calendar_ends_with_the_year_9999() {
    for rule in ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"] {
        let last = schedule(&format!("FREQ={rule}"), "9999-12-31T23:59:59", &[], &[]);
        assert_eq!(dates(&last, 9), ["9999-12-31T23:59:59#1"]);
        assert_eq!(last.after(last.start().start()), None);
        assert_eq!(last.after(NaiveDateTime::MAX), None);
        let giant = schedule(&format!("FREQ={rule};INTERVAL=100000"), "2026-12-01", &[], &[]);
        assert_eq!(giant.iter().last().unwrap().index, giant.iter().count() as u64);
        let single = schedule(&format!("FREQ={rule};COUNT=1"), "2026-12-01", &[], &[]);
        assert_eq!(dates(&single, 9), ["2026-12-01#1"]);
    }
    let leap = schedule("FREQ=YEARLY;INTERVAL=100000", "2028-02-29", &[], &[]);
    assert_eq!(leap.after(leap.start().start()), None);
    let daily = schedule("FREQ=DAILY", "1900-01-01", &[], &[]);
    let last = daily.after(civil("9999-12-30").start()).unwrap();
    assert_eq!((last.at, last.index), (civil("9999-12-31"), 2_958_464));
    assert_eq!(daily.after(last.at.start()), None);
}

/// Every index to the calendar's end, for the days some months lack, whatever the interval.
#[test]
fn indices_are_the_place_in_the_order() {
    for (day, frequency) in [
        ("31", "MONTHLY"),
        ("30", "MONTHLY"),
        ("29", "MONTHLY"),
        ("29", "YEARLY"),
    ] {
        for interval in [1, 2, 3, 4, 5, 7, 12, 25, 100, 400] {
            for month in ["01", "02", "08"] {
                let Ok(start) = format!("1904-{month}-{day}").parse() else {
                    continue;
                };
                let rule = format!("FREQ={frequency};INTERVAL={interval}").parse().unwrap();
                let schedule = Schedule::new(rule, start, Zone::default(), vec![], vec![]).unwrap();
                let mut place = 0;
                for occurrence in schedule.iter() {
                    place += 1;
                    assert_eq!(occurrence.index, place, "{rule} {start} {}", occurrence.at);
                }
            }
        }
    }
}
