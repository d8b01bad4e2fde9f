//! What repeats by hours, minutes or seconds, in words.

use super::super::bits::Bits;
use super::super::rule::Frequency;
use super::meaning::Meaning;
use super::sentence::Sentence;
use super::{limit, times, words};

/// What repeats by hours, minutes or seconds.
pub(super) fn sentence(meaning: &Meaning) -> Sentence {
    let (unit, inside) = match meaning.frequency {
        Frequency::Hourly if !meaning.leaves_minute => ("hour", Some(times::of_hour(&meaning.times))),
        Frequency::Hourly => ("hour", times::of_minute(&meaning.times)),
        Frequency::Minutely => ("minute", times::of_minute(&meaning.times)),
        _ => ("second", None),
    };
    let mut sentence = Sentence::new(times::every(meaning.interval, unit));
    if let Some(listed) = listed(meaning) {
        sentence.aside(&format!("only at {listed}"));
    } else {
        if meaning.positions.is_empty() {
            sentence.add(inside.as_deref().unwrap_or_default());
        }
        hours(&mut sentence, meaning);
    }
    limit(&mut sentence, meaning);
    if !meaning.positions.is_empty() {
        sentence.announce(&words::picks(&meaning.positions));
        let inside = inside.as_deref().unwrap_or_default();
        sentence.add(inside.strip_prefix("at ").unwrap_or(inside));
    }
    sentence
}

/// The times of day at which it may be, if they are few.
fn listed(meaning: &Meaning) -> Option<String> {
    let is_limited = meaning.times.hours().len() < 24 && !meaning.leaves_minute;
    let is_plain = is_limited && meaning.positions.is_empty();
    is_plain.then(|| times::listed_if_few(&meaning.times)).flatten()
}

/// In which hours, minutes and seconds it may be.
fn hours(sentence: &mut Sentence, meaning: &Meaning) {
    let within = times::within(meaning.times.hours());
    let is_whole = meaning.times.hours().len() == 24;
    match within_hour(meaning) {
        Some(limits) if is_whole => sentence.aside(&format!("only {limits}")),
        Some(limits) => sentence.aside(&format!("only {limits} {within}")),
        None if is_whole => {}
        // It meets every hour alike, so that nobody takes an hour's beginning for one of its dates.
        None if meets_hours_alike(meaning) => sentence.add(&within),
        None => sentence.aside(&format!("only {within}")),
    }
}

fn meets_hours_alike(meaning: &Meaning) -> bool {
    let per_hour = match meaning.frequency {
        Frequency::Hourly => 1,
        Frequency::Minutely => 60,
        _ => 3_600,
    };
    per_hour % meaning.interval == 0
}

/// In which minutes and seconds it may be, as `on the hour`, where not in all.
fn within_hour(meaning: &Meaning) -> Option<String> {
    let (minutes, seconds) = (meaning.times.minutes(), meaning.times.seconds());
    let (first, has_positions) = (Bits::below(1), !meaning.positions.is_empty());
    let limits_minutes = meaning.frequency <= Frequency::Minutely && minutes.len() < 60;
    let limits_seconds = meaning.frequency == Frequency::Secondly && seconds.len() < 60;
    let limits = match (limits_minutes, limits_seconds) {
        (false, false) => return None,
        (false, true) if seconds == first => "on the minute".to_owned(),
        (false, true) => format!("at {} past the minute", times::counted(seconds, "second")),
        (true, _) if seconds == first && minutes == first && !has_positions => "on the hour".to_owned(),
        (true, _) if seconds == first && !has_positions => {
            format!("at {} past the hour", times::counted(minutes, "minute"))
        }
        (true, true) => format!("at {} of the hour", times::past_seconds(&meaning.times)),
        (true, false) if minutes == first => "in the first minute of the hour".to_owned(),
        (true, false) => format!("in {} of the hour", times::numbered("minute", minutes)),
    };
    Some(limits)
}

#[cfg(test)]
mod tests;
