//! That rules of different dates never say the same: rules of random parts, and their neighbours, which differ in one
//! part or two and so most often do say nearly the same.

use std::collections::HashMap;

use chrono::{NaiveDateTime, TimeDelta};
use proptest::prelude::*;
use proptest::sample::Index;

use super::super::Schedule;
use super::super::rule::End;
use super::*;
use crate::Zone;

/// How many of the first dates are compared.
const FIRST: usize = 40;
/// How far rules without an end are followed.
const YEARS: i64 = 45;

/// The parts a rule may have, and values of them that mean something special, of which the first is none.
const VALUES: [(&str, &[&str]); 14] = [
    (
        "FREQ",
        &["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"],
    ),
    ("INTERVAL", &["", "2", "3", "12", "24"]),
    ("COUNT", &["", "1", "2", "10"]),
    ("UNTIL", &["", "20280301T090000", "20280301T090000Z", "20280301T090001"]),
    (
        "BYMONTH",
        &[
            "",
            "2",
            "3",
            "4,6",
            "1,12",
            "1,2,3,4,5,6,7,8,9,10,11",
            "1,2,3,4,5,6,7,8,9,10,11,12",
        ],
    ),
    ("BYWEEKNO", &["", "1", "9", "53", "-1", "9,-1"]),
    ("BYYEARDAY", &["", "1", "60", "366", "-366", "-1,-2"]),
    (
        "BYMONTHDAY",
        &[
            "", "1", "13", "29", "30", "31", "-31", "-1", "-2", "-1,-2", "1,2,3,4", "1,2,3,5",
        ],
    ),
    (
        "BYDAY",
        &[
            "",
            "MO",
            "MO,TU",
            "SU,TU",
            "MO,TU,WE,TH,FR",
            "SA,SU",
            "MO,TU,WE,TH,FR,SA,SU",
            "1MO",
            "1MO,2MO",
            "1MO,1TU",
            "MO,2MO",
            "FR,1MO",
            "MO,1FR",
            "-1FR",
            "5MO",
            "20MO",
        ],
    ),
    (
        "BYHOUR",
        &[
            "",
            "9",
            "0,6,12,18",
            "9,10,11,12,13",
            "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23",
        ],
    ),
    ("BYMINUTE", &["", "0", "1", "0,30", "0,15,30,45", "EVERY"]),
    ("BYSECOND", &["", "0", "15", "0,30", "59", "60", "EVERY"]),
    ("BYSETPOS", &["", "1", "2", "-1", "-2", "1,-1", "1,2", "60"]),
    (
        "WKST",
        &[
            "",
            "SU",
            "TU",
            "SA",
            "MO;RSCALE=GREGORIAN;SKIP=BACKWARD",
            "MO;RSCALE=GREGORIAN;SKIP=FORWARD",
        ],
    ),
];

/// A value for each part.
type Parts = [String; 14];

fn any_value(part: usize) -> BoxedStrategy<String> {
    let (name, values) = VALUES[part];
    let special = prop::sample::select(values).prop_map(str::to_owned);
    let most = match name {
        "BYMONTH" => 12,
        "BYWEEKNO" => 53,
        "BYYEARDAY" | "BYSETPOS" => 366,
        "BYMONTHDAY" => 31,
        "BYHOUR" => 23,
        "BYMINUTE" | "BYSECOND" => 59,
        _ => return special.boxed(),
    };
    let is_signed = ["BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYSETPOS"].contains(&name);
    let numbers = prop::collection::vec((1..=most, any::<bool>()), 1..6).prop_map(move |numbers| {
        let signed = numbers
            .into_iter()
            .map(|(number, is_back): (i32, bool)| if is_back && is_signed { -number } else { number });
        signed.map(|number| number.to_string()).collect::<Vec<_>>().join(",")
    });
    prop_oneof![2 => special, 1 => numbers].boxed()
}

/// A frequency and a few other parts.
fn parts() -> impl Strategy<Value = Parts> {
    let chosen = prop::collection::vec((1..14_usize).prop_flat_map(|part| (Just(part), any_value(part))), 0..5);
    (any_value(0), chosen).prop_map(|(frequency, chosen)| {
        let mut parts = Parts::default();
        parts[0] = frequency;
        for (part, value) in chosen {
            parts[part] = value;
        }
        parts
    })
}

fn rule(parts: &Parts) -> Option<Rule> {
    let given = VALUES.iter().zip(parts).filter(|(_, value)| !value.is_empty());
    let every: Vec<_> = (0..60).map(|number| number.to_string()).collect();
    let written: Vec<_> = given.map(|((name, _), value)| format!("{name}={value}")).collect();
    written.join(";").replace("EVERY", &every.join(",")).parse().ok()
}

/// The same parts with every special value of one of them.
fn changed(parts: &Parts) -> impl Iterator<Item = Parts> + '_ {
    let changes = VALUES.iter().enumerate();
    let changes = changes.flat_map(|(part, (_, values))| values.iter().map(move |value| (part, *value)));
    changes.map(|(part, value)| {
        let mut parts = parts.clone();
        value.clone_into(&mut parts[part]);
        parts
    })
}

/// The first dates and those after some local times, up to where the search is given up.
fn dates(rule: Rule, start: Civil, asked: &[NaiveDateTime]) -> Option<Vec<Option<Civil>>> {
    let end = match rule.end {
        End::Never => End::Until(Until::Local(start.start() + TimeDelta::days(366 * YEARS))),
        end => end,
    };
    let schedule = Schedule::new(Rule { end, ..rule }, start, Zone::default(), vec![], vec![]).ok()?;
    let first = schedule.iter().take(FIRST).map(|date| date.ok().map(Some));
    let later = asked.iter().map(|at| schedule.after(*at).ok());
    first.chain(later).collect()
}

fn starts() -> impl Strategy<Value = Civil> {
    let starts = [
        "2027-03-01T09:00:00",
        "2028-02-29T00:30:15",
        "2027-01-31T23:59:00",
        "2026-12-27T00:00:00",
        "2027-06-16T13:07:00",
    ];
    prop::sample::select(starts.to_vec()).prop_map(|start| start.parse().unwrap())
}

/// What follows completions at these hours after the start, up to where a search is given up.
fn successors(rule: Rule, start: Civil, hours: &[i64]) -> Option<Vec<Option<Civil>>> {
    let schedule = Schedule::new(rule.without_count(), start, Zone::default(), vec![], vec![]).ok()?;
    let next = |hours: &i64| {
        let completed = start.start() + TimeDelta::hours(*hours);
        let from = if rule.frequency() < Frequency::Daily {
            completed
        } else {
            completed.date().and_time(start.start().time())
        };
        let next = schedule.after_completion(from, completed.and_utc()).ok()?;
        Some(next.map(|(_, next)| next))
    };
    if rule.count() == Some(1) {
        return Some(vec![None; hours.len()]);
    }
    hours.iter().map(next).collect()
}

/// Tells of two rules that say the same whether they give the same.
fn compare<T: PartialEq + std::fmt::Debug>(
    rules: impl Iterator<Item = Rule>,
    said: impl Fn(Rule) -> String,
    given: impl Fn(Rule) -> Option<T>,
) -> Result<(), TestCaseError> {
    let mut known: HashMap<String, Rule> = HashMap::new();
    for rule in rules {
        let text = said(rule);
        let other = *known.entry(text.clone()).or_insert(rule);
        if other == rule {
            continue;
        }
        let (these, those) = (given(rule), given(other));
        if these.is_some() && those.is_some() {
            prop_assert_eq!(these, those, "{} and {} both say: {}", rule, other, text);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn rules_that_say_the_same_give_the_same_dates(
        start in starts(),
        parts in parts(),
        others in prop::collection::vec(any::<Index>(), 2),
        hours in prop::collection::vec(0_i64..350_000, 3),
    ) {
        let asked: Vec<_> = hours.iter().map(|hours| start.start() + TimeDelta::hours(*hours)).collect();
        let neighbours: Vec<_> = changed(&parts).collect();
        let second = others.iter().flat_map(|other| changed(other.get(&neighbours)));
        let rules = neighbours.iter().cloned().chain(second).filter_map(|parts| rule(&parts));
        compare(rules, |rule| rule.description(start), |rule| dates(rule, start, &asked))?;
    }

    #[test]
    fn rules_counted_from_completions_that_say_the_same_give_the_same_dates(
        start in starts(),
        parts in parts(),
        hours in prop::collection::vec(0_i64..50_000, 4),
    ) {
        // The second of a completion goes without saying.
        let start = start.with_start(start.start().with_second(0).unwrap());
        let rules = changed(&parts).filter_map(|parts| rule(&parts));
        let said = |rule: Rule| rule.description_in(Mode::Completion, start);
        compare(rules, said, |rule| successors(rule, start, &hours))?;
    }

    #[test]
    fn sentences_are_tidy(start in starts(), parts in parts()) {
        for rule in changed(&parts).filter_map(|parts| rule(&parts)) {
            let text = rule.description(start);
            for untidy in ["  ", " ,", ",,", "on on", "on in", "at at", "the the", ": on ", ": at "] {
                prop_assert!(!text.contains(untidy), "{}: {}", rule, text);
            }
            prop_assert!(text.starts_with("every ") || text.starts_with("once, "), "{}", text);
            prop_assert!(!text.ends_with([' ', ',', ':']), "{}", text);
        }
    }
}
