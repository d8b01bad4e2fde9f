//! Time zones of the IANA database: how a local time becomes an instant, and back.

use std::fmt;
use std::str::FromStr;

use chrono::{
    DateTime, Datelike as _, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset as _, TimeDelta,
    TimeZone as _, Timelike as _, Utc,
};
use chrono_tz::{GapInfo, TZ_VARIANTS, Tz};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::recurrence::calendar::{YearShape, year_start};

/// The bundled IANA database's version, such as `2025b`. What was derived under another version is derived anew.
pub const DATABASE_VERSION: &str = chrono_tz::IANA_TZDB_VERSION;

/// Longer than any name of the database; longer texts are refused unread.
const MAX_BYTES: usize = 64;

/// The last year of the bundled tables.
const HORIZON: i32 = 2099;
/// In so many years of one century every kind of year there is comes up.
const CYCLE: i32 = 28;

/// The first and the last instant RFC 3339 can write: derived instants stop there, so that every one can be sent.
const EARLIEST: DateTime<Utc> = DateTime::from_timestamp(-62_135_596_800, 0).expect("0001-01-01T00:00:00Z is in range");
pub(crate) const LATEST: DateTime<Utc> =
    DateTime::from_timestamp(253_402_300_799, 0).expect("9999-12-31T23:59:59Z is in range");

/// A zone of the IANA database; UTC by default.
///
/// The bundled tables end with the year 2099. From then on a zone goes on as it does by then: in a year that has the
/// same days, clocks are set as in the last such year of the tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

/// Local times that clocks skip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    /// The first of them.
    pub(crate) begin: NaiveDateTime,
    /// The first that clocks show again.
    pub(crate) end: NaiveDateTime,
}

impl Gap {
    /// How far clocks were set forward.
    pub(crate) fn length(self) -> TimeDelta {
        self.end - self.begin
    }
}

/// Why a text names no [`Zone`]. The messages are for the person who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZoneError {
    /// Nothing in the database has this name.
    #[error("is not a zone of the IANA database, such as Europe/Berlin")]
    Unknown,
    /// Only upper and lower case differ from a name of the database.
    #[error("is not a zone of the IANA database; its name is written {0}")]
    Case(&'static str),
}

impl Zone {
    /// The IANA name, such as `Europe/Berlin`.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The instant at which this zone's clocks show `local` (RFC 5545 §3.3.5): of a time that is shown twice the
    /// first, and for a time that clocks skip, the instant the offset before the gap gives.
    ///
    /// Never decreases with `local` while `local` exists; a skipped time comes after the times next to exist, as
    /// 02:30 becomes 03:30. Instants outside the years 1 to 9999 in UTC become the first or last one inside.
    pub fn resolve(self, local: NaiveDateTime) -> DateTime<Utc> {
        let offset = self.offset_from_local(self.within_tables(local));
        clamped(local.checked_sub_offset(offset).unwrap_or(local).and_utc())
    }

    /// The offset that [`Zone::resolve`] reads a local time with, within the tables.
    fn offset_from_local(self, local: NaiveDateTime) -> FixedOffset {
        let offset = self.0.offset_from_local_datetime(&local).earliest();
        let before_gap = || GapInfo::new(&local, &self.0)?.begin.map(|(_, before)| before);
        let offset = offset.or_else(before_gap);
        offset.map_or_else(|| self.0.offset_from_utc_datetime(&local).fix(), |offset| offset.fix())
    }

    /// What this zone's clocks show at `instant`.
    pub fn local(self, instant: DateTime<Utc>) -> NaiveDateTime {
        let utc = instant.naive_utc();
        utc.checked_add_offset(self.offset(utc)).unwrap_or(utc)
    }

    /// By how much clocks here are ahead of UTC.
    fn offset(self, utc: NaiveDateTime) -> FixedOffset {
        self.0.offset_from_utc_datetime(&self.within_tables(utc)).fix()
    }

    /// The same time of the year of the tables that a later year is like; nothing changes within the tables, and for a
    /// zone that has stopped setting its clocks by their end.
    fn within_tables(self, at: NaiveDateTime) -> NaiveDateTime {
        let year = at.year();
        if year <= HORIZON || !self.sets_clocks() {
            return at;
        }
        let shape = YearShape::of(year);
        let alike = (HORIZON - CYCLE + 1..=HORIZON).find(|year| YearShape::of(*year) == shape);
        let days = alike.map_or(0, |alike| year_start(year) - year_start(alike));
        at.checked_sub_signed(TimeDelta::days(days.into())).unwrap_or(at)
    }

    fn sets_clocks(self) -> bool {
        let offset_in = |month| {
            let middle = NaiveDate::from_ymd_opt(HORIZON, month, 15).unwrap_or_default();
            self.0.offset_from_utc_datetime(&middle.and_time(NaiveTime::MIN)).fix()
        };
        offset_in(1) != offset_in(7)
    }

    /// The local times that clocks skipped within `span` before they showed `local`, if there are any. Of a time that
    /// they skip themselves nothing is said.
    pub(crate) fn gap_before(self, local: NaiveDateTime, span: TimeDelta) -> Option<Gap> {
        let until = self.resolve(local).naive_utc();
        let from = until.checked_sub_signed(span)?;
        let (before, after) = (self.ahead(from), local - until);
        if before >= after {
            return None;
        }
        // Between the two is where the offset grew: halve, in whole seconds, until the second is found.
        let (mut early, mut late) = (from.with_nanosecond(0)?, until.with_nanosecond(0)?);
        while late - early > TimeDelta::seconds(1) {
            let middle = early + TimeDelta::seconds((late - early).num_seconds() / 2);
            if self.ahead(middle) == before {
                early = middle;
            } else {
                late = middle;
            }
        }
        Some(Gap {
            begin: late + before,
            end: late + after,
        })
    }

    /// [`Zone::offset`] as a length of time.
    fn ahead(self, utc: NaiveDateTime) -> TimeDelta {
        TimeDelta::seconds(self.offset(utc).local_minus_utc().into())
    }

    /// The instant at which `date` has ended here: its next midnight, resolved as [`Zone::resolve`] does.
    pub fn end_of_day(self, date: NaiveDate) -> DateTime<Utc> {
        let next = date.checked_add_days(Days::new(1)).unwrap_or(date);
        self.resolve(next.and_time(NaiveTime::MIN))
    }
}

/// `instant` moved by `seconds`, kept within what RFC 3339 can write.
pub(crate) fn moved(instant: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
    let edge = if seconds < 0 { EARLIEST } else { LATEST };
    let sum = TimeDelta::try_seconds(seconds).and_then(|by| instant.checked_add_signed(by));
    clamped(sum.unwrap_or(edge))
}

fn clamped(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant.clamp(EARLIEST, LATEST)
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(text: &str) -> Result<Self, ZoneError> {
        if text.len() > MAX_BYTES {
            return Err(ZoneError::Unknown);
        }
        text.parse().map(Self).map_err(|_| {
            let mut names = TZ_VARIANTS.iter().map(|zone| zone.name());
            names
                .find(|name| name.eq_ignore_ascii_case(text))
                .map_or(ZoneError::Unknown, ZoneError::Case)
        })
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod peer;
#[cfg(test)]
mod tests;
