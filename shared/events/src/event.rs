//! An event on its way into the log, and as the log recorded it.

use chrono::{DateTime, Utc};
use domain::{TaskId, UserId};
use uuid::Uuid;

use crate::{EventType, Payload};

/// An event that is to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its identity: a UUIDv7.
    pub id: Uuid,
    /// What kind of event.
    pub kind: EventType,
    /// Whose event.
    pub user_id: UserId,
    /// The task it is about.
    pub task_id: TaskId,
    /// The task's version after it.
    pub version: i64,
    /// Its data: a JSON object, kept byte for byte.
    pub data: String,
    /// When it happened.
    pub time: DateTime<Utc>,
    /// The W3C trace context of what caused it.
    pub traceparent: Option<String>,
}

/// An event as the log recorded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its number in its user's log, from 1 without gaps, in commit order.
    pub seq: i64,
    /// The event.
    pub event: Event,
}

/// What an event has besides its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The event's identity.
    pub id: Uuid,
    /// When it happened.
    pub time: DateTime<Utc>,
    /// The W3C trace context of what caused it.
    pub traceparent: Option<String>,
}

impl Event {
    /// The event of `payload` in `user_id`'s log.
    #[must_use]
    pub fn new(stamp: Stamp, user_id: UserId, payload: &impl Payload) -> Self {
        let task = payload.task();
        Self {
            id: stamp.id,
            kind: payload.kind(),
            user_id,
            task_id: task.id,
            version: task.version,
            data: payload.data(user_id),
            time: stamp.time,
            traceparent: stamp.traceparent,
        }
    }
}
