//! Reading a rule's text.

use std::str::FromStr;

use chrono::Weekday;

use super::bits::{Bits, Ordinals};
use super::limits;
use super::rule::{End, Frequency, Rule, Skip, Until, WEEKDAYS, Weekdays};
use crate::civil::{Civil, CivilError};

/// The longest text that is read, in bytes.
const MAX_BYTES: usize = 2048;
const MAX_INTERVAL: u32 = 100_000;
const MAX_COUNT: u32 = 100_000;

/// How much of a part that is nowhere defined is shown in its refusal, in characters.
const SHOWN: usize = 20;

/// RFC 2445 had it in mind and no standard has it.
const NOT_SUPPORTED: &str = "BYEASTER";

/// Why a text is not a [`Rule`]. Positions are in characters from 1; the messages are for the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// No text at all.
    #[error("must be an RFC 5545 rule such as FREQ=WEEKLY;INTERVAL=2")]
    Empty,
    /// Over 2048 bytes.
    #[error("must be at most {MAX_BYTES} bytes long")]
    TooLong,
    /// The property name came along with its value.
    #[error("must not begin with RRULE:; leave that out, as in FREQ=WEEKLY;INTERVAL=2")]
    Prefixed,
    /// Two semicolons in a row, or one at an end.
    #[error("has an empty part at character {at}; parts are separated by single semicolons")]
    EmptyPart {
        /// Where the part would stand.
        at: usize,
    },
    /// A part without `=`.
    #[error("has a part at character {at} without a value; parts are written NAME=VALUE")]
    NoValue {
        /// Where the part stands.
        at: usize,
    },
    /// A name no standard defines.
    #[error("{name} at character {at} is not a part of a recurrence rule")]
    Unknown {
        /// The beginning of the name, escaped.
        name: String,
        /// Where it stands.
        at: usize,
    },
    /// A part that other software knows and no standard does.
    #[error("{name} at character {at} is not supported; a rule can count from no movable feast")]
    NotSupported {
        /// The part.
        name: &'static str,
        /// Where it stands.
        at: usize,
    },
    /// A part for the second time.
    #[error("{name} at character {at} is there twice")]
    Duplicate {
        /// The part.
        name: &'static str,
        /// Where it stands the second time.
        at: usize,
    },
    /// FREQ has another value than the standard's.
    #[error("FREQ must be SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY (character {at})")]
    Frequency {
        /// Where the value stands.
        at: usize,
    },
    /// INTERVAL or COUNT is no number or out of bounds.
    #[error("{name} must be a whole number from 1 to {most} (character {at})")]
    Number {
        /// The part.
        name: &'static str,
        /// The greatest value.
        most: u32,
        /// Where the value stands.
        at: usize,
    },
    /// An item of a list is no number or out of bounds.
    #[error("{name} must be whole numbers from {bounds}, separated by commas (character {at})")]
    Item {
        /// The part.
        name: &'static str,
        /// What an item may be.
        bounds: &'static str,
        /// Where the item stands.
        at: usize,
    },
    /// An item of BYDAY is no weekday, or its place is out of bounds.
    #[error("BYDAY must be weekdays such as MO or, from 1 to 53, 1MO or -1FR, separated by commas (character {at})")]
    Weekday {
        /// Where the item stands.
        at: usize,
    },
    /// WKST is no weekday.
    #[error("WKST must be MO, TU, WE, TH, FR, SA or SU (character {at})")]
    WeekStart {
        /// Where the value stands.
        at: usize,
    },
    /// RSCALE names another calendar.
    #[error("RSCALE must be GREGORIAN; no other calendar is supported (character {at})")]
    Calendar {
        /// Where the value stands.
        at: usize,
    },
    /// SKIP has another value than the standard's.
    #[error("SKIP must be OMIT, BACKWARD or FORWARD (character {at})")]
    Skip {
        /// Where the value stands.
        at: usize,
    },
    /// A month of a leap month's name, which other calendars have.
    #[error("BYMONTH has a leap month, which the Gregorian calendar does not have (character {at})")]
    LeapMonth {
        /// Where the item stands.
        at: usize,
    },
    /// A part that does not go with the rest (RFC 5545 §3.3.10, RFC 7529 §4.1).
    #[error("{name} at character {at} {why}")]
    Misplaced {
        /// The part.
        name: &'static str,
        /// What it does not go with.
        why: &'static str,
        /// Where it stands.
        at: usize,
    },
    /// UNTIL has none of its three forms.
    #[error("UNTIL must be like 20270301, 20270301T090000 or 20270301T090000Z (character {at})")]
    UntilShape {
        /// Where the value stands.
        at: usize,
    },
    /// UNTIL is a day or time that does not exist.
    #[error("UNTIL is no such day or time: {reason} (character {at})")]
    Until {
        /// What is wrong with it.
        reason: CivilError,
        /// Where the value stands.
        at: usize,
    },
    /// RFC 5545 allows only one of them.
    #[error("must not have both COUNT and UNTIL")]
    CountAndUntil,
    /// Every rule needs it.
    #[error("must have a FREQ part, such as FREQ=WEEKLY")]
    NoFrequency,
}

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

fn frequency(value: &str, at: usize) -> Result<Frequency, RuleError> {
    let mut all = Frequency::ALL.into_iter();
    let known = all.find(|frequency| frequency.name().eq_ignore_ascii_case(value));
    known.ok_or(RuleError::Frequency { at })
}

/// The items of a list, each with where it stands.
fn items(value: &str, at: usize) -> impl Iterator<Item = (&str, usize)> {
    value.split(',').scan(at, |at, item| {
        let here = *at;
        // What is not ASCII is refused, so that the bytes of what comes before are its characters.
        *at += item.len() + 1;
        Some((item, here))
    })
}

/// Digits alone; the standard library would read a sign too.
fn digits(text: &str) -> Option<u32> {
    let is_plain = !text.is_empty() && text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

/// A place, `+2` or `2` or `-2`, of at most `most`.
fn place(text: &str, most: u32) -> Option<i32> {
    let (is_from_end, number) = match text.strip_prefix('-') {
        Some(number) => (true, number),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let number = digits(number)
        .filter(|number| (1..=most).contains(number))?
        .cast_signed();
    Some(if is_from_end { -number } else { number })
}

fn places<const WORDS: usize>(
    value: &str,
    name: &'static str,
    most: u32,
    bounds: &'static str,
    at: usize,
) -> Result<Ordinals<WORDS>, RuleError> {
    let mut places = Ordinals::NONE;
    for (item, at) in items(value, at) {
        places.insert(place(item, most).ok_or(RuleError::Item { name, bounds, at })?);
    }
    Ok(places)
}

fn numbers(value: &str, name: &'static str, most: u32, bounds: &'static str, at: usize) -> Result<Bits<1>, RuleError> {
    let mut numbers = Bits::EMPTY;
    for (item, at) in items(value, at) {
        let number = digits(item).filter(|number| *number <= most);
        numbers.insert(number.ok_or(RuleError::Item { name, bounds, at })?);
    }
    Ok(numbers)
}

fn months(value: &str, at: usize) -> Result<Bits<1>, RuleError> {
    let mut months = Bits::EMPTY;
    for (item, at) in items(value, at) {
        if item.strip_suffix(['L', 'l']).and_then(digits).is_some() {
            return Err(RuleError::LeapMonth { at });
        }
        let (name, bounds) = ("BYMONTH", "1 to 12");
        let month = digits(item).filter(|month| (1..=12).contains(month));
        months.insert(month.ok_or(RuleError::Item { name, bounds, at })?);
    }
    Ok(months)
}

/// Civil clocks have no leap second, so 60 means 59 (RFC 5545 §3.3.12).
fn seconds(value: &str, at: usize) -> Result<Bits<1>, RuleError> {
    let seconds = numbers(value, "BYSECOND", 60, "0 to 60", at)?;
    Ok(seconds.iter().map(|second| second.min(59)).collect())
}

fn weekdays(value: &str, at: usize) -> Result<Weekdays, RuleError> {
    let mut weekdays = Weekdays::NONE;
    for (item, at) in items(value, at) {
        let (number, name) = item.split_at_checked(item.len().saturating_sub(2)).unwrap_or_default();
        let day = weekday(name).ok_or(RuleError::Weekday { at })?.num_days_from_monday();
        if number.is_empty() {
            weekdays.every.insert(day);
        } else {
            let place = place(number, 53).ok_or(RuleError::Weekday { at })?;
            weekdays.nth[day as usize].insert(place);
        }
    }
    Ok(weekdays)
}

fn weekday(name: &str) -> Option<Weekday> {
    let mut days = WEEKDAYS.into_iter();
    days.find(|(_, known)| known.eq_ignore_ascii_case(name))
        .map(|(day, _)| day)
}

fn calendar(value: &str, at: usize) -> Result<(), RuleError> {
    let is_known = value.eq_ignore_ascii_case("GREGORIAN");
    is_known.then_some(()).ok_or(RuleError::Calendar { at })
}

fn skip(value: &str, at: usize) -> Result<Skip, RuleError> {
    let mut all = [Skip::Omit, Skip::Backward, Skip::Forward].into_iter();
    let known = all.find(|skip| skip.name().eq_ignore_ascii_case(value));
    known.ok_or(RuleError::Skip { at })
}

fn number(value: &str, name: &'static str, most: u32, at: usize) -> Result<u32, RuleError> {
    let number = digits(value).filter(|number| (1..=most).contains(number));
    number.ok_or(RuleError::Number { name, most, at })
}

fn until(value: &str, at: usize) -> Result<Until, RuleError> {
    let upper = value.to_ascii_uppercase();
    let (local, utc) = match upper.strip_suffix('Z') {
        Some(local) => (local, true),
        None => (upper.as_str(), false),
    };
    let extended = extended(local).ok_or(RuleError::UntilShape { at })?;
    match (extended.parse(), utc) {
        (Ok(Civil::Date(date)), false) => Ok(Until::Date(date)),
        (Ok(Civil::DateTime(local)), false) => Ok(Until::Local(local)),
        (Ok(Civil::DateTime(utc)), true) => Ok(Until::Utc(utc.and_utc())),
        (Ok(Civil::Date(_)), true) | (Err(CivilError::Shape | CivilError::Zoned | CivilError::Fraction), _) => {
            Err(RuleError::UntilShape { at })
        }
        (Err(reason), _) => Err(RuleError::Until { reason, at }),
    }
}

/// `20270301T090000` as `2027-03-01T09:00:00`, without a look at what the digits are.
fn extended(basic: &str) -> Option<String> {
    let (date, time) = match basic.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (basic, None),
    };
    let date = match [date.get(..4), date.get(4..6), date.get(6..)] {
        [Some(year), Some(month), Some(day)] => format!("{year}-{month}-{day}"),
        _ => return None,
    };
    let Some(time) = time else { return Some(date) };
    match [time.get(..2), time.get(2..4), time.get(4..)] {
        [Some(hour), Some(minute), Some(second)] => Some(format!("{date}T{hour}:{minute}:{second}")),
        _ => None,
    }
}
