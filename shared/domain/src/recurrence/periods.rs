//! Weeks, months and years: periods whose days and times are a set, from which positions pick.

use chrono::{Datelike as _, Weekday};

use super::almanac::Almanac;
use super::bits::Ordinals;
use super::calendar::{YearShape, date, days_before, first_week, month_len, week_of, year_start};
use super::days::Days;
use super::picks::Picks;
use super::times::Times;

/// The weeks of a year, at most.
const WEEKS: u32 = 53;
/// As many weeks as a word of days holds.
const WEEKS_PER_WORD: u32 = 9;

/// Every so many weeks, months or years from the start's on, and what is picked of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Periods {
    pub(super) kind: Kind,
    pub(super) interval: i32,
    /// The number of the start's period.
    pub(super) origin: i32,
    pub(super) almanac: Almanac,
    pub(super) times: Times,
    pub(super) picks: Picks,
    /// Whether a period may have a day just outside it.
    pub(super) overlap: bool,
}

/// What the periods are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Weeks that begin on this day.
    Weeks(Weekday),
    /// Calendar months.
    Months,
    /// Calendar years.
    Years,
    /// Years of whole weeks, for rules that name weeks of the year: from the first day of week 1 to the last day of
    /// week 52 or 53, so that their first and last days may stand in another calendar year.
    WeekYears(Weekday, Ordinals<1>),
}

impl Kind {
    /// The number of the period that a day is in.
    pub(super) fn number(&self, day: i32) -> Option<i32> {
        let date = date(day)?;
        Some(match self {
            Self::Weeks(week_start) => week_of(day, *week_start).div_euclid(7),
            Self::Months => date.year() * 12 + date.month0().cast_signed(),
            Self::Years => date.year(),
            Self::WeekYears(week_start, _) => {
                let begins = |year: &i32| first_week(*year, *week_start) <= day;
                [date.year() + 1, date.year()]
                    .into_iter()
                    .find(begins)
                    .unwrap_or(date.year() - 1)
            }
        })
    }

    /// How many there are in 400 years, after which the calendar begins anew: so many steps, however long they are,
    /// see every period there is to see, and two more are for the period asked in and the one before it.
    fn per_cycle(&self) -> u32 {
        match self {
            Self::Weeks(_) => 20_871,
            Self::Months => 4_800,
            Self::Years | Self::WeekYears(..) => 400,
        }
    }

    /// The first day of a period.
    fn first_day(&self, number: i32) -> i32 {
        match self {
            Self::Weeks(week_start) => week_of(number * 7 + 6, *week_start),
            Self::Months => {
                let (year, month) = month(number);
                year_start(year) + days_before(YearShape::of(year).is_leap, month)
            }
            Self::Years => year_start(number),
            Self::WeekYears(week_start, _) => first_week(number, *week_start),
        }
    }
}

/// The year and the month, January being 0, of a number of months.
fn month(number: i32) -> (i32, u32) {
    (number.div_euclid(12), number.rem_euclid(12).cast_unsigned())
}

impl Periods {
    /// The first day and time strictly after `day` and `time`, among periods that begin by `last`.
    pub(super) fn after(&self, day: i32, time: u32, last: i32) -> Option<(i32, u32)> {
        let number = self.kind.number(day)? - i32::from(self.overlap);
        let mut number = self.origin + (number - self.origin).div_euclid(self.interval) * self.interval;
        for _ in 0..self.kind.per_cycle() + 2 {
            if self.kind.first_day(number) > last.saturating_add(1) {
                break;
            }
            let found = self.first_after(number, day, time);
            if found.is_some() && self.overlap {
                let next = self.first_after(number + self.interval, day, time);
                return found.into_iter().chain(next).min();
            }
            if found.is_some() {
                return found;
            }
            number += self.interval;
        }
        None
    }

    /// The first of one period that is strictly after `day` and `time`.
    fn first_after(&self, number: i32, day: i32, time: u32) -> Option<(i32, u32)> {
        let days = self.days(number);
        let per_day = self.times.len();
        let mut past = days.before(day) * per_day;
        if days.contains(day) {
            past += self.times.through(time);
        }
        let index = self.picks.at_or_after(past, days.len() * per_day)?;
        Some((days.nth(index / per_day)?, self.times.nth(index % per_day)?))
    }

    fn days(&self, number: i32) -> Days {
        match &self.kind {
            Kind::Weeks(_) => self.week(self.kind.first_day(number)),
            Kind::Months => {
                let mut days = Days::NONE;
                let bits = self.almanac.month(number.div_euclid(12), month(number).1 as usize);
                days.push(self.kind.first_day(number) - 1, bits);
                days
            }
            Kind::Years => self.year(number),
            Kind::WeekYears(week_start, weeks) => self.week_year(number, *week_start, weeks),
        }
    }

    fn week(&self, first: i32) -> Days {
        let mut days = Days::NONE;
        days.push(first, self.almanac.week(first));
        days
    }

    fn year(&self, year: i32) -> Days {
        let mut months = self.almanac.year(year);
        let is_leap = YearShape::of(year).is_leap;
        if self.overlap {
            // A day that was moved out of its month stands in the next one's word, or the one's before.
            for (here, month) in (0..12).enumerate() {
                let len = month_len(is_leap, month);
                if here > 0 && months[here] & 1 == 1 {
                    months[here] &= !1;
                    months[here - 1] |= 1 << month_len(is_leap, month - 1);
                }
                if here < 11 && months[here] >> (len + 1) & 1 == 1 {
                    months[here] &= !(1 << (len + 1));
                    months[here + 1] |= 1 << 1;
                }
            }
        }
        let mut days = Days::NONE;
        for (month, bits) in (0..).zip(months) {
            days.push(year_start(year) + days_before(is_leap, month) - 1, bits);
        }
        days
    }

    fn week_year(&self, year: i32, week_start: Weekday, weeks: &Ordinals<1>) -> Days {
        let first = first_week(year, week_start);
        let count = (first_week(year + 1, week_start) - first).cast_unsigned() / 7;
        let mut days = Days::NONE;
        for begin in (0..WEEKS).step_by(WEEKS_PER_WORD as usize) {
            let first = first + begin.cast_signed() * 7;
            let within = (begin..count.min(begin + WEEKS_PER_WORD)).filter(|week| weeks.contains(week + 1, count));
            let bits = within.fold(0, |bits, week| {
                let into = (week - begin) * 7;
                bits | self.almanac.week(first + into.cast_signed()) << into
            });
            days.push(first, bits);
        }
        days
    }
}
