//! A rule at work: from its first date, in its zone, with what was left out and added.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::expansion::Expansion;
use super::rule::{Rule, Until};
use crate::civil::Civil;
use crate::zone::Zone;

/// How many exceptions a schedule may have, and how many additions.
const MAX_DATES: usize = 100;

/// The last local time of any schedule.
const LAST: NaiveDateTime = NaiveDate::from_ymd_opt(9999, 12, 31)
    .expect("9999-12-31 is a date")
    .and_time(NaiveTime::from_hms_opt(23, 59, 59).expect("23:59:59 is a time"));

/// The recurrence set of RFC 5545 §3.8.5: the rule's dates from the start, less the exceptions, and the additions.
///
/// The start is the first date and counts, whatever the rule says. COUNT counts the rule's dates, those excepted
/// included. Additions are bound neither by COUNT nor by UNTIL; those before the start do not take part, and an
/// exception outweighs an addition. Nothing comes after the year 9999.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    rule: Rule,
    start: Civil,
    zone: Zone,
    exceptions: Vec<Civil>,
    additions: Vec<Civil>,
    expansion: Expansion,
}

/// One date of a [`Schedule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The date, or local date-time, of the start's kind.
    pub at: Civil,
    /// How many dates the rule has given by then, this one and the excepted ones included.
    pub index: u64,
}

/// Why a rule and its dates make no [`Schedule`]. The messages are for the person who wrote them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The start has a time and UNTIL has none (RFC 5545 §3.3.10).
    #[error("UNTIL must have a time, like 20270301T090000, because the due date has one")]
    UntilWithoutTime,
    /// UNTIL has a time and the start has none (RFC 5545 §3.3.10).
    #[error("UNTIL must be a date, like 20270301, because the due date is one")]
    UntilWithTime,
    /// An exception is not of the start's kind.
    #[error("{value} must be a {}, because the due date is one", kind(!value.is_date()))]
    ExceptionKind {
        /// Its place among the exceptions given, from 0.
        index: usize,
        /// The exception.
        value: Civil,
    },
    /// An addition is not of the start's kind.
    #[error("{value} must be a {}, because the due date is one", kind(!value.is_date()))]
    AdditionKind {
        /// Its place among the additions given, from 0.
        index: usize,
        /// The addition.
        value: Civil,
    },
    /// Over 100 exceptions.
    #[error("must have at most {MAX_DATES} exceptions")]
    TooManyExceptions,
    /// Over 100 additions.
    #[error("must have at most {MAX_DATES} additions")]
    TooManyAdditions,
}

fn kind(is_date: bool) -> &'static str {
    if is_date { "date" } else { "local date-time" }
}

impl Schedule {
    /// Sets `rule` out from `start`. Exceptions and additions may come in any order and repeat.
    ///
    /// # Errors
    ///
    /// Exceptions, additions or UNTIL of another kind than `start`, or over 100 distinct exceptions or additions.
    pub fn new(
        rule: Rule,
        start: Civil,
        zone: Zone,
        exceptions: Vec<Civil>,
        additions: Vec<Civil>,
    ) -> Result<Self, ScheduleError> {
        if let Some((index, value)) = stranger(start, &exceptions) {
            return Err(ScheduleError::ExceptionKind { index, value });
        }
        if let Some((index, value)) = stranger(start, &additions) {
            return Err(ScheduleError::AdditionKind { index, value });
        }
        let last = last(rule, start, zone)?;
        Ok(Self {
            rule,
            start,
            zone,
            exceptions: canonical(exceptions).ok_or(ScheduleError::TooManyExceptions)?,
            additions: canonical(additions).ok_or(ScheduleError::TooManyAdditions)?,
            expansion: Expansion::new(rule, start.start(), last),
        })
    }

    /// The first occurrence strictly after the local time `t`, or `None` when there is none any more.
    ///
    /// A whole day counts as its midnight. The cost does not depend on how far `t` is from the start.
    pub fn after(&self, t: NaiveDateTime) -> Option<Occurrence> {
        let mut next = self.candidate_after(t)?;
        while holds(&self.exceptions, next) {
            next = self.candidate_after(next)?;
        }
        Some(Occurrence {
            at: self.start.with_start(next),
            index: self.expansion.count_through(next),
        })
    }

    /// Every occurrence in order, from the start.
    pub fn iter(&self) -> impl Iterator<Item = Occurrence> {
        let first = self.after(NaiveDateTime::MIN);
        std::iter::successors(first, |occurrence| self.after(occurrence.at.start()))
    }

    /// The rule.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The first date.
    pub fn start(&self) -> Civil {
        self.start
    }

    /// The zone its dates are read in.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// The dates left out, in order, each once.
    pub fn exceptions(&self) -> &[Civil] {
        &self.exceptions
    }

    /// The dates added, in order, each once.
    pub fn additions(&self) -> &[Civil] {
        &self.additions
    }

    /// The first date of the rule or the additions after `t`, exceptions not looked at.
    fn candidate_after(&self, t: NaiveDateTime) -> Option<NaiveDateTime> {
        let start = self.start.start();
        let passed = |addition: &Civil| addition.start() <= t || addition.start() < start;
        let added = self.additions.get(self.additions.partition_point(passed));
        let added = added.map(|addition| addition.start());
        self.expansion.after(t).into_iter().chain(added).min()
    }
}

/// The first of `dates` that is not of the start's kind.
fn stranger(start: Civil, dates: &[Civil]) -> Option<(usize, Civil)> {
    let mut dates = dates.iter().copied().enumerate();
    dates.find(|(_, date)| !date.same_kind(start))
}

fn canonical(mut dates: Vec<Civil>) -> Option<Vec<Civil>> {
    dates.sort_unstable();
    dates.dedup();
    (dates.len() <= MAX_DATES).then_some(dates)
}

fn holds(dates: &[Civil], at: NaiveDateTime) -> bool {
    dates.binary_search_by_key(&at, |date| date.start()).is_ok()
}

/// The last local time the rule's UNTIL lets a date have.
fn last(rule: Rule, start: Civil, zone: Zone) -> Result<NaiveDateTime, ScheduleError> {
    match (rule.until(), start) {
        (None, _) => Ok(LAST),
        (Some(Until::Date(date)), Civil::Date(_)) => Ok(date.and_time(NaiveTime::MIN)),
        (Some(Until::Local(local)), Civil::DateTime(_)) => Ok(local),
        (Some(Until::Utc(instant)), Civil::DateTime(at)) => Ok(last_by(instant, at, zone)),
        (Some(Until::Date(_)), Civil::DateTime(_)) => Err(ScheduleError::UntilWithoutTime),
        (Some(_), Civil::Date(_)) => Err(ScheduleError::UntilWithTime),
    }
}

/// The last local time, at the start's time of day, that resolves no later than `instant`.
///
/// A given time of day never resolves before that of the day before, even where clocks skip it, so one such time
/// bounds them all. No zone is two days from UTC, so it is found within a few days of the instant's own.
fn last_by(instant: DateTime<Utc>, start: NaiveDateTime, zone: Zone) -> NaiveDateTime {
    let latest = instant.date_naive() + Days::new(2);
    let days = (0..5).map(|back| (latest - Days::new(back)).and_time(start.time()));
    let mut within = days.filter(|local| zone.resolve(*local) <= instant);
    within.next().unwrap_or(start)
}
