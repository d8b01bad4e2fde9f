//! Series: what repeats, and the one next occurrence of it.
//!
//! A series is a rule, a start and a template; a task is its occurrence `n`. The next occurrence has the identity
//! (series, n + 1), so that generating it twice makes the same task.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDateTime, Timelike as _, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Civil, Description, Due, Offset, Place, Priority, Reminder, ReminderId, SeriesId, Tags, Task, TaskId, Title,
    Trigger, Zone,
    recurrence::{Frequency, GaveUp, Rule, Schedule, ScheduleError},
};

/// What repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Its identity.
    pub id: SeriesId,
    /// Raised by one when what its occurrences show changes, from 1: those before keep what they show.
    pub revision: u32,
    /// The latest revision there is: an occurrence that was away while the series went on without it has an earlier one.
    pub latest_revision: u32,
    /// Its rule.
    pub rule: Rule,
    /// What the next occurrence is counted from.
    pub mode: Mode,
    /// The rule's first date.
    pub start: Civil,
    /// The number of the occurrence that has the rule's first date; where COUNT counts completions, a date that was
    /// skipped lowers it by one, for it counts.
    pub first_occurrence: i32,
    /// The zone its local times are read in.
    pub time_zone: Zone,
    /// Local times left out of the rule.
    pub exceptions: Vec<Civil>,
    /// Local times added to the rule.
    pub additions: Vec<Civil>,
    /// What the next occurrence looks like.
    pub template: Template,
    /// The highest occurrence that was generated; what was is not generated again after it is gone.
    pub highest_occurrence: u32,
    /// How many of the rule's dates there are by that occurrence, skipped ones included, where COUNT counts them.
    pub rule_index: Option<u32>,
    /// The rule's last date, where COUNT sets one: it is counted out once.
    pub last: Option<Civil>,
}

/// What the next occurrence is counted from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The rule's dates, whenever the last one was completed.
    #[default]
    Schedule,
    /// The local date of the completion, at the due date's time of day.
    Completion,
}

/// What the next occurrence takes from its series. Its JSON form is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Title of the next occurrence.
    pub title: Title,
    /// Description of the next occurrence.
    pub description: Description,
    /// Priority of the next occurrence.
    pub priority: Priority,
    /// Tags of the next occurrence.
    pub tags: Tags,
    /// Its reminders, as their distance from due.
    pub reminders: Vec<Offset>,
}

/// The next date, and its number where COUNT counts them.
type Next = Option<(Civil, Option<u32>)>;

/// The next occurrence of a series, and the rule's index of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successor {
    /// The task to be.
    pub task: Task,
    /// How many of the rule's dates there are by then, where COUNT counts them.
    pub rule_index: Option<u32>,
}

impl Series {
    /// The next occurrence after `completed`; `None` where the rule ends, or for a task that is not a completed
    /// occurrence. Missed dates are skipped: it is the first that lies after the completion.
    ///
    /// # Errors
    /// The rule's next date was not found within a bounded number of steps.
    pub fn successor(&self, completed: &Task, now: DateTime<Utc>) -> Result<Option<Successor>, GaveUp> {
        let (Some(place), Some(completed_at)) = (completed.place.as_ref(), completed.completed_at) else {
            return Ok(None);
        };
        let next = self.next(place, completed_at)?;
        let number = place.occurrence.checked_add(1);
        Ok(next.zip(number).map(|((at, rule_index), number)| Successor {
            task: self.occurrence(number, at, now),
            rule_index,
        }))
    }

    /// The date after the occurrence at `place`, which is done, or passed over, at `instant`.
    ///
    /// # Errors
    /// As of [`Series::successor`].
    pub(crate) fn next(&self, place: &Place, instant: DateTime<Utc>) -> Result<Next, GaveUp> {
        match self.mode {
            Mode::Schedule => self.next_by_schedule(place, instant),
            Mode::Completion => self.next_by_completion(place, instant),
        }
    }

    /// Which of the rule's dates the occurrence at `place` has, those skipped counted; where COUNT counts completions,
    /// which of its occurrences it is.
    ///
    /// # Errors
    /// It was not found within a bounded number of steps.
    pub(crate) fn index_of(&self, place: &Place) -> Result<u32, GaveUp> {
        let counted = match self.mode {
            Mode::Completion => None,
            Mode::Schedule => match self.schedule(self.rule, self.start, self.last) {
                Ok(schedule) => schedule.count_through(place.scheduled_for.start())?,
                Err(_) => None,
            },
        };
        Ok(counted.unwrap_or_else(|| self.number_since_start(place.occurrence)))
    }

    /// The number of `occurrence` where the one that has the rule's first date is 1.
    fn number_since_start(&self, occurrence: u32) -> u32 {
        let number = i64::from(occurrence) - i64::from(self.first_occurrence) + 1;
        u32::try_from(number.max(1)).unwrap_or(u32::MAX)
    }

    fn next_by_schedule(&self, place: &Place, completed_at: DateTime<Utc>) -> Result<Next, GaveUp> {
        let Ok(schedule) = self.schedule(self.rule, self.start, self.last) else {
            return Ok(None);
        };
        let next = schedule.after_both(place.scheduled_for.start(), completed_at)?;
        let Some(at) = next else {
            return Ok(None);
        };
        Ok(Some((at, schedule.count_through(at.start())?)))
    }

    /// Counted from the local date of the completion, at the due date's time of day; of a rule by hours or less, from
    /// the completion itself.
    fn next_by_completion(&self, place: &Place, completed_at: DateTime<Utc>) -> Result<Next, GaveUp> {
        let index = self.number_since_start(place.occurrence.saturating_add(1));
        if self.rule.count().is_some_and(|count| index > count) {
            return Ok(None);
        }
        let completed = self.time_zone.local(completed_at);
        let start = if self.rule.frequency() < Frequency::Daily {
            completed.with_nanosecond(0).unwrap_or(completed)
        } else {
            NaiveDateTime::new(completed.date(), self.start.start().time())
        };
        let Ok(schedule) = self.schedule(self.mode.of_dates(self.rule), self.start, None) else {
            return Ok(None);
        };
        let next = schedule.after_completion(start, completed_at)?;
        Ok(next.map(|(_, at)| (at, self.rule.count().map(|_| index))))
    }

    fn schedule(&self, rule: Rule, start: Civil, last: Option<Civil>) -> Result<Schedule, ScheduleError> {
        let (exceptions, additions) = (self.exceptions.clone(), self.additions.clone());
        Schedule::resume(rule, start, self.time_zone, exceptions, additions, last)
    }

    /// Makes it a revision of its own, after every one that there is.
    pub(crate) fn revise(&mut self) {
        self.latest_revision += 1;
        self.revision = self.latest_revision;
    }

    /// The place of occurrence `number`, which the rule has at `scheduled_for`.
    #[must_use]
    pub(crate) fn place(&self, number: u32, scheduled_for: Civil) -> Place {
        Place {
            series_id: self.id,
            revision: self.revision,
            occurrence: number,
            scheduled_for,
            rule: self.rule,
            mode: self.mode,
            exceptions: self.exceptions.clone(),
            additions: self.additions.clone(),
        }
    }

    /// Occurrence `number`, due at `date`.
    fn occurrence(&self, number: u32, date: Civil, now: DateTime<Utc>) -> Task {
        let id = TaskId::of_occurrence(self.id, number);
        let template = &self.template;
        Task {
            id,
            title: template.title.clone(),
            description: template.description.clone(),
            priority: template.priority,
            tags: template.tags.clone(),
            time_zone: self.time_zone,
            due: Some(Due::new(date, self.time_zone)),
            place: Some(self.place(number, date)),
            reminders: self.reminders(id, date, now),
            version: 1,
            created_at: now,
            updated_at: now,
            completed_at: None,
            deleted_at: None,
        }
    }

    fn reminders(&self, task: TaskId, date: Civil, now: DateTime<Utc>) -> Vec<Reminder> {
        let reminder = |(position, offset): (usize, &Offset)| {
            // One whose moment is already past fires at once.
            let fire_at = offset.apply(date, self.time_zone).max(now);
            Reminder::new(
                ReminderId::of_template(task, position),
                Trigger::Offset(*offset),
                fire_at,
            )
        };
        self.template.reminders.iter().enumerate().map(reminder).collect()
    }
}

impl Template {
    /// What the occurrences after `task` look like, reminded at these distances from due.
    #[must_use]
    pub fn of(task: &Task, reminders: Vec<Offset>) -> Self {
        Self {
            title: task.title.clone(),
            description: task.description.clone(),
            priority: task.priority,
            tags: task.tags.clone(),
            reminders,
        }
    }
}

impl Mode {
    /// `rule` as its dates are found: what COUNT counts where each is counted from a completion is not the rule's dates.
    #[must_use]
    pub(crate) fn of_dates(self, rule: Rule) -> Rule {
        match self {
            Self::Schedule => rule,
            Self::Completion => rule.without_count(),
        }
    }

    /// The mode's name, as the API and the database write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Completion => "completion",
        }
    }
}

/// The text names no mode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be schedule or completion")]
pub struct ModeError;

impl FromStr for Mode {
    type Err = ModeError;

    fn from_str(text: &str) -> Result<Self, ModeError> {
        match text {
            "schedule" => Ok(Self::Schedule),
            "completion" => Ok(Self::Completion),
            _ => Err(ModeError),
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
