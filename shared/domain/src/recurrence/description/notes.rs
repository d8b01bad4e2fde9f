//! Where the calendar or the clock surprises, in English.

mod given;
mod skipped;

use chrono::{Datelike as _, TimeDelta};

use super::super::schedule::{SHIFT, Schedule};
use super::{clock, moment};
use crate::civil::{Civil, YEARS};
use crate::zone::Zone;

impl Schedule {
    /// What is surprising about an occurrence, if anything is: that it is the start and no date of the rule, that its time
    /// does not exist or happens twice on its day, that its day stands for one that does not exist, or that days before
    /// it were left out because they do not.
    ///
    /// Of days it says something where the rule names nothing but days of the month, counted from its start.
    pub fn note(&self, occurrence: Civil) -> Option<String> {
        let (rule, start) = (self.rule(), self.start());
        let of_day = if occurrence == start {
            let is_given = given::gives(&rule, start.start());
            (!is_given)
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

/// What the zone's clocks do to a time; whole days do not mind.
fn of_time(occurrence: Civil, zone: Zone) -> Option<String> {
    let Civil::DateTime(at) = occurrence else {
        return None;
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

#[cfg(test)]
mod tests;
