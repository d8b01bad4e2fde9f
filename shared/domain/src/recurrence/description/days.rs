//! Days in words.

use super::super::almanac::Scope;
use super::super::bits::Bits;
use super::super::rule::Weekdays;
use super::meaning::Meaning;
use super::sentence::Sentence;
use super::skips;
use super::words;

/// Where the days stand in the sentence.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// What every year has.
    OfYear,
    /// What every month has.
    OfMonth,
    /// What every week has.
    OfWeek,
    /// When shorter periods may be.
    Limit,
}

/// The days, as `on the 13th, if it is a Friday`.
pub(super) fn days(meaning: &Meaning, role: Role) -> Sentence {
    let days = &meaning.days;
    let mut sentence = Sentence::default();
    if !meaning.weeks.is_empty() {
        sentence.add(&weeks(meaning));
    }
    let mut says_months = false;
    let mut says_weekdays = false;
    if !days.month_days.is_empty() {
        says_months = role != Role::OfMonth;
        sentence.add(&format!("on {}", month_days(meaning, role)));
    } else if !days.year_days.is_empty() {
        sentence.add(&format!(
            "on {} of the year",
            words::days(&days.year_days, " day", "and")
        ));
    } else if !days.weekdays.is_empty() {
        says_weekdays = true;
        says_months = matches!(role, Role::OfYear | Role::Limit) && meaning.weeks.is_empty();
        sentence.add(&format!("on {}", weekdays(meaning, role)));
    } else if days.months.is_empty() || role == Role::OfMonth || role == Role::OfWeek {
        let is_said = role == Role::Limit && meaning.weeks.is_empty();
        sentence.add(if is_said { "" } else { "on every day" });
    } else if role == Role::Limit {
        says_months = true;
        sentence.add(&format!("in {}", words::months(days.months)));
    } else {
        says_months = true;
        sentence.add(&format!("on every day of {}", words::months(days.months)));
    }
    if let Some(skip) = skips::said(days) {
        sentence.aside(&skip);
    }
    conditions(&mut sentence, meaning, says_weekdays, says_months);
    sentence
}

/// What else must be true of the days.
fn conditions(sentence: &mut Sentence, meaning: &Meaning, says_weekdays: bool, says_months: bool) {
    let days = &meaning.days;
    if !days.weekdays.is_empty() && !says_weekdays {
        sentence.aside(&format!("if it is {}", one_of(&days.weekdays, days.scope)));
    }
    if !days.year_days.is_empty() && !days.month_days.is_empty() {
        sentence.aside(&format!(
            "if it is {} of the year",
            words::days(&days.year_days, " day", "or")
        ));
    }
    if !days.months.is_empty() && !says_months {
        sentence.aside(&format!("only in {}", words::months(days.months)));
    }
    if let Some(first) = meaning.week_start {
        let first = words::weekday(first.num_days_from_monday());
        sentence.aside(&format!("weeks beginning on {first}"));
    }
}

/// `in weeks 1 and 20 and the last week`.
fn weeks(meaning: &Meaning) -> String {
    let weeks = &meaning.weeks;
    let mut parts = Vec::new();
    if !weeks.from_start.is_empty() {
        let plural = if weeks.from_start.len() == 1 { "" } else { "s" };
        parts.push(format!("week{plural} {}", words::numbers(weeks.from_start)));
    }
    if !weeks.from_end.is_empty() {
        let mut from_end = *weeks;
        from_end.from_start = Bits::EMPTY;
        parts.push(format!("the {} week", words::places(&from_end, "and")));
    }
    format!("in {}", words::list(&parts, "and"))
}

fn month_days(meaning: &Meaning, role: Role) -> String {
    let days = &meaning.days;
    let named = words::days(&days.month_days, "", "and");
    match role {
        Role::OfMonth => named,
        Role::Limit if days.months.is_empty() => named,
        _ if days.months.is_empty() => format!("{named} of every month"),
        _ if days.months.len() == 1 && days.month_days.from_end.is_empty() => {
            format!(
                "{} {}",
                words::numbers(days.month_days.from_start),
                words::months(days.months)
            )
        }
        _ => format!("{named} of {}", words::months(days.months)),
    }
}

/// `every Friday and the first Monday of March`, each role in its way.
fn weekdays(meaning: &Meaning, role: Role) -> String {
    let (days, has_weeks) = (&meaning.days, !meaning.weeks.is_empty());
    let mut items = Vec::new();
    let every = days.weekdays.every;
    if !every.is_empty() {
        items.push(match role {
            Role::Limit => plural(every),
            Role::OfWeek => within_week(every),
            _ if has_weeks => within_week(every),
            _ => format!("every {}", singular(every)),
        });
    }
    items.extend(by_place(&days.weekdays, "and"));
    let named = words::list(&items, "and");
    let has_places = days.weekdays.has_places();
    match role {
        Role::OfMonth | Role::OfWeek => named,
        _ if has_weeks => named,
        _ if !days.months.is_empty() => {
            let of = if has_places { "of" } else { "in" };
            format!("{named} {of} {}", words::months(days.months))
        }
        _ if !has_places => named,
        _ if days.scope == Scope::Year => format!("{named} of the year"),
        _ => format!("{named} of every month"),
    }
}

/// The weekdays meant by their place, as `the first and last Monday`.
fn by_place(weekdays: &Weekdays, word: &str) -> Vec<String> {
    let days = (0..).zip(&weekdays.nth).filter(|(_, places)| !places.is_empty());
    days.map(|(day, places)| format!("the {} {}", words::places(places, word), words::weekday(day)))
        .collect()
}

/// `a Monday or the first Friday of the month`.
fn one_of(weekdays: &Weekdays, scope: Scope) -> String {
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

fn within_week(weekdays: Bits<1>) -> String {
    if weekdays == Bits::below(5) {
        "weekdays".to_owned()
    } else {
        singular(weekdays)
    }
}

fn plural(weekdays: Bits<1>) -> String {
    if weekdays == Bits::below(5) {
        return "weekdays".to_owned();
    }
    let names = weekdays.iter().map(|day| format!("{}s", words::weekday(day)));
    words::list(&names.collect::<Vec<_>>(), "and")
}
