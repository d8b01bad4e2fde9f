//! A local time in two columns: a date, and a time of day unless it is a date only.

use chrono::{NaiveDate, NaiveTime};
use domain::Civil;

/// The local time that two columns hold.
pub(crate) fn from_columns(date: NaiveDate, time: Option<NaiveTime>) -> Civil {
    time.map_or(Civil::Date(date), |time| Civil::DateTime(date.and_time(time)))
}

/// The two columns of a local time.
pub(crate) fn to_columns(civil: Civil) -> (NaiveDate, Option<NaiveTime>) {
    match civil {
        Civil::Date(date) => (date, None),
        Civil::DateTime(at) => (at.date(), Some(at.time())),
    }
}

/// The columns of a local time that may be absent.
pub(crate) fn to_nullable_columns(civil: Option<Civil>) -> (Option<NaiveDate>, Option<NaiveTime>) {
    civil
        .map(to_columns)
        .map_or((None, None), |(date, time)| (Some(date), time))
}
