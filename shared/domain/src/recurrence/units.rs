//! Days, hours, minutes and seconds: units that are so many that they are looked up, not visited.

use super::GaveUp;
use super::almanac::Almanac;
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

impl Units {
    /// The first day and time strictly after `day` and `time`, by the end of the day `last`. What it takes of `steps`
    /// is gone.
    pub(super) fn after(&self, day: i32, time: u32, last: i32, steps: &mut u32) -> Result<Option<(i32, u32)>, GaveUp> {
        let here = self.number(day, time);
        let Some(unit) = self.at_or_after(here, last, steps)? else {
            return Ok(None);
        };
        let past = if unit == here {
            self.times.through(time % self.len)
        } else {
            0
        };
        if let Some(found) = self.pick(unit, past) {
            return Ok(Some(found));
        }
        let next = self.at_or_after(unit + 1, last, steps)?;
        Ok(next.and_then(|unit| self.pick(unit, 0)))
    }

    /// Whether interval and parts can never meet, for a reason that every day has.
    pub(super) fn never_meet(&self) -> bool {
        let per_day = self.per_day();
        let divisor = gcd(self.interval, per_day);
        // A day's units are the start's, moved by multiples of the interval: by multiples of this within the day.
        let residue = self.origin.rem_euclid(divisor);
        let mut from = 0;
        loop {
            let unit = from + (residue - from).rem_euclid(divisor);
            match self.beginning(unit) {
                None => return true,
                Some(next) if next == unit => return false,
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

    /// The first unit from `unit` on that the interval meets and the parts let be. It leaps from what the one asks for
    /// to what the other does, so its cost does not hang on the distance.
    fn at_or_after(&self, mut unit: i64, last: i32, steps: &mut u32) -> Result<Option<i64>, GaveUp> {
        let per_day = self.per_day();
        while *steps > 0 {
            *steps -= 1;
            unit += (self.origin - unit).rem_euclid(self.interval);
            let Some(day) = i32::try_from(unit.div_euclid(per_day)).ok().filter(|day| *day <= last) else {
                return Ok(None);
            };
            let Some(allowed) = self.almanac.at_or_after(day) else {
                return Ok(None);
            };
            if allowed > day {
                unit = i64::from(allowed) * per_day;
                continue;
            }
            match self.beginning(unit.rem_euclid(per_day)) {
                Some(next) if next == unit.rem_euclid(per_day) => return Ok(Some(unit)),
                Some(next) => unit = i64::from(day) * per_day + next,
                None => unit = i64::from(day + 1) * per_day,
            }
        }
        Err(GaveUp)
    }

    /// The first unit of the day from `unit` on that the parts let be.
    fn beginning(&self, unit: i64) -> Option<i64> {
        let time = u32::try_from(unit)
            .ok()?
            .checked_mul(self.len)
            .filter(|time| *time < DAY)?;
        Some(i64::from(self.beginnings.at_or_after(time)? / self.len))
    }

    fn pick(&self, unit: i64, past: u32) -> Option<(i32, u32)> {
        let index = self.picks.at_or_after(past, self.times.len())?;
        let day = i32::try_from(unit.div_euclid(self.per_day())).ok()?;
        let begins = u32::try_from(unit.rem_euclid(self.per_day())).ok()? * self.len;
        Some((day, begins + self.times.nth(index)?))
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
