//! The parts of a rule that name days, and the days they come to in a month.

use crate::recurrence::bits::{Bits, Ordinals};
use crate::recurrence::calendar::{YearShape, days_before, month_len};
use crate::recurrence::rule::{Skip, Weekdays};

/// The parts that name days. One that is empty lets every day be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct DayParts {
    pub(in super::super) months: Bits<1>,
    pub(in super::super) year_days: Ordinals<6>,
    pub(in super::super) month_days: Ordinals<1>,
    pub(in super::super) weekdays: Weekdays,
    /// What the places of weekdays count in.
    pub(in super::super) scope: Scope,
    pub(in super::super) skip: Skip,
}

/// What the place of a weekday, as in `1MO`, counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Scope {
    Month,
    Year,
}

/// Every seventh bit from the first on: times a week, it is every week. The tenth week lacks its last days, and a month
/// ends before it.
const MONDAYS: u64 = 0x8102_0408_1020_4081;

impl DayParts {
    /// The days of one month of years of `shape`.
    pub(super) fn month(&self, shape: YearShape, month: usize) -> u64 {
        let month = u32::try_from(month).unwrap_or_default();
        if !self.months.is_empty() && !self.months.contains(month + 1) {
            return 0;
        }
        let len = month_len(shape.is_leap, month);
        let named = match (self.by_month_day(len), self.by_year_day(shape, month, len)) {
            (Some(by_month), Some(by_year)) => by_month & by_year,
            // Alone, the one may have moved a day past the month's end.
            (by_month, by_year) => by_month.or(by_year).unwrap_or(all(len)),
        };
        self.by_weekday(shape, month, len, named)
    }

    fn by_month_day(&self, len: u32) -> Option<u64> {
        let days = &self.month_days;
        if days.is_empty() {
            return None;
        }
        // The last day, which is −1, is bit 62 of what is reversed.
        let named = days.from_start.word() | days.from_end.word().reverse_bits() >> (62 - len);
        let lacking_last = days.from_start.at_or_after(len + 1).is_some();
        let lacking_first = days.from_end.at_or_after(len + 1).is_some();
        Some(named & all(len) | self.moved(lacking_first, lacking_last, len))
    }

    fn by_year_day(&self, shape: YearShape, month: u32, len: u32) -> Option<u64> {
        let days = &self.year_days;
        if days.is_empty() {
            return None;
        }
        let before = days_before(shape.is_leap, month).cast_unsigned();
        let named = (1..=len).filter(|day| days.contains(before + day, shape.len()));
        let is_lacking = |days: &Bits<6>| days.contains(366) && !shape.is_leap;
        let lacking_first = month == 0 && is_lacking(&days.from_end);
        let lacking_last = month == 11 && is_lacking(&days.from_start);
        Some(bits(named) | self.moved(lacking_first, lacking_last, len))
    }

    /// Where a day before the first goes, and one after the last.
    ///
    /// SKIP comes after both BYYEARDAY and BYMONTHDAY (RFC 7529 §4.1), and a day that does not exist passes only one of
    /// them: where both are given there is none to move.
    fn moved(&self, lacking_first: bool, lacking_last: bool, len: u32) -> u64 {
        if !self.year_days.is_empty() && !self.month_days.is_empty() {
            return 0;
        }
        let (first, last) = match self.skip {
            Skip::Omit => return 0,
            Skip::Backward => (0, len),
            Skip::Forward => (1, len + 1),
        };
        u64::from(lacking_first) << first | u64::from(lacking_last) << last
    }

    fn by_weekday(&self, shape: YearShape, month: u32, len: u32, days: u64) -> u64 {
        if self.weekdays.is_empty() {
            return days;
        }
        // Of the day that bit 0 stands for, the one before the first.
        let into_year = days_before(shape.is_leap, month).cast_unsigned() + 6;
        let weekday = (into_year + shape.first) % 7;
        let every = self.weekdays.every.word().wrapping_mul(MONDAYS) >> weekday;
        let places = (0..7).zip(&self.weekdays.nth).filter(|(_, places)| !places.is_empty());
        let by_place = places.map(|(named, places)| {
            let first = (named + 7 - weekday) % 7;
            let is_named = |day: &u32| days >> day & 1 == 1 && self.has_place(shape, month, *day, places);
            bits((first..=len + 1).step_by(7).filter(is_named))
        });
        days & by_place.fold(every, |all, some| all | some)
    }

    /// Whether a day's place among those of its weekday is one of them.
    fn has_place(&self, shape: YearShape, month: u32, day: u32, places: &Ordinals<1>) -> bool {
        let into_year = days_before(shape.is_leap, month) + day.cast_signed() - 1;
        let (into, len) = match self.scope {
            Scope::Month => into_month(shape, month, day),
            Scope::Year => into_year_of(shape, into_year),
        };
        let place = into / 7 + 1;
        places.contains(place, place + (len - 1 - into) / 7)
    }
}

/// How many days of its own month come before a day, and how many the month has; a day may stand past an end.
fn into_month(shape: YearShape, month: u32, day: u32) -> (u32, u32) {
    let len = month_len(shape.is_leap, month);
    if day == 0 {
        let before = month_len(shape.is_leap, (month + 11) % 12);
        (before - 1, before)
    } else if day > len {
        (0, month_len(shape.is_leap, (month + 1) % 12))
    } else {
        (day - 1, len)
    }
}

/// The same of its own year. Of the years beside it no more matters than that they have 52 weeks and a day or two.
fn into_year_of(shape: YearShape, into: i32) -> (u32, u32) {
    match u32::try_from(into) {
        Err(_) => (364, 365),
        Ok(into) if into >= shape.len() => (0, 365),
        Ok(into) => (into, shape.len()),
    }
}

/// The days of a month.
pub(super) fn all(len: u32) -> u64 {
    (1 << (len + 1)) - 2
}

fn bits(days: impl Iterator<Item = u32>) -> u64 {
    days.fold(0, |bits, day| bits | 1 << day)
}
