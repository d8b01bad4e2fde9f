//! Weeks, months and years: periods whose days and times are a set, from which positions pick.

use chrono::{Datelike as _, Weekday};

use super::almanac::{Almanac, Month};
use super::bits::Ordinals;
use super::calendar::{YearShape, date, days_before, first_week, month_len, week_of, year_start};
use super::days::Days;
use super::picks::Picks;
use super::times::{Times, split};

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
}

/// A walk through the dates of [`Periods`]: the period it is in, and the number of what comes next there.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    periods: &'a Periods,
    number: i32,
    days: Days,
    /// How many there are in the period: each day with each time.
    len: u32,
    next: u32,
    /// Where in the almanac the last week was.
    month: Month,
    /// The day and time after which it began.
    after: (i32, u32),
}

impl Periods {
    /// Walks through what is strictly after `day` and `time`.
    pub(super) fn walk(&self, day: i32, time: u32) -> Option<Walk<'_>> {
        let number = self.kind.number(day)? - i32::from(self.overlap);
        let number = self.origin + (number - self.origin).div_euclid(self.interval) * self.interval;
        Some(self.walk_from(number, day, time))
    }

    /// The same from a period on.
    fn walk_from(&self, number: i32, day: i32, time: u32) -> Walk<'_> {
        let mut walk = Walk {
            periods: self,
            number,
            days: Days::NONE,
            len: 0,
            next: 0,
            month: self.almanac.month(1, 0, None),
            after: (day, time),
        };
        walk.enter(number);
        walk.pass_what_is_past();
        walk
    }
}

impl Walk<'_> {
    /// The next day and time, among periods that begin by `last`.
    pub(super) fn next(&mut self, last: i32) -> Option<(i32, u32)> {
        let periods = self.periods;
        let found = self.next_by_periods(last)?;
        if !periods.overlap {
            return Some(found);
        }
        // The period after it may have a day before that, or the same one.
        let (day, time) = self.after;
        let beside = periods.walk_from(self.number + periods.interval, day, time).pick();
        let (day, time) = beside.map_or(found, |beside| beside.min(found));
        *self = periods.walk(day, time)?;
        Some((day, time))
    }

    fn next_by_periods(&mut self, last: i32) -> Option<(i32, u32)> {
        for _ in 0..self.periods.kind.per_cycle() + 2 {
            let found = self.pick();
            if found.is_some() {
                return found;
            }
            if self.enter(self.number + self.periods.interval) > last.saturating_add(1) {
                break;
            }
            if self.periods.overlap {
                self.pass_what_is_past();
            }
        }
        None
    }

    /// Passes over what the period has by the day and time after which it all began.
    fn pass_what_is_past(&mut self) {
        let (day, time) = self.after;
        self.next = self.days.before(day) * self.periods.times.len();
        if self.days.contains(day) {
            self.next += self.periods.times.through(time);
        }
    }

    /// The next that is picked of the period.
    fn pick(&mut self) -> Option<(i32, u32)> {
        let times = &self.periods.times;
        let index = self.periods.picks.at_or_after(self.next, self.len)?;
        self.next = index + 1;
        let (day, time) = split(index, times.len());
        Some((self.days.nth(day)?, times.nth(time)?))
    }

    /// Goes to the beginning of a period, and tells its first day.
    fn enter(&mut self, number: i32) -> i32 {
        let (almanac, kind) = (&self.periods.almanac, &self.periods.kind);
        self.days.clear();
        let first = match kind {
            Kind::Weeks(week_start) => {
                let first = week_of(number * 7 + 6, *week_start);
                self.days.push(first, almanac.week(first, &mut self.month));
                first
            }
            Kind::Months => {
                let (year, month) = (number.div_euclid(12), number.rem_euclid(12).cast_unsigned());
                self.month = almanac.month(year, month, Some(&self.month));
                self.days.push(self.month.first - 1, self.month.days);
                self.month.first
            }
            Kind::Years => {
                self.add_year(number);
                year_start(number)
            }
            Kind::WeekYears(week_start, weeks) => {
                self.add_weeks(number, *week_start, weeks);
                first_week(number, *week_start)
            }
        };
        self.number = number;
        self.len = self.days.len() * self.periods.times.len();
        self.next = 0;
        first
    }

    fn add_year(&mut self, year: i32) {
        let mut months = self.periods.almanac.year(year);
        let is_leap = YearShape::of(year).is_leap;
        if self.periods.overlap {
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
        for (month, bits) in (0..).zip(months) {
            self.days.push(year_start(year) + days_before(is_leap, month) - 1, bits);
        }
    }

    fn add_weeks(&mut self, year: i32, week_start: Weekday, weeks: &Ordinals<1>) {
        let first = first_week(year, week_start);
        let count = (first_week(year + 1, week_start) - first).cast_unsigned() / 7;
        for begin in (0..WEEKS).step_by(WEEKS_PER_WORD as usize) {
            let first = first + begin.cast_signed() * 7;
            let within = (begin..count.min(begin + WEEKS_PER_WORD)).filter(|week| weeks.contains(week + 1, count));
            let bits = within.fold(0, |bits, week| {
                let into = (week - begin) * 7;
                let week = self.periods.almanac.week(first + into.cast_signed(), &mut self.month);
                bits | week << into
            });
            self.days.push(first, bits);
        }
    }
}
