//! Rules, starts and moments to ask at, mostly such that there are dates to find.

use chrono::{Days, NaiveDateTime, TimeDelta};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::slow::date;
use crate::civil::Civil;

/// A rule's text, a start, and moments.
#[derive(Clone, Debug)]
pub(in super::super) struct Case {
    pub(in super::super) rule: String,
    pub(in super::super) start: Civil,
    pub(super) asked: Vec<NaiveDateTime>,
}

const FREQUENCIES: [&str; 7] = ["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"];
const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

type Part = Option<String>;

/// A part that is there with this probability, with up to `most` items.
fn list<T: ToString + std::fmt::Debug>(
    name: &'static str,
    probability: f64,
    most: usize,
    item: impl Strategy<Value = T>,
) -> impl Strategy<Value = Part> {
    let items = prop::collection::vec(item, 1..=most);
    option::weighted(probability, items).prop_map(move |items| {
        let items: Vec<_> = items?.iter().map(T::to_string).collect();
        Some(format!("{name}={}", items.join(",")))
    })
}

/// Places near both ends of so many, and sometimes any.
fn place(most: i32) -> impl Strategy<Value = i32> {
    let near = most.min(4);
    prop_oneof![
        3 => 1..=near,
        3 => -near..=-1,
        2 => (most - near + 1)..=most,
        1 => -most..=(near - most - 1),
        3 => prop_oneof![1..=most, -most..=-1],
    ]
}

fn weekday() -> impl Strategy<Value = String> {
    let number = prop_oneof![4 => Just(0), 3 => place(5), 1 => place(53)];
    (number, select(&WEEKDAYS[..])).prop_map(|(place, day)| match place {
        0 => day.to_owned(),
        place => format!("{place}{day}"),
    })
}

/// The parts that name days, all but BYDAY's places as any frequency may have them.
fn day_parts() -> impl Strategy<Value = [Part; 5]> {
    (
        list("BYMONTH", 0.25, 4, 1..=12),
        list("BYWEEKNO", 0.25, 4, place(53)),
        list("BYYEARDAY", 0.2, 6, place(366)),
        list("BYMONTHDAY", 0.3, 6, place(31)),
        list("BYDAY", 0.35, 4, weekday()),
    )
        .prop_map(|(months, weeks, year_days, month_days, weekdays)| [months, weeks, year_days, month_days, weekdays])
}

fn time_parts() -> impl Strategy<Value = [Part; 3]> {
    (
        list("BYHOUR", 0.2, 3, 0..=23),
        list("BYMINUTE", 0.15, 3, 0..=59),
        list("BYSECOND", 0.15, 3, 0..=60),
    )
        .prop_map(|(hours, minutes, seconds)| [hours, minutes, seconds])
}

/// What stands beside the parts that name dates: INTERVAL, BYSETPOS, WKST, SKIP.
fn other_parts() -> impl Strategy<Value = [Part; 4]> {
    let interval = prop_oneof![3 => 2..=6, 2 => 7..=60, 1 => 61..=1_000, 1 => 1_000..=100_000];
    let position = prop_oneof![6 => place(4), 1 => place(366)];
    let skip = select(&["OMIT", "BACKWARD", "FORWARD"][..]);
    (
        list("INTERVAL", 0.5, 1, interval),
        list("BYSETPOS", 0.25, 3, position),
        list("WKST", 0.4, 1, select(&WEEKDAYS[..])),
        list("RSCALE=GREGORIAN;SKIP", 0.3, 1, skip),
    )
        .prop_map(|(interval, positions, week_start, skip)| [interval, positions, week_start, skip])
}

/// Days near the turn of a year, leap days, and any.
fn start() -> impl Strategy<Value = NaiveDateTime> {
    let year = || prop_oneof![8 => 1990..2040, 2 => 1900..2200, 1 => 2200..9990, 1 => 9990..10_000];
    let turn = (year(), 0_u64..16).prop_map(|(year, into)| date(year, 12, 16) + Days::new(into));
    let new_year = (year(), 0_u64..10).prop_map(|(year, into)| date(year, 1, 1) + Days::new(into));
    let leap = (475..2_500).prop_map(|four| date(if four % 25 == 0 { 2_000 } else { four * 4 }, 2, 29));
    let any = (year(), 0_u64..365).prop_map(|(year, into)| date(year, 1, 1) + Days::new(into));
    let late = (year(), 1_u32..=12, 28_u64..31).prop_map(|(year, month, day)| date(year, month, 1) + Days::new(day));
    let day = prop_oneof![2 => turn, 2 => new_year, 1 => leap, 3 => any, 2 => late];
    let day = day.prop_map(|day| day.min(date(9999, 12, 31)));
    let time = prop_oneof![Just(0_u32), (0_u32..24).prop_map(|hour| hour * 3_600), 0_u32..86_400];
    (day, time).prop_map(|(day, time)| NaiveDateTime::from(day) + TimeDelta::seconds(time.into()))
}

/// Seconds after the start: of hours, days, years, centuries and millennia.
fn distance() -> impl Strategy<Value = i64> {
    const DAY: i64 = 86_400;
    prop_oneof![
        1 => -DAY..=0,
        2 => 0..DAY / 12,
        2 => 0..40 * DAY,
        3 => 0..1_500 * DAY,
        2 => 0..40_000 * DAY,
        1 => 0..3_000_000 * DAY,
    ]
}

/// Any case, of any valid rule.
pub(in super::super) fn cases() -> impl Strategy<Value = Case> {
    let ends = (0..8, 1..30, 0..4_000_u64);
    let asked = prop::collection::vec(distance(), 2);
    (
        0_usize..7,
        day_parts(),
        time_parts(),
        other_parts(),
        (start(), any::<bool>()),
        ends,
        asked,
    )
        .prop_map(
            |(frequency, days, times, others, (start, is_date), (end, count, until), asked)| {
                let is_date = is_date && frequency >= 3 && times.iter().all(Option::is_none);
                let start = if is_date { start.date().into() } else { start };
                let mut parts = vec![format!("FREQ={}", FREQUENCIES[frequency])];
                parts.extend(fitting(frequency, days, times, others));
                match end {
                    0 => parts.push(format!("COUNT={count}")),
                    1 => parts.push(until_part(start, is_date, until)),
                    _ => {}
                }
                let moment = |seconds| start.checked_add_signed(TimeDelta::seconds(seconds));
                let asked = asked.into_iter().filter_map(moment).collect();
                let start = if is_date {
                    Civil::Date(start.date())
                } else {
                    Civil::DateTime(start)
                };
                let rule = parts.join(";");
                Case { rule, start, asked }
            },
        )
}

/// Rules whose days SKIP moves, onto days that the neighbouring period may have too.
pub(super) fn moved_cases() -> impl Strategy<Value = Case> {
    let frequency = select(&["MONTHLY", "YEARLY"][..]);
    let month_day = select(&[1, -1, 28, 29, 30, 31, -29, -30, -31][..]);
    let days = prop_oneof![
        list("BYMONTHDAY", 0.95, 4, month_day),
        list(
            "FREQ=YEARLY;BYYEARDAY",
            0.95,
            3,
            select(&[1, -1, 365, 366, -365, -366][..])
        ),
    ];
    let place = select(&["", "1", "5", "-1", "53", "-53"][..]);
    let weekday = (place, select(&WEEKDAYS[..])).prop_map(|(place, day)| format!("{place}{day}"));
    let parts = (
        days,
        list("BYMONTH", 0.3, 6, 1..=12),
        list("BYDAY", 0.4, 6, weekday),
        list("BYHOUR", 0.6, 3, 0..=23),
        list("BYSETPOS", 0.6, 3, place_in_set()),
        list("INTERVAL", 0.3, 1, 2..=13),
    );
    let asked = prop::collection::vec(distance(), 2);
    let skip = select(&["BACKWARD", "FORWARD"][..]);
    (frequency, skip, parts, start(), asked).prop_map(|(frequency, skip, parts, start, asked)| {
        let (days, months, weekdays, hours, positions, interval) = parts;
        let days = days.or_else(|| Some("BYMONTHDAY=31".to_owned()));
        let mut parts: Vec<_> = [days, months, weekdays, hours, positions, interval]
            .into_iter()
            .flatten()
            .collect();
        if !parts[0].starts_with("FREQ") {
            parts.push(format!("FREQ={frequency}"));
        }
        let rule = format!("RSCALE=GREGORIAN;SKIP={skip};{}", parts.join(";"));
        let moment = |seconds| start.checked_add_signed(TimeDelta::seconds(seconds));
        let asked = asked.into_iter().filter_map(moment).collect();
        let start = Civil::DateTime(start);
        Case { rule, start, asked }
    })
}

fn place_in_set() -> impl Strategy<Value = i32> {
    prop_oneof![1..=6, -6..=-1]
}

fn until_part(start: NaiveDateTime, is_date: bool, days: u64) -> String {
    let until = (start + Days::new(days)).min(date(9999, 12, 31).into());
    let format = if is_date { "%Y%m%d" } else { "%Y%m%dT%H%M%S" };
    format!("UNTIL={}", until.format(format))
}

/// The parts that may stand beside FREQ and one another (RFC 5545 §3.3.10).
fn fitting(frequency: usize, days: [Part; 5], times: [Part; 3], others: [Part; 4]) -> Vec<String> {
    let [months, mut weeks, mut year_days, mut month_days, mut weekdays] = days;
    let [interval, mut positions, week_start, skip] = others;
    let (daily, weekly, yearly) = (3, 4, 6);
    weeks = weeks.filter(|_| frequency == yearly);
    year_days = year_days.filter(|_| frequency == yearly || frequency < daily);
    month_days = month_days.filter(|_| frequency != weekly);
    if frequency <= weekly || weeks.is_some() {
        weekdays = weekdays.map(|part| part.replace(|char: char| char.is_ascii_digit() || char == '-', ""));
    }
    let dates = [months, weeks, year_days, month_days, weekdays];
    let named = dates.into_iter().chain(times).flatten();
    let mut parts: Vec<_> = named.collect();
    positions = positions.filter(|_| !parts.is_empty());
    parts.extend([interval, positions, week_start, skip].into_iter().flatten());
    parts
}
