//! The rule as a value.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc, Weekday};

use super::bits::{Bits, Ordinals};

/// What recurs and until when: a valid RFC 5545 §3.3.10 `RRULE`, with the `SKIP` of RFC 7529.
///
/// Read it from text; its `Display` is the canonical form, and equal rules have equal forms. A part that the text does
/// not have is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    pub(super) frequency: Frequency,
    /// 1 to 100 000.
    pub(super) interval: u32,
    pub(super) end: End,
    /// 1 to 12.
    pub(super) months: Bits<1>,
    /// 1 to 53, or −1 to −53.
    pub(super) weeks: Ordinals<1>,
    /// 1 to 366, or −1 to −366.
    pub(super) year_days: Ordinals<6>,
    /// 1 to 31, or −1 to −31.
    pub(super) month_days: Ordinals<1>,
    pub(super) weekdays: Weekdays,
    /// 0 to 23.
    pub(super) hours: Bits<1>,
    /// 0 to 59.
    pub(super) minutes: Bits<1>,
    /// 0 to 59.
    pub(super) seconds: Bits<1>,
    /// 1 to 366, or −1 to −366.
    pub(super) positions: Ordinals<6>,
    pub(super) week_start: Weekday,
    pub(super) skip: Skip,
}

/// Where the rule stops of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum End {
    Never,
    /// 1 to 100 000.
    Count(u32),
    Until(Until),
}

/// Days of the week, some of them by their place in the month or the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Weekdays {
    /// Every one of these days; Monday is 0.
    pub(super) every: Bits<1>,
    /// By place, for each day of the week from Monday: 1 to 53, or −1 to −53.
    pub(super) nth: [Ordinals<1>; 7],
}

/// The period a rule repeats in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Frequency {
    /// By seconds.
    Secondly,
    /// By minutes.
    Minutely,
    /// By hours.
    Hourly,
    /// By days.
    Daily,
    /// By weeks of seven days.
    Weekly,
    /// By calendar months.
    Monthly,
    /// By calendar years.
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

/// What becomes of a day that its month or year does not have (RFC 7529 §4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Skip {
    /// It is left out.
    #[default]
    Omit,
    /// It is the day before.
    Backward,
    /// It is the day after.
    Forward,
}

impl Rule {
    /// The period it repeats in.
    pub fn frequency(&self) -> Frequency {
        self.frequency
    }

    /// How many periods lie between one set of dates and the next: 1 to 100 000.
    pub fn interval(&self) -> u32 {
        self.interval
    }

    /// How many dates it gives, the start and the excepted ones included: 1 to 100 000, or no such limit.
    pub fn count(&self) -> Option<u32> {
        match self.end {
            End::Count(count) => Some(count),
            End::Never | End::Until(_) => None,
        }
    }

    /// The same rule for what is left of its COUNT when `passed` of its dates have passed; at least one is left.
    #[must_use]
    pub(crate) fn after_dates(self, passed: u32) -> Self {
        match self.end {
            End::Count(count) => Self {
                end: End::Count(count.saturating_sub(passed).max(1)),
                ..self
            },
            End::Never | End::Until(_) => self,
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

    /// The same rule without an end.
    #[must_use]
    pub(super) fn endless(self) -> Self {
        Self {
            end: End::Never,
            ..self
        }
    }

    /// Its last moment, or none.
    pub fn until(&self) -> Option<Until> {
        match self.end {
            End::Until(until) => Some(until),
            End::Never | End::Count(_) => None,
        }
    }

    /// Whether it gives times of day, and so needs a start that has one; the part that says so.
    pub fn time_part(&self) -> Option<&'static str> {
        if self.frequency < Frequency::Daily {
            return Some("FREQ");
        }
        let parts = [
            ("BYHOUR", &self.hours),
            ("BYMINUTE", &self.minutes),
            ("BYSECOND", &self.seconds),
        ];
        parts
            .into_iter()
            .find(|(_, part)| !part.is_empty())
            .map(|(name, _)| name)
    }
}

impl Weekdays {
    pub(super) const NONE: Self = Self {
        every: Bits::EMPTY,
        nth: [Ordinals::NONE; 7],
    };

    pub(super) fn every(weekday: Weekday) -> Self {
        Self {
            every: [weekday.num_days_from_monday()].into_iter().collect(),
            ..Self::NONE
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.every.is_empty() && !self.has_places()
    }

    /// Whether any day is meant by its place.
    pub(super) fn has_places(&self) -> bool {
        self.nth.iter().any(|places| !places.is_empty())
    }
}

/// The days of the week as RFC 5545 names them.
pub(super) const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Mon, "MO"),
    (Weekday::Tue, "TU"),
    (Weekday::Wed, "WE"),
    (Weekday::Thu, "TH"),
    (Weekday::Fri, "FR"),
    (Weekday::Sat, "SA"),
    (Weekday::Sun, "SU"),
];

impl Skip {
    /// The value of SKIP that names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Omit => "OMIT",
            Self::Backward => "BACKWARD",
            Self::Forward => "FORWARD",
        }
    }
}

impl Frequency {
    pub(super) const ALL: [Self; 7] = [
        Self::Secondly,
        Self::Minutely,
        Self::Hourly,
        Self::Daily,
        Self::Weekly,
        Self::Monthly,
        Self::Yearly,
    ];

    /// The value of FREQ that names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Secondly => "SECONDLY",
            Self::Minutely => "MINUTELY",
            Self::Hourly => "HOURLY",
            Self::Daily => "DAILY",
            Self::Weekly => "WEEKLY",
            Self::Monthly => "MONTHLY",
            Self::Yearly => "YEARLY",
        }
    }
}
