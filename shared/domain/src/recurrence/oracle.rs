//! The engine against an expander that is slow and plain: every day, asked one by one.

use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, TimeDelta};
use proptest::prelude::*;

use super::{Frequency, Rule, Schedule, Until};
use crate::civil::Civil;

/// Whether the day is one of the rule's, read off the standard's words.
fn matches(rule: Rule, start: NaiveDate, day: NaiveDate) -> bool {
    let interval = i64::from(rule.interval());
    let days = (day - start).num_days();
    let years = i64::from(day.year() - start.year());
    let months = years * 12 + i64::from(day.month()) - i64::from(start.month());
    match rule.frequency() {
        Frequency::Daily => days % interval == 0,
        Frequency::Weekly => days % (7 * interval) == 0,
        Frequency::Monthly => day.day() == start.day() && months % interval == 0,
        Frequency::Yearly => day.day() == start.day() && day.month() == start.month() && years % interval == 0,
    }
}

/// Every day from the start to `end`, asked one by one: the occurrences with their indices.
fn plainly(schedule: &Schedule, end: NaiveDate) -> Vec<(Civil, u64)> {
    let (rule, start, zone) = (schedule.rule(), schedule.start(), schedule.zone());
    let mut found = Vec::new();
    let mut index = 0;
    for day in start.date().iter_days().take_while(|day| *day <= end) {
        let at = start.with_start(day.and_time(start.start().time()));
        let within = match rule.until() {
            None => true,
            Some(Until::Date(date)) => day <= date,
            Some(Until::Local(local)) => at.start() <= local,
            Some(Until::Utc(instant)) => zone.resolve(at.start()) <= instant,
        };
        let counted = rule.count().is_none_or(|count| index < u64::from(count));
        let given = matches(rule, start.date(), day) && within && counted;
        if at == start || given {
            index += 1;
            found.push((at, index));
        }
        for addition in schedule.additions().iter().filter(|addition| addition.date() == day) {
            let before = index - u64::from(found.last().is_some_and(|(last, _)| last > addition));
            if found.iter().all(|(at, _)| at != addition) && *addition >= start {
                found.push((*addition, before));
            }
        }
    }
    found.retain(|(at, _)| !schedule.exceptions().contains(at));
    found.sort_unstable();
    found
}

prop_compose! {
    /// A moment around the days on which some months and some years differ.
    fn moment(from: i32, to: i32)(
        year in from..to, month in 1_u32..=12, day in 1_u32..=31, half_hour in 0_i64..48, last: bool,
    ) -> NaiveDateTime {
        let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
        let day = if last { first + chrono::Months::new(1) - Days::new(1) } else { first + Days::new(day.into()) };
        day.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::minutes(30 * half_hour)
    }
}

fn kinded(whole: bool, at: NaiveDateTime) -> Civil {
    if whole {
        Civil::Date(at.date())
    } else {
        Civil::DateTime(at)
    }
}

/// The ends of a rule that suit a schedule of whole days or of moments.
fn ending(whole: bool) -> impl Strategy<Value = String> {
    let until = (moment(1990, 2020), any::<bool>()).prop_map(move |(at, utc)| match (whole, utc) {
        (true, _) => format!(";UNTIL={}", at.format("%Y%m%d")),
        (false, false) => format!(";UNTIL={}", at.format("%Y%m%dT%H%M%S")),
        (false, true) => format!(";UNTIL={}", at.format("%Y%m%dT%H%M%SZ")),
    });
    prop_oneof![
        Just(String::new()),
        (1..60_u32).prop_map(|count| format!(";COUNT={count}")),
        until,
    ]
}

fn rule(whole: bool) -> impl Strategy<Value = Rule> {
    let frequency = prop::sample::select(vec!["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]);
    let interval = prop_oneof![Just(1_u32), 1_u32..15, 1_u32..=100_000];
    (frequency, interval, ending(whole)).prop_map(|(frequency, interval, end)| {
        let text = format!("FREQ={frequency};INTERVAL={interval}{end}");
        text.parse().unwrap()
    })
}

/// Schedules of the years 1992 to 2012 in zones that skip hours, midnights and whole days; some of the exceptions
/// and additions fall on the rule's own dates.
fn any_schedule() -> impl Strategy<Value = Schedule> {
    let zones = vec![
        "UTC",
        "Europe/Berlin",
        "America/Sao_Paulo",
        "Pacific/Apia",
        "Pacific/Kwajalein",
    ];
    any::<bool>().prop_flat_map(move |whole| {
        let places = prop::collection::vec(0_usize..20, 0..5);
        let others = || prop::collection::vec(moment(1990, 2014), 0..4);
        (
            rule(whole),
            moment(1992, 2012),
            prop::sample::select(zones.clone()),
            (places.clone(), others(), places, others()),
        )
            .prop_map(move |(rule, start, zone, (out, out_else, add, add_else))| {
                let (start, zone) = (kinded(whole, start), zone.parse().unwrap());
                let plain = Schedule::new(rule, start, zone, vec![], vec![]).unwrap();
                let near: Vec<Civil> = plain.iter().take(20).map(|occurrence| occurrence.at).collect();
                let pick = |places: Vec<usize>, others: Vec<NaiveDateTime>| {
                    let own = places.into_iter().filter_map(|place| near.get(place).copied());
                    let others = others.into_iter().map(|at| kinded(whole, at));
                    own.chain(others).collect()
                };
                Schedule::new(rule, start, zone, pick(out, out_else), pick(add, add_else)).unwrap()
            })
    })
}

proptest! {
    #[test]
    fn written_and_read_is_the_same(rule in any::<bool>().prop_flat_map(rule)) {
        prop_assert_eq!(rule.to_string().parse(), Ok(rule));
    }

    #[test]
    fn iteration_agrees_with_asking_every_day(schedule in any_schedule()) {
        let end = NaiveDate::from_ymd_opt(2030, 12, 31).unwrap();
        let found = schedule.iter().take_while(|occurrence| occurrence.at.date() <= end);
        let found: Vec<_> = found.map(|occurrence| (occurrence.at, occurrence.index)).collect();
        prop_assert_eq!(found, plainly(&schedule, end));
    }

    #[test]
    fn after_is_the_first_of_iteration_past_it(schedule in any_schedule(), t in moment(1990, 2030)) {
        let walked = schedule.iter().find(|occurrence| occurrence.at.start() > t);
        prop_assert_eq!(schedule.after(t), walked);
    }

    #[test]
    fn any_moment_may_be_asked_about(schedule in any_schedule(), t in moment(-200_000, 200_000)) {
        if let Some(occurrence) = schedule.after(t) {
            prop_assert!(occurrence.at.start() > t);
        }
    }
}
