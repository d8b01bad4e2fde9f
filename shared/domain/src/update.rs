//! What a person's patch makes of a task, and of the series it belongs to.
//!
//! Only what differs from the task as it stands is a change, so that what was read can be sent back; where the person
//! names those that follow, so is what differs from what these would be. Of a recurring task a new due date alone means
//! this occurrence; anything else this one and those that follow, unless a later one stands already or the person says
//! otherwise.

mod due;
mod recurrence;
mod reminders;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use self::reminders::ReminderPatch;
pub(crate) use self::reminders::follow_due;
use crate::{
    Civil, Description, Fault, Mode, Priority, Series, Tags, Task, Title, Zone, recurrence::Rule, representation,
    transition::Changed,
};

/// The members that a person gives anew; each good in itself.
#[derive(Debug, Clone, Default)]
pub struct TaskPatch {
    /// What is to be done.
    pub title: Option<Title>,
    /// More about it.
    pub description: Option<Description>,
    /// How much it matters.
    pub priority: Option<Priority>,
    /// Its tags.
    pub tags: Option<Tags>,
    /// When it is due; `Some(None)` for no more.
    pub due_date: Option<Option<Civil>>,
    /// The zone of its local dates, which stay what they are.
    pub time_zone: Option<Zone>,
    /// How it repeats; `Some(None)` for no more.
    pub recurrence_rule: Option<Option<Rule>>,
    /// What the next occurrence is counted from; `Some(None)` for what is usual.
    pub recurrence_mode: Option<Option<Mode>>,
    /// Local times left out of the rule.
    pub exceptions: Option<Vec<Civil>>,
    /// Local times added to the rule.
    pub additions: Option<Vec<Civil>>,
    /// All its reminders.
    pub reminders: Option<Vec<ReminderPatch>>,
}

/// How much of a series a change means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// This occurrence.
    This,
    /// This occurrence and those that follow.
    Following,
}

/// The series of the task that is patched.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The series, in the occurrence's revision.
    pub series: Series,
    /// Whether no later occurrence of it stands.
    pub is_latest: bool,
}

/// What a patch changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The members of the task's representation; where there are none, nobody is told of anything.
    pub changed: Changed,
    /// What becomes of the series.
    pub series: SeriesUpdate,
}

/// What a change makes of a task's series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeriesUpdate {
    /// It has none, or it stays as it is.
    Untouched,
    /// What the next occurrences look like changed, which none shows yet.
    Template(Box<Series>),
    /// It has a new revision, or begins with one.
    Revision(Box<Series>),
    /// The task belongs to none any more.
    Left,
}

/// Why a patch was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdateError {
    /// Every fault of what it says; the person mends them.
    Faults(Vec<Fault>),
    /// It means occurrences that stand already.
    LaterOccurrence,
}

impl TaskPatch {
    /// Changes `task` as the patch says, with identities from `new_id`.
    ///
    /// # Errors
    /// See [`UpdateError`]; the task is as it was.
    pub fn apply(
        self,
        task: &mut Task,
        standing: Option<Standing>,
        scope: Option<Scope>,
        now: DateTime<Utc>,
        mut new_id: impl FnMut() -> Uuid,
    ) -> Result<Update, UpdateError> {
        let following = standing.as_ref().filter(|_| scope == Some(Scope::Following));
        let patch = self.differing(task, following.map(|standing| &standing.series));
        let scope = patch.scope(standing.as_ref(), scope)?;
        let mut next = task.clone();
        let mut faults = Vec::new();
        patch.put_plain(&mut next);
        due::put(&patch, &mut next, &mut faults);
        reminders::put(&patch, task, &mut next, now, &mut new_id, &mut faults);
        let series = recurrence::put(&patch, &mut next, standing, scope, new_id, &mut faults);
        if !faults.is_empty() {
            return Err(UpdateError::Faults(faults));
        }
        let changed = representation::changed(task, &next);
        if !changed.is_empty() {
            next.touch(now);
        }
        *task = next;
        Ok(Update { changed, series })
    }

    /// What of it differs from the task, or from what those that follow are by their series, where they are named; the
    /// reminders stay, for they are told apart one by one.
    fn differing(mut self, task: &Task, following: Option<&Series>) -> Self {
        let place = task.place.as_ref();
        let template = following.map(|series| &series.template);
        take_same(&mut self.title, &task.title, template.map(|t| &t.title));
        take_same(
            &mut self.description,
            &task.description,
            template.map(|t| &t.description),
        );
        take_same(&mut self.priority, &task.priority, template.map(|t| &t.priority));
        take_same(&mut self.tags, &task.tags, template.map(|t| &t.tags));
        take_same(
            &mut self.time_zone,
            &task.time_zone,
            following.map(|series| &series.time_zone),
        );
        let due_date = task.due.map(|due| due.date);
        let scheduled_for = place.map(|place| place.scheduled_for);
        take_same(&mut self.due_date, &due_date, following.map(|_| &scheduled_for));
        self.recurrence_rule
            .take_if(|rule| *rule == place.map(|place| place.rule));
        let mode = place.map(|place| place.mode);
        self.recurrence_mode
            .take_if(|given| *given == mode || (given.is_none() && mode == Some(Mode::default())));
        let differs = |given: &mut Option<Vec<Civil>>, standing: &[Civil]| {
            given.take_if(|dates| {
                dates.sort_unstable();
                dates.dedup();
                dates == standing
            });
        };
        differs(&mut self.exceptions, place.map_or(&[], |place| &place.exceptions));
        differs(&mut self.additions, place.map_or(&[], |place| &place.additions));
        self.reminders.take_if(|given| {
            reminders::are_the_same(given, &task.reminders)
                && template.is_none_or(|template| reminders::are_at(&template.reminders, task))
        });
        self
    }

    fn scope(&self, standing: Option<&Standing>, asked: Option<Scope>) -> Result<Scope, UpdateError> {
        let is_latest = standing.is_none_or(|standing| standing.is_latest);
        match asked {
            Some(Scope::Following) if !is_latest => Err(UpdateError::LaterOccurrence),
            Some(scope) => Ok(scope),
            None if !is_latest || self.is_new_date_alone() => Ok(Scope::This),
            None => Ok(Scope::Following),
        }
    }

    fn is_new_date_alone(&self) -> bool {
        let is_plain = self.title.is_none() && self.description.is_none() && self.priority.is_none();
        let is_rest_kept = self.tags.is_none() && self.time_zone.is_none() && self.reminders.is_none();
        self.due_date.is_some() && is_plain && is_rest_kept && !self.is_of_series()
    }

    /// Whether it gives anything that only a whole series has.
    fn is_of_series(&self) -> bool {
        self.recurrence_rule.is_some()
            || self.recurrence_mode.is_some()
            || self.exceptions.is_some()
            || self.additions.is_some()
    }

    fn put_plain(&self, task: &mut Task) {
        put(&self.title, &mut task.title);
        put(&self.description, &mut task.description);
        put(&self.priority, &mut task.priority);
        put(&self.tags, &mut task.tags);
        put(&self.time_zone, &mut task.time_zone);
    }
}

/// Forgets what is given where it is `standing`, and `following`, too, where there is such a value.
fn take_same<T: PartialEq>(given: &mut Option<T>, standing: &T, following: Option<&T>) {
    given.take_if(|given| given == standing && following.is_none_or(|following| given == following));
}

fn put<T: Clone>(given: &Option<T>, member: &mut T) {
    if let Some(value) = given {
        member.clone_from(value);
    }
}

#[cfg(test)]
mod tests;
