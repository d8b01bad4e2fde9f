//! Reading a rule's text.

use std::str::FromStr;

use super::rule::{End, Frequency, Rule, Until};
use crate::civil::{Civil, CivilError};

/// The longest text that is read, in bytes.
const MAX_BYTES: usize = 2048;
const MAX_INTERVAL: u32 = 100_000;
const MAX_COUNT: u32 = 1_000_000;

/// How much of a part that is nowhere defined is shown in its refusal, in characters.
const SHOWN: usize = 20;

/// What RFC 5545 §3.3.10, RFC 7529 §4 and common practice define beyond what this engine computes.
const NOT_SUPPORTED: [&str; 13] = [
    "BYSECOND",
    "BYMINUTE",
    "BYHOUR",
    "BYDAY",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYMONTH",
    "BYSETPOS",
    "WKST",
    "RSCALE",
    "SKIP",
    "BYEASTER",
];
const FREQUENCIES_NOT_SUPPORTED: [&str; 3] = ["HOURLY", "MINUTELY", "SECONDLY"];

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
    /// A part, or a value of FREQ, that is right but beyond this engine.
    #[error(
        "{name} is not supported yet; supported are FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, COUNT and UNTIL (character {at})"
    )]
    NotSupported {
        /// The part, or FREQ with its value.
        name: String,
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
    #[error("FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY (character {at})")]
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

/// What has been read so far.
#[derive(Default)]
struct Parts {
    frequency: Option<Frequency>,
    interval: Option<u32>,
    count: Option<u32>,
    until: Option<Until>,
}

impl Parts {
    fn read(&mut self, part: &str, at: usize) -> Result<(), RuleError> {
        if part.is_empty() {
            return Err(RuleError::EmptyPart { at });
        }
        let (name, value) = part.split_once('=').ok_or(RuleError::NoValue { at })?;
        let value_at = at + name.len() + 1;
        match name.to_ascii_uppercase().as_str() {
            "FREQ" => set(&mut self.frequency, frequency(value, value_at)?, "FREQ", at),
            "INTERVAL" => {
                let interval = number(value, "INTERVAL", MAX_INTERVAL, value_at)?;
                set(&mut self.interval, interval, "INTERVAL", at)
            }
            "COUNT" => {
                let count = number(value, "COUNT", MAX_COUNT, value_at)?;
                set(&mut self.count, count, "COUNT", at)
            }
            "UNTIL" => set(&mut self.until, until(value, value_at)?, "UNTIL", at),
            other => Err(refused(other, at)),
        }
    }

    fn rule(self) -> Result<Rule, RuleError> {
        let end = match (self.count, self.until) {
            (Some(_), Some(_)) => return Err(RuleError::CountAndUntil),
            (Some(count), None) => End::Count(count),
            (None, Some(until)) => End::Until(until),
            (None, None) => End::Never,
        };
        Ok(Rule {
            frequency: self.frequency.ok_or(RuleError::NoFrequency)?,
            interval: self.interval.unwrap_or(1),
            end,
        })
    }
}

fn set<T>(slot: &mut Option<T>, value: T, name: &'static str, at: usize) -> Result<(), RuleError> {
    match slot.replace(value) {
        Some(_) => Err(RuleError::Duplicate { name, at }),
        None => Ok(()),
    }
}

fn refused(name: &str, at: usize) -> RuleError {
    if NOT_SUPPORTED.contains(&name) {
        let name = name.to_owned();
        return RuleError::NotSupported { name, at };
    }
    let shown = name.chars().take(SHOWN).flat_map(char::escape_debug);
    RuleError::Unknown {
        name: shown.collect(),
        at,
    }
}

fn frequency(value: &str, at: usize) -> Result<Frequency, RuleError> {
    let value = value.to_ascii_uppercase();
    let known = Frequency::ALL.into_iter().find(|frequency| frequency.name() == value);
    known.ok_or_else(|| {
        if FREQUENCIES_NOT_SUPPORTED.contains(&value.as_str()) {
            let name = format!("FREQ={value}");
            RuleError::NotSupported { name, at }
        } else {
            RuleError::Frequency { at }
        }
    })
}

fn number(value: &str, name: &'static str, most: u32, at: usize) -> Result<u32, RuleError> {
    // Asked first because the standard library would read a sign too.
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value
        .parse()
        .ok()
        .filter(|number| digits && (1..=most).contains(number));
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
