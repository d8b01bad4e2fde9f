//! A task's row, joined with its series and its reminders, and the task it stands for.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::{
    Civil, Description, Due, Place, Reminder, ReminderId, SeriesId, Tags, Task, TaskId, Title, Trigger, UserId,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Error, civil};

/// What [`query_tasks`] selects.
pub(super) struct TaskRow {
    pub(super) user_id: Uuid,
    pub(super) id: Uuid,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) priority: String,
    pub(super) tags: Vec<String>,
    pub(super) time_zone: String,
    pub(super) due_date: Option<NaiveDate>,
    pub(super) due_time: Option<NaiveTime>,
    pub(super) due_at: Option<DateTime<Utc>>,
    pub(super) series_id: Option<Uuid>,
    pub(super) series_revision: Option<i32>,
    pub(super) occurrence: Option<i32>,
    pub(super) scheduled_date: Option<NaiveDate>,
    pub(super) scheduled_time: Option<NaiveTime>,
    pub(super) version: i64,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) completed_at: Option<DateTime<Utc>>,
    pub(super) deleted_at: Option<DateTime<Utc>>,
    pub(super) rule: Option<String>,
    pub(super) mode: Option<String>,
    pub(super) exceptions: Option<Vec<String>>,
    pub(super) additions: Option<Vec<String>>,
    pub(super) reminders: Reminders,
}

/// A task's reminders, in their order, read with the task: what cannot be read is one task, not the whole answer.
/// Callers of [`query_tasks`] need the name in scope: a database cuts a longer column name than it.
pub(super) type Reminders = Json<Box<RawValue>>;

/// A reminder's row, as JSON.
#[derive(Debug, Deserialize)]
struct ReminderRow {
    id: Uuid,
    at: Option<DateTime<Utc>>,
    offset: Option<String>,
    fire_at: DateTime<Utc>,
    state: String,
    generation: i32,
    fired_at: Option<DateTime<Utc>>,
}

/// Selects whole tasks in one statement, so that a task and its reminders are of one moment. What follows `FROM` is
/// `tasks t` joined with its series, then the given text.
macro_rules! query_tasks {
    ($rest:tt, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            $crate::tasks::row::TaskRow,
            r#"SELECT t.user_id AS "user_id!", t.id AS "id!", t.title AS "title!", t.description AS "description!",
                      t.priority AS "priority!", t.tags AS "tags!", t.time_zone AS "time_zone!", t.due_date, t.due_time,
                      t.due_at, t.series_id, t.series_revision, t.occurrence, t.scheduled_date, t.scheduled_time, t.version AS "version!",
                      t.created_at AS "created_at!", t.updated_at AS "updated_at!", t.completed_at, t.deleted_at,
                      s.rule AS "rule?", s.mode AS "mode?", s.exceptions AS "exceptions?", s.additions AS "additions?",
                      (SELECT coalesce(json_agg(r ORDER BY r.position), '[]') FROM reminders r
                       WHERE r.user_id = t.user_id AND r.task_id = t.id)
                          AS "reminders!: Reminders"
               FROM tasks t LEFT JOIN series s ON s.user_id = t.user_id AND s.id = t.series_id
                                          AND s.revision = t.series_revision "# + $rest,
            $($argument),+
        )
    };
}
pub(super) use query_tasks;

impl TaskRow {
    /// The task and its user, of many of which one that cannot be read must not take the others with it.
    pub(super) fn into_readable(self) -> Option<(UserId, Task)> {
        let (user, id) = (UserId(self.user_id), self.id);
        match self.into_task() {
            Ok(task) => Some((user, task)),
            Err(error) => {
                tracing::error!(%error, user_id = %user, task_id = %id, "a task cannot be read");
                None
            }
        }
    }

    pub(super) fn into_task(self) -> Result<Task, Error> {
        let place = self.place()?;
        let due = match (self.due_date, self.due_at) {
            (Some(date), Some(at)) => Some(Due {
                date: civil::from_columns(date, self.due_time),
                at,
            }),
            _ => None,
        };
        Ok(Task {
            id: TaskId(self.id),
            title: Title::parse(&self.title).map_err(|e| Error::unreadable("tasks.title", e))?,
            description: Description::parse(&self.description)
                .map_err(|e| Error::unreadable("tasks.description", e))?,
            priority: self
                .priority
                .parse()
                .map_err(|e| Error::unreadable("tasks.priority", e))?,
            tags: Tags::from_stored(self.tags),
            time_zone: self
                .time_zone
                .parse()
                .map_err(|e| Error::unreadable("tasks.time_zone", e))?,
            due,
            place,
            reminders: reminders(&self.reminders)?,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
            completed_at: self.completed_at,
            deleted_at: self.deleted_at,
        })
    }

    fn place(&self) -> Result<Option<Place>, Error> {
        let (Some(series_id), Some(revision)) = (self.series_id, self.series_revision) else {
            return Ok(None);
        };
        let (Some(occurrence), Some(date)) = (self.occurrence, self.scheduled_date) else {
            return Ok(None);
        };
        let (Some(rule), Some(mode)) = (&self.rule, &self.mode) else {
            return Err(Error::unreadable("tasks.series_id", "no such series"));
        };
        Ok(Some(Place {
            series_id: SeriesId(series_id),
            revision: revision.cast_unsigned(),
            occurrence: u32::try_from(occurrence).map_err(|e| Error::unreadable("tasks.occurrence", e))?,
            scheduled_for: civil::from_columns(date, self.scheduled_time),
            rule: rule.parse().map_err(|e| Error::unreadable("series.rule", e))?,
            mode: mode.parse().map_err(|e| Error::unreadable("series.mode", e))?,
            exceptions: civils(self.exceptions.as_deref())?,
            additions: civils(self.additions.as_deref())?,
        }))
    }
}

fn reminders(json: &RawValue) -> Result<Vec<Reminder>, Error> {
    let rows: Vec<ReminderRow> = serde_json::from_str(json.get()).map_err(|e| Error::unreadable("reminders", e))?;
    rows.into_iter().map(ReminderRow::into_reminder).collect()
}

impl ReminderRow {
    fn into_reminder(self) -> Result<Reminder, Error> {
        let trigger = match (self.at, &self.offset) {
            (Some(at), _) => Trigger::At(at),
            (None, Some(offset)) => {
                Trigger::Offset(offset.parse().map_err(|e| Error::unreadable("reminders.offset", e))?)
            }
            (None, None) => return Err(Error::unreadable("reminders", "neither at nor offset")),
        };
        Ok(Reminder {
            id: ReminderId(self.id),
            trigger,
            fire_at: self.fire_at,
            state: self
                .state
                .parse()
                .map_err(|e| Error::unreadable("reminders.state", e))?,
            generation: self.generation,
            fired_at: self.fired_at,
        })
    }
}

/// The local times of a text array.
pub(crate) fn civils(texts: Option<&[String]>) -> Result<Vec<Civil>, Error> {
    texts
        .unwrap_or_default()
        .iter()
        .map(|text| {
            text.parse()
                .map_err(|e| Error::unreadable("series.exceptions or additions", e))
        })
        .collect()
}
