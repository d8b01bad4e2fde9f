//! When a zone's clocks are set, by years.
//!
//! chrono-tz tells which offset holds and not how long it does. That is found by asking, a year at a time, which takes
//! some microseconds, and kept as long as the process lives: in some ten kilobytes for a zone, and a hundred bytes for a
//! year. Times are seconds from 1970 on, local ones as clocks show them.

use std::sync::OnceLock;

use chrono::{DateTime, Offset as _, TimeZone as _};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::HORIZON;
use crate::recurrence::calendar::year_start;

const DAY: i64 = 86_400;

/// Before this year nobody's clocks are set.
pub(super) const BEGINS: i32 = 1840;
const YEARS: usize = HORIZON.abs_diff(BEGINS) as usize + 1;

/// In so short a time no clocks are set and set back, in any zone and year of the database.
const STEP: i64 = 6 * DAY;
/// How far around a year a change still matters to it: clocks are up to 16 hours from UTC, and were once set by 24.
const MARGIN: i64 = 2 * DAY;

/// The years of each zone, once they were asked for.
static KEPT: [OnceLock<Box<[OnceLock<Year>]>>; TZ_VARIANTS.len()] = [const { OnceLock::new() }; TZ_VARIANTS.len()];

/// What the clocks of one zone do in a year and shortly around it.
#[derive(Debug)]
pub(super) struct Year {
    /// The offset that holds before anything changes.
    pub(super) first: i32,
    /// In order.
    pub(super) changes: Vec<Change>,
}

/// A moment at which clocks are set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    /// In UTC.
    at: i64,
    before: i32,
    pub(super) after: i32,
}

/// Local times that clocks skip, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    /// The first of them.
    pub(crate) begin: i64,
    /// The first that clocks show again.
    pub(crate) end: i64,
}

impl Gap {
    /// Whether a local time is one of them, or one of those that show the same instants.
    pub(super) fn overlaps(self, local: i64) -> bool {
        (self.begin..self.end + (self.end - self.begin)).contains(&local)
    }
}

impl Change {
    /// The first local time that is read with the offset after it: those that are skipped, and those that are shown
    /// twice, take the one before.
    pub(super) fn holds_from(&self) -> i64 {
        self.at + i64::from(self.before.max(self.after))
    }

    /// The local times it skips, `later` in the calendar.
    pub(super) fn gap(&self, later: i64) -> Option<Gap> {
        let at = self.at + later;
        (self.before < self.after).then(|| Gap {
            begin: at + i64::from(self.before),
            end: at + i64::from(self.after),
        })
    }
}

/// A year of a zone; those before [`BEGINS`] are as that is, and those after [`HORIZON`].
pub(super) fn year(zone: Tz, year: i32) -> &'static Year {
    let year = year.clamp(BEGINS, HORIZON);
    let years = KEPT[zone as usize].get_or_init(|| (0..YEARS).map(|_| OnceLock::new()).collect());
    years[year.abs_diff(BEGINS) as usize].get_or_init(|| Year::find(zone, year))
}

impl Year {
    fn find(zone: Tz, year: i32) -> Self {
        let (mut at, end) = (new_year(year) - MARGIN, new_year(year + 1) + MARGIN);
        let (first, mut changes) = (offset(zone, at), Vec::new());
        while at < end {
            let change = first_within(zone, at, at + STEP);
            at = change.map_or(at + STEP, |change| change.at);
            changes.extend(change);
        }
        Self { first, changes }
    }
}

/// The change between two moments: where it is, halving them tells.
fn first_within(zone: Tz, mut early: i64, mut late: i64) -> Option<Change> {
    let before = offset(zone, early);
    if offset(zone, late) == before {
        return None;
    }
    while late - early > 1 {
        let middle = early + (late - early) / 2;
        if offset(zone, middle) == before {
            early = middle;
        } else {
            late = middle;
        }
    }
    Some(Change {
        at: late,
        before,
        after: offset(zone, late),
    })
}

/// By how many seconds clocks are ahead of UTC, at a moment of the tables.
pub(super) fn offset(zone: Tz, at: i64) -> i32 {
    let utc = DateTime::from_timestamp(at, 0).unwrap_or_default().naive_utc();
    zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()
}

/// Where a year begins.
pub(super) fn new_year(year: i32) -> i64 {
    i64::from(year_start(year) - year_start(1970)) * DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_has_changes_of_its_own() {
        for (index, zone) in TZ_VARIANTS.iter().enumerate() {
            assert_eq!(*zone as usize, index, "{zone}");
        }
    }

    #[test]
    fn clocks_were_never_set_before() {
        let before = new_year(BEGINS - 100);
        for zone in TZ_VARIANTS {
            let first = year(zone, BEGINS);
            assert!(first.changes.is_empty(), "{zone}");
            assert_eq!(first.first, offset(zone, before), "{zone}");
        }
    }
}
