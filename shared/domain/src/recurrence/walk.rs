//! Walking through the occurrences of a schedule.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::schedule::{Schedule, latest};
use super::{GaveUp, expansion};
use crate::civil::Civil;
use crate::zone::{Span, seconds};

const DAY: i64 = 86_400;

/// One of the dates of a [`Schedule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The local time.
    pub date: Civil,
    /// When that is, or begins.
    pub at: DateTime<Utc>,
}

/// What comes after a local time, in order.
///
/// Where clocks skip times, which are read as later ones, those that follow may come no later than they do: what was
/// given tells which, so a walk that begins there begins before them.
pub(super) struct Walk<'a> {
    schedule: &'a Schedule,
    /// Up to here nothing is given.
    t: i64,
    rule: expansion::Walk<'a>,
    /// The rule's next date, once it was looked up.
    next: Option<Option<i64>>,
    /// Those that are to come.
    additions: &'a [Civil],
    /// Around the latest local time.
    span: Span,
    /// The instant of the latest that was not passed over.
    latest: Option<i64>,
    /// The latest day, and what date it is.
    day: (i64, NaiveDate),
    is_over: bool,
}

impl Schedule {
    /// Walks through the occurrences strictly after `t`.
    pub(super) fn walk(&self, t: i64) -> Walk<'_> {
        let begun = Some(t).filter(|t| *t >= seconds(self.start.start()));
        let gap = begun.and_then(|t| self.zone.gap_around(local(t)));
        let from = gap.map_or(t, |gap| gap.begin - 1);
        Walk {
            schedule: self,
            t,
            rule: self.expansion.walk(from),
            next: None,
            additions: self.additions_after(from),
            span: Span::NONE,
            latest: None,
            day: (0, NaiveDate::default()),
            is_over: false,
        }
    }

    fn additions_after(&self, t: i64) -> &[Civil] {
        if self.additions.is_empty() {
            return &[];
        }
        let (start, latest) = (self.start.start(), latest(self.zone));
        let is_passed = |addition: &Civil| seconds(addition.start()) <= t || addition.start() < start;
        let passed = self.additions.partition_point(is_passed);
        let end = self.additions.partition_point(|addition| addition.start() <= latest);
        self.additions.get(passed..end).unwrap_or_default()
    }

    fn is_excepted(&self, at: i64) -> bool {
        self.exceptions
            .binary_search_by_key(&at, |date| seconds(date.start()))
            .is_ok()
    }
}

impl Iterator for Walk<'_> {
    type Item = Result<Occurrence, GaveUp>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let next = self.next_occurrence().transpose();
        self.is_over = !matches!(next, Some(Ok(_)));
        next
    }
}

impl Walk<'_> {
    fn next_occurrence(&mut self) -> Result<Option<Occurrence>, GaveUp> {
        while let Some(next) = self.next_date()? {
            let at = self.instant(next);
            if self.latest.is_some_and(|latest| at <= latest) || self.schedule.is_excepted(next) {
                continue;
            }
            self.latest = Some(at);
            if next > self.t {
                let (date, at) = self.told(next, at);
                return Ok(Some(Occurrence { date, at }));
            }
        }
        Ok(None)
    }

    /// The next of the rule and the additions.
    fn next_date(&mut self) -> Result<Option<i64>, GaveUp> {
        let by_rule = match self.next.take() {
            Some(next) => next,
            None => self.next_by_rule()?,
        };
        let Some(added) = self.additions.first().map(|addition| seconds(addition.start())) else {
            return Ok(by_rule);
        };
        if by_rule.is_none_or(|by_rule| added <= by_rule) {
            self.additions = &self.additions[1..];
        }
        if by_rule.is_none_or(|by_rule| added < by_rule) {
            self.next = Some(by_rule);
            return Ok(Some(added));
        }
        Ok(by_rule)
    }

    fn next_by_rule(&mut self) -> Result<Option<i64>, GaveUp> {
        let Schedule { start, until, .. } = self.schedule;
        while let Some(next) = self.rule.next()? {
            // By its instant: a skipped time within UNTIL may be read as one that is later.
            let is_within = until.is_none_or(|until| self.instant(next) <= until.timestamp());
            if is_within || next == seconds(start.start()) {
                return Ok(Some(next));
            }
        }
        Ok(None)
    }

    fn instant(&mut self, next: i64) -> i64 {
        if !self.span.holds(next) {
            self.span = self.schedule.zone.span(local(next));
        }
        self.span.instant(next)
    }

    /// A local time and its instant, as others know them: from the date before, which is near.
    fn told(&mut self, next: i64, at: i64) -> (Civil, DateTime<Utc>) {
        let date = self.near(next);
        self.day = (next.div_euclid(DAY), date.date());
        (self.schedule.start.with_start(date), self.near(at).and_utc())
    }

    fn near(&self, seconds: i64) -> NaiveDateTime {
        let (day, date) = self.day;
        let days = seconds.div_euclid(DAY) - day;
        let date = if days == 0 {
            Some(date)
        } else {
            date.checked_add_signed(TimeDelta::days(days))
        };
        let time = u32::try_from(seconds.rem_euclid(DAY)).unwrap_or_default();
        let time = NaiveTime::from_num_seconds_from_midnight_opt(time, 0).unwrap_or_default();
        date.unwrap_or_default().and_time(time)
    }
}

/// The local time that is so many seconds from 1970.
pub(super) fn local(seconds: i64) -> NaiveDateTime {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().naive_utc()
}
