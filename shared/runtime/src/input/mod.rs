//! Reading what people send, so that every fault is gathered with its place: unreadable JSON and queries are 400,
//! readable input with faults is 422, unknown members are refused, and limits come before parsing.

mod extract;
mod json;
mod object;
mod path;
mod query;
pub mod task;

pub use extract::{Bodiless, MergePatch, Submission};
pub use object::Object;
pub use path::PathId;
pub use query::{Query, page_limit};

use chrono::{DateTime, Datelike, Timelike, Utc};

/// Why a text is no instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be an instant of the years 1900 to 9999 with its offset, such as 2026-12-01T08:00:00Z; seconds are 00 to 59"
)]
pub struct InstantError;

/// Reads an instant (RFC 3339 §5.6), to the microsecond.
///
/// # Errors
/// Anything else, and years that no person means.
pub fn instant(text: &str) -> Result<DateTime<Utc>, InstantError> {
    let instant = DateTime::parse_from_rfc3339(text).map_err(|_| InstantError)?.to_utc();
    // A leap second is kept nowhere: it would come back as the next one, and that of the last year not at all.
    if instant.nanosecond() >= 1_000_000_000 {
        return Err(InstantError);
    }
    // Not by `duration_trunc`, which counts nanoseconds in 64 bits and ends in 2262.
    let instant = instant
        .with_nanosecond(instant.nanosecond() / 1_000 * 1_000)
        .ok_or(InstantError)?;
    (1900..=9999)
        .contains(&instant.year())
        .then_some(instant)
        .ok_or(InstantError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instant_is_read_to_the_microsecond_up_to_the_year_9999() {
        let read = |text| instant(text).map(|instant| instant.to_rfc3339());
        assert_eq!(
            read("2300-01-01T01:00:00.1234567+01:00").unwrap(),
            "2300-01-01T00:00:00.123456+00:00"
        );
        assert!(read("9999-12-31T23:59:59Z").is_ok());
        assert_eq!(read("1899-12-31T23:59:59Z"), Err(InstantError));
        assert_eq!(read("2026-12-01T08:00:00"), Err(InstantError));
        assert_eq!(read("9999-12-31T23:59:60Z"), Err(InstantError));
        assert_eq!(read("2016-12-31T23:59:60Z"), Err(InstantError));
    }
}
