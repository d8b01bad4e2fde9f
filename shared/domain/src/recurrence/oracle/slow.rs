//! A second expander, straight from the table of RFC 5545 §3.3.10: it lists every period's whole set, day by day, and
//! shares nothing with the engine but the rule's text.

use std::fmt::Debug;
use std::str::FromStr;

use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, TimeDelta, Timelike as _};

use super::set::month_len;

const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const FREQUENCIES: [&str; 7] = ["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"];
pub(super) const HOURLY: usize = 2;
pub(super) const DAILY: usize = 3;
pub(super) const WEEKLY: usize = 4;
pub(super) const MONTHLY: usize = 5;
pub(super) const YEARLY: usize = 6;

/// A rule's parts as they are written, and its start.
pub(super) struct Slow {
    pub(super) frequency: usize,
    interval: i64,
    pub(super) months: Vec<u32>,
    pub(super) weeks: Vec<i32>,
    pub(super) year_days: Vec<i32>,
    pub(super) month_days: Vec<i32>,
    /// Places, 0 where there is none, and weekdays from Monday.
    pub(super) weekdays: Vec<(i32, u32)>,
    pub(super) hours: Vec<u32>,
    pub(super) minutes: Vec<u32>,
    pub(super) seconds: Vec<u32>,
    pub(super) positions: Vec<i32>,
    week_start: u32,
    pub(super) skip: String,
    until: Option<NaiveDateTime>,
    pub(super) start: NaiveDateTime,
}

/// The first dates after a moment, and up to when there are no others.
pub(super) struct Found {
    pub(super) dates: Vec<NaiveDateTime>,
    pub(super) horizon: NaiveDateTime,
}

pub(super) fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn calendar_end() -> NaiveDateTime {
    date(9999, 12, 31).and_hms_opt(23, 59, 59).unwrap()
}

fn list<T: FromStr<Err: Debug>>(text: &str, name: &str) -> Vec<T> {
    let value = part(text, name).unwrap_or_default();
    let items = value.split(',').filter(|item| !item.is_empty());
    items.map(|item| item.parse().unwrap()).collect()
}

fn part<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut parts = text.split(';').map(|part| part.split_once('=').unwrap());
    parts.find(|(given, _)| *given == name).map(|(_, value)| value)
}

fn weekday(name: &str) -> u32 {
    u32::try_from(WEEKDAYS.iter().position(|known| *known == name).unwrap()).unwrap()
}

pub(super) fn holds<T: PartialEq>(list: &[T], item: &T) -> bool {
    list.is_empty() || list.contains(item)
}

impl Slow {
    pub(super) fn new(text: &str, start: NaiveDateTime) -> Self {
        let weekdays = part(text, "BYDAY").into_iter().flat_map(|value| value.split(','));
        let weekdays = weekdays.map(|item| {
            let (place, name) = item.split_at(item.len() - 2);
            (place.parse().unwrap_or(0), weekday(name))
        });
        let until = part(text, "UNTIL").map(|text| match text.len() {
            8 => NaiveDate::parse_from_str(text, "%Y%m%d").unwrap().into(),
            _ => NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").unwrap(),
        });
        let frequency = part(text, "FREQ").unwrap();
        Self {
            frequency: FREQUENCIES.iter().position(|known| *known == frequency).unwrap(),
            interval: part(text, "INTERVAL").map_or(1, |text| text.parse().unwrap()),
            months: list(text, "BYMONTH"),
            weeks: list(text, "BYWEEKNO"),
            year_days: list(text, "BYYEARDAY"),
            month_days: list(text, "BYMONTHDAY"),
            weekdays: weekdays.collect(),
            hours: list(text, "BYHOUR"),
            minutes: list(text, "BYMINUTE"),
            seconds: list(text, "BYSECOND"),
            positions: list(text, "BYSETPOS"),
            week_start: part(text, "WKST").map_or(0, weekday),
            skip: part(text, "SKIP").unwrap_or("OMIT").to_owned(),
            until,
            start,
        }
    }

    /// The first `most` dates after `t`, among so many steps; the start is the first of all.
    pub(super) fn after(&self, t: NaiveDateTime, most: usize, steps: usize) -> Found {
        let from = t.max(self.start);
        let mut found = if self.frequency <= DAILY {
            self.by_units(from, most, steps)
        } else {
            self.by_periods(from, most, steps)
        };
        found.dates.sort_unstable();
        found.dates.dedup();
        if t < self.start {
            found.dates.insert(0, self.start);
        }
        found.dates.retain(|at| *at <= found.horizon);
        if let Some(last) = found.dates.get(most.saturating_sub(1)) {
            found.horizon = *last;
            found.dates.truncate(most);
        }
        let until = self.until.unwrap_or(calendar_end());
        found.dates.retain(|at| *at <= until || *at == self.start);
        found
    }

    /// Days, hours, minutes or seconds, one after the other.
    fn by_units(&self, from: NaiveDateTime, most: usize, steps: usize) -> Found {
        let seconds: i64 = [1, 60, 3_600, 86_400][self.frequency];
        let floor = |at: NaiveDateTime| at - TimeDelta::seconds(at.and_utc().timestamp().rem_euclid(seconds));
        let origin = floor(self.start);
        let (mut at, mut dates) = (floor(from), Vec::new());
        for _ in 0..steps {
            if at > calendar_end() || dates.len() >= most {
                break;
            }
            let beside = (at - origin).num_seconds() / seconds % self.interval;
            if !self.is_day(at.date()) {
                at = (at.date() + Days::new(1)).into();
            } else if self.frequency < DAILY && !holds(&self.hours, &at.hour()) {
                at = at - TimeDelta::seconds((at.minute() * 60 + at.second()).into()) + TimeDelta::hours(1);
            } else if self.frequency < HOURLY && !holds(&self.minutes, &at.minute()) {
                at = at - TimeDelta::seconds(at.second().into()) + TimeDelta::minutes(1);
            } else if self.frequency == 0 && !holds(&self.seconds, &at.second()) {
                at += TimeDelta::seconds(1);
            } else if beside != 0 {
                at += TimeDelta::seconds((self.interval - beside) * seconds);
            } else {
                let set = self.times(at).into_iter().map(|time| at.date().and_time(time));
                dates.extend(self.picked(set.collect()).into_iter().filter(|at| *at > from));
                at += TimeDelta::seconds(seconds);
            }
        }
        let horizon = at - TimeDelta::seconds(1);
        Found { dates, horizon }
    }

    /// What limits days where no period is longer.
    pub(super) fn is_day(&self, day: NaiveDate) -> bool {
        let days_in = |last: NaiveDate| (day.ordinal().cast_signed(), last.ordinal().cast_signed());
        let (ordinal, year_len) = days_in(date(day.year(), 12, 31));
        let (day_of_month, month_len) = (day.day().cast_signed(), month_len(day.year(), day.month()));
        let is_one = |list: &[i32], place: i32, len: i32| {
            list.is_empty() || list.contains(&place) || list.contains(&(place - len - 1))
        };
        let weekday = (0, day.weekday().num_days_from_monday());
        holds(&self.months, &day.month())
            && is_one(&self.year_days, ordinal, year_len)
            && is_one(&self.month_days, day_of_month, month_len)
            && holds(&self.weekdays, &weekday)
    }

    /// Weeks, months or years, one after the other.
    fn by_periods(&self, from: NaiveDateTime, most: usize, steps: usize) -> Found {
        let origin = self.number(self.start.date());
        // From the period before, of which a day may have been moved into this one.
        let begin = (self.number(from.date()) - 1 - origin).div_euclid(self.interval);
        let (mut number, mut dates) = (origin + begin * self.interval, Vec::new());
        for step in 0.. {
            let Some(first) = self.first_day(number).filter(|first| first.year() <= 10_000) else {
                let horizon = calendar_end();
                return Found { dates, horizon };
            };
            if step >= steps || (step > 2 && dates.len() > most) {
                let horizon = NaiveDateTime::from(first) - TimeDelta::seconds(86_401);
                return Found { dates, horizon };
            }
            let mut set = Vec::new();
            for day in self.days(number, first) {
                let times = self.times(self.start).into_iter();
                set.extend(times.map(|time| day.and_time(time)));
            }
            dates.extend(self.picked(set).into_iter().filter(|at| *at > from));
            number += self.interval;
        }
        unreachable!()
    }

    /// The number of the period a day is in.
    fn number(&self, day: NaiveDate) -> i64 {
        let year = i64::from(day.year());
        match self.frequency {
            WEEKLY => (self.week_of(day) - date(1, 1, 1)).num_days().div_euclid(7),
            MONTHLY => year * 12 + i64::from(day.month0()),
            _ if self.weeks.is_empty() => year,
            _ => (year - 1..=year + 1)
                .rfind(|year| self.first_week(*year) <= day)
                .unwrap(),
        }
    }

    fn first_day(&self, number: i64) -> Option<NaiveDate> {
        let year = |number: i64| i32::try_from(number).unwrap();
        match self.frequency {
            WEEKLY => {
                let days = u64::try_from(number * 7).unwrap();
                let within = date(1, 1, 1).checked_add_days(Days::new(days + 6))?;
                Some(self.week_of(within))
            }
            MONTHLY => {
                let month = u32::try_from(number.rem_euclid(12)).unwrap();
                NaiveDate::from_ymd_opt(year(number.div_euclid(12)), month + 1, 1)
            }
            _ if self.weeks.is_empty() => NaiveDate::from_ymd_opt(year(number), 1, 1),
            _ => NaiveDate::from_ymd_opt(year(number), 1, 1).map(|_| self.first_week(number)),
        }
    }

    fn week_of(&self, day: NaiveDate) -> NaiveDate {
        let mut days = (0..7).map(|back| day - Days::new(back));
        days.find(|day| day.weekday().num_days_from_monday() == self.week_start)
            .unwrap()
    }

    /// "Week number one of the calendar year is the first week that contains at least four (4) days in that calendar
    /// year."
    pub(super) fn first_week(&self, year: i64) -> NaiveDate {
        let year = i32::try_from(year).unwrap();
        let first = self.week_of(date(year, 1, 1));
        let days = (0..7).filter(|into| (first + Days::new(*into)).year() == year);
        if days.count() >= 4 { first } else { first + Days::new(7) }
    }
}
