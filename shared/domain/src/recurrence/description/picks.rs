//! What positions pick, where it can be said without them.

use std::collections::BTreeSet;

use chrono::Weekday;

use super::super::almanac::Almanac;
use super::super::bits::{Bits, Ordinals};
use super::super::rule::{Frequency, Weekdays};
use super::super::times::Times;
use super::meaning::{Meaning, lacks};

/// Years among which every shape of a year is.
const YEARS: std::ops::Range<i32> = 2000..2028;

/// What a period's dates are made of: every one of the months with every one of the days, and so on. Where one need not
/// be told from others it is 0.
struct Set([Vec<u32>; 5]);

impl Meaning {
    /// Leaves positions out where all periods have the same dates, if any, and what is picked is again every one of some
    /// days with every one of some times.
    pub(super) fn settle_picks(&mut self, week_start: Weekday) {
        if self.positions.is_empty() || self.leaves_day {
            return;
        }
        let Some(set) = self.set(week_start) else {
            return;
        };
        let picked = set.picked(&self.positions);
        self.picks_nothing = picked.is_empty();
        let Some([months, days, hours, minutes, seconds]) = set.parts(&picked) else {
            return;
        };
        if !months.contains(0) && months.len() < 12 {
            self.days.months = months;
        }
        if self.frequency == Frequency::Weekly {
            let every: Bits<1> = days.iter().map(|day| weekday(week_start, day)).collect();
            self.days.weekdays = Weekdays {
                every,
                ..Weekdays::NONE
            };
        } else if !days.contains(0) {
            self.days.month_days.from_start = days;
        }
        let or_picked = |frequency, part, picked| if self.frequency >= frequency { picked } else { part };
        self.times = Times::new(
            or_picked(Frequency::Daily, self.times.hours(), hours),
            or_picked(Frequency::Hourly, self.times.minutes(), minutes),
            or_picked(Frequency::Minutely, self.times.seconds(), seconds),
        );
        self.positions = Ordinals::NONE;
    }

    fn set(&self, week_start: Weekday) -> Option<Set> {
        let [months, days] = match self.frequency {
            Frequency::Monthly | Frequency::Yearly => self.days_of_months()?,
            Frequency::Weekly => [vec![0], self.days_of_week(week_start)?],
            _ => [vec![0], vec![0]],
        };
        let inside = |frequency, part: Bits<1>| {
            if self.frequency >= frequency {
                part.iter().collect()
            } else {
                vec![0]
            }
        };
        Some(Set([
            months,
            days,
            inside(Frequency::Daily, self.times.hours()),
            inside(Frequency::Hourly, self.times.minutes()),
            inside(Frequency::Minutely, self.times.seconds()),
        ]))
    }

    fn days_of_months(&self) -> Option<[Vec<u32>; 2]> {
        if self.has_one_day() {
            return Some([vec![0], vec![0]]);
        }
        let days = &self.days;
        let is_fixed =
            !days.month_days.is_empty() && days.month_days.from_end.is_empty() && !lacks(days).contains(&true);
        if !is_fixed || !self.weeks.is_empty() || !days.year_days.is_empty() || !days.weekdays.is_empty() {
            return None;
        }
        let months = match self.frequency {
            Frequency::Monthly => vec![0],
            _ if days.months.is_empty() => (1..=12).collect(),
            _ => days.months.iter().collect(),
        };
        Some([months, days.month_days.from_start.iter().collect()])
    }

    /// The days from the week's first on, which is 0.
    fn days_of_week(&self, week_start: Weekday) -> Option<Vec<u32>> {
        let every = self.days.weekdays.every;
        // Months may cut a week in two.
        let is_whole = self.days.months.is_empty() || every.len() == 1;
        let is_named = |day: &u32| every.is_empty() || every.contains(weekday(week_start, *day));
        is_whole.then(|| (0..7).filter(is_named).collect())
    }

    /// Whether no month, or no year, has more than one of the days.
    fn has_one_day(&self) -> bool {
        if !self.weeks.is_empty() {
            let weeks = self.weeks.from_start.len() + self.weeks.from_end.len();
            return weeks == 1 && self.days.weekdays.every.len() == 1;
        }
        let almanac = Almanac::of(&self.days);
        let mut years = YEARS.map(|year| almanac.year(year).map(u64::count_ones));
        match self.frequency {
            Frequency::Monthly => years.all(|months| months.iter().all(|days| *days <= 1)),
            _ => years.all(|months| months.iter().sum::<u32>() <= 1),
        }
    }
}

impl Set {
    /// The members that are picked, by number.
    fn picked(&self, positions: &Ordinals<6>) -> BTreeSet<usize> {
        let len = self.0.iter().map(Vec::len).product();
        positions.iter().filter_map(|place| index(place, len)).collect()
    }

    /// What is picked of each part, if that says it all.
    fn parts(&self, picked: &BTreeSet<usize>) -> Option<[Bits<1>; 5]> {
        let mut parts = [Bits::EMPTY; 5];
        for index in picked {
            let mut rest = *index;
            for (part, numbers) in parts.iter_mut().zip(&self.0).rev() {
                part.insert(*numbers.get(rest % numbers.len())?);
                rest /= numbers.len();
            }
        }
        let told: u32 = parts.iter().map(Bits::len).product();
        (told > 0 && picked.len() == told as usize).then_some(parts)
    }
}

/// Where the member at a place, from 1 or from −1 back, stands among `len`.
fn index(place: i32, len: usize) -> Option<usize> {
    let distance = usize::try_from(place.unsigned_abs()).ok()?;
    if place < 0 {
        len.checked_sub(distance)
    } else {
        distance.checked_sub(1).filter(|index| *index < len)
    }
}

/// The weekday, Monday being 0, of a week's day.
fn weekday(week_start: Weekday, day: u32) -> u32 {
    (day + week_start.num_days_from_monday()) % 7
}
