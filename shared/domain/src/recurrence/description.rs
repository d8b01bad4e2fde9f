//! What a rule says, in English.
//!
//! A [`Meaning`] is put into words, each of its parts in a way of its own, so that rules that give different dates from
//! the same start say different things. Rules that give the same dates mostly say the same.

mod days;
mod meaning;
mod notes;
mod sentence;
mod skips;
mod times;
mod words;

use chrono::{NaiveDate, NaiveDateTime, Timelike as _};

use self::days::Role;
use self::meaning::Meaning;
use self::sentence::Sentence;
use super::bits::Bits;
use super::rule::{Frequency, Rule, Until};
use crate::civil::Civil;

impl Rule {
    /// What it says when it sets out from `start`, as `every other week on Monday and Thursday at 09:00, 10 times`.
    ///
    /// What the rule leaves to the start is said, too; from which date on it is, is not.
    pub fn description(&self, start: Civil) -> String {
        if self.count() == Some(1) {
            return format!("once, on {}", moment(start));
        }
        let meaning = Meaning::of(self, start.start());
        let has_times = !start.is_date() || self.time_part().is_some();
        let mut sentence = if meaning.frequency < Frequency::Daily {
            clockwork(&meaning)
        } else {
            calendar(&meaning, has_times)
        };
        if let Some(count) = self.count() {
            sentence.aside(&format!("{count} times"));
        }
        if let Some(until) = self.until() {
            sentence.aside(&format!("until {}", last(until)));
        }
        sentence.into_text()
    }
}

/// What repeats by hours, minutes or seconds.
fn clockwork(meaning: &Meaning) -> Sentence {
    let times = &meaning.times;
    let (unit, inside) = match meaning.frequency {
        Frequency::Hourly => ("hour", Some(times::of_hour(times))),
        Frequency::Minutely => ("minute", times::of_minute(times)),
        _ => ("second", None),
    };
    let mut sentence = Sentence::new(times::every(meaning.interval, unit));
    if meaning.positions.is_empty() {
        sentence.add(inside.as_deref().unwrap_or_default());
    }
    let mut limits = Vec::new();
    if meaning.frequency == Frequency::Secondly && times.seconds.len() < 60 {
        limits.push(times::numbered("second", times.seconds));
    }
    if meaning.frequency <= Frequency::Minutely && times.minutes.len() < 60 {
        limits.push(times::numbered("minute", times.minutes));
    }
    if !limits.is_empty() {
        sentence.aside(&format!("only in {}", limits.join(" of ")));
    }
    if times.hours.len() < 24 {
        sentence.add(&times::within(times.hours));
    }
    limit(&mut sentence, meaning);
    if !meaning.positions.is_empty() {
        sentence.announce(&format!("the {} of", words::places(&meaning.positions, "and")));
        let inside = inside.as_deref().and_then(|inside| inside.strip_prefix("at "));
        sentence.add(&inside.map_or_else(|| format!("the beginning of the {unit}"), str::to_owned));
    }
    sentence
}

/// What repeats by days or longer periods.
fn calendar(meaning: &Meaning, has_times: bool) -> Sentence {
    let mut sentence = match meaning.frequency {
        Frequency::Weekly if meaning.repeats_always() => weekly(meaning),
        Frequency::Daily => {
            let mut sentence = Sentence::new(every(meaning.interval, "day"));
            limit(&mut sentence, meaning);
            if !meaning.positions.is_empty() {
                sentence.announce(&format!("the {} of", words::places(&meaning.positions, "and")));
                sentence.add(&times::picked(&meaning.times));
                return sentence;
            }
            sentence
        }
        _ => periodic(meaning),
    };
    if has_times {
        times::of_day(&mut sentence, &meaning.times);
    }
    sentence
}

/// Every week, by weekdays alone: the weekday says it all.
fn weekly(meaning: &Meaning) -> Sentence {
    let mut sentence = Sentence::new(format!("every {}", days::singular(meaning.days.weekdays.every)));
    if !meaning.days.months.is_empty() {
        sentence.add(&format!("in {}", words::months(meaning.days.months)));
    }
    sentence
}

fn periodic(meaning: &Meaning) -> Sentence {
    let (unit, role) = match meaning.frequency {
        Frequency::Weekly => ("week", Role::OfWeek),
        Frequency::Monthly => ("month", Role::OfMonth),
        _ => ("year", Role::OfYear),
    };
    let mut sentence = Sentence::new(every(meaning.interval, unit));
    if let Some(picked) = picked_weekday(meaning) {
        sentence.add(&picked);
        if role == Role::OfMonth && !meaning.days.months.is_empty() {
            sentence.aside(&format!("only in {}", words::months(meaning.days.months)));
        }
        return sentence;
    }
    let days = days::days(meaning, role);
    if meaning.positions.is_empty() {
        sentence.append(&days);
    } else {
        sentence.announce(&format!("the {} of", words::places(&meaning.positions, "and")));
        sentence.append(&days.without("on "));
    }
    sentence
}

/// `on the last weekday of March`, where that is what is picked.
fn picked_weekday(meaning: &Meaning) -> Option<String> {
    let (days, weekend) = (&meaning.days, [5, 6].into_iter().collect::<Bits<1>>());
    let kind = match days.weekdays.every {
        every if every == Bits::below(5) => "weekday",
        every if every == weekend => "weekend day",
        _ => return None,
    };
    let is_plain = meaning.has_only_weekdays() && !days.weekdays.has_places();
    if meaning.positions.is_empty() || !is_plain || meaning.times.len() > 1 {
        return None;
    }
    let of = match meaning.frequency {
        Frequency::Monthly => String::new(),
        Frequency::Yearly if days.months.len() == 1 => format!(" of {}", words::months(days.months)),
        Frequency::Yearly if days.months.is_empty() => " of the year".to_owned(),
        _ => return None,
    };
    Some(format!(
        "on the {} {kind}{of}",
        words::places(&meaning.positions, "and")
    ))
}

/// Says on which days shorter periods may be.
fn limit(sentence: &mut Sentence, meaning: &Meaning) {
    let days = days::days(meaning, Role::Limit).into_text();
    if days.is_empty() {
        return;
    }
    let is_month = meaning.has_only_weekdays() && meaning.days.weekdays.is_empty();
    let is_clockwork = meaning.frequency < Frequency::Daily;
    let is_limited = meaning.times.hours.len() < 24 && is_clockwork;
    if meaning.interval == 1 && !is_limited && (is_month || is_clockwork) {
        sentence.add(&days);
    } else {
        sentence.aside(&format!("only {days}"));
    }
}

/// `every day`, `every other day`, `every 3 days`.
fn every(interval: u32, unit: &str) -> String {
    if interval == 2 {
        format!("every other {unit}")
    } else {
        times::every(interval, unit)
    }
}

/// The last moment, in its own form.
fn last(until: Until) -> String {
    match until {
        Until::Date(date) => day(date),
        Until::Local(local) => moment(Civil::DateTime(local)),
        Until::Utc(utc) => format!("{} UTC", moment(Civil::DateTime(utc.naive_utc()))),
    }
}

fn moment(at: Civil) -> String {
    match at {
        Civil::Date(date) => day(date),
        Civil::DateTime(at) => format!("{} at {}", day(at.date()), clock(at)),
    }
}

fn day(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

fn clock(at: NaiveDateTime) -> String {
    let form = if at.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    at.format(form).to_string()
}

#[cfg(test)]
mod exotic_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod unambiguous;
