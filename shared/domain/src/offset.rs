//! A reminder's distance from its task's due date, as an ISO 8601 duration with a sign.

mod text;

use chrono::{DateTime, TimeDelta, Utc};

use crate::civil::Civil;
use crate::zone::{self, Zone};

const DAY: i64 = 86_400;

/// How far an offset may reach either way: a leap year, in seconds.
const FARTHEST: i64 = 366 * DAY;

/// A signed distance of at most 366 days: `-PT15M`, `P1D`, `-P1DT2H`, `P2W`.
///
/// Its days are civil, the same local time on another date; its hours, minutes and seconds are exact. `P1D` and
/// `PT24H` are therefore two values. Years and months have no length of their own and are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Offset {
    /// Civil days; never of the other sign than `seconds`.
    days: i32,
    /// Exact seconds.
    seconds: i32,
}

/// Why a text is not an [`Offset`]. The messages are for the person who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OffsetError {
    /// Not a duration.
    #[error("must be an ISO 8601 duration like -PT15M, PT9H or -P1DT2H")]
    Shape,
    /// Hours or seconds stand before the `T`.
    #[error("must have hours, minutes and seconds after a T, as in PT1H")]
    NoT,
    /// A count of years.
    #[error("must not count years, whose length varies; use days, as in P365D")]
    Years,
    /// A count of months, perhaps meant as minutes.
    #[error("must not count months, whose length varies; use days, as in P30D (minutes are PT15M, after a T)")]
    Months,
    /// A fraction of any unit.
    #[error("must be in whole numbers; write PT1H30M rather than PT1.5H")]
    Fraction,
    /// More than 366 days.
    #[error("must be at most 366 days")]
    TooFar,
}

impl Offset {
    /// The instant this far from `due`: civil days first, then `zone`, then exact seconds.
    ///
    /// A date counts from its local midnight. The result stays within the years 1 to 9999 in UTC.
    pub fn apply(self, due: Civil, zone: Zone) -> DateTime<Utc> {
        let start = due.start();
        let days = TimeDelta::days(self.days.into());
        let shifted = start.checked_add_signed(days).unwrap_or(start);
        zone::moved(zone.resolve(shifted), self.seconds.into())
    }

    /// The distance of `to` from `from` in exact whole seconds, rounded up so that nothing counted by it is early, or
    /// `None` when it is over 366 days.
    pub fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> Option<Self> {
        let distance = to.signed_duration_since(from);
        let seconds = distance.num_seconds() + i64::from(distance.subsec_nanos() > 0);
        Self::new(0, seconds).ok()
    }

    /// Whether it is longer than nothing, and so may say how long something lasts.
    pub fn is_positive(self) -> bool {
        self.days > 0 || self.seconds > 0
    }

    /// Its length where there is no due date to count from: a day is 24 hours.
    pub fn as_duration(self) -> TimeDelta {
        TimeDelta::days(self.days.into()) + TimeDelta::seconds(self.seconds.into())
    }

    fn new(days: i64, seconds: i64) -> Result<Self, OffsetError> {
        let total = days.checked_mul(DAY).and_then(|days| days.checked_add(seconds));
        let total = total.ok_or(OffsetError::TooFar)?;
        if !(-FARTHEST..=FARTHEST).contains(&total) {
            return Err(OffsetError::TooFar);
        }
        let narrow = |number: i64| i32::try_from(number).map_err(|_| OffsetError::TooFar);
        Ok(Self {
            days: narrow(days)?,
            seconds: narrow(seconds)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn offset(text: &str) -> Offset {
        text.parse().unwrap()
    }

    fn applied(text: &str, due: &str, zone: &str) -> String {
        let instant = offset(text).apply(due.parse().unwrap(), zone.parse().unwrap());
        instant.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    #[test]
    fn days_are_civil_and_hours_exact() {
        // Berlin's clocks go forward in the night to 28 March 2027.
        let due = "2027-03-28T09:00";
        assert_eq!(applied("-P1D", due, "Europe/Berlin"), "2027-03-27T08:00:00Z");
        assert_eq!(applied("-PT24H", due, "Europe/Berlin"), "2027-03-27T07:00:00Z");
        assert_eq!(applied("-P1DT2H", due, "Europe/Berlin"), "2027-03-27T06:00:00Z");
        assert_eq!(
            applied("P1D", "2027-03-27T02:30", "Europe/Berlin"),
            "2027-03-28T01:30:00Z"
        );
    }

    #[test]
    fn a_date_counts_from_its_local_midnight() {
        assert_eq!(applied("PT9H", "2026-12-01", "Europe/Berlin"), "2026-12-01T08:00:00Z");
        assert_eq!(applied("PT0S", "2026-12-01", "Asia/Tokyo"), "2026-11-30T15:00:00Z");
    }

    #[test]
    fn the_ends_of_the_calendar_saturate() {
        let last = "9999-12-31T23:59:59Z";
        assert_eq!(applied("P366D", "9999-12-31T23:59", "UTC"), last);
        assert_eq!(applied("PT9H", "9999-12-31T23:59", "Pacific/Pago_Pago"), last);
        assert_eq!(applied("-P366D", "1900-01-01", "UTC"), "1898-12-31T00:00:00Z");
    }

    #[test]
    fn between_two_instants_it_is_exact_and_bounded() {
        let from: DateTime<Utc> = "2026-12-01T09:00:00Z".parse().unwrap();
        let at = |millis| Offset::between(from, from + TimeDelta::milliseconds(millis));
        assert_eq!(at(-900_000), Some(offset("-PT15M")));
        assert_eq!(at(1_001), Some(offset("PT2S")));
        assert_eq!(at(-1), Some(offset("PT0S")));
        assert_eq!(at(-1_999), Some(offset("-PT1S")));
        assert_eq!(at(366 * DAY * 1000), Some(offset("PT8784H")));
        assert_eq!(at((366 * DAY + 1) * 1000), None);
        assert_eq!(at(-(366 * DAY) * 1000 - 999), Some(offset("-PT8784H")));
        assert_eq!(at(-(366 * DAY + 1) * 1000), None);
        assert_eq!(
            Offset::between(DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MIN_UTC),
            None
        );
    }

    #[test]
    fn a_duration_is_positive_and_has_24_hour_days() {
        assert_eq!(offset("P1DT1H").as_duration(), TimeDelta::hours(25));
        assert_eq!(offset("-P1DT1H").as_duration(), TimeDelta::hours(-25));
        assert!(offset("PT1S").is_positive() && offset("P1D").is_positive());
        assert!(!offset("PT0S").is_positive() && !offset("-P1DT1S").is_positive());
    }

    proptest! {
        #[test]
        fn between_is_undone_by_apply(from in 0_i64..4_000_000_000, by in -FARTHEST..=FARTHEST) {
            let from = DateTime::from_timestamp(from, 0).unwrap();
            let to = from + TimeDelta::seconds(by);
            let offset = Offset::between(from, to).unwrap();
            prop_assert_eq!(offset.apply(Civil::DateTime(from.naive_utc()), Zone::default()), to);
        }

        #[test]
        fn between_is_never_early_and_less_than_a_second_late(from in 0_i64..4_000_000_000, micros in any::<i32>()) {
            let from = DateTime::from_timestamp(from, 0).unwrap();
            let to = from + TimeDelta::microseconds(micros.into());
            let applied = Offset::between(from, to).unwrap().apply(Civil::DateTime(from.naive_utc()), Zone::default());
            prop_assert!(applied >= to && applied - to < TimeDelta::seconds(1), "{} {}", applied, to);
        }
    }
}
