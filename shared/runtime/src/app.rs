//! What a function is made with.

use std::sync::Arc;

use chrono::TimeDelta;
use storage::Database;
use tokio::sync::Notify;

use crate::Clock;

/// What a function is made with.
#[derive(Debug, Clone)]
pub struct App {
    /// The database.
    pub database: Database,
    /// The clock.
    pub clock: Clock,
    /// Tells loops in this process that something was committed.
    pub nudge: Nudge,
    /// How soon loops look for what other processes committed.
    pub look_again: TimeDelta,
}

impl App {
    /// How soon loops look again where other processes write to the same database.
    pub const SHARED: TimeDelta = TimeDelta::milliseconds(25);
    /// How soon they look again where nothing but this process writes, save an operator's command.
    pub const ALONE: TimeDelta = TimeDelta::seconds(1);
}

/// A hint to loops in the same process that a commit may concern them. They find out by themselves soon after, so
/// that nothing rests on a nudge.
#[derive(Debug, Clone, Default)]
pub struct Nudge {
    log: Arc<Notify>,
    streams: Arc<Notify>,
    reminders: Arc<Notify>,
}

impl Nudge {
    /// Says that events were committed.
    pub fn log_grew(&self) {
        self.log.notify_one();
        self.streams.notify_one();
    }

    /// Says that reminders may have been scheduled.
    pub fn reminders_changed(&self) {
        self.reminders.notify_one();
    }

    /// Waits for a commit that the log's one reader has not seen.
    pub async fn log(&self) {
        self.log.notified().await;
    }

    /// Waits for a commit that the one tail of the streams has not seen.
    pub async fn streams(&self) {
        self.streams.notified().await;
    }

    /// Waits for a commit that the one dispatcher has not seen.
    pub async fn reminders(&self) {
        self.reminders.notified().await;
    }
}
