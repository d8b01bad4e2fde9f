//! Reading a rule's text.

mod error;
mod values;

use std::str::FromStr;

use chrono::Weekday;
pub use error::RuleError;
use values::{calendar, frequency, months, number, numbers, places, seconds, skip, until, weekday, weekdays};

use super::bits::{Bits, Ordinals};
use super::limits;
use super::rule::{End, Frequency, Rule, Skip, Until, Weekdays};

/// The longest text that is read, in bytes.
const MAX_BYTES: usize = 2048;
const MAX_INTERVAL: u32 = 100_000;
const MAX_COUNT: u32 = 100_000;

/// How much of a part that is nowhere defined is shown in its refusal, in characters.
const SHOWN: usize = 20;

/// RFC 2445 had it in mind and no standard has it.
const NOT_SUPPORTED: &str = "BYEASTER";

/// Parts may come in any order, and in upper or lower case.
impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        if text.is_empty() {
            return Err(RuleError::Empty);
        }
        if text.len() > MAX_BYTES {
            return Err(RuleError::TooLong);
        }
        let prefix = text.get(..6).unwrap_or_default();
        if prefix.eq_ignore_ascii_case("RRULE:") {
            return Err(RuleError::Prefixed);
        }
        let mut parts = Parts::default();
        let mut at = 1;
        for part in text.split(';') {
            parts.read(part, at)?;
            // What could be read is ASCII, so that its bytes are its characters.
            at += part.len() + 1;
        }
        parts.rule()
    }
}

/// What has been read so far, and where.
#[derive(Default)]
struct Parts {
    frequency: Option<Frequency>,
    interval: Option<u32>,
    count: Option<u32>,
    until: Option<Until>,
    months: Option<Bits<1>>,
    weeks: Option<Ordinals<1>>,
    year_days: Option<Ordinals<6>>,
    month_days: Option<Ordinals<1>>,
    weekdays: Option<Weekdays>,
    hours: Option<Bits<1>>,
    minutes: Option<Bits<1>>,
    seconds: Option<Bits<1>>,
    positions: Option<Ordinals<6>>,
    week_start: Option<Weekday>,
    calendar: Option<()>,
    skip: Option<Skip>,
    places: Vec<(&'static str, usize)>,
}

impl Parts {
    fn read(&mut self, part: &str, at: usize) -> Result<(), RuleError> {
        if part.is_empty() {
            return Err(RuleError::EmptyPart { at });
        }
        let (given, value) = part.split_once('=').ok_or(RuleError::NoValue { at })?;
        let upper = given.to_ascii_uppercase();
        let Some(name) = NAMES.into_iter().find(|name| *name == upper) else {
            return Err(refused(&upper, at));
        };
        if self.places.iter().any(|(other, _)| *other == name) {
            return Err(RuleError::Duplicate { name, at });
        }
        self.places.push((name, at));
        self.read_value(name, value, at + given.len() + 1)
    }

    fn read_value(&mut self, name: &'static str, value: &str, at: usize) -> Result<(), RuleError> {
        match name {
            "FREQ" => self.frequency = Some(frequency(value, at)?),
            "INTERVAL" => self.interval = Some(number(value, name, MAX_INTERVAL, at)?),
            "COUNT" => self.count = Some(number(value, name, MAX_COUNT, at)?),
            "UNTIL" => self.until = Some(until(value, at)?),
            "BYMONTH" => self.months = Some(months(value, at)?),
            "BYWEEKNO" => self.weeks = Some(places(value, name, 53, "1 to 53 or -53 to -1", at)?),
            "BYYEARDAY" => self.year_days = Some(places(value, name, 366, "1 to 366 or -366 to -1", at)?),
            "BYMONTHDAY" => self.month_days = Some(places(value, name, 31, "1 to 31 or -31 to -1", at)?),
            "BYDAY" => self.weekdays = Some(weekdays(value, at)?),
            "BYHOUR" => self.hours = Some(numbers(value, name, 23, "0 to 23", at)?),
            "BYMINUTE" => self.minutes = Some(numbers(value, name, 59, "0 to 59", at)?),
            "BYSECOND" => self.seconds = Some(seconds(value, at)?),
            "BYSETPOS" => self.positions = Some(places(value, name, 366, "1 to 366 or -366 to -1", at)?),
            "WKST" => self.week_start = Some(weekday(value).ok_or(RuleError::WeekStart { at })?),
            "RSCALE" => self.calendar = Some(calendar(value, at)?),
            _ => self.skip = Some(skip(value, at)?),
        }
        Ok(())
    }

    fn rule(self) -> Result<Rule, RuleError> {
        let end = match (self.count, self.until) {
            (Some(_), Some(_)) => return Err(RuleError::CountAndUntil),
            (Some(count), None) => End::Count(count),
            (None, Some(until)) => End::Until(until),
            (None, None) => End::Never,
        };
        let rule = Rule {
            frequency: self.frequency.ok_or(RuleError::NoFrequency)?,
            interval: self.interval.unwrap_or(1),
            end,
            months: self.months.unwrap_or(Bits::EMPTY),
            weeks: self.weeks.unwrap_or(Ordinals::NONE),
            year_days: self.year_days.unwrap_or(Ordinals::NONE),
            month_days: self.month_days.unwrap_or(Ordinals::NONE),
            weekdays: self.weekdays.unwrap_or(Weekdays::NONE),
            hours: self.hours.unwrap_or(Bits::EMPTY),
            minutes: self.minutes.unwrap_or(Bits::EMPTY),
            seconds: self.seconds.unwrap_or(Bits::EMPTY),
            positions: self.positions.unwrap_or(Ordinals::NONE),
            week_start: self.week_start.unwrap_or(Weekday::Mon),
            skip: self.skip.unwrap_or_default(),
        };
        let misplaced = limits::misplaced(&rule, self.skip.is_some() && self.calendar.is_none());
        misplaced.map_or(Ok(rule), |(name, why)| {
            let place = self.places.iter().find(|(other, _)| *other == name);
            let at = place.map_or(1, |(_, at)| *at);
            Err(RuleError::Misplaced { name, why, at })
        })
    }
}

/// The parts there are.
const NAMES: [&str; 16] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "BYMONTH",
    "BYWEEKNO",
    "BYYEARDAY",
    "BYMONTHDAY",
    "BYDAY",
    "BYHOUR",
    "BYMINUTE",
    "BYSECOND",
    "BYSETPOS",
    "WKST",
    "RSCALE",
    "SKIP",
];

fn refused(name: &str, at: usize) -> RuleError {
    if name == NOT_SUPPORTED {
        let name = NOT_SUPPORTED;
        return RuleError::NotSupported { name, at };
    }
    let shown = name.chars().take(SHOWN).flat_map(char::escape_debug);
    RuleError::Unknown {
        name: shown.collect(),
        at,
    }
}
