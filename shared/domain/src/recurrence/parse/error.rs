//! Why a text is no rule.

use super::MAX_BYTES;
use crate::civil::CivilError;

/// Why a text is not a [`Rule`](crate::recurrence::Rule). Positions are in characters from 1; the messages are for the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// No text at all.
    #[error("must be an RFC 5545 rule such as FREQ=WEEKLY;INTERVAL=2")]
    Empty,
    /// Over 2048 bytes.
    #[error("must be at most {MAX_BYTES} bytes long")]
    TooLong,
    /// The property name came along with its value.
    #[error("must not begin with RRULE:; leave that out, as in FREQ=WEEKLY;INTERVAL=2")]
    Prefixed,
    /// Two semicolons in a row, or one at an end.
    #[error("has an empty part at character {at}; parts are separated by single semicolons")]
    EmptyPart {
        /// Where the part would stand.
        at: usize,
    },
    /// A part without `=`.
    #[error("has a part at character {at} without a value; parts are written NAME=VALUE")]
    NoValue {
        /// Where the part stands.
        at: usize,
    },
    /// A name no standard defines.
    #[error("{name} at character {at} is not a part of a recurrence rule")]
    Unknown {
        /// The beginning of the name, escaped.
        name: String,
        /// Where it stands.
        at: usize,
    },
    /// A part that other software knows and no standard does.
    #[error("{name} at character {at} is not supported; a rule can count from no movable feast")]
    NotSupported {
        /// The part.
        name: &'static str,
        /// Where it stands.
        at: usize,
    },
    /// A part for the second time.
    #[error("{name} at character {at} is there twice")]
    Duplicate {
        /// The part.
        name: &'static str,
        /// Where it stands the second time.
        at: usize,
    },
    /// FREQ has another value than the standard's.
    #[error("FREQ must be SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY (character {at})")]
    Frequency {
        /// Where the value stands.
        at: usize,
    },
    /// INTERVAL or COUNT is no number or out of bounds.
    #[error("{name} must be a whole number from 1 to {most} (character {at})")]
    Number {
        /// The part.
        name: &'static str,
        /// The greatest value.
        most: u32,
        /// Where the value stands.
        at: usize,
    },
    /// An item of a list is no number or out of bounds.
    #[error("{name} must be whole numbers from {bounds}, separated by commas (character {at})")]
    Item {
        /// The part.
        name: &'static str,
        /// What an item may be.
        bounds: &'static str,
        /// Where the item stands.
        at: usize,
    },
    /// An item of BYDAY is no weekday, or its place is out of bounds.
    #[error("BYDAY must be weekdays such as MO or, from 1 to 53, 1MO or -1FR, separated by commas (character {at})")]
    Weekday {
        /// Where the item stands.
        at: usize,
    },
    /// WKST is no weekday.
    #[error("WKST must be MO, TU, WE, TH, FR, SA or SU (character {at})")]
    WeekStart {
        /// Where the value stands.
        at: usize,
    },
    /// RSCALE names another calendar.
    #[error("RSCALE must be GREGORIAN; no other calendar is supported (character {at})")]
    Calendar {
        /// Where the value stands.
        at: usize,
    },
    /// SKIP has another value than the standard's.
    #[error("SKIP must be OMIT, BACKWARD or FORWARD (character {at})")]
    Skip {
        /// Where the value stands.
        at: usize,
    },
    /// A month of a leap month's name, which other calendars have.
    #[error("BYMONTH has a leap month, which the Gregorian calendar does not have (character {at})")]
    LeapMonth {
        /// Where the item stands.
        at: usize,
    },
    /// A part that does not go with the rest (RFC 5545 §3.3.10, RFC 7529 §4.1).
    #[error("{name} at character {at} {why}")]
    Misplaced {
        /// The part.
        name: &'static str,
        /// What it does not go with.
        why: &'static str,
        /// Where it stands.
        at: usize,
    },
    /// UNTIL has none of its three forms.
    #[error("UNTIL must be like 20270301, 20270301T090000 or 20270301T090000Z (character {at})")]
    UntilShape {
        /// Where the value stands.
        at: usize,
    },
    /// UNTIL is a day or time that does not exist.
    #[error("UNTIL is no such day or time: {reason} (character {at})")]
    Until {
        /// What is wrong with it.
        reason: CivilError,
        /// Where the value stands.
        at: usize,
    },
    /// RFC 5545 allows only one of them.
    #[error("must not have both COUNT and UNTIL")]
    CountAndUntil,
    /// Every rule needs it.
    #[error("must have a FREQ part, such as FREQ=WEEKLY")]
    NoFrequency,
}
