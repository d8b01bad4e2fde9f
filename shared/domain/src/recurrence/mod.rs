//! Recurrence: RFC 5545 rules, and the dates they give.
//!
//! A [`Rule`] is parsed text and nothing else: sets of numbers, a bit each, small enough to copy. A [`Schedule`] is a rule
//! at work: its first date, its zone, the dates left out and the dates added (RFC 5545 §3.8.5). Everything is computed in
//! civil time, as a person reads a calendar; only whoever needs an instant resolves the result in the zone, last. A local
//! time that clocks skip is therefore kept and read by §3.3.5, not dropped.
//!
//! Nothing has to walk from the start, and nothing is listed. What a rule leaves open its start fills in (§3.3.10), and then
//! its parts are three things (`expansion`):
//!
//! - **Which days** (`almanac`): there are fourteen kinds of years, by their first weekday and whether they leap, so
//!   BYMONTH, BYYEARDAY, BYMONTHDAY and BYDAY come to a word of bits for each month of each kind. RFC 7529's SKIP moves
//!   the days that a month or a year lacks before BYDAY looks at them.
//! - **Which times of day** (`times`): every hour with every minute with every second, in order and by number.
//! - **Which periods**: weeks, months and years (`periods`) are numbered, and one that holds a moment is a division away;
//!   its days and times are a set whose members are found by rank, which is all that BYSETPOS (`picks`) asks for. Days,
//!   hours, minutes and seconds (`units`) are too many to visit: the search leaps from the next unit that INTERVAL meets
//!   to the next that the parts let be, until one is both.
//!
//! Whoever wants dates walks (`walk`), from the first one after any local time. Finding the place is the search above,
//! once; from there each date is a step: the next number in the period's set, or the interval added to the unit, and a
//! search again only where that gives nothing. So there is one engine: `after` is a walk's first date, and a list is all of
//! them. A walk counts seconds, as clocks show them; it knows the span of local times that one offset reads
//! (`zone::Span`), and so each date's instant, and leaves out what comes no later than the date before. Where a walk
//! begins among times that clocks skip it begins before them, to see the same.
//!
//! The cost of [`Schedule::after`] does not depend on how far the moment is from the start. It is bounded: parts that
//! contradict each other are seen when the schedule is made, a search by periods ends after a cycle of the calendar, and
//! one by units after a fixed number of steps, with [`GaveUp`]. COUNT is counted out once, and its last date kept.
//!
//! Where the RFC leaves a choice: a start that the rule does not give is the first date all the same, and counts; the
//! year of a rule with BYWEEKNO is the year of its weeks, whose first and last days may stand in another; second 60 is
//! 59 (§3.3.12); parts that would both expand a period's days are taken together.
//!
//! `parse` and `limits` say what a rule may be, `canonical` how it is written, `description` what it means in English,
//! and `preview` what it would give.

mod almanac;
mod bits;
pub(crate) mod calendar;
mod canonical;
mod completion;
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
mod walk;

pub use parse::RuleError;
pub use preview::{Preview, PreviewRequest};
pub use rule::{Frequency, Rule, Skip, Until};
pub(crate) use schedule::MAX_DATES;
pub use schedule::{Schedule, ScheduleError};
pub use walk::Occurrence;

/// A search for the next date was given up: the rule's interval and parts meet too rarely, if ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the next date is too far to find; the rule's parts hardly ever meet")]
pub struct GaveUp;
