//! Reading the values of a rule's parts. Where one stands in the text is told with what is wrong with it.

use chrono::Weekday;

use super::RuleError;
use crate::civil::{Civil, CivilError};
use crate::recurrence::bits::{Bits, Ordinals};
use crate::recurrence::rule::{Frequency, Skip, Until, WEEKDAYS, Weekdays};

pub(super) fn frequency(value: &str, at: usize) -> Result<Frequency, RuleError> {
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

pub(super) fn places<const WORDS: usize>(
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

pub(super) fn numbers(
    value: &str,
    name: &'static str,
    most: u32,
    bounds: &'static str,
    at: usize,
) -> Result<Bits<1>, RuleError> {
    let mut numbers = Bits::EMPTY;
    for (item, at) in items(value, at) {
        let number = digits(item).filter(|number| *number <= most);
        numbers.insert(number.ok_or(RuleError::Item { name, bounds, at })?);
    }
    Ok(numbers)
}

pub(super) fn months(value: &str, at: usize) -> Result<Bits<1>, RuleError> {
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
pub(super) fn seconds(value: &str, at: usize) -> Result<Bits<1>, RuleError> {
    let seconds = numbers(value, "BYSECOND", 60, "0 to 60", at)?;
    Ok(seconds.iter().map(|second| second.min(59)).collect())
}

pub(super) fn weekdays(value: &str, at: usize) -> Result<Weekdays, RuleError> {
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

pub(super) fn weekday(name: &str) -> Option<Weekday> {
    let mut days = WEEKDAYS.into_iter();
    days.find(|(_, known)| known.eq_ignore_ascii_case(name))
        .map(|(day, _)| day)
}

pub(super) fn calendar(value: &str, at: usize) -> Result<(), RuleError> {
    let is_known = value.eq_ignore_ascii_case("GREGORIAN");
    is_known.then_some(()).ok_or(RuleError::Calendar { at })
}

pub(super) fn skip(value: &str, at: usize) -> Result<Skip, RuleError> {
    let mut all = [Skip::Omit, Skip::Backward, Skip::Forward].into_iter();
    let known = all.find(|skip| skip.name().eq_ignore_ascii_case(value));
    known.ok_or(RuleError::Skip { at })
}

pub(super) fn number(value: &str, name: &'static str, most: u32, at: usize) -> Result<u32, RuleError> {
    let number = digits(value).filter(|number| (1..=most).contains(number));
    number.ok_or(RuleError::Number { name, most, at })
}

pub(super) fn until(value: &str, at: usize) -> Result<Until, RuleError> {
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
