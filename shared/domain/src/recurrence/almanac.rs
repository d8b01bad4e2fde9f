//! Which days a rule's parts name, for each of the fourteen shapes a year may have.

mod parts;

use chrono::Datelike as _;
use parts::all;
pub(super) use parts::{DayParts, Scope};

use super::calendar::{LAST_DAY, YearShape, date, days_before, month_len, year_start};

/// The days that [`DayParts`] name: for each shape of a year a word for each month, bit `d` for its day `d`.
///
/// RFC 7529's SKIP moves a day that its month or year lacks at most one day past it: bit 0 stands for the day before
/// the first, and the bit after the last day's for the day after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Almanac {
    months: [[u64; 12]; YearShape::COUNT],
    /// Whether every day is named.
    is_full: bool,
}

impl Almanac {
    pub(super) fn of(parts: &DayParts) -> Self {
        let months = YearShape::all().map(|shape| std::array::from_fn(|month| parts.month(shape, month)));
        let is_full = YearShape::all().into_iter().zip(&months).all(|(shape, months)| {
            let mut lens = (0..)
                .zip(months)
                .map(|(month, days)| (month_len(shape.is_leap, month), days));
            lens.all(|(len, days)| *days == all(len))
        });
        Self { months, is_full }
    }

    /// Whether no year has any of the days.
    pub(super) fn is_empty(&self) -> bool {
        self.months.iter().flatten().all(|days| *days == 0)
    }

    /// A month, January being 0. Where `near` is of the same year, that is not worked out again.
    pub(super) fn month(&self, year: i32, month: u32, near: Option<&Month>) -> Month {
        let near = near.filter(|near| near.year == year);
        let (shape, year_begins) = near.map_or_else(
            || (YearShape::of(year), year_start(year)),
            |near| (near.shape, near.year_begins),
        );
        Month {
            shape,
            year,
            year_begins,
            month,
            first: year_begins + days_before(shape.is_leap, month),
            len: month_len(shape.is_leap, month),
            days: self.months[shape.index()][month as usize],
        }
    }

    /// The month that `day` is in, which may be `near` or the one after it.
    fn month_of(&self, day: i32, near: &Month) -> Option<Month> {
        if near.has(day) {
            return Some(*near);
        }
        let next = self.month_after(near);
        if next.has(day) {
            return Some(next);
        }
        let date = date(day)?;
        Some(self.month(date.year(), date.month0(), Some(near)))
    }

    fn month_after(&self, month: &Month) -> Month {
        if month.month == 11 {
            self.month(month.year + 1, 0, None)
        } else {
            self.month(month.year, month.month + 1, Some(month))
        }
    }

    /// The days of the year's months.
    pub(super) fn year(&self, year: i32) -> [u64; 12] {
        self.months[YearShape::of(year).index()]
    }

    /// The days of the week that begins with the day `first`, a bit each. None of them may be moved. `month` becomes
    /// the one that the week begins in.
    pub(super) fn week(&self, first: i32, month: &mut Month) -> u64 {
        const WEEK: u64 = (1 << 7) - 1;
        let Some(begins) = self.month_of(first, month) else {
            return 0;
        };
        *month = begins;
        let into = (first - month.first).cast_unsigned();
        let here = month.days >> 1 >> into;
        let left = month.len - into;
        if left >= 7 {
            return here & WEEK;
        }
        (here | self.month_after(month).days >> 1 << left) & WEEK
    }

    /// The first of the days that is not before `day`, up to the calendar's end. `month` becomes the one that it is in.
    pub(super) fn at_or_after(&self, day: i32, month: &mut Month) -> Option<i32> {
        if self.is_full {
            return Some(day).filter(|day| *day <= LAST_DAY);
        }
        *month = self.month_of(day, month)?;
        let mut days = month.days & (u64::MAX << 1 << (day - month.first));
        while days == 0 {
            *month = self.month_after(month);
            if month.first > LAST_DAY {
                return None;
            }
            days = month.days;
        }
        let found = month.first + days.trailing_zeros().cast_signed() - 1;
        Some(found).filter(|day| *day <= LAST_DAY)
    }
}

/// A month and those of its days that are named: where a search among them is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Month {
    shape: YearShape,
    year: i32,
    year_begins: i32,
    month: u32,
    /// Its first day.
    pub(super) first: i32,
    len: u32,
    /// A bit for each day, as in an [`Almanac`].
    pub(super) days: u64,
}

impl Month {
    fn has(&self, day: i32) -> bool {
        (self.first..self.first + self.len.cast_signed()).contains(&day)
    }
}
