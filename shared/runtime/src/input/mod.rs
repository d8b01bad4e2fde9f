//! Reading what people send, so that every fault is gathered with its place: unreadable JSON and queries are 400,
//! readable input with faults is 422, unknown members are refused, and limits come before parsing.

mod extract;
mod json;
mod object;
mod path;
mod query;

pub use extract::{Bodiless, Submission};
pub use object::Object;
pub use path::PathId;
pub use query::{Query, page_limit};

use chrono::{DateTime, Datelike, DurationRound, TimeDelta, Utc};

/// Why a text is no instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an instant of the years 1900 to 9999 with its offset, such as 2026-12-01T08:00:00Z")]
pub struct InstantError;

/// Reads an instant (RFC 3339 §5.6), to the microsecond.
///
/// # Errors
/// Anything else, and years that no person means.
pub fn instant(text: &str) -> Result<DateTime<Utc>, InstantError> {
    let instant = DateTime::parse_from_rfc3339(text).map_err(|_| InstantError)?.to_utc();
    let instant = instant
        .duration_trunc(TimeDelta::microseconds(1))
        .map_err(|_| InstantError)?;
    (1900..=9999)
        .contains(&instant.year())
        .then_some(instant)
        .ok_or(InstantError)
}
