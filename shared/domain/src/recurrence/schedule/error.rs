//! Why a rule and its dates make no schedule.

use super::MAX_DATES;
use crate::civil::Civil;
use crate::recurrence::GaveUp;

/// Why a rule and its dates make no [`Schedule`](super::Schedule). The messages are for the person who wrote them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The rule gives times of day and the start has none (RFC 5545 §3.3.10).
    #[error("{0} gives times of day, but the due date has none; give it one, like 2026-12-01T09:00:00")]
    TimeOfDay(&'static str),
    /// COUNT's last date is too far to find.
    #[error(transparent)]
    GaveUp(#[from] GaveUp),
    /// The start has a time and UNTIL has none (RFC 5545 §3.3.10).
    #[error("UNTIL must have a time, like 20270301T090000, because the due date has one")]
    UntilWithoutTime,
    /// UNTIL has a time and the start has none (RFC 5545 §3.3.10).
    #[error("UNTIL must be a date, like 20270301, because the due date is one")]
    UntilWithTime,
    /// An exception is not of the start's kind.
    #[error("{value} must be a {}, because the due date is one", kind(!value.is_date()))]
    ExceptionKind {
        /// Its place among the exceptions given, from 0.
        index: usize,
        /// The exception.
        value: Civil,
    },
    /// An addition is not of the start's kind.
    #[error("{value} must be a {}, because the due date is one", kind(!value.is_date()))]
    AdditionKind {
        /// Its place among the additions given, from 0.
        index: usize,
        /// The addition.
        value: Civil,
    },
    /// Over 100 exceptions.
    #[error("must have at most {MAX_DATES} exceptions")]
    TooManyExceptions,
    /// Over 100 additions.
    #[error("must have at most {MAX_DATES} additions")]
    TooManyAdditions,
}

fn kind(is_date: bool) -> &'static str {
    if is_date { "date" } else { "local date-time" }
}
