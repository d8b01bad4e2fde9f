//! What a rule would give, before anybody has a task of it.

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::{GaveUp, Rule, Schedule, ScheduleError, Until};
use crate::civil::Civil;
use crate::series::Mode;
use crate::zone::Zone;

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
    /// Where the calendar or the clocks surprise.
    note: Option<String>,
}

/// Where the dates end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    /// Nowhere before the year 10000.
    Never,
    /// With this date.
    On(Civil),
    /// By this moment.
    By(Until),
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
        let schedule = self.schedule(self.rule, self.due_date)?;
        let mut dates = Vec::new();
        let mut next = Ok(Some(self.due_date));
        while let Ok(Some(date)) = next
            && dates.len() < self.count
        {
            dates.push(date);
            next = self.next(&schedule, date, dates.len());
        }
        let previewed = dates.iter().map(|date| Previewed {
            due_date: *date,
            due_at: self.time_zone.resolve(date.start()),
            note: schedule.note(*date),
        });
        Ok(Preview {
            canonical: self.rule,
            description: self.rule.description(self.due_date),
            occurrences: previewed.collect(),
            ends: self.ends(&schedule, &dates, next),
        })
    }

    fn next(&self, schedule: &Schedule, date: Civil, given: usize) -> Result<Option<Civil>, GaveUp> {
        if self.mode == Mode::Schedule {
            return schedule.after(date.start());
        }
        let is_last = |count| u32::try_from(given).is_ok_and(|given| given >= count);
        if self.rule.count().is_some_and(is_last) {
            return Ok(None);
        }
        // UNTIL fits the start, and so each date after it.
        let from_here = self.schedule(self.rule.without_count(), date);
        from_here.map_or(Ok(None), |schedule| schedule.after(date.start()))
    }

    fn schedule(&self, rule: Rule, start: Civil) -> Result<Schedule, ScheduleError> {
        Schedule::new(rule, start, self.time_zone, Vec::new(), Vec::new())
    }

    fn ends(&self, schedule: &Schedule, dates: &[Civil], next: Result<Option<Civil>, GaveUp>) -> Ends {
        let last = schedule.last().filter(|_| self.mode == Mode::Schedule);
        match (next, last, self.rule.count(), self.rule.until()) {
            (Err(GaveUp), ..) => Ends::Unknown,
            (Ok(None), ..) => dates.last().map_or(Ends::Never, |last| Ends::On(*last)),
            (Ok(Some(_)), Some(last), ..) => Ends::On(last),
            (Ok(Some(_)), None, Some(count), _) => Ends::After(count),
            (Ok(Some(_)), None, None, Some(until)) => Ends::By(until),
            (Ok(Some(_)), None, None, None) => Ends::Never,
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
            Self::On(last) => serializer.collect_str(last),
            Self::By(Until::Date(date)) => serializer.collect_str(date),
            Self::By(Until::Local(local)) => serializer.collect_str(&Civil::DateTime(*local)),
            Self::By(Until::Utc(instant)) => instant.serialize(serializer),
            Self::After(count) => serializer.collect_str(&format_args!("after {count} occurrences")),
            Self::Unknown => serializer.serialize_str("unknown"),
        }
    }
}
