//! The set of one period: its days, its times of day, and what is picked of them.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};

use super::slow::{DAILY, HOURLY, MONTHLY, Slow, WEEKLY, YEARLY, date, holds};

impl Slow {
    /// The days of a period, of those that exist and those that are moved.
    pub(super) fn days(&self, number: i64, first: NaiveDate) -> Vec<NaiveDate> {
        let year = first.year();
        match self.frequency {
            WEEKLY => {
                let days = first.iter_days().take(7);
                let start = [(0, self.start.weekday().num_days_from_monday())];
                let weekdays = if self.weekdays.is_empty() {
                    &start[..]
                } else {
                    &self.weekdays
                };
                let is_weekday = |day: &NaiveDate| weekdays.contains(&(0, day.weekday().num_days_from_monday()));
                days.filter(|day| holds(&self.months, &day.month()) && is_weekday(day))
                    .collect()
            }
            MONTHLY if holds(&self.months, &first.month()) => self.by_day(self.named(year, &[first.month()])),
            MONTHLY => Vec::new(),
            YEARLY if self.weeks.is_empty() => {
                let mut months: Vec<u32> = (1..=12).collect();
                if !self.months.is_empty() {
                    months.clone_from(&self.months);
                } else if !self.names_days() {
                    months = vec![self.start.month()];
                }
                self.by_day(self.named(year, &months))
            }
            _ => self.of_weeks(number, first),
        }
    }

    fn names_days(&self) -> bool {
        !(self.year_days.is_empty() && self.month_days.is_empty() && self.weekdays.is_empty())
    }

    fn of_weeks(&self, number: i64, first: NaiveDate) -> Vec<NaiveDate> {
        let end = self.first_week(number + 1);
        let count = i32::try_from((end - first).num_days() / 7).unwrap();
        let start = self.start.weekday();
        let is_named = |(into, day): &(usize, NaiveDate)| {
            let week = i32::try_from(into / 7 + 1).unwrap();
            let is_week = self.weeks.contains(&week) || self.weeks.contains(&(week - count - 1));
            is_week && self.is_day(*day) && (self.names_days() || day.weekday() == start)
        };
        let days = first.iter_days().take_while(|day| *day < end).enumerate();
        days.filter(is_named).map(|(_, day)| day).collect()
    }

    /// BYMONTH, BYYEARDAY, BYMONTHDAY and then SKIP (RFC 7529 §4.1): the days of months of a year.
    fn named(&self, year: i32, months: &[u32]) -> Vec<NaiveDate> {
        let start = [self.start.day().cast_signed()];
        let month_days = if self.names_days() {
            &self.month_days[..]
        } else {
            &start
        };
        let (new_year, last) = (date(year, 1, 1), date(year, 12, 31));
        let mut days = Vec::new();
        if month_days.is_empty() && self.year_days.is_empty() {
            let all = new_year.iter_days().take_while(|day| day.year() == year);
            days.extend(all.filter(|day| months.contains(&day.month())));
        }
        let len = last.ordinal().cast_signed();
        for number in &self.year_days {
            let ordinal = if *number < 0 { len + 1 + number } else { *number };
            if ordinal > len || ordinal < 1 {
                // With BYMONTHDAY it is a day of no month, and left out before it could be moved.
                let month = if ordinal < 1 { 1 } else { 12 };
                if month_days.is_empty() && months.contains(&month) {
                    days.extend(self.moved(ordinal, new_year, last));
                }
            } else {
                let day = NaiveDate::from_yo_opt(year, ordinal.unsigned_abs()).unwrap();
                let back = day.day().cast_signed() - month_len(year, day.month()) - 1;
                let is_day = holds(month_days, &day.day().cast_signed()) || month_days.contains(&back);
                days.extend(Some(day).filter(|day| is_day && months.contains(&day.month())));
            }
        }
        for (month, number) in months
            .iter()
            .flat_map(|month| month_days.iter().map(move |day| (*month, day)))
        {
            let len = month_len(year, month);
            let day = if *number < 0 { len + 1 + number } else { *number };
            if self.year_days.is_empty() && (1..=len).contains(&day) {
                days.push(date(year, month, day.unsigned_abs()));
            } else if self.year_days.is_empty() {
                days.extend(self.moved(day, date(year, month, 1), date(year, month, len.unsigned_abs())));
            }
        }
        days.sort_unstable();
        days.dedup();
        days
    }

    /// A day that does not exist because it would come before `first` or after `last`.
    fn moved(&self, day: i32, first: NaiveDate, last: NaiveDate) -> Option<NaiveDate> {
        let (before, after) = if day < 1 {
            (first.pred_opt().unwrap(), first)
        } else {
            (last, last.succ_opt().unwrap())
        };
        match self.skip.as_str() {
            "BACKWARD" => Some(before),
            "FORWARD" => Some(after),
            _ => None,
        }
    }

    fn by_day(&self, mut days: Vec<NaiveDate>) -> Vec<NaiveDate> {
        let in_month = self.frequency == MONTHLY || !self.months.is_empty();
        days.retain(|day| {
            let (place, len) = if in_month {
                (day.day().cast_signed(), month_len(day.year(), day.month()))
            } else {
                let len = date(day.year(), 12, 31).ordinal();
                (day.ordinal().cast_signed(), len.cast_signed())
            };
            let places = [0, (place - 1) / 7 + 1, -((len - place) / 7 + 1)];
            let weekday = day.weekday().num_days_from_monday();
            let is_named = |place| self.weekdays.contains(&(place, weekday));
            self.weekdays.is_empty() || places.into_iter().any(is_named)
        });
        days
    }

    /// The times of day in the unit that begins at `at`.
    pub(super) fn times(&self, at: NaiveDateTime) -> Vec<NaiveTime> {
        let expanded = |limits_from: usize, list: &[u32], of_unit: u32, of_start: u32| match list {
            _ if self.frequency < limits_from => vec![of_unit],
            [] => vec![of_start],
            list => list.to_vec(),
        };
        let mut times = Vec::new();
        for hour in expanded(DAILY, &self.hours, at.hour(), self.start.hour()) {
            for minute in expanded(HOURLY, &self.minutes, at.minute(), self.start.minute()) {
                for second in expanded(1, &self.seconds, at.second(), self.start.second()) {
                    times.push(NaiveTime::from_hms_opt(hour, minute, second).unwrap());
                }
            }
        }
        times.sort_unstable();
        times
    }

    pub(super) fn picked(&self, set: Vec<NaiveDateTime>) -> Vec<NaiveDateTime> {
        if self.positions.is_empty() {
            return set;
        }
        let len = i32::try_from(set.len()).unwrap();
        let indices = self.positions.iter().map(|position| match position {
            ..0 => len + position,
            _ => position - 1,
        });
        let indices = indices.filter_map(|index| usize::try_from(index).ok());
        indices.filter_map(|index| set.get(index).copied()).collect()
    }
}

pub(super) fn month_len(year: i32, month: u32) -> i32 {
    let next = if month == 12 {
        date(year + 1, 1, 1)
    } else {
        date(year, month + 1, 1)
    };
    next.pred_opt().unwrap().day().cast_signed()
}
