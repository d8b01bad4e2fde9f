//! A task as a person asks for it, and what it becomes.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    Civil, Description, Due, Fault, Offset, Priority, Reminder, ReminderId, Series, SeriesId, Tags, Task, TaskId,
    Template, Title, Trigger, Zone,
    recurrence::{Rule, Schedule},
    repetition,
    series::Mode,
};

/// The parts of a new task, each good in itself; [`NewTask::create`] checks how they fit together.
#[derive(Debug, Clone)]
pub struct NewTask {
    /// What is to be done.
    pub title: Title,
    /// More about it.
    pub description: Description,
    /// How much it matters.
    pub priority: Priority,
    /// Its tags.
    pub tags: Tags,
    /// When it is due.
    pub due_date: Option<Civil>,
    /// The zone of its local dates.
    pub time_zone: Zone,
    /// How it repeats.
    pub recurrence_rule: Option<Rule>,
    /// What the next occurrence is counted from; only with a rule.
    pub recurrence_mode: Option<Mode>,
    /// Local times left out of the rule.
    pub exceptions: Vec<Civil>,
    /// Local times added to the rule.
    pub additions: Vec<Civil>,
    /// Its reminders, each with the JSON Pointer it was given at.
    pub reminders: Vec<(String, Trigger)>,
}

/// What a good [`NewTask`] becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// The task.
    pub task: Task,
    /// The series it begins, when it recurs.
    pub series: Option<Series>,
}

impl NewTask {
    /// The most reminders a task may have.
    pub const REMINDER_LIMIT: usize = 20;

    /// Makes the task, with identities from `new_id`.
    ///
    /// # Errors
    /// Every way in which the parts do not fit together; the person mends them.
    pub fn create(self, now: DateTime<Utc>, mut new_id: impl FnMut() -> Uuid) -> Result<Created, Vec<Fault>> {
        let due = self.due_date.map(|date| Due::new(date, self.time_zone));
        let mut faults = Vec::new();
        let schedule = self.schedule(&mut faults);
        let reminders = self.reminders(due, now, &mut new_id, &mut faults);
        let carried_over = self.carried_over(due, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut task = Task {
            id: TaskId(new_id()),
            title: self.title,
            description: self.description,
            priority: self.priority,
            tags: self.tags,
            time_zone: self.time_zone,
            due,
            place: None,
            reminders,
            version: 1,
            created_at: now,
            updated_at: now,
            completed_at: None,
            deleted_at: None,
        };
        let (Some(schedule), Some(due), Some(rule)) = (schedule, due, self.recurrence_rule) else {
            return Ok(Created { task, series: None });
        };
        let series = Series {
            id: SeriesId(new_id()),
            revision: 1,
            latest_revision: 1,
            rule,
            mode: self.recurrence_mode.unwrap_or_default(),
            start: due.date,
            first_occurrence: 1,
            time_zone: self.time_zone,
            exceptions: schedule.exceptions().to_vec(),
            additions: schedule.additions().to_vec(),
            template: Template::of(&task, carried_over),
            highest_occurrence: 1,
            rule_index: rule.count().map(|_| 1),
            last: schedule.last(),
        };
        task.place = Some(series.place(1, due.date));
        Ok(Created {
            task,
            series: Some(series),
        })
    }

    /// What the rule gives from the due date on, if there is a rule.
    fn schedule(&self, faults: &mut Vec<Fault>) -> Option<Schedule> {
        let Some(rule) = self.recurrence_rule else {
            faults.extend(self.faults_without_rule());
            return None;
        };
        let Some(due) = self.due_date else {
            faults.push(Fault::new(
                "/due_date",
                "is needed by recurrence_rule: give the first date",
            ));
            return None;
        };
        let mode = self.recurrence_mode.unwrap_or_default();
        repetition::schedule(rule, mode, due, self.time_zone, &self.exceptions, &self.additions)
            .map_err(|fault| faults.push(fault))
            .ok()
    }

    fn faults_without_rule(&self) -> Vec<Fault> {
        repetition::without_rule(
            self.recurrence_mode.is_some(),
            !self.exceptions.is_empty(),
            !self.additions.is_empty(),
        )
    }

    fn reminders(
        &self,
        due: Option<Due>,
        now: DateTime<Utc>,
        new_id: &mut impl FnMut() -> Uuid,
        faults: &mut Vec<Fault>,
    ) -> Vec<Reminder> {
        let mut reminders = Vec::with_capacity(self.reminders.len());
        for (pointer, trigger) in &self.reminders {
            match trigger.first_moment(due, self.time_zone, now) {
                Err(detail) => faults.push(Fault::new(pointer, detail)),
                Ok(fire_at) => reminders.push(Reminder::new(ReminderId(new_id()), *trigger, fire_at)),
            }
        }
        reminders
    }

    /// The reminders of what follows, if there is a rule, as their distances from due.
    fn carried_over(&self, due: Option<Due>, faults: &mut Vec<Fault>) -> Vec<Offset> {
        let Some(due) = due.filter(|_| self.recurrence_rule.is_some()) else {
            return Vec::new();
        };
        let reminders = self
            .reminders
            .iter()
            .map(|(pointer, trigger)| (pointer.as_str(), *trigger));
        repetition::carried_over(reminders, due, faults)
    }
}

#[cfg(test)]
mod tests;
