//! Whether a rule gives its own start.

use chrono::{NaiveDateTime, TimeDelta};

use super::super::super::expansion::{self, Expansion};
use super::super::super::rule::{End, Rule};
use crate::zone::seconds;

/// Whether `start` would be a date of the rule, if it were not its first.
pub(super) fn gives(rule: &Rule, start: NaiveDateTime) -> bool {
    let (days, times) = (expansion::day_parts(rule, start), expansion::times(rule, start));
    // From a moment before, the same must be left open to nobody; the start's own period is always one of the rule's.
    let explicit = Rule {
        interval: 1,
        end: End::Never,
        months: days.months,
        month_days: days.month_days,
        weekdays: days.weekdays,
        hours: times.hours(),
        minutes: times.minutes(),
        seconds: times.seconds(),
        ..*rule
    };
    let before = start - TimeDelta::seconds(1);
    // What is too far to find is not the next second.
    let expansion = Expansion::new(&explicit, before, start);
    expansion.walk(seconds(before)).next() == Ok(Some(seconds(start)))
}
