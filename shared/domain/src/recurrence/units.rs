//! Days, hours, minutes and seconds: units that are so many that they are looked up, not visited.

use super::GaveUp;
use super::almanac::{Almanac, Month};
use super::bits::Bits;
use super::picks::Picks;
use super::times::Times;

pub(super) const DAY: u32 = 86_400;

/// Every so many days, hours, minutes or seconds from the start's on, those that the parts let be, and what is picked
/// of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Units {
    /// How many seconds a unit has.
    pub(super) len: u32,
    pub(super) interval: i64,
    /// The number of the start's unit.
    pub(super) origin: i64,
    /// The days whose units may be.
    pub(super) almanac: Almanac,
    /// When the units that may be begin.
    pub(super) beginnings: Times,
    /// The times in a unit, from its beginning.
    pub(super) times: Times,
    pub(super) picks: Picks,
}

/// A walk through the dates of [`Units`]: the unit it is in, and the number of what comes next there.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    units: &'a Units,
    day: i32,
    /// The second of the day at which the unit begins.
    begins: u32,
    next: u32,
    /// Whether the parts let the unit be; that the interval meets it is certain.
    is_met: bool,
    /// Where in the almanac the day is.
    month: Month,
}

impl Units {
    /// Walks through what is strictly after `day` and `time`.
    pub(super) fn walk(&self, day: i32, time: u32) -> Option<Walk<'_>> {
        let here = self.number(day, time);
        let unit = self.at_or_after(here);
        let (day, begins) = self.begin(unit)?;
        Some(Walk {
            units: self,
            day,
            begins,
            next: if unit == here {
                self.times.through(time % self.len)
            } else {
                0
            },
            is_met: false,
            month: self.almanac.month(1, 0, None),
        })
    }

    /// Whether interval and parts can never meet, for a reason that every week has: `weekdays` are those that the parts
    /// let be, Monday being 0.
    pub(super) fn never_meet(&self, weekdays: Bits<1>) -> bool {
        let per_day = self.per_day();
        // The units that the interval meets are the start's, moved by multiples of this from week to week.
        let divisor = gcd(self.interval, 7 * per_day);
        // Day 1 is a Monday.
        let mut days = weekdays.iter().map(|weekday| i64::from(weekday) + 1);
        !days.any(|day| self.meets(self.origin - day * per_day, divisor))
    }

    /// Whether a unit of a day that the parts let be is congruent to `residue`.
    fn meets(&self, residue: i64, divisor: i64) -> bool {
        let mut from = 0;
        loop {
            let unit = from + (residue - from).rem_euclid(divisor);
            match self.beginning(unit) {
                None => return false,
                Some(next) if next == unit => return true,
                Some(next) => from = next,
            }
        }
    }

    /// The number of the unit at a day and time.
    pub(super) fn number(&self, day: i32, time: u32) -> i64 {
        i64::from(day) * self.per_day() + i64::from(time / self.len)
    }

    fn per_day(&self) -> i64 {
        i64::from(DAY / self.len)
    }

    /// The first unit from `unit` on that the interval meets.
    fn at_or_after(&self, unit: i64) -> i64 {
        unit + (self.origin - unit).rem_euclid(self.interval)
    }

    /// The day of a unit, and the second at which it begins.
    fn begin(&self, unit: i64) -> Option<(i32, u32)> {
        let day = i32::try_from(unit.div_euclid(self.per_day())).ok()?;
        let into = u32::try_from(unit.rem_euclid(self.per_day())).ok()?;
        Some((day, into * self.len))
    }

    /// The first unit of the day from `unit` on that the parts let be.
    fn beginning(&self, unit: i64) -> Option<i64> {
        let time = u32::try_from(unit)
            .ok()?
            .checked_mul(self.len)
            .filter(|time| *time < DAY)?;
        Some(i64::from(self.beginnings.at_or_after(time)? / self.len))
    }
}

impl Walk<'_> {
    /// The next day and time, by the end of the day `last`. What it takes of `steps` is gone.
    pub(super) fn next(&mut self, last: i32, steps: &mut u32) -> Result<Option<(i32, u32)>, GaveUp> {
        if self.is_met {
            *steps = steps.saturating_sub(1);
        } else if !self.search(last, steps)? {
            return Ok(None);
        }
        if let Some(found) = self.pick() {
            return Ok(Some(found));
        }
        self.step();
        let is_met = self.search(last, steps)?;
        Ok(is_met.then(|| self.pick()).flatten())
    }

    /// Goes to the next unit that the interval meets.
    fn step(&mut self) {
        let seconds = i64::from(self.begins) + self.units.interval * i64::from(self.units.len);
        let (days, begins) = (seconds / i64::from(DAY), seconds % i64::from(DAY));
        self.day = i32::try_from(days).map_or(i32::MAX, |days| self.day.saturating_add(days));
        self.begins = u32::try_from(begins).unwrap_or_default();
        self.next = 0;
        self.is_met = false;
    }

    /// Goes on to the first unit from here on, which the interval meets, that the parts let be as well. It leaps from
    /// what the one asks for to what the other does, so its cost does not hang on the distance.
    fn search(&mut self, last: i32, steps: &mut u32) -> Result<bool, GaveUp> {
        let units = self.units;
        while *steps > 0 {
            *steps -= 1;
            if self.day > last {
                return Ok(false);
            }
            let Some(day) = units.almanac.at_or_after(self.day, &mut self.month) else {
                return Ok(false);
            };
            let from = if day > self.day { 0 } else { self.begins };
            let begins = units.beginnings.at_or_after(from);
            if (day, begins) == (self.day, Some(self.begins)) {
                self.is_met = true;
                return Ok(true);
            }
            let (day, begins) = begins.map_or((day + 1, 0), |begins| (day, begins));
            let unit = units.at_or_after(units.number(day, begins));
            let Some(begin) = units.begin(unit) else {
                return Ok(false);
            };
            (self.day, self.begins) = begin;
            self.next = 0;
        }
        Err(GaveUp)
    }

    /// The next that is picked of the unit.
    fn pick(&mut self) -> Option<(i32, u32)> {
        let times = &self.units.times;
        let index = self.units.picks.at_or_after(self.next, times.len())?;
        self.next = index + 1;
        Some((self.day, self.begins + times.nth(index)?))
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
