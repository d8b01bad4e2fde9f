//! What a rule comes to from its start: one form for rules that give the same dates, as far as they are seen to.

use chrono::{Datelike as _, NaiveDateTime, Weekday};

use super::super::almanac::{DayParts, Scope};
use super::super::bits::{Bits, Ordinals};
use super::super::calendar::month_len;
use super::super::expansion;
use super::super::rule::{Frequency, Rule, Skip, Weekdays};
use super::super::times::Times;

/// A rule with what the start says, without what changes nothing.
#[derive(Clone, Debug)]
pub(super) struct Meaning {
    pub(super) frequency: Frequency,
    pub(super) interval: u32,
    pub(super) weeks: Ordinals<1>,
    pub(super) days: DayParts,
    /// Hours, minutes and seconds shorter than the frequency are what a period has; the others limit the periods.
    pub(super) times: Times,
    pub(super) positions: Ordinals<6>,
    /// Where weeks begin, if they do not begin on Monday and that changes the dates.
    pub(super) week_start: Option<Weekday>,
    /// Whether the day is the completion's: nothing names one, and the start's is none of its dates.
    pub(super) leaves_day: bool,
    /// Whether the minute is the completion's.
    pub(super) leaves_minute: bool,
    /// Whether positions pick from fewer dates than they count: nothing follows the start.
    pub(super) picks_nothing: bool,
}

impl Meaning {
    pub(super) fn of(rule: &Rule, start: NaiveDateTime) -> Self {
        Self::new(rule, start).simplified(rule, Some(start))
    }

    /// What the rule comes to where it begins anew with each completion: what it leaves open is not the start's, except
    /// the time of day of what repeats by days or longer.
    pub(super) fn from_completions(rule: &Rule, start: NaiveDateTime) -> Self {
        let mut meaning = Self::new(rule, start);
        let days = &mut meaning.days;
        let [hours, mut minutes, mut seconds] = meaning.times.parts();
        let names_days = !(rule.year_days.is_empty() && rule.month_days.is_empty() && rule.weekdays.is_empty());
        meaning.leaves_day = rule.frequency > Frequency::Daily && !names_days;
        meaning.leaves_minute = rule.frequency == Frequency::Hourly && rule.minutes.is_empty();
        if meaning.leaves_day {
            (days.months, days.month_days, days.weekdays) = (rule.months, Ordinals::NONE, Weekdays::NONE);
        }
        if meaning.leaves_minute {
            minutes = Bits::below(1);
        }
        if matches!(rule.frequency, Frequency::Hourly | Frequency::Minutely) && rule.seconds.is_empty() {
            seconds = Bits::below(1);
        }
        meaning.times = Times::new(hours, minutes, seconds);
        meaning.simplified(rule, None)
    }

    /// The rule's parts, and the start's where the rule has none.
    fn new(rule: &Rule, start: NaiveDateTime) -> Self {
        Self {
            frequency: rule.frequency,
            interval: rule.interval,
            weeks: rule.weeks,
            days: expansion::day_parts(rule, start),
            times: times(rule, start),
            positions: rule.positions,
            week_start: None,
            leaves_day: false,
            leaves_minute: false,
            picks_nothing: false,
        }
    }

    /// Without what changes nothing; `start` is none where it may be any time.
    fn simplified(mut self, rule: &Rule, start: Option<NaiveDateTime>) -> Self {
        self.drop_full_parts();
        self.drop_skip();
        self.place_single_picks();
        self.settle_picks(rule.week_start);
        let is_open = self.leaves_day || start.is_none() && self.frequency < Frequency::Daily;
        if self.repeats_always() && !is_open {
            // Where it is counted from completions, days are counted from their day, and hours from their moment.
            let by_clock = start.and_then(|_| self.natural_clockwork());
            self.frequency = by_clock.unwrap_or_else(|| self.natural_frequency());
        } else if self.is_of_one_month() {
            self.frequency = Frequency::Yearly;
        }
        self.week_start = self.said_week_start(rule.week_start, start);
        self
    }

    /// Whether every day and time that the parts let be is a date: nothing is counted.
    pub(super) fn repeats_always(&self) -> bool {
        self.interval == 1 && self.positions.is_empty()
    }

    /// Whether days are named by nothing but weekdays, if at all.
    pub(super) fn has_only_weekdays(&self) -> bool {
        self.weeks.is_empty() && self.days.year_days.is_empty() && self.days.month_days.is_empty()
    }

    /// Leaves out parts that let everything be.
    fn drop_full_parts(&mut self) {
        let days = &mut self.days;
        if days.weekdays.every == Bits::below(7) {
            days.weekdays = Weekdays::NONE;
        }
        for day in days.weekdays.every.iter() {
            days.weekdays.nth[day as usize] = Ordinals::NONE;
        }
        // A completion's day in every month is not its day in the year.
        let repeats_in_year = self.leaves_day && self.frequency == Frequency::Yearly && self.weeks.is_empty();
        if days.months.len() == 12 && !repeats_in_year {
            days.months = Bits::EMPTY;
        }
    }

    /// Leaves SKIP out where no month and no year lacks any of the days.
    fn drop_skip(&mut self) {
        // The completion's day may be any.
        if !self.leaves_day && !lacks(&self.days).contains(&true) {
            self.days.skip = Skip::Omit;
        }
    }

    /// Reads positions among the days of one weekday, or among all days, as the places of these days.
    fn place_single_picks(&mut self) {
        let days = &mut self.days;
        let has_one_period = match self.frequency {
            Frequency::Monthly => true,
            Frequency::Yearly => days.scope == Scope::Year || days.months.len() == 1,
            _ => false,
        };
        let is_plain = self.weeks.is_empty() && days.year_days.is_empty() && days.month_days.is_empty();
        let is_single = self.times.len() == 1 && is_plain && !days.weekdays.has_places();
        if !has_one_period || !is_single || self.positions.is_empty() || self.leaves_day {
            return;
        }
        let every = days.weekdays.every;
        let in_year = days.scope == Scope::Year;
        let placed = match (every.len(), in_year) {
            (1, true) => narrowed(&self.positions, 53).map(|places| days.weekdays = nth(every, places)),
            (1, false) => narrowed(&self.positions, 5).map(|places| days.weekdays = nth(every, places)),
            (0, true) => {
                days.year_days = self.positions;
                Some(())
            }
            (0, false) => narrowed(&self.positions, 31).map(|places| days.month_days = places),
            _ => None,
        };
        if placed.is_some() {
            self.positions = Ordinals::NONE;
        }
    }

    /// The period that a person would name, if that is shorter than a day.
    fn natural_clockwork(&self) -> Option<Frequency> {
        let is_full = |part: Bits<1>, end| part == Bits::below(end);
        if is_full(self.times.seconds(), 60) {
            Some(Frequency::Secondly)
        } else if is_full(self.times.minutes(), 60) {
            Some(Frequency::Minutely)
        } else if is_full(self.times.hours(), 24) {
            Some(Frequency::Hourly)
        } else {
            None
        }
    }

    /// The period that a person would name, of days.
    fn natural_frequency(&self) -> Frequency {
        let days = &self.days;
        if !self.weeks.is_empty() || !days.year_days.is_empty() {
            Frequency::Yearly
        } else if !days.month_days.is_empty() || days.weekdays.has_places() {
            if days.months.is_empty() && (days.scope == Scope::Month || !days.weekdays.has_places()) {
                Frequency::Monthly
            } else {
                Frequency::Yearly
            }
        } else if days.weekdays.is_empty() {
            Frequency::Daily
        } else {
            Frequency::Weekly
        }
    }

    /// Whether each month that is counted is its year's only one.
    fn is_of_one_month(&self) -> bool {
        self.frequency == Frequency::Monthly && self.interval == 1 && self.days.months.len() == 1
    }

    fn said_week_start(&self, week_start: Weekday, start: Option<NaiveDateTime>) -> Option<Weekday> {
        let changes = match self.frequency {
            _ if !self.weeks.is_empty() => week_start != Weekday::Mon,
            Frequency::Weekly if !self.repeats_always() => match start {
                Some(start) => self.is_cut_otherwise(week_start, start.weekday().num_days_from_monday()),
                None => !self.leaves_day && week_start != Weekday::Mon,
            },
            _ => false,
        };
        changes.then_some(week_start)
    }

    /// Whether one of the weekdays is in another week, seen from the day `start`, where weeks begin on `week_start` and
    /// not on Monday.
    fn is_cut_otherwise(&self, week_start: Weekday, start: u32) -> bool {
        let into = |day: u32, first: Weekday| ((day + 7 - first.num_days_from_monday()) % 7).cast_signed();
        let from_start = |day, first| into(day, first) - into(start, first);
        let weekdays = self.days.weekdays;
        (0..7)
            .filter(|day| weekdays.is_empty() || weekdays.every.contains(*day))
            .any(|day| from_start(day, week_start) != from_start(day, Weekday::Mon))
    }
}

/// The hours, minutes and seconds that there are; a limit that is not given lets all be.
pub(super) fn times(rule: &Rule, start: NaiveDateTime) -> Times {
    let [hours, minutes, seconds] = expansion::times(rule, start).parts();
    let or_all = |frequency, given: Bits<1>, part, end| {
        if rule.frequency <= frequency && given.is_empty() {
            Bits::below(end)
        } else {
            part
        }
    };
    Times::new(
        or_all(Frequency::Hourly, rule.hours, hours, 24),
        or_all(Frequency::Minutely, rule.minutes, minutes, 60),
        or_all(Frequency::Secondly, rule.seconds, seconds, 60),
    )
}

/// Whether a month lacks one of the days that are counted from its start, and from its end; and the same of years.
pub(super) fn lacks(days: &DayParts) -> [bool; 4] {
    let months = (1..=12).filter(|month| days.months.is_empty() || days.months.contains(*month));
    let shortest = months
        .map(|month| month_len(false, month - 1))
        .min()
        .unwrap_or_default();
    let is_beyond = |places: Bits<1>| places.at_or_after(shortest + 1).is_some();
    [
        is_beyond(days.month_days.from_start),
        is_beyond(days.month_days.from_end),
        days.year_days.from_start.contains(366),
        days.year_days.from_end.contains(366),
    ]
}

/// The same places in fewer words, if they are at most `most`.
fn narrowed(places: &Ordinals<6>, most: u32) -> Option<Ordinals<1>> {
    let mut narrowed = Ordinals::NONE;
    for place in places.iter() {
        if place.unsigned_abs() > most {
            return None;
        }
        narrowed.insert(place);
    }
    Some(narrowed)
}

fn nth(weekdays: Bits<1>, places: Ordinals<1>) -> Weekdays {
    let mut nth = Weekdays::NONE;
    for day in weekdays.iter() {
        nth.nth[day as usize] = places;
    }
    nth
}
