//! The log: every user's events, numbered 1, 2, 3 … without gaps in commit order, and chained by hash.
//!
//! A command holds its user's head from before it reads until it commits, so a user's writes are serial, different
//! users never wait for each other, and nothing ever commits behind a number that a reader has seen. (A global
//! sequence cannot promise that: a transaction that began earlier may commit later.) Because a head is the only
//! thing locked, and several are locked in id order, commands cannot deadlock.
//!
//! - [`transaction`]: a command's hold on heads, and the events it appends.
//! - [`chain`]: the hash of an event.
//! - [`reader`]: who is behind, what comes next for them, and how far it was passed on.
//! - [`changes`]: a user's events from a position on, for clients.
//! - [`history`]: a task's events.
//! - [`verify`]: whether a user's chain holds.

pub mod chain;
pub mod changes;
pub mod history;
pub mod reader;
pub mod transaction;
pub mod verify;

pub use transaction::{LogTransaction, OnLocked};

use chrono::{DateTime, Utc};
use domain::{TaskId, UserId};
use events::{Event, Recorded};
use uuid::Uuid;

use crate::Error;

/// A row of `events`, as the log's readers select it.
struct EventRow {
    user_id: Uuid,
    seq: i64,
    id: Uuid,
    kind: String,
    task_id: Uuid,
    version: i64,
    data: Option<String>,
    traceparent: Option<String>,
    time: DateTime<Utc>,
}

impl TryFrom<EventRow> for Recorded {
    type Error = Error;

    fn try_from(row: EventRow) -> Result<Self, Error> {
        let kind = row
            .kind
            .parse()
            .map_err(|_| Error::unreadable("events.type", &row.kind))?;
        Ok(Self {
            seq: row.seq,
            event: Event {
                id: row.id,
                kind,
                user_id: UserId(row.user_id),
                task_id: TaskId(row.task_id),
                version: row.version,
                data: row.data.unwrap_or_else(|| "null".to_owned()),
                time: row.time,
                traceparent: row.traceparent,
            },
        })
    }
}
