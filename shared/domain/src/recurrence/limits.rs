//! Which parts go together: the table of RFC 5545 §3.3.10 and the words around it.

use super::rule::{Frequency, Rule};

/// The first part that does not go with the others, and why.
pub(super) fn misplaced(rule: &Rule, skips_without_calendar: bool) -> Option<(&'static str, &'static str)> {
    use Frequency::{Daily, Monthly, Weekly, Yearly};
    let frequency = rule.frequency;
    let has_places = rule.weekdays.has_places();
    let faults = [
        (
            !rule.weeks.is_empty() && frequency != Yearly,
            "BYWEEKNO",
            "goes with FREQ=YEARLY only",
        ),
        (
            !rule.year_days.is_empty() && matches!(frequency, Daily | Weekly | Monthly),
            "BYYEARDAY",
            "does not go with FREQ=DAILY, WEEKLY or MONTHLY",
        ),
        (
            !rule.month_days.is_empty() && frequency == Weekly,
            "BYMONTHDAY",
            "does not go with FREQ=WEEKLY",
        ),
        (
            has_places && !matches!(frequency, Monthly | Yearly),
            "BYDAY",
            "can have places, as in 1MO, with FREQ=MONTHLY and YEARLY only",
        ),
        (
            has_places && !rule.weeks.is_empty(),
            "BYDAY",
            "cannot have places, as in 1MO, where BYWEEKNO is given",
        ),
        (
            !rule.positions.is_empty() && !has_set(rule),
            "BYSETPOS",
            "needs another BY part, whose dates it picks from",
        ),
        (
            skips_without_calendar,
            "SKIP",
            "needs RSCALE, as in RSCALE=GREGORIAN;SKIP=FORWARD",
        ),
    ];
    let mut found = faults.into_iter().filter(|(is_fault, ..)| *is_fault);
    found.next().map(|(_, name, why)| (name, why))
}

/// Whether any part gives dates for positions to pick from.
fn has_set(rule: &Rule) -> bool {
    let ordinals = rule.weeks.is_empty() && rule.year_days.is_empty() && rule.month_days.is_empty();
    let times = rule.hours.is_empty() && rule.minutes.is_empty() && rule.seconds.is_empty();
    !(ordinals && times && rule.months.is_empty() && rule.weekdays.is_empty())
}
