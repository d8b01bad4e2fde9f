//! Recurrence: RFC 5545 rules, and the dates they give.

mod almanac;
mod bits;
pub(crate) mod calendar;
mod canonical;
mod days;
mod description;
mod expansion;
mod limits;
#[cfg(test)]
mod oracle;
mod parse;
mod periods;
mod picks;
mod preview;
#[cfg(test)]
mod refusals;
mod rule;
mod schedule;
#[cfg(test)]
mod tests;
mod times;
mod units;
#[cfg(test)]
mod vectors;

pub use parse::RuleError;
pub use preview::{Preview, PreviewRequest};
pub use rule::{Frequency, Rule, Skip, Until};
pub use schedule::{Schedule, ScheduleError};

/// A search for the next date was given up: the rule's interval and parts meet too rarely, if ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the next date is too far to find; the rule's parts hardly ever meet")]
pub struct GaveUp;
