//! What people did, as they know it.

use serde_json::Value;
use uuid::Uuid;

/// The kind of a request that only reads a task.
pub const READ: &str = "read";

/// A request that was sent, and what its sender knows of it.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Who.
    pub user: Uuid,
    /// What: the kind of event it makes, or [`READ`].
    pub kind: &'static str,
    /// Of which task; of none that is known, where one is created.
    pub task: String,
    /// A text that this request alone would write, where it writes one: the title of a task that is created, the
    /// description of one that is changed.
    pub mark: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a request, as its sender knows.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was acknowledged, with this task, or nothing where a task was deleted.
    Acknowledged(Value),
    /// It was refused: nothing of it may have happened.
    Refused(u16),
    /// No answer came, and it was not sent again: it happened once or not at all.
    Unknown,
}
