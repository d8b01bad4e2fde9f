//! Numbers, names and lists in words.

use super::super::bits::{Bits, Ordinals};

/// From so many neighbours on, a list names only the first and the last of them.
const RUN: usize = 4;
/// From so many months on, those are named that are not among them.
const MOST: u32 = 8;

const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const ORDINALS: [&str; 10] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
];

/// The name of a day of the week, Monday being 0.
pub(super) fn weekday(day: u32) -> &'static str {
    WEEKDAYS[day as usize % 7]
}

/// The names of months, January being 1; of most of them, the names of the others.
pub(super) fn months(months: Bits<1>) -> String {
    match months.len() {
        12 => "every month".to_owned(),
        MOST.. => format!("every month except {}", month_names(others(months))),
        _ => month_names(months),
    }
}

/// `in June`, or `except in June`.
pub(super) fn in_months(months: Bits<1>) -> String {
    if months.len() < MOST {
        format!("in {}", month_names(months))
    } else {
        format!("except in {}", month_names(others(months)))
    }
}

/// `only in June`, or `except in June`.
pub(super) fn only_in(months: Bits<1>) -> String {
    let only = if months.len() < MOST { "only " } else { "" };
    format!("{only}{}", in_months(months))
}

fn others(months: Bits<1>) -> Bits<1> {
    (1..=12).filter(|month| !months.contains(*month)).collect()
}

fn month_names(months: Bits<1>) -> String {
    let names = months.iter().map(|month| MONTHS[(month as usize + 11) % 12].to_owned());
    list(&names.collect::<Vec<_>>(), "and")
}

/// `a, b and c`, with another word for `and` perhaps.
pub(super) fn list(items: &[String], word: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [others @ .., last] => format!("{} {word} {last}", others.join(", ")),
    }
}

/// Ascending numbers, each as `named`, with runs of neighbours told by their ends.
pub(super) fn runs(numbers: impl Iterator<Item = u32>, named: impl Fn(u32) -> String) -> Vec<String> {
    let told = |run: &[u32]| match run {
        [first, .., last] if run.len() >= RUN => vec![format!("{} to {}", named(*first), named(*last))],
        few => few.iter().map(|number| named(*number)).collect(),
    };
    let numbers: Vec<_> = numbers.collect();
    numbers.chunk_by(|a, b| a.abs_diff(*b) == 1).flat_map(told).collect()
}

/// The numbers of a list.
pub(super) fn numbers(numbers: Bits<1>) -> String {
    list(&runs(numbers.iter(), |number| number.to_string()), "and")
}

/// `1st`.
pub(super) fn numeral(number: u32) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// `first`, and from eleven on `11th`.
fn ordinal(number: u32) -> String {
    let word = number.checked_sub(1).and_then(|index| ORDINALS.get(index as usize));
    word.map_or_else(|| numeral(number), |word| (*word).to_owned())
}

/// `last`, `second-to-last` …
fn from_end(number: u32) -> String {
    if number == 1 {
        "last".to_owned()
    } else {
        format!("{}-to-last", ordinal(number))
    }
}

/// Places in words, as `first, third and last`, with another word for `and` perhaps.
pub(super) fn places<const WORDS: usize>(places: &Ordinals<WORDS>, word: &str) -> String {
    let mut items = runs(places.from_start.iter(), ordinal);
    items.extend(runs(places.from_end.iter().rev(), from_end));
    list(&items, word)
}

/// Announces what positions pick from.
pub(super) fn picks(positions: &Ordinals<6>) -> String {
    format!("only the {} of these", places(positions, "and"))
}

/// Days counted from the start in figures, and from the end in words, as `the 1st and 15th and the last day`.
///
/// `noun` follows the former.
pub(super) fn days<const WORDS: usize>(days: &Ordinals<WORDS>, noun: &str, word: &str) -> String {
    let mut parts = Vec::new();
    if !days.from_start.is_empty() {
        let items = runs(days.from_start.iter(), numeral);
        parts.push(format!("the {}{noun}", list(&items, word)));
    }
    let last = days.from_end.len();
    if last > 1 && days.from_end.at_or_before(u32::MAX) == Some(last) {
        parts.push(format!("the last {last} days"));
    } else if last > 0 {
        let items = runs(days.from_end.iter().rev(), from_end);
        parts.push(format!("the {} day", list(&items, word)));
    }
    list(&parts, word)
}
