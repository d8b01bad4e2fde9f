//! Days in words.

use super::super::almanac::Scope;
use super::super::bits::Bits;
use super::super::rule::Skip;
use super::meaning::Meaning;
use super::sentence::Sentence;
use super::{skips, weekdays, words};

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
    let mut says_months = false;
    if meaning.leaves_day {
        says_months = role == Role::OfYear && meaning.weeks.is_empty();
        sentence.add(&same_day(meaning, role));
    } else if !days.month_days.is_empty() {
        says_months = role != Role::OfMonth;
        sentence.add(&format!("on {}", month_days(meaning, role)));
    } else if !days.year_days.is_empty() {
        let named = words::days(&days.year_days, " day", "and");
        sentence.add(&format!("on {named} of the year"));
    } else if !days.weekdays.is_empty() {
        says_months = matches!(role, Role::OfYear | Role::Limit) && meaning.weeks.is_empty();
        sentence.add(&format!("on {}", weekdays(meaning, role)));
    } else if !meaning.weeks.is_empty() {
        sentence.add(&format!("on every day of {}", weeks(meaning)));
    } else if days.months.is_empty() || role == Role::OfMonth || role == Role::OfWeek {
        sentence.add(if role == Role::Limit { "" } else { "on every day" });
    } else {
        says_months = true;
        sentence.add(&if role == Role::Limit {
            words::in_months(days.months)
        } else {
            format!("on every day of {}", words::months(days.months))
        });
    }
    if let Some(skip) = skips::said(meaning) {
        sentence.aside(&skip);
    }
    conditions(&mut sentence, meaning, says_months);
    sentence
}

/// The day of the completion, so far as it must be said.
fn same_day(meaning: &Meaning, role: Role) -> String {
    let months = meaning.days.months;
    if !meaning.weeks.is_empty() {
        format!("on the same weekday of {}", weeks(meaning))
    } else if role == Role::OfYear && !months.is_empty() {
        format!("on the same day of {}", words::months(months))
    } else if meaning.days.skip == Skip::Omit && meaning.positions.is_empty() {
        String::new()
    } else {
        "on the same day".to_owned()
    }
}

/// What else must be true of the days.
fn conditions(sentence: &mut Sentence, meaning: &Meaning, says_months: bool) {
    let days = &meaning.days;
    let (has_month_days, has_year_days) = (!days.month_days.is_empty(), !days.year_days.is_empty());
    let names_days = has_month_days || has_year_days;
    let mut conditions = Vec::new();
    if names_days && !days.weekdays.is_empty() {
        conditions.push(weekdays::one_of(&days.weekdays, days.scope));
    }
    if has_month_days && has_year_days {
        conditions.push(format!("{} of the year", words::days(&days.year_days, " day", "or")));
    }
    if names_days && !meaning.weeks.is_empty() {
        conditions.push(format!("in {}", weeks(meaning)));
    }
    for (index, condition) in conditions.iter().enumerate() {
        let and = if index == 0 { "" } else { "and " };
        sentence.aside(&format!("{and}if it is {condition}"));
    }
    if !days.months.is_empty() && !says_months {
        sentence.aside(&words::only_in(days.months));
    }
    if let Some(first) = meaning.week_start {
        let first = words::weekday(first.num_days_from_monday());
        sentence.aside(&format!("weeks beginning on {first}"));
    }
}

/// `weeks 1 and 20 and the last week`.
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
    words::list(&parts, "and")
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
            Role::Limit => weekdays::plural(every),
            Role::OfWeek => weekdays::within_week(every),
            _ if has_weeks => weekdays::within_week(every),
            _ => format!("every {}", weekdays::singular(every)),
        });
    }
    items.extend(weekdays::by_place(&days.weekdays, "and"));
    let named = words::list(&items, "and");
    let has_places = days.weekdays.has_places();
    match role {
        Role::OfMonth | Role::OfWeek => named,
        _ if has_weeks => format!("{named} of {}", weeks(meaning)),
        _ if !days.months.is_empty() => {
            let months = words::months(days.months);
            let of = if has_places {
                format!("of {months}")
            } else {
                words::in_months(days.months)
            };
            format!("{named} {of}")
        }
        _ if !has_places => named,
        _ if days.scope == Scope::Year => format!("{named} of the year"),
        _ => format!("{named} of every month"),
    }
}
