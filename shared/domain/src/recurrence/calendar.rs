//! The Gregorian calendar in whole days, numbered from 1 January of the year 1.

use chrono::{Datelike as _, NaiveDate, Weekday};

use crate::civil::YEARS;

/// The last day of any schedule.
pub(super) const LAST_DAY: i32 = year_start(*YEARS.end() + 1) - 1;

/// Days before each month of a common year.
const BEFORE: [i32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// The number of a date's day.
pub(super) fn day_number(date: NaiveDate) -> i32 {
    date.num_days_from_ce()
}

/// The date of a day.
pub(super) fn date(day: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(day)
}

/// The number of 1 January.
pub(crate) const fn year_start(year: i32) -> i32 {
    let past = year - 1;
    365 * past + past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400) + 1
}

/// The weekday of a day, Monday being 0.
pub(super) fn weekday(day: i32) -> u32 {
    (day - 1).rem_euclid(7).cast_unsigned()
}

/// Whether a year has a 29 February.
pub(super) fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// How many days the month has; January is 0.
pub(super) fn month_len(is_leap: bool, month: u32) -> u32 {
    match month {
        1 if is_leap => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}

/// How many days of the year come before the month; January is 0.
pub(super) fn days_before(is_leap: bool, month: u32) -> i32 {
    BEFORE[month as usize] + i32::from(is_leap && month > 1)
}

/// The first day of week 1 of `year`: of the first week that has at least four of its days (RFC 5545 §3.3.10,
/// BYWEEKNO).
pub(super) fn first_week(year: i32, week_start: Weekday) -> i32 {
    let fourth = year_start(year) + 3;
    week_of(fourth, week_start)
}

/// The first day of the week that a day is in.
pub(super) fn week_of(day: i32, week_start: Weekday) -> i32 {
    let into = (weekday(day) + 7 - week_start.num_days_from_monday()) % 7;
    day - into.cast_signed()
}

/// Fourteen years show every year there is: with and without a 29 February, by the weekday of their 1 January.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct YearShape {
    pub(super) is_leap: bool,
    /// Of 1 January, Monday being 0.
    pub(super) first: u32,
}

impl YearShape {
    pub(super) const COUNT: usize = 14;

    pub(crate) fn of(year: i32) -> Self {
        Self {
            is_leap: is_leap(year),
            first: weekday(year_start(year)),
        }
    }

    pub(super) fn all() -> [Self; Self::COUNT] {
        std::array::from_fn(|index| Self {
            is_leap: index >= 7,
            first: u32::try_from(index % 7).unwrap_or_default(),
        })
    }

    pub(super) fn index(self) -> usize {
        self.first as usize + if self.is_leap { 7 } else { 0 }
    }

    pub(super) fn len(self) -> u32 {
        if self.is_leap { 366 } else { 365 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_calendar_of_everybody_else() {
        let dates = NaiveDate::from_ymd_opt(1896, 1, 1).unwrap().iter_days();
        for (day, date) in (year_start(1896)..).zip(dates.take(150_000)) {
            assert_eq!((day_number(date), super::date(day)), (day, Some(date)));
            assert_eq!(weekday(day), date.weekday().num_days_from_monday());
            let shape = YearShape::of(date.year());
            assert_eq!(
                (shape.is_leap, shape.len() == 366),
                (date.leap_year(), date.leap_year())
            );
            let start = days_before(shape.is_leap, date.month0());
            assert_eq!(start + date.day().cast_signed(), date.ordinal().cast_signed());
            if date.day() == 28 {
                assert_eq!(
                    u32::from(date.num_days_in_month()),
                    month_len(shape.is_leap, date.month0())
                );
            }
            let week = date.iso_week();
            let weeks = (week_of(day, Weekday::Mon) - first_week(week.year(), Weekday::Mon)) / 7;
            assert_eq!(weeks.cast_unsigned(), week.week0());
        }
        assert_eq!(date(LAST_DAY), NaiveDate::from_ymd_opt(9999, 12, 31));
    }

    #[test]
    fn fourteen_shapes_are_all() {
        for (index, shape) in YearShape::all().into_iter().enumerate() {
            assert_eq!(shape.index(), index);
        }
    }
}
