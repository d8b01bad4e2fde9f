//! What lists are ordered and searched by: columns that are made of a task's others, in this one place, whoever writes.

use chrono::{DateTime, Utc};
use domain::{Task, UserId, words};

use super::lexemes;

/// The most characters of a title that its place goes by: an index takes no key of any length.
const TITLE_KEY: usize = 200;

/// A task's derived columns.
#[derive(Debug)]
pub(super) struct Derived {
    /// From when on it is overdue while it is pending.
    pub(super) overdue_at: Option<DateTime<Utc>>,
    /// What its title is ordered by: without regard to case and accents.
    pub(super) title_key: String,
    /// Its words and tags, as a `tsvector` is written.
    pub(super) search: String,
}

impl Derived {
    pub(super) fn of(user: UserId, task: &Task) -> Self {
        Self {
            overdue_at: overdue_at(task),
            title_key: words::fold(task.title.as_str()).chars().take(TITLE_KEY).collect(),
            search: lexemes::vector(user, task),
        }
    }
}

/// The only one of them that changes without a person's changing the task's own words.
pub(super) fn overdue_at(task: &Task) -> Option<DateTime<Utc>> {
    task.due.map(|due| due.overdue_from(task.time_zone))
}
