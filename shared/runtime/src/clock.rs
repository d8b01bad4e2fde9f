//! What time it is: the only place that asks. Everything else is handed `now`.

use std::sync::Arc;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use events::Stamp;
use storage::{PgConnection, reminders};
use tokio::sync::watch;
use uuid::{NoContext, Timestamp, Uuid};

use crate::TraceContext;

/// A source of time and of the identities that carry it.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Test(Arc<TestClock>),
}

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct TestClock {
    now: watch::Sender<DateTime<Utc>>,
    database_ahead_by: watch::Sender<TimeDelta>,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// The present, in whole microseconds, as the database keeps it.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &self.0 {
            Source::System => system_now(),
            Source::Test(clock) => *clock.now.borrow(),
        };
        now.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(now)
    }

    /// A new UUIDv7 (RFC 9562 §5.7).
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        let now = self.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()))
    }

    /// The stamp of an event that happens `now` because of what `trace` is the context of.
    #[must_use]
    pub fn stamp(&self, now: DateTime<Utc>, trace: &TraceContext) -> Stamp {
        Stamp {
            id: self.new_id(),
            time: now,
            traceparent: Some(trace.traceparent()),
        }
    }

    /// The moment that both this clock and the database's have reached: nothing that waits for it is early by either.
    ///
    /// # Errors
    /// [`storage::Error`] when the database could not be asked.
    pub async fn reached_by_both(&self, connection: &mut PgConnection) -> Result<DateTime<Utc>, storage::Error> {
        let database = match &self.0 {
            Source::System => reminders::database_now(connection).await?,
            Source::Test(clock) => *clock.now.borrow() + *clock.database_ahead_by.borrow(),
        };
        Ok(self.now().min(database))
    }

    /// Waits until this clock has moved on by `duration`; not at all when that is not positive.
    pub async fn sleep(&self, duration: TimeDelta) {
        let Ok(duration) = duration.to_std() else {
            return;
        };
        match &self.0 {
            Source::System => tokio::time::sleep(duration).await,
            Source::Test(clock) => {
                let until = self.now() + duration;
                let mut now = clock.now.subscribe();
                // The sender lives as long as this clock, so the wait ends only when the moment has come.
                let _ = now.wait_for(|now| *now >= until).await;
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the machine's clock"
)]
fn system_now() -> DateTime<Utc> {
    Utc::now()
}

impl TestClock {
    /// A clock that stands at `now`, with the database's beside it.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Arc<Self> {
        Arc::new(Self {
            now: watch::Sender::new(now),
            database_ahead_by: watch::Sender::new(TimeDelta::zero()),
        })
    }

    /// The clock to hand to what is tested.
    #[must_use]
    pub fn clock(self: &Arc<Self>) -> Clock {
        Clock(Source::Test(Arc::clone(self)))
    }

    /// Moves the clock to `now`.
    pub fn set(&self, now: DateTime<Utc>) {
        self.now.send_replace(now);
    }

    /// Moves the clock on by `duration`.
    pub fn advance(&self, duration: TimeDelta) {
        self.now.send_modify(|now| *now += duration);
    }

    /// Makes the database's clock differ from this one.
    pub fn set_database_ahead_by(&self, difference: TimeDelta) {
        self.database_ahead_by.send_replace(difference);
    }
}
