//! A rule at work: from its first date, in its zone, with what was left out and added.

mod error;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
pub use error::ScheduleError;

use super::GaveUp;
use super::expansion::Expansion;
use super::rule::{Rule, Until};
use super::walk::{Occurrence, local};
use crate::civil::Civil;
use crate::zone::{self, Zone, seconds};

/// How many exceptions a schedule may have, and how many additions.
pub(crate) const MAX_DATES: usize = 100;

/// The last local time of any schedule.
const LAST: NaiveDateTime = NaiveDate::from_ymd_opt(9999, 12, 31)
    .expect("9999-12-31 is a date")
    .and_time(NaiveTime::from_hms_opt(23, 59, 59).expect("23:59:59 is a time"));

/// Longer than any clock was ever set back or forward.
pub(super) const SHIFT: TimeDelta = TimeDelta::hours(25);

/// The recurrence set of RFC 5545 §3.8.5: the rule's dates from the start, less the exceptions, and the additions.
///
/// The start is the first date and counts, whatever the rule says. COUNT counts the rule's dates, those excepted
/// included. Additions are bound neither by COUNT nor by UNTIL; those before the start do not take part, and an
/// exception outweighs an addition. Nothing but a start comes after the year 9999, as people here see it or as UTC does.
///
/// Its dates are strictly increasing as instants, too: of the local times that clocks skip, each of which is read as a
/// later one, those that follow and would come no later are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    rule: Rule,
    pub(super) start: Civil,
    pub(super) zone: Zone,
    pub(super) exceptions: Vec<Civil>,
    pub(super) additions: Vec<Civil>,
    pub(super) expansion: Expansion,
    /// The instant that UNTIL says.
    pub(super) until: Option<DateTime<Utc>>,
}

impl Schedule {
    /// Sets `rule` out from `start`. Exceptions and additions may come in any order and repeat.
    ///
    /// # Errors
    ///
    /// Exceptions, additions or UNTIL of another kind than `start`, times of day where `start` has none, over 100
    /// distinct exceptions or additions, or a COUNT whose last date cannot be found.
    pub fn new(
        rule: Rule,
        start: Civil,
        zone: Zone,
        exceptions: Vec<Civil>,
        additions: Vec<Civil>,
    ) -> Result<Self, ScheduleError> {
        Self::resume(rule, start, zone, exceptions, additions, None)
    }

    /// As [`Schedule::new`], of a rule with COUNT whose last date was found before: it is not counted again.
    ///
    /// # Errors
    ///
    /// As of [`Schedule::new`].
    pub fn resume(
        rule: Rule,
        start: Civil,
        zone: Zone,
        exceptions: Vec<Civil>,
        additions: Vec<Civil>,
        last: Option<Civil>,
    ) -> Result<Self, ScheduleError> {
        if let Some((index, value)) = stranger(start, &exceptions) {
            return Err(ScheduleError::ExceptionKind { index, value });
        }
        if let Some((index, value)) = stranger(start, &additions) {
            return Err(ScheduleError::AdditionKind { index, value });
        }
        if let Some(part) = rule.time_part().filter(|_| start.is_date()) {
            return Err(ScheduleError::TimeOfDay(part));
        }
        let (by_rule, until) = end(&rule, start, zone)?;
        let latest = latest(zone);
        let by_rule = last.map_or(by_rule, Civil::start);
        let expansion = Expansion::new(&rule, start.start(), by_rule.min(latest));
        let expansion = match (rule.count(), last) {
            (Some(count), None) => expansion.counted(count)?,
            _ => expansion,
        };
        Ok(Self {
            rule,
            start,
            zone,
            exceptions: canonical(exceptions).ok_or(ScheduleError::TooManyExceptions)?,
            additions: canonical(additions).ok_or(ScheduleError::TooManyAdditions)?,
            expansion,
            until,
        })
    }

    /// The first occurrence strictly after the local time `t`, or `None` when there is none any more.
    ///
    /// A whole day counts as its midnight. The cost does not depend on how far `t` is from the start.
    ///
    /// # Errors
    ///
    /// It was not found within a bounded number of steps.
    pub fn after(&self, t: NaiveDateTime) -> Result<Option<Civil>, GaveUp> {
        let next = self.walk(seconds(t)).next().transpose()?;
        Ok(next.map(|next| next.date))
    }

    /// The first occurrence that is after the local time `t` and, read in the zone, after `instant`.
    ///
    /// # Errors
    ///
    /// It was not found within a bounded number of steps.
    pub fn after_both(&self, t: NaiveDateTime, instant: DateTime<Utc>) -> Result<Option<Civil>, GaveUp> {
        let local = self.zone.local(instant);
        // A local time that clocks skip lies later than it reads.
        let gap = self.zone.gap_around(local);
        let from = gap.map_or(seconds(local), |gap| gap.begin - 1);
        let mut dates = self.walk(seconds(t).max(from));
        let next = dates.find(|next| !matches!(next, Ok(next) if next.at <= instant));
        Ok(next.transpose()?.map(|next| next.date))
    }

    /// Every occurrence in order, from the start; the last item is an error where the search was given up.
    pub fn iter(&self) -> impl Iterator<Item = Result<Civil, GaveUp>> {
        self.occurrences().map(|next| next.map(|next| next.date))
    }

    /// As [`Schedule::iter`], with the instants.
    pub fn occurrences(&self) -> impl Iterator<Item = Result<Occurrence, GaveUp>> {
        self.walk(i64::MIN)
    }

    /// The last date of a rule with COUNT, to resume from.
    pub fn last(&self) -> Option<Civil> {
        let last = self.start.with_start(local(self.expansion.last()));
        self.rule.count().map(|_| last)
    }

    /// How many dates a rule with COUNT gives by the local time `t`, the excepted ones included; `None` without COUNT,
    /// where nothing asks for it.
    ///
    /// # Errors
    ///
    /// One of them was not found within a bounded number of steps.
    pub fn count_through(&self, t: NaiveDateTime) -> Result<Option<u32>, GaveUp> {
        let Some(most) = self.rule.count() else {
            return Ok(None);
        };
        let (mut count, mut dates) = (0, self.expansion.walk(i64::MIN));
        while count < most && dates.next()?.is_some_and(|next| next <= seconds(t)) {
            count += 1;
        }
        Ok(Some(count))
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

/// The last local time a date may have here: of later ones the instant cannot be written.
pub(super) fn latest(zone: Zone) -> NaiveDateTime {
    LAST.min(zone.local(zone::LATEST))
}

/// The last local time the rule's UNTIL may let a date have, and the instant that none may come after.
fn end(rule: &Rule, start: Civil, zone: Zone) -> Result<(NaiveDateTime, Option<DateTime<Utc>>), ScheduleError> {
    match (rule.until(), start) {
        (None, _) => Ok((NaiveDateTime::MAX, None)),
        (Some(Until::Date(date)), Civil::Date(_)) => Ok((date.and_time(NaiveTime::MIN), None)),
        (Some(Until::Local(local)), Civil::DateTime(_)) => Ok((local, None)),
        (Some(Until::Utc(instant)), Civil::DateTime(_)) => {
            let local = zone.local(instant);
            // Of a time that is shown again, those that follow came by the instant too, when they were first shown.
            let is_again = zone.resolve(local) < instant;
            let latest = if is_again {
                local.checked_add_signed(SHIFT)
            } else {
                Some(local)
            };
            Ok((latest.unwrap_or(NaiveDateTime::MAX), Some(instant)))
        }
        (Some(Until::Date(_)), Civil::DateTime(_)) => Err(ScheduleError::UntilWithoutTime),
        (Some(_), Civil::Date(_)) => Err(ScheduleError::UntilWithTime),
    }
}
