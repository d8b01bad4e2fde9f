//! Weekdays in words, and sentences that are about nothing else.

use super::super::almanac::Scope;
use super::super::bits::Bits;
use super::super::rule::{Frequency, Weekdays};
use super::meaning::Meaning;
use super::sentence::Sentence;
use super::words;

/// Every week, by weekdays alone: the weekday says it all.
pub(super) fn weekly(meaning: &Meaning) -> Sentence {
    let mut sentence = Sentence::new(format!("every {}", singular(meaning.days.weekdays.every)));
    if !meaning.days.months.is_empty() {
        sentence.add(&words::in_months(meaning.days.months));
    }
    sentence
}

/// `every Monday and the first Friday of every month`, where that is all.
pub(super) fn with_places(meaning: &Meaning) -> Option<String> {
    let (days, weekdays) = (&meaning.days, &meaning.days.weekdays);
    let has_both = !weekdays.every.is_empty() && weekdays.has_places();
    if !meaning.repeats_always() || !meaning.has_only_weekdays() || !has_both {
        return None;
    }
    let mut items = vec![singular(weekdays.every)];
    let of = match (meaning.frequency, days.months.is_empty()) {
        (_, false) => {
            items[0].push_str(&format!(" {}", words::in_months(days.months)));
            words::months(days.months)
        }
        (Frequency::Monthly, true) => "every month".to_owned(),
        _ => "every year".to_owned(),
    };
    items.extend(by_place(weekdays, "and"));
    Some(format!("every {} of {of}", words::list(&items, "and")))
}

/// `on the last weekday of March`, `on the third of all Tuesdays and Wednesdays`, where that is what is picked.
pub(super) fn picked(meaning: &Meaning) -> Option<String> {
    let days = &meaning.days;
    let is_plain = meaning.has_only_weekdays() && !days.weekdays.has_places() && !days.weekdays.is_empty();
    if meaning.positions.is_empty() || !is_plain || meaning.times.len() > 1 {
        return None;
    }
    let weekend: Bits<1> = [5, 6].into_iter().collect();
    let kind = match days.weekdays.every {
        every if every == Bits::below(5) => Some("weekday"),
        every if every == weekend => Some("weekend day"),
        _ => None,
    };
    let places = words::places(&meaning.positions, "and");
    let months = words::months(days.months);
    let is_yearly = match meaning.frequency {
        Frequency::Monthly => false,
        Frequency::Yearly => true,
        _ => return None,
    };
    Some(match kind {
        Some(kind) if !is_yearly => format!("on the {places} {kind}"),
        Some(kind) if days.months.is_empty() => format!("on the {places} {kind} of the year"),
        Some(kind) if days.months.len() == 1 => format!("on the {places} {kind} of {months}"),
        _ => {
            let of = match days.months.is_empty() {
                _ if !is_yearly => String::new(),
                true => " of the year".to_owned(),
                false => format!(" {}", words::in_months(days.months)),
            };
            format!("on the {places} of all {}{of}", plural(days.weekdays.every))
        }
    })
}

/// The weekdays meant by their place, as `the first and last Monday`.
pub(super) fn by_place(weekdays: &Weekdays, word: &str) -> Vec<String> {
    let days = (0..).zip(&weekdays.nth).filter(|(_, places)| !places.is_empty());
    days.map(|(day, places)| format!("the {} {}", words::places(places, word), words::weekday(day)))
        .collect()
}

/// `a Monday or the first Friday of the month`.
pub(super) fn one_of(weekdays: &Weekdays, scope: Scope) -> String {
    let mut items = Vec::new();
    if weekdays.every == Bits::below(5) {
        items.push("a weekday".to_owned());
    } else {
        items.extend(weekdays.every.iter().map(|day| format!("a {}", words::weekday(day))));
    }
    items.extend(by_place(weekdays, "or"));
    let of = match scope {
        _ if !weekdays.has_places() => "",
        Scope::Month => " of the month",
        Scope::Year => " of the year",
    };
    format!("{}{of}", words::list(&items, "or"))
}

/// `Monday and Friday`, `weekday`.
pub(super) fn singular(weekdays: Bits<1>) -> String {
    if weekdays == Bits::below(5) {
        return "weekday".to_owned();
    }
    let names = weekdays.iter().map(|day| words::weekday(day).to_owned());
    words::list(&names.collect::<Vec<_>>(), "and")
}

pub(super) fn within_week(weekdays: Bits<1>) -> String {
    if weekdays == Bits::below(5) {
        "weekdays".to_owned()
    } else {
        singular(weekdays)
    }
}

pub(super) fn plural(weekdays: Bits<1>) -> String {
    if weekdays == Bits::below(5) {
        return "weekdays".to_owned();
    }
    let names = weekdays.iter().map(|day| format!("{}s", words::weekday(day)));
    words::list(&names.collect::<Vec<_>>(), "and")
}
