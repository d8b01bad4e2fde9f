//! Dates and local date-times: what a person says, before any zone makes an instant of it.

mod text;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// The years a [`Civil`] may be read from: before 1900 clocks kept the sun's time, after 9999 RFC 3339 has no digits.
pub(crate) const YEARS: std::ops::RangeInclusive<i32> = 1900..=9999;

/// A date, or a local date-time to the second. It has no zone, so it is not yet an instant.
///
/// Ordered by kind first, every date before every date-time; compare [`Civil::start`] to order by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Civil {
    /// A whole day, written `2026-12-01`.
    Date(NaiveDate),
    /// A moment of a local clock, in whole seconds, written `2026-12-01T09:00:00`.
    DateTime(NaiveDateTime),
}

/// Why a text is not a [`Civil`]. The messages are for the person who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CivilError {
    /// Neither of the two forms.
    #[error("must be a date like 2026-12-01 or a local date-time like 2026-12-01T09:00:00")]
    Shape,
    /// A `Z` or a numeric offset follows.
    #[error("must be local, without Z or an offset; the zone goes into time_zone")]
    Zoned,
    /// A fraction of a second follows.
    #[error("must be in whole seconds, without a fraction")]
    Fraction,
    /// The year is outside 1900 to 9999.
    #[error("year must be from {} to {}", YEARS.start(), YEARS.end())]
    Year,
    /// Months are 01 to 12.
    #[error("there is no month {0:02}; months are 01 to 12")]
    Month(u32),
    /// The day is 00, or past the month's end.
    #[error("{} has {days} days, so there is no day {day:02}", first.format("%B %Y"))]
    Day {
        /// The month's first day.
        first: NaiveDate,
        /// How many days the month has.
        days: u32,
        /// The day that was asked for.
        day: u32,
    },
    /// Hours are 00 to 23, minutes and seconds 00 to 59. A leap second cannot be told by a civil clock.
    #[error("time must be from 00:00:00 to 23:59:59")]
    Time,
}

impl Civil {
    /// The local time it begins at: a date's midnight, or the date-time itself.
    pub fn start(self) -> NaiveDateTime {
        match self {
            Self::Date(date) => date.and_time(NaiveTime::MIN),
            Self::DateTime(at) => at,
        }
    }

    /// The day it is, or is on.
    pub fn date(self) -> NaiveDate {
        match self {
            Self::Date(date) => date,
            Self::DateTime(at) => at.date(),
        }
    }

    /// Whether it is a whole day.
    pub fn is_date(self) -> bool {
        matches!(self, Self::Date(_))
    }

    /// The value of this one's kind that begins at `start`, or, of a date, on the day of `start`.
    pub fn with_start(self, start: NaiveDateTime) -> Self {
        match self {
            Self::Date(_) => Self::Date(start.date()),
            Self::DateTime(_) => Self::DateTime(start),
        }
    }

    /// Whether both are dates or both are date-times.
    pub fn same_kind(self, other: Self) -> bool {
        self.is_date() == other.is_date()
    }
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::*;

    #[test]
    fn with_start_keeps_the_kind() {
        let (date, at): (Civil, Civil) = ("2026-12-01".parse().unwrap(), "2026-12-02T09:00".parse().unwrap());
        assert_eq!(date.with_start(at.start()).to_string(), "2026-12-02");
        assert_eq!(at.with_start(date.start()).to_string(), "2026-12-01T00:00:00");
        assert_eq!(at.date(), date.date() + Days::new(1));
        assert!(date.same_kind(date) && at.same_kind(at) && !date.same_kind(at));
    }
}
