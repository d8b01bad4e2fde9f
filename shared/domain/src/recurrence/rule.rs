//! The rule as a value.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

/// What recurs and until when: a valid RFC 5545 §3.3.10 `RRULE`, as yet with FREQ, INTERVAL, COUNT and UNTIL only.
///
/// Read it from text; its `Display` is the canonical form, and equal rules have equal forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    pub(super) frequency: Frequency,
    /// 1 to 100 000.
    pub(super) interval: u32,
    pub(super) end: End,
}

/// Where the rule stops of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum End {
    Never,
    /// 1 to 1 000 000.
    Count(u32),
    Until(Until),
}

/// The period a rule repeats in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Frequency {
    /// By days.
    Daily,
    /// By weeks of seven days.
    Weekly,
    /// By calendar months; months without the start's day are skipped.
    Monthly,
    /// By calendar years; common years are skipped when the start is a 29 February.
    Yearly,
}

/// The last moment a rule may give, itself included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Until {
    /// A day, for schedules of days.
    Date(NaiveDate),
    /// A local time, read in the schedule's zone.
    Local(NaiveDateTime),
    /// An instant.
    Utc(DateTime<Utc>),
}

impl Rule {
    /// The period it repeats in.
    pub fn frequency(self) -> Frequency {
        self.frequency
    }

    /// How many periods lie between one date and the next: 1 to 100 000.
    pub fn interval(self) -> u32 {
        self.interval
    }

    /// How many dates it gives, the start and the excepted ones included: 1 to 1 000 000, or no such limit.
    pub fn count(self) -> Option<u32> {
        match self.end {
            End::Count(count) => Some(count),
            End::Never | End::Until(_) => None,
        }
    }

    /// The same rule without COUNT, for whoever counts by other means.
    #[must_use]
    pub fn without_count(self) -> Self {
        match self.end {
            End::Count(_) => Self {
                end: End::Never,
                ..self
            },
            End::Never | End::Until(_) => self,
        }
    }

    /// Its last moment, or none.
    pub fn until(self) -> Option<Until> {
        match self.end {
            End::Until(until) => Some(until),
            End::Never | End::Count(_) => None,
        }
    }
}

impl Frequency {
    pub(super) const ALL: [Self; 4] = [Self::Daily, Self::Weekly, Self::Monthly, Self::Yearly];

    /// The value of FREQ that names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Daily => "DAILY",
            Self::Weekly => "WEEKLY",
            Self::Monthly => "MONTHLY",
            Self::Yearly => "YEARLY",
        }
    }
}
