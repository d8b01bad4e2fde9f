//! A task as it is asked for, and what may be changed of it.

use utoipa::ToSchema;

use super::{
    task::{RecurrenceMode, ReminderState, TaskStatus},
    texts::{
        Description, Id, Instant, LocalDate, SentInstant, SentLocalDate, SentOffset, SentPriority, SentRule, SentTag,
        SentTitle, TimeZone,
    },
};

/// A task that is to be created. A member that is null or absent takes its default.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(crate::samples::new_task))]
pub struct NewTask {
    /// What is to be done.
    pub title: SentTitle,
    /// More about it; empty by default.
    pub description: Option<Description>,
    /// How much it matters: high, medium or low; medium by default.
    pub priority: Option<SentPriority>,
    /// Its tags; of those that differ by case only, the first is kept.
    #[schema(max_items = 20)]
    pub tags: Option<Vec<SentTag>>,
    /// When it is due by local clocks; a rule needs it.
    pub due_date: Option<SentLocalDate>,
    /// The zone of its local dates; UTC by default.
    pub time_zone: Option<TimeZone>,
    /// How it repeats.
    pub recurrence_rule: Option<SentRule>,
    /// What the next occurrence is counted from, with a rule only; schedule by default.
    pub recurrence_mode: Option<RecurrenceMode>,
    /// Local times left out of the rule, 100 different ones at most.
    #[schema(max_items = 1000)]
    pub exceptions: Option<Vec<SentLocalDate>>,
    /// Local times added to the rule, 100 different ones at most.
    #[schema(max_items = 1000)]
    pub additions: Option<Vec<SentLocalDate>>,
    /// Its reminders.
    #[schema(max_items = 20)]
    pub reminders: Option<Vec<NewReminder>>,
    /// Short for one reminder with `at`, where no reminders are given.
    pub remind_at: Option<SentInstant>,
}

/// A reminder that is to be set: either at an instant that is ahead, or at an offset from the due date.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReminder {
    /// The instant.
    pub at: Option<SentInstant>,
    /// How far from the due date.
    pub offset: Option<SentOffset>,
}

/// The members of a task to change (RFC 7396); one that is null takes its default. Members that cannot be changed are
/// accepted as they were read, so that what was read can be sent back.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(crate::samples::task_patch))]
pub struct TaskPatch {
    /// What is to be done.
    #[schema(nullable = false)]
    pub title: Option<SentTitle>,
    /// More about it.
    pub description: Option<Description>,
    /// How much it matters: high, medium or low.
    pub priority: Option<SentPriority>,
    /// Its tags, all of them.
    #[schema(max_items = 20)]
    pub tags: Option<Vec<SentTag>>,
    /// When it is due by local clocks; cannot go while a rule stands.
    pub due_date: Option<SentLocalDate>,
    /// The zone of its local dates.
    pub time_zone: Option<TimeZone>,
    /// How it repeats.
    pub recurrence_rule: Option<SentRule>,
    /// What the next occurrence is counted from.
    pub recurrence_mode: Option<RecurrenceMode>,
    /// Local times left out of the rule, all of them; 100 different ones at most.
    #[schema(max_items = 1000)]
    pub exceptions: Option<Vec<SentLocalDate>>,
    /// Local times added to the rule, all of them; 100 different ones at most.
    #[schema(max_items = 1000)]
    pub additions: Option<Vec<SentLocalDate>>,
    /// Its reminders, all of them: those that stay by their id.
    #[schema(max_items = 20)]
    pub reminders: Option<Vec<ReminderPatch>>,
    /// Short for one reminder with `at`, where no reminders are given.
    pub remind_at: Option<SentInstant>,
    /// As it was read.
    #[schema(read_only, nullable = false)]
    pub id: Option<Id>,
    /// As it was read; changed by `complete` and `reopen`.
    #[schema(read_only, nullable = false)]
    pub status: Option<TaskStatus>,
    /// As it was read; follows `due_date` and `time_zone`.
    #[schema(read_only)]
    pub due_at: Option<Instant>,
    /// As it was read.
    #[schema(read_only)]
    pub series_id: Option<Id>,
    /// As it was read.
    #[schema(read_only, minimum = 1)]
    pub occurrence: Option<u32>,
    /// As it was read.
    #[schema(read_only)]
    pub scheduled_for: Option<LocalDate>,
    /// As it was read.
    #[schema(read_only, nullable = false, minimum = 1)]
    pub version: Option<i64>,
    /// As it was read.
    #[schema(read_only, nullable = false)]
    pub created_at: Option<Instant>,
    /// As it was read.
    #[schema(read_only, nullable = false)]
    pub updated_at: Option<Instant>,
    /// As it was read; changed by `complete` and `reopen`.
    #[schema(read_only)]
    pub completed_at: Option<Instant>,
    /// As it was read; changed by deleting and `restore`.
    #[schema(read_only)]
    pub deleted_at: Option<Instant>,
}

/// A reminder that stays, by its id, with what it is set for where that changes; or a new one, without an id.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReminderPatch {
    /// Which reminder of the task.
    pub id: Option<Id>,
    /// The instant.
    pub at: Option<SentInstant>,
    /// How far from the due date.
    pub offset: Option<SentOffset>,
    /// As it was read.
    #[schema(read_only)]
    pub fire_at: Option<Instant>,
    /// As it was read.
    #[schema(read_only)]
    pub state: Option<ReminderState>,
}
