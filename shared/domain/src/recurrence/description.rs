//! What a rule says, in English.
//!
//! A [`Meaning`] is put into words, each of its parts in a way of its own, so that rules that give different dates from
//! the same start say different things. Rules that give the same dates mostly say the same.

mod clockwork;
mod days;
mod meaning;
mod notes;
mod picks;
mod sentence;
mod skips;
mod times;
mod weekdays;
mod words;

use chrono::{NaiveDate, NaiveDateTime, Timelike as _};

use self::days::Role;
use self::meaning::Meaning;
use self::sentence::Sentence;
use super::rule::{Frequency, Rule, Until};
use crate::civil::Civil;
use crate::series::Mode;

impl Rule {
    /// What it says when it sets out from `start`, as `every other week on Monday and Thursday at 09:00, 10 times`.
    ///
    /// What the rule leaves to the start is said, too; from which date on it is, is not.
    pub fn description(&self, start: Civil) -> String {
        self.description_in(Mode::Schedule, start)
    }

    /// As [`Rule::description`], in a mode. Where each date is counted from a completion that is said, and what the rule
    /// leaves open is no longer the start's.
    pub fn description_in(&self, mode: Mode, start: Civil) -> String {
        let meaning = match mode {
            Mode::Schedule => Meaning::of(self, start.start()),
            Mode::Completion => Meaning::from_completions(self, start.start()),
        };
        if self.count() == Some(1) || meaning.picks_nothing {
            return format!("once, on {}", moment(start));
        }
        let has_times = !start.is_date() || self.time_part().is_some();
        let mut sentence = if meaning.frequency < Frequency::Daily {
            clockwork::sentence(&meaning)
        } else {
            calendar(&meaning, has_times)
        };
        if mode == Mode::Completion {
            sentence.aside("counted from each completion");
        }
        if let Some(count) = self.count() {
            sentence.aside(&format!("{count} times"));
        }
        if let Some(until) = self.until() {
            sentence.aside(&format!("until {}", last(until)));
        }
        sentence.into_text()
    }
}

/// What repeats by days or longer periods.
fn calendar(meaning: &Meaning, has_times: bool) -> Sentence {
    let mut sentence = match meaning.frequency {
        Frequency::Weekly if meaning.repeats_always() && !meaning.leaves_day => weekdays::weekly(meaning),
        Frequency::Daily => {
            let mut sentence = Sentence::new(every(meaning.interval, "day"));
            limit(&mut sentence, meaning);
            if !meaning.positions.is_empty() {
                sentence.announce(&words::picks(&meaning.positions));
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

fn periodic(meaning: &Meaning) -> Sentence {
    let (unit, role) = match meaning.frequency {
        Frequency::Weekly => ("week", Role::OfWeek),
        Frequency::Monthly => ("month", Role::OfMonth),
        _ => ("year", Role::OfYear),
    };
    if let Some(both) = weekdays::with_places(meaning) {
        return Sentence::new(both);
    }
    let mut sentence = Sentence::new(every(meaning.interval, unit));
    if let Some(picked) = weekdays::picked(meaning) {
        sentence.add(&picked);
        if role == Role::OfMonth && !meaning.days.months.is_empty() {
            sentence.aside(&words::only_in(meaning.days.months));
        }
        return sentence;
    }
    let days = days::days(meaning, role);
    if meaning.positions.is_empty() {
        sentence.append(&days);
    } else {
        sentence.announce(&words::picks(&meaning.positions));
        sentence.append(&days.without("on "));
    }
    sentence
}

/// Says on which days shorter periods may be.
fn limit(sentence: &mut Sentence, meaning: &Meaning) {
    let is_month = meaning.has_only_weekdays() && meaning.days.weekdays.is_empty();
    let is_clockwork = meaning.frequency < Frequency::Daily;
    let is_limited = meaning.times.hours().len() < 24 && is_clockwork;
    if meaning.interval == 1 && !is_limited && (is_month || is_clockwork) {
        let names_month_days = !meaning.days.month_days.is_empty();
        let role = if names_month_days { Role::OfYear } else { Role::Limit };
        sentence.append(&days::days(meaning, role));
    } else if is_month && !meaning.days.months.is_empty() {
        sentence.another_aside(&words::only_in(meaning.days.months));
    } else {
        let days = days::days(meaning, Role::Limit).into_text();
        if !days.is_empty() {
            sentence.another_aside(&format!("only {days}"));
        }
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
mod completion_tests;
#[cfg(test)]
mod exotic_tests;
#[cfg(test)]
mod spoken_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod unambiguous;
