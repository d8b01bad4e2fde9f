//! The inbox.

use utoipa::ToSchema;

use super::texts::{Cursor, Id, Instant, SentInstant, SentOffset, Title};

/// A notification: one firing of one reminder.
#[derive(Debug, ToSchema)]
#[schema(examples(crate::samples::notification))]
pub struct Notification {
    /// A UUIDv5 of the reminder and its firing.
    pub id: Id,
    /// The task it is about.
    pub task_id: Id,
    /// What it tells.
    pub kind: NotificationKind,
    /// The task's title when the reminder fired.
    pub title: Title,
    /// The moment the reminder was set for.
    pub remind_at: Instant,
    /// The moment it fired, never before `remind_at`.
    pub fired_at: Instant,
    /// How late it fired, in milliseconds.
    #[schema(minimum = 0)]
    pub late_ms: i64,
    /// When it was read.
    #[schema(required)]
    pub read_at: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
}

/// What a notification tells.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum NotificationKind {
    /// A reminder's moment came.
    Reminder,
}

/// A page of notifications.
#[derive(Debug, ToSchema)]
pub struct NotificationPage {
    /// The notifications.
    #[schema(max_items = 200)]
    pub items: Vec<Notification>,
    /// Where the next page begins; null on the last one.
    #[schema(required)]
    pub next_cursor: Option<Cursor>,
}

/// When to be reminded again: either a while from now, or at a moment, within 366 days.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(crate::samples::snooze))]
pub struct Snooze {
    /// A while from now.
    #[schema(rename = "for")]
    pub after: Option<SentOffset>,
    /// A moment that is ahead.
    pub until: Option<SentInstant>,
}
