//! Days that months lack: those past their end, and weekdays that come four times only.

use chrono::{Datelike as _, Timelike as _};

use super::super::super::almanac::{DayParts, Scope};
use super::super::super::bits::Ordinals;
use super::super::super::calendar::{self, days_before, is_leap, month_len, year_start};
use super::super::super::expansion;
use super::super::super::rule::{Frequency, Rule, Skip};
use super::super::{meaning, words};
use crate::civil::Civil;

/// A rule that names days of months and nothing else.
struct MonthDays {
    parts: DayParts,
    /// How many months lie between those it may name, from this one on.
    interval: i32,
    first: Month,
    is_yearly: bool,
}

/// A month, counted from January of the year 0.
type Month = i32;

/// Where the day of an occurrence comes from, or what was left out right before it.
pub(super) fn note(rule: &Rule, start: Civil, occurrence: Civil) -> Option<String> {
    let days = MonthDays::of(rule, start)?;
    let (date, time) = (occurrence.date(), occurrence.start().time());
    let month = date.year() * 12 + date.month0().cast_signed();
    match days.parts.skip {
        Skip::Omit => {
            let first_time = meaning::times(rule, start.start()).nth(0);
            let is_first = first_time == Some(time.num_seconds_from_midnight());
            let is_first = is_first && days.existing(month).min() == Some(date.day());
            is_first.then(|| days.left_out_before(month)).flatten()
        }
        _ if days.existing(month).any(|day| day == date.day()) => None,
        Skip::Backward => days.moved(month, occurrence),
        Skip::Forward => days.moved(month - 1, occurrence),
    }
}

impl MonthDays {
    fn of(rule: &Rule, start: Civil) -> Option<Self> {
        let is_yearly = match rule.frequency {
            Frequency::Yearly => true,
            Frequency::Monthly => false,
            Frequency::Weekly => return None,
            // Every day of a month that is named: the same as every month on these days.
            _ if rule.interval == 1 => false,
            _ => return None,
        };
        let parts = expansion::day_parts(rule, start.start());
        let (days, weekdays) = (&parts.month_days, &parts.weekdays);
        let has_places_only = days.is_empty() && weekdays.every.is_empty() && parts.scope == Scope::Month;
        let is_plain = weekdays.is_empty() && days.from_end.is_empty() || has_places_only;
        if !is_plain || !rule.weeks.is_empty() || !parts.year_days.is_empty() || !rule.positions.is_empty() {
            return None;
        }
        let date = start.date();
        Some(Self {
            parts,
            interval: rule.interval.cast_signed(),
            first: date.year() * 12 + date.month0().cast_signed(),
            is_yearly,
        })
    }

    /// The parts, of a month that they name days of.
    fn parts(&self, month: Month) -> Option<&DayParts> {
        let periods = if self.is_yearly {
            month.div_euclid(12) - self.first.div_euclid(12)
        } else {
            month - self.first
        };
        let months = &self.parts.months;
        let is_named = periods % self.interval == 0 && (months.is_empty() || months.contains(number(month)));
        is_named.then_some(&self.parts)
    }

    /// The days of a month that it has.
    fn existing(&self, month: Month) -> impl Iterator<Item = u32> + '_ {
        let parts = self.parts(month).into_iter();
        parts.flat_map(move |parts| {
            let days = parts.month_days.from_start.iter().filter(move |day| *day <= len(month));
            days.chain(places(parts).filter_map(move |(weekday, place)| placed(weekday, place, month)))
        })
    }

    /// The days of the month's numbers that it lacks.
    fn lacking(&self, month: Month) -> impl Iterator<Item = u32> + '_ {
        let parts = self.parts(month).into_iter();
        let days = parts.flat_map(|parts| parts.month_days.from_start.iter());
        days.filter(move |day| *day > len(month))
    }

    /// All that a month lacks, by name.
    fn named_lacking(&self, month: Month) -> impl Iterator<Item = String> + '_ {
        let places = self.parts(month).into_iter().flat_map(places);
        let places = places.filter(move |(weekday, place)| placed(*weekday, *place, month).is_none());
        let places = places.map(move |(weekday, place)| {
            let mut places = Ordinals::<1>::NONE;
            places.insert(place);
            let (place, weekday) = (words::places(&places, "and"), words::weekday(weekday));
            format!("the {place} {weekday} of {}", name(month))
        });
        self.lacking(month).map(move |day| named(day, month)).chain(places)
    }

    /// The days that were left out since the last month, before this one, that had any.
    fn left_out_before(&self, month: Month) -> Option<String> {
        let last = (self.first..month)
            .rev()
            .find(|month| self.existing(*month).next().is_some());
        let since = last.unwrap_or(self.first)..month;
        let mut skipped: Vec<(String, Vec<u32>)> = Vec::new();
        for (day, year) in since.flat_map(|month| self.named_lacking(month).map(move |day| (day, year(month)))) {
            match skipped.iter_mut().find(|(other, _)| *other == day) {
                Some((_, years)) => years.push(year),
                None => skipped.push((day, vec![year])),
            }
        }
        let and = if skipped.iter().any(|(_, years)| years.len() > 1) {
            ", and"
        } else {
            " and"
        };
        let said = skipped.iter().map(|(day, years)| {
            if *years == [year(month)] {
                return day.clone();
            }
            let years = words::runs(years.iter().copied(), |year| year.to_string());
            format!("{day} {}", words::list(&years, "and"))
        });
        let said: Vec<_> = said.collect();
        (!said.is_empty()).then(|| format!("skipped {}", said.join(&format!("{and} "))))
    }

    /// Which day of `month` the occurrence stands for.
    fn moved(&self, month: Month, occurrence: Civil) -> Option<String> {
        let date = occurrence.date();
        let day = named(self.lacking(month).next()?, month);
        Some(format!("{day} does not exist; moved to {}", date.format("%-d %B")))
    }
}

fn number(month: Month) -> u32 {
    month.rem_euclid(12).cast_unsigned() + 1
}

fn year(month: Month) -> u32 {
    month.div_euclid(12).unsigned_abs()
}

fn len(month: Month) -> u32 {
    month_len(is_leap(month.div_euclid(12)), number(month) - 1)
}

/// The weekdays, Monday being 0, and their places in the month.
fn places(parts: &DayParts) -> impl Iterator<Item = (u32, i32)> + '_ {
    let weekdays = (0..).zip(&parts.weekdays.nth);
    let weekdays = weekdays.filter(|(_, places)| !places.is_empty());
    weekdays.flat_map(|(weekday, places)| places.iter().map(move |place| (weekday, place)))
}

/// The day of a weekday's place, from 1 or from −1 back.
fn placed(weekday: u32, place: i32, month: Month) -> Option<u32> {
    let (year, len) = (month.div_euclid(12), len(month));
    let first = calendar::weekday(year_start(year) + days_before(is_leap(year), number(month) - 1));
    let earliest = (weekday + 7 - first) % 7 + 1;
    let weeks = place.unsigned_abs().checked_sub(1)? * 7;
    let day = if place > 0 {
        earliest + weeks
    } else {
        (earliest + (len - earliest) / 7 * 7).checked_sub(weeks)?
    };
    (1..=len).contains(&day).then_some(day)
}

/// A day that no calendar has, as `31 April`.
fn named(day: u32, month: Month) -> String {
    format!("{day} {}", name(month))
}

fn name(month: Month) -> String {
    words::months([number(month)].into_iter().collect())
}
