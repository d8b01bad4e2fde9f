//! The dates a rule gives, in civil time: what the rule and its start come to, made ready to be asked.

mod parts;

use chrono::{NaiveDateTime, Timelike as _};
use parts::of_parts;
pub(super) use parts::{day_parts, times};

use super::GaveUp;
use super::almanac::Almanac;
use super::bits::Bits;
use super::calendar::{LAST_DAY, day_number, year_start};
use super::periods::{self, Kind, Periods};
use super::picks::Picks;
use super::rule::{Frequency, Rule, Skip};
use super::units::{self, DAY, Units};
use crate::zone::seconds;

/// 1 January 1970.
const EPOCH: i32 = year_start(1970);

/// How many steps the search for one date may take. Rules that people write take a few; one whose interval and parts
/// meet once in centuries, or never for a reason that no week has, takes more.
const STEPS: u32 = 50_000;
/// How many all searches of a count may take: some tens of milliseconds. 100 000 dates of rules that people write take
/// a tenth of it.
const STEPS_TO_COUNT: u32 = 2_000_000;

/// A rule set out from its start. Dates are local times, in seconds from 1970 on as clocks show them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expansion {
    start: i64,
    /// The last that a date may have; never before the start, which is a date whatever the rule says.
    last: i64,
    dates: Dates,
}

/// How the dates after the start are found.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Dates {
    /// There are none: the parts contradict each other.
    Never,
    OfPeriods(Box<Periods>),
    OfUnits(Box<Units>),
}

impl Expansion {
    pub(super) fn new(rule: &Rule, start: NaiveDateTime, last: NaiveDateTime) -> Self {
        Self {
            start: seconds(start),
            last: seconds(last.max(start)),
            dates: Dates::of(rule, start),
        }
    }

    /// Walks through the dates strictly after `t`.
    pub(super) fn walk(&self, t: i64) -> Walk<'_> {
        Walk {
            expansion: self,
            t,
            last_day: day_and_time(self.last).0,
            place: None,
        }
    }

    /// The same dates, of which the last is the `count`th.
    pub(super) fn counted(mut self, count: u32) -> Result<Self, GaveUp> {
        let (mut walk, mut left) = (self.walk(i64::MIN), STEPS_TO_COUNT);
        let mut last = self.start;
        for _ in 0..count {
            // No search may take more than it may alone, or its date could be counted and not be found again.
            let allowed = left.min(STEPS);
            let mut steps = allowed;
            match walk.next_within(&mut steps)? {
                Some(next) => last = next,
                None => break,
            }
            left -= allowed - steps;
        }
        self.last = last;
        Ok(self)
    }

    pub(super) fn last(&self) -> i64 {
        self.last
    }
}

/// A walk through the dates of an [`Expansion`].
#[derive(Debug)]
pub(super) struct Walk<'a> {
    expansion: &'a Expansion,
    /// The date it has come to, or the moment after which it began.
    t: i64,
    last_day: i32,
    /// Where it is past the start, once that was looked up.
    place: Option<Place<'a>>,
}

#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one of it at a time, which is not moved"
)]
enum Place<'a> {
    Nowhere,
    InPeriods(periods::Walk<'a>),
    InUnits(units::Walk<'a>),
}

impl Walk<'_> {
    /// The next date.
    pub(super) fn next(&mut self) -> Result<Option<i64>, GaveUp> {
        let mut steps = STEPS;
        self.next_within(&mut steps)
    }

    fn next_within(&mut self, steps: &mut u32) -> Result<Option<i64>, GaveUp> {
        let Expansion { start, last, dates } = self.expansion;
        if self.t < *start {
            self.t = *start;
            return Ok(Some(*start));
        }
        if self.t >= *last {
            return Ok(None);
        }
        let found = match self.place.get_or_insert_with(|| dates.place(self.t)) {
            Place::Nowhere => None,
            Place::InPeriods(walk) => walk.next(self.last_day),
            Place::InUnits(walk) => walk.next(self.last_day, steps)?,
        };
        let next = found.map(|(day, time)| i64::from(day - EPOCH) * i64::from(DAY) + i64::from(time));
        self.t = next.unwrap_or(self.t);
        Ok(next.filter(|next| next <= last))
    }
}

/// The day of a local time, as the calendar numbers it, and the time of day.
fn day_and_time(local: i64) -> (i32, u32) {
    let (day, time) = (local.div_euclid(DAY.into()), local.rem_euclid(DAY.into()));
    let day = i32::try_from(day).ok().and_then(|day| day.checked_add(EPOCH));
    (day.unwrap_or(LAST_DAY), u32::try_from(time).unwrap_or_default())
}

impl Dates {
    fn of(rule: &Rule, start: NaiveDateTime) -> Self {
        let parts = day_parts(rule, start);
        let almanac = Almanac::of(&parts);
        if almanac.is_empty() {
            return Self::Never;
        }
        if rule.frequency > Frequency::Daily {
            of_periods(rule, start, parts.skip, almanac)
        } else {
            of_units(rule, start, almanac)
        }
    }

    /// The place after `t`.
    fn place(&self, t: i64) -> Place<'_> {
        let (day, time) = day_and_time(t);
        let place = match self {
            Self::Never => None,
            Self::OfPeriods(periods) => periods.walk(day, time).map(Place::InPeriods),
            Self::OfUnits(units) => units.walk(day, time).map(Place::InUnits),
        };
        place.unwrap_or(Place::Nowhere)
    }
}

fn of_periods(rule: &Rule, start: NaiveDateTime, skip: Skip, almanac: Almanac) -> Dates {
    let (kind, most_days) = match rule.frequency {
        Frequency::Yearly if !rule.weeks.is_empty() => (Kind::WeekYears(rule.week_start, rule.weeks), 371),
        Frequency::Yearly => (Kind::Years, 368),
        Frequency::Monthly => (Kind::Months, 33),
        _ => (Kind::Weeks(rule.week_start), 7),
    };
    let (picks, times) = (Picks(rule.positions), times(rule, start));
    let origin = kind.number(day_number(start.date()));
    match (origin, i32::try_from(rule.interval)) {
        (Some(origin), Ok(interval)) if !picks.are_beyond(most_days * times.len()) => {
            let overlap = skip != Skip::Omit && matches!(kind, Kind::Years | Kind::Months);
            Dates::OfPeriods(Box::new(Periods {
                kind,
                interval,
                origin,
                almanac,
                times,
                picks,
                overlap,
            }))
        }
        _ => Dates::Never,
    }
}

fn of_units(rule: &Rule, start: NaiveDateTime, almanac: Almanac) -> Dates {
    let first = Bits::below(1);
    let every = |part: Bits<1>, end| if part.is_empty() { Bits::below(end) } else { part };
    let (hours, minutes) = (every(rule.hours, 24), every(rule.minutes, 60));
    let seconds = every(rule.seconds, 60);
    let all = times(rule, start);
    // What limits which units there are, and what stands in each of them.
    let (len, limits, inside) = match rule.frequency {
        Frequency::Secondly => (1, [hours, minutes, seconds], [first, first, first]),
        Frequency::Minutely => (60, [hours, minutes, first], [first, first, all.seconds()]),
        Frequency::Hourly => (3_600, [hours, first, first], [first, all.minutes(), all.seconds()]),
        _ => (DAY, [first, first, first], [all.hours(), all.minutes(), all.seconds()]),
    };
    let mut units = Units {
        len,
        interval: rule.interval.into(),
        origin: 0,
        almanac,
        beginnings: of_parts(limits),
        times: of_parts(inside),
        picks: Picks(rule.positions),
    };
    units.origin = units.number(day_number(start.date()), start.time().num_seconds_from_midnight());
    if units.picks.at_or_after(0, units.times.len()).is_none() || units.never_meet(every(rule.weekdays.every, 7)) {
        Dates::Never
    } else {
        Dates::OfUnits(Box::new(units))
    }
}
