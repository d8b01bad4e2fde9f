//! What becomes of days that a month or a year lacks, in words.

use super::super::almanac::DayParts;
use super::super::bits::Bits;
use super::super::rule::Skip;
use super::meaning::{Meaning, lacks};

/// Where days go that may be past any month's end.
const PAST_MONTH: (&str, &str) = (
    "or the last day of shorter months",
    "or the day after the end of shorter months",
);

/// Where the days go, if they go anywhere.
pub(super) fn said(meaning: &Meaning) -> Option<String> {
    let days = &meaning.days;
    let is_back = match days.skip {
        Skip::Omit => return None,
        Skip::Backward => true,
        Skip::Forward => false,
    };
    let (back, forward) = match lacks(days) {
        _ if meaning.leaves_day => PAST_MONTH,
        [true, false, false, false] => past_month(days),
        [false, true, false, false] => (
            "or the day before the beginning of shorter months",
            "or the first day of shorter months",
        ),
        [false, false, true, false] => (
            "or the last day of shorter years",
            "or the day after the end of shorter years",
        ),
        [false, false, false, true] => (
            "or the day before the beginning of shorter years",
            "or the first day of shorter years",
        ),
        _ => (
            "or the day before where there is none",
            "or the day after where there is none",
        ),
    };
    Some(if is_back { back } else { forward }.to_owned())
}

/// Where days past a month's end go.
fn past_month(days: &DayParts) -> (&'static str, &'static str) {
    let last = days.month_days.from_start.at_or_before(u32::MAX).unwrap_or_default();
    let february: Bits<1> = [2].into_iter().collect();
    if days.months == february && last == 29 {
        ("or 28 February in other years", "or 1 March in other years")
    } else if last <= 30 {
        ("or the last day of February", "or 1 March when February is shorter")
    } else {
        PAST_MONTH
    }
}
