//! Following the log: one process at a time hands what comes next for each user on, a user's events in order, users side
//! by side, and notes how far it came. Whoever is killed, what was not noted is handed on again.

mod lanes;
mod lease;
mod progress;

use std::pin::Pin;

use chrono::TimeDelta;
use storage::log::reader::{Batch, Unknown};
use tokio_util::sync::CancellationToken;

pub use self::lanes::{Lanes, Room};
use self::{lease::Lease, progress::Progress};
use crate::App;

const AFTER_FAILURE: TimeDelta = TimeDelta::milliseconds(500);

type HandOn = Box<dyn Fn(Batch, CancellationToken) -> Pin<Box<dyn Future<Output = Turn> + Send>> + Send + Sync>;

/// How the log is followed.
#[derive(Debug, Clone, Copy)]
pub struct Following {
    /// The name of the lease that only one holds at a time.
    pub lease: &'static str,
    /// Whether whoever held it before is gone for sure.
    pub is_alone: bool,
    /// How many users' turns run at once.
    pub room: Room,
    /// What becomes of events of kinds that this release does not know.
    pub unknown: Unknown,
}

/// Follows the log.
pub struct LogFollower {
    app: App,
    following: Following,
    hand_on: HandOn,
    lease: Lease,
    progress: Progress,
    is_failing: bool,
}

/// How far a user's turn came.
#[derive(Debug)]
pub struct Turn {
    /// The number of the last event that was handed on; none where none was.
    pub reached: Option<i64>,
    /// Why it ended.
    pub end: End,
}

/// Why a turn ended.
#[derive(Debug)]
pub enum End {
    /// The batch did.
    Whole,
    /// Something else went wrong that has nothing to do with the batch: the rest of it is next.
    Interrupted,
    /// An event could not be handed on now: others go first.
    NotNow,
    /// Handing on failed for everybody, and pauses.
    Failed(anyhow::Error),
    /// The process stops.
    Stopped,
}

impl LogFollower {
    /// A follower that hands each batch to `hand_on`, which takes it on for as long as it takes, and once it is told to
    /// stop says how far it came.
    pub fn new<T: Future<Output = Turn> + Send + 'static>(
        app: App,
        following: Following,
        hand_on: impl Fn(Batch, CancellationToken) -> T + Send + Sync + 'static,
    ) -> Self {
        Self {
            progress: Progress::under(None, &following),
            lease: Lease::compete(app.clone(), &following),
            app,
            following,
            hand_on: Box::new(move |batch, stop| Box::pin(hand_on(batch, stop))),
            is_failing: false,
        }
    }

    /// Hands the log on until it is told to stop, or nobody renews the lease any more, which is a defect.
    pub async fn run(mut self, stop: CancellationToken) {
        let turns_stop = stop.child_token();
        while !stop.is_cancelled() && !self.lease.is_abandoned() {
            let pass = self.pass(&turns_stop).await;
            let wait = self.report(pass);
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.app.clock.sleep(wait) => {}
                () = self.app.nudge.log(), if !self.is_failing => {}
                () = self.lease.changed() => {}
                (user, turn) = self.progress.turns.ended(), if !self.is_failing => self.progress.ended(user, turn),
            }
            // Many end together: one pass for all of them.
            while let Some((user, turn)) = self.progress.turns.ended_already() {
                self.progress.ended(user, turn);
            }
        }
        turns_stop.cancel();
        self.progress.turns.forget_waiting();
        while !self.progress.turns.is_empty() {
            let (user, turn) = self.progress.turns.ended().await;
            self.progress.ended(user, turn);
        }
        if let Err(error) = self.progress.store(&self.app).await {
            tracing::debug!(%error, "how far the log was handed on was not stored; the rest is handed on again");
        }
        self.lease.release().await;
    }

    /// Begins the turns of those who are behind where there is room, and answers how long to wait.
    async fn pass(&mut self, stop: &CancellationToken) -> anyhow::Result<TimeDelta> {
        let hold = self.lease.held();
        if hold != self.progress.hold {
            // After a failover, what was handed on may not have happened.
            self.progress = Progress::under(hold, &self.following);
        }
        if let Some(error) = self.progress.failure.take() {
            return Err(error);
        }
        self.progress.store_in_time(&self.app).await?;
        while self.progress.hold.is_some() && self.progress.has_room() {
            let batches = self.progress.next(&self.app).await?;
            let is_failing = |batch: &Batch| self.progress.turns.is_failing(batch.user);
            let mut is_anybody = !batches.iter().any(is_failing) && self.progress.turns.begin_failing_anew();
            for mut batch in batches {
                if self.progress.turns.is_failing(batch.user) {
                    // One event tells whether it still fails.
                    batch.truncate(1);
                }
                let (user, bytes) = (batch.user, batch.bytes());
                let turn = (self.hand_on)(batch, stop.clone());
                is_anybody |= self.progress.begin(user, bytes, turn);
            }
            if !is_anybody {
                break;
            }
        }
        let stores_in = self
            .progress
            .stores_in()
            .and_then(|wait| TimeDelta::from_std(wait).ok());
        Ok(stores_in.map_or(self.app.look_again, |wait| wait.min(self.app.look_again)))
    }

    /// Says once that the database is away, and once that it is back.
    fn report(&mut self, pass: anyhow::Result<TimeDelta>) -> TimeDelta {
        match pass {
            Ok(wait) => {
                if std::mem::take(&mut self.is_failing) {
                    tracing::info!("the log is handed on again");
                }
                wait
            }
            Err(error) => {
                if !std::mem::replace(&mut self.is_failing, true) {
                    tracing::error!(%error, "the log cannot be handed on; trying on");
                }
                AFTER_FAILURE
            }
        }
    }
}
