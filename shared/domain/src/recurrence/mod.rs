//! Recurrence: RFC 5545 rules, and the dates they give.
//!
//! A [`Rule`] is parsed text and nothing else, small enough to copy. A [`Schedule`] is a rule at work: its first
//! date, its zone, the dates left out and the dates added. Everything is computed in civil time, as a person reads a
//! calendar; only whoever needs an instant resolves the result in the zone, last. A local time that clocks skip is
//! therefore kept and read by RFC 5545 §3.3.5, as §3.8.5.3 has it, not dropped.
//!
//! Nothing walks from the start: period `k` is the start moved by `k` intervals, so the period around any moment is a
//! division away, and how many of the periods before it lack their date (a 31st, a 29 February) is counted by
//! congruences. The cost of [`Schedule::after`] does not depend on how far away the moment is.

mod expansion;
#[cfg(test)]
mod oracle;
mod parse;
mod progression;
mod rule;
mod schedule;
#[cfg(test)]
mod tests;
mod text;

pub use parse::RuleError;
pub use rule::{Frequency, Rule, Until};
pub use schedule::{Occurrence, Schedule, ScheduleError};
