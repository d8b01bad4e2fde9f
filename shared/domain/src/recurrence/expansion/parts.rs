//! What a rule says of days and times of day, and what it leaves open and its start fills in.

use chrono::{Datelike as _, NaiveDateTime, Timelike as _};

use crate::recurrence::almanac::{DayParts, Scope};
use crate::recurrence::bits::Bits;
use crate::recurrence::rule::{Frequency, Rule, Skip, Weekdays};
use crate::recurrence::times::Times;

/// The times of day of a rule by days or longer; what it does not say is the start's.
pub(in super::super) fn times(rule: &Rule, start: NaiveDateTime) -> Times {
    let or_start = |part: Bits<1>, of_start: u32| {
        if part.is_empty() {
            [of_start].into_iter().collect()
        } else {
            part
        }
    };
    of_parts([
        or_start(rule.hours, start.hour()),
        or_start(rule.minutes, start.minute()),
        or_start(rule.seconds, start.second()),
    ])
}

pub(super) fn of_parts([hours, minutes, seconds]: [Bits<1>; 3]) -> Times {
    Times::new(hours, minutes, seconds)
}

/// The rule's parts that name days, with what it does not say taken from the start (RFC 5545 §3.3.10).
pub(in super::super) fn day_parts(rule: &Rule, start: NaiveDateTime) -> DayParts {
    let mut parts = DayParts {
        months: rule.months,
        year_days: rule.year_days,
        month_days: rule.month_days,
        weekdays: rule.weekdays,
        scope: Scope::Month,
        skip: Skip::Omit,
    };
    let names_days = !(rule.year_days.is_empty() && rule.month_days.is_empty() && rule.weekdays.is_empty());
    let weekday = Weekdays::every(start.weekday());
    match rule.frequency {
        Frequency::Weekly if !names_days => parts.weekdays = weekday,
        Frequency::Yearly if !rule.weeks.is_empty() && !names_days => parts.weekdays = weekday,
        Frequency::Yearly if rule.weeks.is_empty() => {
            parts.skip = rule.skip;
            if rule.months.is_empty() {
                parts.scope = Scope::Year;
            }
            if !names_days {
                parts.month_days.insert(start.day().cast_signed());
                if rule.months.is_empty() {
                    parts.months.insert(start.month());
                }
            }
        }
        Frequency::Monthly => {
            parts.skip = rule.skip;
            if !names_days {
                parts.month_days.insert(start.day().cast_signed());
            }
        }
        _ => {}
    }
    parts
}
