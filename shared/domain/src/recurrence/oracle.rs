//! The engine against an expander that is slow and plain, over any rule, start and moment.

mod rules;
mod set;
mod slow;

use std::cell::Cell;

use chrono::{NaiveDateTime, TimeDelta};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

pub(super) use rules::cases;
use rules::{Case, moved_cases};
use slow::{Found, Slow};

use super::{GaveUp, Rule, Schedule, ScheduleError};
use crate::zone::Zone;

/// How many dates from the start on are compared.
const MOST: usize = 8;

/// Of each property so many as find faults within seconds; the variable asks for more, as a long search does.
fn config(cases: u32) -> ProptestConfig {
    let asked = std::env::var("DORMOUSE_RECURRENCE_CASES").ok();
    ProptestConfig {
        cases: asked.map_or(cases, |text| text.parse().unwrap()),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn second() -> TimeDelta {
    TimeDelta::seconds(1)
}

/// How many steps the slow one takes at most, by how long they last.
fn steps(slow: &Slow) -> usize {
    [400, 400, 400, 400, 60, 25, 6][slow.frequency]
}

/// What is found is right, and nothing before it is left out, as far as the slow one sees.
fn check_after(schedule: &Schedule, slow: &Slow, t: NaiveDateTime) -> Result<(), TestCaseError> {
    let given = schedule.after(t).map(|date| date.map(|date| date.start()));
    let Found { dates, horizon } = slow.after(t, 1, steps(slow));
    let within = given.map_or(None, |date| date.filter(|date| *date <= horizon));
    prop_assert_eq!(within, dates.first().copied(), "after {}, up to {}", t, horizon);
    let Ok(Some(given)) = given else { return Ok(()) };
    if given > horizon {
        let nearest = slow.after(given - second(), 1, steps(slow)).dates;
        prop_assert_eq!(nearest.first(), Some(&given), "after {}: the slow one lacks it", t);
        let between = horizon + (given - horizon) / 2;
        let between = between - TimeDelta::nanoseconds(between.and_utc().timestamp_subsec_nanos().into());
        let between = slow.after(between, 1, steps(slow)).dates;
        prop_assert!(
            between.iter().all(|date| *date >= given),
            "after {}: {:?} is skipped",
            t,
            between
        );
    }
    Ok(())
}

/// The first dates are the same, as far as the slow one sees.
fn check_from_start(schedule: &Schedule, slow: &Slow) -> Result<(), TestCaseError> {
    let given: Result<Vec<_>, GaveUp> = schedule.iter().take(MOST).collect();
    let Ok(given) = given else { return Ok(()) };
    let given: Vec<_> = given.iter().map(|date| date.start()).collect();
    let Found { dates, horizon } = slow.after(slow.start - second(), MOST, steps(slow));
    let within: Vec<_> = given.into_iter().filter(|date| *date <= horizon).collect();
    prop_assert_eq!(within, dates, "from the start, up to {}", horizon);
    Ok(())
}

/// COUNT's dates are the first so many of those without it.
fn check_count(counted: &Schedule, endless: &Schedule, asked: &[NaiveDateTime]) -> Result<(), TestCaseError> {
    let count = counted.rule().count().unwrap() as usize;
    let expected: Result<Vec<_>, GaveUp> = endless.iter().take(count).collect();
    let given: Result<Vec<_>, GaveUp> = counted.iter().collect();
    prop_assert_eq!(&given, &expected);
    let given = given.unwrap();
    prop_assert_eq!(counted.last(), given.last().copied());
    for t in asked {
        let next = given.iter().find(|date| date.start() > *t);
        prop_assert_eq!(counted.after(*t), Ok(next.copied()));
        let through = given.iter().filter(|date| date.start() <= *t).count();
        prop_assert_eq!(counted.count_through(*t), Ok(Some(u32::try_from(through).unwrap())));
    }
    Ok(())
}

fn check(case: &Case) -> Result<(), TestCaseError> {
    let rule: Rule = case.rule.parse().unwrap();
    let make = |rule| Schedule::new(rule, case.start, Zone::default(), vec![], vec![]);
    let endless = make(rule.without_count()).unwrap();
    let slow = Slow::new(&rule.to_string(), case.start.start());
    check_from_start(&endless, &slow)?;
    for t in &case.asked {
        check_after(&endless, &slow, *t)?;
    }
    match (rule.count(), make(rule)) {
        (None, _) | (_, Err(ScheduleError::GaveUp(GaveUp))) => Ok(()),
        (Some(_), counted) => check_count(&counted.unwrap(), &endless, &case.asked),
    }
}

/// A walk gives what asking for one after the other does, and the instants too; some are left out, and some are added.
fn check_walk(case: &Case, zone: Zone, left_out: usize) -> Result<(), TestCaseError> {
    let rule: Rule = case.rule.parse().unwrap();
    let make = |exceptions, additions| Schedule::new(rule.without_count(), case.start, zone, exceptions, additions);
    let plain: Vec<_> = make(vec![], vec![])
        .unwrap()
        .iter()
        .take(MOST)
        .map_while(Result::ok)
        .collect();
    let exceptions = plain.iter().copied().skip(1).step_by(left_out).collect();
    let added = case.asked.iter().map(|at| case.start.with_start(*at));
    let added = added.chain(plain.get(2).copied());
    let schedule = make(exceptions, added.collect()).unwrap();
    let (mut t, mut latest, mut walk) = (NaiveDateTime::MIN, None, schedule.occurrences());
    for _ in 0..4 * MOST {
        let walked = walk.next();
        prop_assert_eq!(
            schedule.after(t).transpose(),
            walked.map(|walked| walked.map(|walked| walked.date)),
            "after {}",
            t
        );
        let Some(Ok(walked)) = walked else { return Ok(()) };
        prop_assert_eq!(walked.at, zone.resolve(walked.date.start()));
        prop_assert!(Some(walked.at) > latest, "{} in {}", walked.date, zone);
        (t, latest) = (walked.date.start(), Some(walked.at));
    }
    Ok(())
}

/// Zones that have skipped an hour, half of one, and a day.
fn zones() -> impl Strategy<Value = Zone> {
    let names = [
        "Europe/Berlin",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "Pacific/Apia",
    ];
    prop::sample::select(names.to_vec()).prop_map(|name| name.parse().unwrap())
}

/// Looks for a case that is no good, and tells how many it has seen where there is none.
fn search<S: Strategy>(property: &str, (most, cases): (u32, S), check: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let seen = Cell::new(0_u32);
    let found = TestRunner::new(config(most)).run(&cases, |case| {
        seen.set(seen.get() + 1);
        check(case)
    });
    if let Err(error) = found {
        panic!("{property}: {error}");
    }
    println!("{property}: {} cases", seen.get());
}

#[test]
fn the_engine_gives_what_the_rfc_says() {
    search("any rule", (10_000, cases()), |case| check(&case));
}

#[test]
fn the_engine_moves_days_as_the_rfc_says() {
    search("moved days", (10_000, moved_cases()), |case| check(&case));
}

#[test]
fn walking_gives_what_asking_again_does() {
    let cases = (cases(), zones(), 1_usize..4);
    search("walks", (2_000, cases), |(case, zone, left_out)| {
        check_walk(&case, zone, left_out)
    });
}

#[test]
fn walking_over_moved_days_gives_what_asking_again_does() {
    search(
        "walks over moved days",
        (2_000, (moved_cases(), zones())),
        |(case, zone)| check_walk(&case, zone, 2),
    );
}
