//! Recurrence: RFC 5545 rules, and the dates they give.

mod almanac;
mod bits;
pub(crate) mod calendar;
mod canonical;
mod days;
mod description;
mod expansion;
mod limits;
mod parse;
mod periods;
mod picks;
mod rule;
mod schedule;
mod times;
mod units;

pub use parse::RuleError;
pub use rule::{Frequency, Rule, Skip, Until};
pub use schedule::{Schedule, ScheduleError};

/// A search for the next date was given up: the rule's interval and parts meet too rarely, if ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the next date is too far to find; the rule's parts hardly ever meet")]
pub struct GaveUp;
