//! Series: what repeats, and the one next occurrence of it.
//!
//! A series is a rule, a start and a template; a task is its occurrence `n`. The next occurrence has the identity
//! (series, n + 1), so that generating it twice makes the same task.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Days, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Civil, Description, Due, Offset, Place, Priority, Reminder, ReminderId, SeriesId, Tags, Task, TaskId, Title,
    Trigger, Zone,
    recurrence::{Occurrence, Rule, Schedule, ScheduleError},
};

/// What repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Its identity.
    pub id: SeriesId,
    /// Its rule.
    pub rule: Rule,
    /// What the next occurrence is counted from.
    pub mode: Mode,
    /// The rule's first date: occurrence 1.
    pub start: Civil,
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
    /// The rule's own index of that occurrence; COUNT counts it, skipped dates included.
    pub rule_index: u64,
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

/// The next occurrence of a series, and the rule's index of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successor {
    /// The task to be.
    pub task: Task,
    /// The rule's index of its date.
    pub rule_index: u64,
}

impl Series {
    /// The next occurrence after `completed`; `None` where the rule ends, or for a task that is not a completed
    /// occurrence. Missed dates are skipped: it is the first that lies after the completion.
    #[must_use]
    pub fn successor(&self, completed: &Task, now: DateTime<Utc>) -> Option<Successor> {
        let place = completed.place.as_ref()?;
        let completed_at = completed.completed_at?;
        let next = match self.mode {
            Mode::Schedule => self.next_by_schedule(place, completed_at)?,
            Mode::Completion => self.next_by_completion(place, completed_at)?,
        };
        let number = place.occurrence.checked_add(1)?;
        Some(Successor {
            task: self.occurrence(number, next.at, now),
            rule_index: next.index,
        })
    }

    fn next_by_schedule(&self, place: &Place, completed_at: DateTime<Utc>) -> Option<Occurrence> {
        let schedule = self.schedule(self.rule, self.start).ok()?;
        // A local time that daylight saving removes lies later than it reads, so the search begins a day early and
        // compares instants.
        let day_before = self.time_zone.local(completed_at) - Days::new(1);
        let mut next = schedule.after(place.scheduled_for.start().max(day_before))?;
        while self.time_zone.resolve(next.at.start()) <= completed_at {
            next = schedule.after(next.at.start())?;
        }
        Some(next)
    }

    fn next_by_completion(&self, place: &Place, completed_at: DateTime<Utc>) -> Option<Occurrence> {
        let index = u64::from(place.occurrence) + 1;
        if self.rule.count().is_some_and(|count| index > u64::from(count)) {
            return None;
        }
        let local = self.time_zone.local(completed_at).date();
        let start = NaiveDateTime::new(local, self.start.start().time());
        let rule = self.rule.without_count();
        let schedule = self.schedule(rule, self.start.with_start(start)).ok()?;
        let at = schedule.after(start)?.at;
        Some(Occurrence { at, index })
    }

    fn schedule(&self, rule: Rule, start: Civil) -> Result<Schedule, ScheduleError> {
        Schedule::new(
            rule,
            start,
            self.time_zone,
            self.exceptions.clone(),
            self.additions.clone(),
        )
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
            place: Some(Place {
                series_id: self.id,
                occurrence: number,
                scheduled_for: date,
                rule: self.rule,
                mode: self.mode,
                exceptions: self.exceptions.clone(),
                additions: self.additions.clone(),
            }),
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
