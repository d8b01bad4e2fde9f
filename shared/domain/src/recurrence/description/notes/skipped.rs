//! Days that months lack.

use chrono::{Datelike as _, Timelike as _};

use super::super::super::almanac::DayParts;
use super::super::super::calendar::{is_leap, month_len};
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
            let is_first = is_first && days.existing(month).next() == Some(date.day());
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
        let is_plain = rule.weeks.is_empty() && parts.year_days.is_empty() && parts.weekdays.is_empty();
        if !is_plain || !rule.positions.is_empty() || !parts.month_days.from_end.is_empty() {
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

    fn names(&self, month: Month) -> bool {
        let periods = if self.is_yearly {
            month.div_euclid(12) - self.first.div_euclid(12)
        } else {
            month - self.first
        };
        let months = &self.parts.months;
        periods % self.interval == 0 && (months.is_empty() || months.contains(number(month)))
    }

    /// The days of a month that it has.
    fn existing(&self, month: Month) -> impl Iterator<Item = u32> + '_ {
        let is_named = self.names(month);
        let days = self.parts.month_days.from_start.iter();
        days.filter(move |day| is_named && *day <= len(month))
    }

    /// The days of a month that it lacks.
    fn lacking(&self, month: Month) -> impl Iterator<Item = u32> + '_ {
        let is_named = self.names(month);
        let days = self.parts.month_days.from_start.iter();
        days.filter(move |day| is_named && *day > len(month))
    }

    /// The days that were left out since the last month, before this one, that had any.
    fn left_out_before(&self, month: Month) -> Option<String> {
        let last = (self.first..month)
            .rev()
            .find(|month| self.existing(*month).next().is_some());
        let since = last.unwrap_or(self.first)..month;
        let mut skipped: Vec<(String, Vec<u32>)> = Vec::new();
        for (day, year) in since.flat_map(|month| self.lacking(month).map(move |day| (named(day, month), year(month))))
        {
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

/// A day that no calendar has, as `31 April`.
fn named(day: u32, month: Month) -> String {
    format!("{day} {}", words::months([number(month)].into_iter().collect()))
}
