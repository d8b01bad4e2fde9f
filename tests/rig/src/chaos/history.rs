//! What people did, as they know it.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

/// The kinds of requests that make no event of the same name.
pub mod kind {
    /// Reads a task.
    pub const READ: &str = "read";
    /// Lists tasks.
    pub const LIST: &str = "list";
    /// Reads a task's history.
    pub const HISTORY: &str = "history";
    /// Reads the inbox.
    pub const INBOX: &str = "inbox";
    /// Snoozes a notification.
    pub const SNOOZE: &str = "snooze";
    /// Moves an occurrence to its next date.
    pub const SKIP: &str = "skip";
    /// Previews a rule.
    pub const PREVIEW: &str = "preview";
    /// Reads a page of changes.
    pub const CHANGES: &str = "changes";
    /// Asks for a task of somebody else's, whatever is to be done with it.
    pub const STRANGE: &str = "strange";
}

/// A request that was sent, and what its sender knows of it.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Who.
    pub user: Uuid,
    /// What: the kind of event it makes, or one of [`kind`].
    pub kind: &'static str,
    /// Of which task; of none that is known, where one is created.
    pub task: String,
    /// A text that this request alone would write, where it writes one: the title of a task that is created, the
    /// description of one that is changed.
    pub mark: Option<String>,
    /// When it asks to be reminded, where it does.
    pub moment: Option<DateTime<Utc>>,
    /// When it was sent first.
    pub began: DateTime<Utc>,
    /// When its outcome was known.
    pub ended: DateTime<Utc>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a request, as its sender knows.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was acknowledged, with this task or whatever else was asked for, or nothing where a task was deleted.
    Acknowledged(Value),
    /// It was refused: nothing of it may have happened.
    Refused(u16),
    /// No answer came, and it was not sent again: it happened once or not at all.
    Unknown,
    /// No answer came, however often it was sent: somebody who waits is never answered.
    Unanswered,
}

impl Attempt {
    /// What it was answered, where it was done.
    #[must_use]
    pub fn answer(&self) -> Option<&Value> {
        match &self.outcome {
            Outcome::Acknowledged(answer) => Some(answer),
            _ => None,
        }
    }
}
