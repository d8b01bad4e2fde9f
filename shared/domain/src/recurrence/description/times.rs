//! Times of day in words.

use super::super::bits::Bits;
use super::super::times::Times;
use super::sentence::Sentence;
use super::words;

/// How many times are listed rather than told by what they have in common.
const FEW: u32 = 4;
/// The same, of times that lie unevenly.
const SOME: u32 = 8;
/// From how many times on nobody looks whether they lie evenly: a day's minutes.
const MANY: u32 = 1_440;

const MINUTE: u32 = 60;
const HOUR: u32 = 3_600;

/// Goes on with the times of a day.
pub(super) fn of_day(sentence: &mut Sentence, times: &Times) {
    let is_worth_it = (FEW + 1..=MANY).contains(&times.len());
    match is_worth_it.then(|| even(times)).flatten() {
        Some(even) => sentence.aside(&even),
        None if times.len() <= SOME => sentence.add(&format!("at {}", listed(times))),
        None => {
            let hours = if times.hours().len() == 24 {
                "every hour".to_owned()
            } else {
                numbered("hour", times.hours())
            };
            sentence.add(&match past_minutes(times) {
                Some(minutes) => format!("at {minutes} past {hours}"),
                None => format!("at {} of {hours}", past_seconds(times)),
            });
        }
    }
}

/// The times of a day as a list that something is picked from.
pub(super) fn picked(times: &Times) -> String {
    let mut sentence = Sentence::default();
    of_day(&mut sentence, times);
    let text = sentence.into_text();
    let text = text
        .strip_prefix("at ")
        .or_else(|| text.strip_prefix(", "))
        .map(str::to_owned);
    text.unwrap_or_default()
}

/// The times of an hour.
pub(super) fn of_hour(times: &Times) -> String {
    let (minutes, seconds) = (times.minutes(), times.seconds());
    let is_single = minutes.len() == 1 && seconds.len() == 1;
    match past_minutes(times) {
        Some(_) if minutes == Bits::below(1) => "on the hour".to_owned(),
        Some(_) if minutes.len() == 60 => "at every minute of the hour".to_owned(),
        Some(minutes) => format!("at {minutes} past"),
        None if minutes.len() == 60 && seconds.len() == 60 => "at every second of the hour".to_owned(),
        None if minutes == Bits::below(1) && seconds.len() < 60 => {
            format!("at {} past the hour", counted(seconds, "second"))
        }
        None if is_single => {
            let minutes = counted(minutes, "minute");
            format!("at {minutes} and {} past", counted(seconds, "second"))
        }
        None => format!("at {}", past_seconds(times)),
    }
}

/// The times of a minute; its beginning goes without saying.
pub(super) fn of_minute(times: &Times) -> Option<String> {
    match times.seconds() {
        seconds if seconds == Bits::below(1) => None,
        seconds if seconds.len() == 60 => Some("at every second of the minute".to_owned()),
        seconds => Some(format!("at {} past", counted(seconds, "second"))),
    }
}

/// Between which times of day the hours lie.
pub(super) fn within(hours: Bits<1>) -> String {
    let hours: Vec<_> = hours.iter().collect();
    let spans = hours.chunk_by(|a, b| a + 1 == *b).filter_map(|run| {
        let (first, last) = (run.first()?, run.last()?);
        Some(format!("from {first:02}:00 to {last:02}:59"))
    });
    words::list(&spans.collect::<Vec<_>>(), "and")
}

/// `the hours 8 to 11 and 15`; `every minute`, of all there are.
pub(super) fn numbered(unit: &str, numbers: Bits<1>) -> String {
    if numbers.len() == 60 {
        return format!("every {unit}");
    }
    let plural = if numbers.len() == 1 { "" } else { "s" };
    format!("the {unit}{plural} {}", words::numbers(numbers))
}

pub(super) fn counted(numbers: Bits<1>, unit: &str) -> String {
    let plural = if numbers == [1].into_iter().collect() { "" } else { "s" };
    format!("{} {unit}{plural}", words::numbers(numbers))
}

/// The minutes, where all that is said of seconds is that there are none.
fn past_minutes(times: &Times) -> Option<String> {
    (times.seconds() == Bits::below(1)).then(|| counted(times.minutes(), "minute"))
}

pub(super) fn past_seconds(times: &Times) -> String {
    let minutes = numbered("minute", times.minutes());
    if times.seconds().len() == 60 {
        format!("every second of {minutes}")
    } else {
        format!("{} past {minutes}", counted(times.seconds(), "second"))
    }
}

fn all(times: &Times) -> impl Iterator<Item = u32> + '_ {
    (0..times.len()).map_while(|index| times.nth(index))
}

/// The times of a day, if they are few.
pub(super) fn listed_if_few(times: &Times) -> Option<String> {
    (times.len() <= SOME).then(|| listed(times))
}

fn listed(times: &Times) -> String {
    let shown: Vec<_> = all(times).map(|time| clock(time, times)).collect();
    words::list(&shown, "and")
}

/// Times that lie evenly, by the distance and the first and the last of them.
fn even(times: &Times) -> Option<String> {
    let (first, second) = (times.nth(0)?, times.nth(1)?);
    let (step, last) = (second - first, times.nth(times.len().checked_sub(1)?)?);
    if last - first != step * (times.len() - 1)
        || !all(times).zip((first..).step_by(step as usize)).all(|(a, b)| a == b)
    {
        return None;
    }
    let every = match step {
        _ if step % HOUR == 0 => every(step / HOUR, "hour"),
        _ if step % MINUTE == 0 => every(step / MINUTE, "minute"),
        _ => every(step, "second"),
    };
    Some(format!(
        "{every} from {} to {}",
        clock(first, times),
        clock(last, times)
    ))
}

/// `every hour`, `every 2 hours`.
pub(super) fn every(number: u32, unit: &str) -> String {
    if number == 1 {
        format!("every {unit}")
    } else {
        format!("every {number} {unit}s")
    }
}

/// A time of day, with its seconds if any of the times has some.
fn clock(time: u32, times: &Times) -> String {
    let (hour, minute, second) = (time / HOUR, time / MINUTE % 60, time % MINUTE);
    if times.seconds() == Bits::below(1) {
        format!("{hour:02}:{minute:02}")
    } else {
        format!("{hour:02}:{minute:02}:{second:02}")
    }
}
