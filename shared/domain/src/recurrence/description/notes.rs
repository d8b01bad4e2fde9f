//! Where the calendar or the clock surprises, in English.

mod skipped;

use chrono::{Datelike as _, NaiveDate, NaiveTime, TimeDelta};

use super::super::schedule::{SHIFT, Schedule};
use super::{clock, day, moment};
use crate::civil::{Civil, YEARS};
use crate::zone::Zone;

impl Schedule {
    /// What is surprising about an occurrence, if anything is: that it is the start and no date of the rule, that its time
    /// does not exist or happens twice on its day, that clocks skip its day, that its day stands for one that does not exist, or that days before
    /// it were left out because they do not.
    ///
    /// Of days it says something where the rule names nothing but days of the month, counted from its start.
    pub fn note(&self, occurrence: Civil) -> Option<String> {
        let (rule, start) = (self.rule(), self.start());
        let of_day = if occurrence == start {
            (!self.expansion.gives_start())
                .then(|| "the rule itself does not give this date; it counts as the first all the same".to_owned())
        } else if self.additions().contains(&occurrence) {
            None
        } else {
            skipped::note(&rule, start, occurrence)
        };
        let notes: Vec<_> = of_day.into_iter().chain(of_time(occurrence, self.zone())).collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}

/// What the zone's clocks do to a time, or to a day that they skip.
fn of_time(occurrence: Civil, zone: Zone) -> Option<String> {
    let at = match occurrence {
        Civil::Date(date) => return of_date(date, zone),
        Civil::DateTime(at) => at,
    };
    // Behind UTC the last hours end after the last instant that can be written, and are read as that.
    if (at.year(), at.month(), at.day()) == (*YEARS.end(), 12, 31) {
        return None;
    }
    let instant = zone.resolve(at);
    let shown = zone.local(instant);
    if shown != at {
        let to = if shown.date() == at.date() {
            clock(shown)
        } else {
            moment(Civil::DateTime(shown))
        };
        return Some(format!("{} does not exist on this day; moved to {to}", clock(at)));
    }
    // A clock that is set back soon after shows the time again, later by as much as it is set back.
    let later = instant.checked_add_signed(SHIFT)?;
    let back = (shown - instant.naive_utc()) - (zone.local(later) - later.naive_utc());
    let is_twice = back > TimeDelta::zero() && zone.local(instant + back) == at;
    is_twice.then(|| format!("{} happens twice on this day; the first is meant", clock(at)))
}

/// Whole days mind only that clocks skip all of them, as where a country changes sides of the date line.
fn of_date(date: NaiveDate, zone: Zone) -> Option<String> {
    let shown = zone.local(zone.resolve(date.and_time(NaiveTime::MIN))).date();
    (shown > date).then(|| format!("this day does not exist here; moved to {}", day(shown)))
}

#[cfg(test)]
mod tests;
