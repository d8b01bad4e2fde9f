//! A task as it is answered.

use utoipa::ToSchema;

use super::texts::{Cursor, Description, Id, Instant, LocalDate, Offset, Rule, Tag, TimeZone, Title};

/// A task.
#[derive(Debug, ToSchema)]
#[schema(examples(crate::samples::task))]
pub struct Task {
    /// A UUIDv7; of an occurrence that Dormouse made, a UUIDv5 of its series and number.
    #[schema(read_only)]
    pub id: Id,
    /// What is to be done.
    pub title: Title,
    /// More about it.
    pub description: Description,
    /// Whether it is done.
    #[schema(read_only)]
    pub status: TaskStatus,
    /// How much it matters.
    pub priority: Priority,
    /// Its tags, unique without regard to case.
    #[schema(max_items = 20)]
    pub tags: Vec<Tag>,
    /// When it is due by local clocks.
    #[schema(required)]
    pub due_date: Option<LocalDate>,
    /// The zone of its local dates.
    pub time_zone: TimeZone,
    /// The instant it is due at; a date's is its local start.
    #[schema(read_only, required)]
    pub due_at: Option<Instant>,
    /// How it repeats.
    #[schema(required)]
    pub recurrence_rule: Option<Rule>,
    /// What the next occurrence is counted from; null when it does not recur.
    #[schema(required)]
    pub recurrence_mode: Option<RecurrenceMode>,
    /// Local times left out of the rule.
    #[schema(max_items = 100)]
    pub exceptions: Vec<LocalDate>,
    /// Local times added to the rule.
    #[schema(max_items = 100)]
    pub additions: Vec<LocalDate>,
    /// The series it is an occurrence of; null when it does not recur.
    #[schema(read_only, required)]
    pub series_id: Option<Id>,
    /// Which occurrence it is, from 1.
    #[schema(read_only, required, minimum = 1)]
    pub occurrence: Option<u32>,
    /// The rule's own local time for it; its due date may have been moved since.
    #[schema(read_only, required)]
    pub scheduled_for: Option<LocalDate>,
    /// Its reminders.
    #[schema(max_items = 20)]
    pub reminders: Vec<Reminder>,
    /// How often it was written, which its ETag says too.
    #[schema(read_only, minimum = 1)]
    pub version: i64,
    /// When it was created.
    #[schema(read_only)]
    pub created_at: Instant,
    /// When it was last changed.
    #[schema(read_only)]
    pub updated_at: Instant,
    /// When it was completed.
    #[schema(read_only, required)]
    pub completed_at: Option<Instant>,
    /// When it was deleted.
    #[schema(read_only, required)]
    pub deleted_at: Option<Instant>,
}

/// A reminder of a task: it has either `at`, an instant, or `offset`, which counts from the due date.
#[derive(Debug, ToSchema)]
pub struct Reminder {
    /// Its id.
    #[schema(read_only)]
    pub id: Id,
    /// The instant it was set for; absent where it has an offset.
    #[schema(nullable = false)]
    pub at: Option<Instant>,
    /// How far from the due date it is; absent where it has an instant.
    #[schema(nullable = false)]
    pub offset: Option<Offset>,
    /// The moment it fires at.
    #[schema(read_only)]
    pub fire_at: Instant,
    /// How far it has come.
    #[schema(read_only)]
    pub state: ReminderState,
}

/// Whether a task is done.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum TaskStatus {
    /// Still to be done.
    Pending,
    /// Done.
    Completed,
}

/// How much a task matters.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum Priority {
    /// Before everything else.
    High,
    /// The ordinary one.
    Medium,
    /// When there is time.
    Low,
}

/// What the next occurrence is counted from: the rule's dates, or the day of completion.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum RecurrenceMode {
    /// The rule's own dates.
    Schedule,
    /// The day of completion.
    Completion,
}

/// How far a reminder has come: awaited, come, arrived in the inbox, or called off.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum ReminderState {
    /// Its moment is awaited.
    Scheduled,
    /// Its moment came.
    Fired,
    /// Its notification was made.
    Delivered,
    /// Its task was completed or deleted first.
    Cancelled,
}

/// A page of tasks.
#[derive(Debug, ToSchema)]
pub struct TaskPage {
    /// The tasks.
    #[schema(max_items = 200)]
    pub items: Vec<Task>,
    /// Where the next page begins; null on the last one.
    #[schema(required)]
    pub next_cursor: Option<Cursor>,
}
