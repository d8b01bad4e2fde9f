//! What a rule would give, before anybody has a task of it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Serialize, Serializer};

use super::schedule::SHIFT;
use super::{GaveUp, Rule, Schedule, ScheduleError, Until};
use crate::civil::Civil;
use crate::series::Mode;
use crate::zone::Zone;

/// Of a rule's only date, where more could be expected.
const ALONE: &str = "no other date follows";

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PreviewRequest {
    /// The rule.
    pub rule: Rule,
    /// Its first date.
    pub due_date: Civil,
    /// The zone it is read in.
    pub time_zone: Zone,
    /// What each next date is counted from.
    pub mode: Mode,
    /// The most dates to give.
    pub count: usize,
}

/// The first dates of a rule, in the rule's words and in ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preview {
    canonical: Rule,
    description: String,
    occurrences: Vec<Previewed>,
    ends: Ends,
}

/// One date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Previewed {
    #[serde(serialize_with = "text")]
    due_date: Civil,
    due_at: DateTime<Utc>,
    /// Where the calendar or the clocks surprise, or the rule does: by a start it does not give, or no date after it.
    note: Option<String>,
}

/// Where the dates end. Moments are local, as the dates are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    /// Nowhere, but that nothing comes after the year 9999.
    Never,
    /// With this date, which is the last. Also of a rule with UNTIL, which need not be a date of its own.
    On(Civil),
    /// By UNTIL, where the last date is not known: it hangs on completions to come, or was too far to find.
    By(Civil),
    /// After so many dates.
    After(u32),
    /// Where the next date was too far to find.
    Unknown,
}

impl PreviewRequest {
    /// The first dates. In the mode `completion` each is taken to be completed on its day.
    ///
    /// # Errors
    /// The rule and its start make no schedule.
    pub fn preview(&self) -> Result<Preview, ScheduleError> {
        let schedule = self.schedule()?;
        let mut dates = Vec::new();
        let mut next = Ok(Some((self.due_date, schedule.note(self.due_date))));
        let goes_on = loop {
            match next {
                Ok(Some((due_date, note))) if dates.len() < self.count => {
                    let due_at = self.time_zone.resolve(due_date.start());
                    dates.push(Previewed { due_date, due_at, note });
                    next = self.next(&schedule, due_date, dates.len());
                }
                next => break next.map(|next| next.is_some()),
            }
        };
        if let ([only], Ok(false)) = (dates.as_mut_slice(), goes_on)
            && self.rule.count() != Some(1)
        {
            let notes = only.note.take().into_iter().chain([ALONE.to_owned()]);
            only.note = Some(notes.collect::<Vec<_>>().join("; "));
        }
        let ends = self.ends(&schedule, &dates, goes_on);
        Ok(Preview {
            canonical: self.rule,
            description: self.rule.description_in(self.mode, self.due_date),
            occurrences: dates,
            ends,
        })
    }

    /// The date after `date`, which is the `given`th, and what is surprising about it.
    fn next(&self, schedule: &Schedule, date: Civil, given: usize) -> Result<Option<(Civil, Option<String>)>, GaveUp> {
        if self.mode == Mode::Schedule {
            let next = schedule.after(date.start())?;
            return Ok(next.map(|next| (next, schedule.note(next))));
        }
        let is_last = |count| u32::try_from(given).is_ok_and(|given| given >= count);
        if self.rule.count().is_some_and(is_last) {
            return Ok(None);
        }
        let completed_at = self.time_zone.resolve(date.start());
        let next = schedule.after_completion(date.start(), completed_at)?;
        Ok(next.map(|(schedule, next)| (next, schedule.note(next))))
    }

    fn schedule(&self) -> Result<Schedule, ScheduleError> {
        let rule = self.mode.of_dates(self.rule);
        Schedule::new(rule, self.due_date, self.time_zone, Vec::new(), Vec::new())
    }

    fn ends(&self, schedule: &Schedule, dates: &[Previewed], goes_on: Result<bool, GaveUp>) -> Ends {
        match (goes_on, schedule.last(), self.rule.count(), self.rule.until()) {
            (Err(GaveUp), ..) => Ends::Unknown,
            // A rule without an end that gives a second date was ended by the calendar.
            (Ok(false), _, None, None) if dates.len() > 1 => Ends::Never,
            (Ok(false), ..) => dates.last().map_or(Ends::Never, |last| Ends::On(last.due_date)),
            (Ok(true), Some(last), ..) => Ends::On(last),
            (Ok(true), None, Some(count), _) => Ends::After(count),
            (Ok(true), None, None, Some(until)) => self.ends_with(schedule, until),
            (Ok(true), None, None, None) => Ends::Never,
        }
    }

    fn ends_with(&self, schedule: &Schedule, until: Until) -> Ends {
        let until = match until {
            Until::Date(date) => Civil::Date(date),
            Until::Local(local) => Civil::DateTime(local),
            Until::Utc(instant) => Civil::DateTime(self.time_zone.local(instant)),
        };
        match self.mode {
            Mode::Schedule => last_by(schedule, until).map_or(Ends::By(until), Ends::On),
            Mode::Completion => Ends::By(until),
        }
    }
}

/// The last date of a schedule that ends by `until`, found by halving what is left: its searches are as few as a span of
/// seconds has bits.
fn last_by(schedule: &Schedule, until: Civil) -> Result<Civil, GaveUp> {
    let mut last = schedule.start();
    // Clocks that are set back show times past UNTIL's before its moment.
    let mut end = until.start() + SHIFT;
    loop {
        let left = (end - last.start()).num_seconds();
        let middle = last.start() + TimeDelta::seconds(left.max(0) / 2);
        match schedule.after(middle)? {
            Some(later) => last = later,
            None if middle > last.start() => end = middle,
            None => return Ok(last),
        }
    }
}

fn text<S: Serializer>(civil: &Civil, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(civil)
}

impl Serialize for Ends {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Never => serializer.serialize_str("never"),
            Self::On(at) | Self::By(at) => serializer.collect_str(at),
            Self::After(count) => serializer.collect_str(&format_args!("after {count} occurrences")),
            Self::Unknown => serializer.serialize_str("unknown"),
        }
    }
}
