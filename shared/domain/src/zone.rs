//! Time zones of the IANA database: how a local time becomes an instant, and back.

mod changes;

use std::fmt;
use std::str::FromStr;

use changes::{Change, new_year};
use chrono::{DateTime, Datelike as _, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub(crate) use changes::Gap;

use crate::recurrence::calendar::YearShape;

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

/// Local times that one offset reads, in seconds from 1970 on as clocks show them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    begin: i64,
    end: i64,
    offset: i32,
}

impl Span {
    /// No times.
    pub(crate) const NONE: Self = Self {
        begin: 0,
        end: 0,
        offset: 0,
    };

    /// Whether `local` is one of them.
    pub(crate) fn holds(&self, local: i64) -> bool {
        self.begin <= local && local < self.end
    }

    /// The instant of one of them, in seconds, as [`Zone::resolve`] says it.
    pub(crate) fn instant(&self, local: i64) -> i64 {
        (local - i64::from(self.offset)).clamp(EARLIEST.timestamp(), LATEST.timestamp())
    }

    /// The same of one that may have a fraction.
    fn resolve(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let offset = FixedOffset::east_opt(self.offset);
        let utc = offset.and_then(|offset| local.checked_sub_offset(offset));
        clamped(utc.unwrap_or(local).and_utc())
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
        self.span(local).resolve(local)
    }

    /// The local times around `local` that are read with one offset, within its year.
    pub(crate) fn span(self, local: NaiveDateTime) -> Span {
        let (year, later) = self.within_tables(local.year());
        let year = changes::year(self.0, year);
        let seconds = seconds(local);
        let passed = year
            .changes
            .iter()
            .take_while(|change| change.holds_from() + later <= seconds);
        let (passed, coming) = year.changes.split_at(passed.count());
        let (begin, end) = (new_year(local.year()), new_year(local.year() + 1));
        let holds_from = |change: &Change| (change.holds_from() + later).clamp(begin, end);
        Span {
            begin: passed.last().map_or(begin, holds_from),
            end: coming.first().map_or(end, holds_from),
            offset: passed.last().map_or(year.first, |change| change.after),
        }
    }

    /// The local times that clocks skip, if `local` is one of them or of those that show the same instants.
    pub(crate) fn gap_around(self, local: NaiveDateTime) -> Option<Gap> {
        let (year, later) = self.within_tables(local.year());
        let changes = &changes::year(self.0, year).changes;
        let mut gaps = changes.iter().filter_map(|change| change.gap(later));
        gaps.find(|gap| gap.overlaps(seconds(local)))
    }

    /// What this zone's clocks show at `instant`.
    pub fn local(self, instant: DateTime<Utc>) -> NaiveDateTime {
        let (_, later) = self.within_tables(instant.year());
        let ahead = changes::offset(self.0, instant.timestamp() - later);
        let utc = instant.naive_utc();
        let local = utc.checked_add_signed(TimeDelta::seconds(ahead.into()));
        local.unwrap_or(utc)
    }

    /// The year of the tables that a later year is like, and how many seconds earlier it is; nothing changes within the
    /// tables, and for a zone that has stopped setting its clocks by their end.
    fn within_tables(self, year: i32) -> (i32, i64) {
        if year <= HORIZON || changes::year(self.0, HORIZON).changes.is_empty() {
            return (year, 0);
        }
        let shape = YearShape::of(year);
        let alike = (HORIZON - CYCLE + 1..=HORIZON).find(|year| YearShape::of(*year) == shape);
        let alike = alike.unwrap_or(HORIZON);
        (alike, new_year(year) - new_year(alike))
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

/// A local time in seconds from 1970 on, as clocks show it.
pub(crate) fn seconds(local: NaiveDateTime) -> i64 {
    local.and_utc().timestamp()
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
