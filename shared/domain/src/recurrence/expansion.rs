//! The dates a rule gives, in civil time: the `k`-th period is the start moved by `k` steps.

use chrono::{Datelike as _, Months, NaiveDate, NaiveDateTime, TimeDelta};

use super::progression::Progression;
use super::rule::{Frequency, Rule};
use crate::civil::YEARS;

/// A rule set out from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Expansion {
    start: NaiveDateTime,
    step: Step,
    /// The last local time a date may have; never before the start, which is a date whatever UNTIL says.
    last: NaiveDateTime,
    /// How many dates there may be.
    count: i64,
}

/// From one period to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Days(i64),
    Months(i64),
}

/// Months since the year 0, January being its month 0.
fn month_number(date: NaiveDate) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month0())
}

impl Expansion {
    pub(super) fn new(rule: Rule, start: NaiveDateTime, last: NaiveDateTime) -> Self {
        let interval = i64::from(rule.interval);
        Self {
            start,
            step: match rule.frequency {
                Frequency::Daily => Step::Days(interval),
                Frequency::Weekly => Step::Days(interval * 7),
                Frequency::Monthly => Step::Months(interval),
                Frequency::Yearly => Step::Months(interval * 12),
            },
            last: last.max(start),
            count: rule.count().map_or(i64::MAX, i64::from),
        }
    }

    /// The first date strictly after `t`.
    pub(super) fn after(&self, t: NaiveDateTime) -> Option<NaiveDateTime> {
        // At most a few periods in a row lack their date, since the start's own has it and the calendar is cyclic.
        let mut dates = (self.period_at(t)..).map_while(|k| self.period(k)).flatten();
        let next = dates.find(|date| *date > t)?;
        (next <= self.last && self.dates_through(next) <= self.count).then_some(next)
    }

    /// How many dates there are up to and including `t`.
    pub(super) fn count_through(&self, t: NaiveDateTime) -> u64 {
        let count = self.dates_through(t.min(self.last)).min(self.count);
        count.cast_unsigned()
    }

    /// As [`Self::count_through`], but without the limits of the rule.
    fn dates_through(&self, t: NaiveDateTime) -> i64 {
        if t < self.start {
            return 0;
        }
        let around = self.period_at(t);
        let overshoots = self.period(around).flatten().is_some_and(|date| date > t);
        let last = around - i64::from(overshoots);
        last + 1 - self.missing_through(last)
    }

    /// The last period that begins no later than `t`, or the first one.
    fn period_at(&self, t: NaiveDateTime) -> i64 {
        if t < self.start {
            return 0;
        }
        match self.step {
            Step::Days(step) => (t - self.start).num_days() / step,
            Step::Months(step) => (month_number(t.date()) - month_number(self.start.date())) / step,
        }
    }

    /// The date of period `k`: `None` past the calendar's end, `Some(None)` when the period lacks it.
    fn period(&self, k: i64) -> Option<Option<NaiveDateTime>> {
        let date = match self.step {
            Step::Days(step) => {
                let days = TimeDelta::try_days(step.checked_mul(k)?)?;
                Some(self.start.date().checked_add_signed(days)?)
            }
            Step::Months(step) => {
                let months = u32::try_from(step.checked_mul(k)?).ok()?;
                let first = self.start.date().with_day(1)?;
                let first = first.checked_add_months(Months::new(months))?;
                if !YEARS.contains(&first.year()) {
                    return None;
                }
                first.with_day(self.start.day())
            }
        };
        match date {
            Some(date) if !YEARS.contains(&date.year()) => None,
            date => Some(date.map(|date| date.and_time(self.start.time()))),
        }
    }

    /// How many of the periods 0 to `last` lack their date.
    fn missing_through(&self, last: i64) -> i64 {
        let Step::Months(step) = self.step else {
            return 0;
        };
        let first = month_number(self.start.date());
        let months = Progression { first, step, last };
        let februaries = |years: i64| months.hits(1, 12 * years);
        match self.start.day() {
            31 => [1, 3, 5, 8, 10].into_iter().map(|month| months.hits(month, 12)).sum(),
            30 => februaries(1),
            // Those of common years: all, less every fourth, though not every hundredth, but every four-hundredth.
            29 => februaries(1) - februaries(4) + februaries(100) - februaries(400),
            _ => 0,
        }
    }
}
