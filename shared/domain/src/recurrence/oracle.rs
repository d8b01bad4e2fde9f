//! The engine against an expander that is slow and plain, over any rule, start and moment.

mod rules;
mod set;
mod slow;

use chrono::{NaiveDateTime, TimeDelta};
use proptest::prelude::*;

pub(super) use rules::cases;
use rules::{Case, moved_cases};
use slow::{Found, Slow};

use super::{GaveUp, Rule, Schedule, ScheduleError};
use crate::zone::Zone;

/// How many dates from the start on are compared.
const MOST: usize = 8;

/// Of each property as many as find faults within seconds; the variable asks for more, as a long search does.
fn config() -> ProptestConfig {
    let asked = std::env::var("DORMOUSE_RECURRENCE_CASES").ok();
    let cases = asked.map_or(10_000, |text| text.parse().unwrap());
    ProptestConfig::with_cases(cases)
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

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_engine_gives_what_the_rfc_says(case in cases()) {
        check(&case)?;
    }

    #[test]
    fn the_engine_moves_days_as_the_rfc_says(case in moved_cases()) {
        check(&case)?;
    }
}
