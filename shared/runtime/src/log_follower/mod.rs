//! Following the log: one process at a time hands what comes next for each user on, a user's events in order, users side
//! by side, and notes how far it came. Whoever is killed, what was not noted is handed on again.

mod lanes;
mod lease;

use std::{collections::HashMap, pin::Pin};

use chrono::TimeDelta;
use domain::UserId;
use storage::{
    leases::Hold,
    log::reader::{Batch, Reader, Unknown},
};
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

pub use self::lanes::{Lanes, Room};
use self::lease::Lease;
use crate::App;

const AFTER_FAILURE: TimeDelta = TimeDelta::milliseconds(500);
/// With so many bytes of events in hand, about, no more are read: memory does not grow with what is behind.
const IN_HAND: usize = 8 << 20;

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

/// What is known under one hold of the lease.
struct Progress {
    hold: Option<Hold>,
    reader: Reader,
    turns: Lanes<Turn>,
    /// About how many bytes of events the turns of each user hold.
    in_hand: HashMap<UserId, usize>,
    /// What a turn failed by, until it is said.
    failure: Option<anyhow::Error>,
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

    /// Hands the log on until it is told to stop.
    pub async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let pass = self.pass(&stop).await;
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
        while self.progress.hold.is_some() && self.progress.has_room() {
            let mut is_anybody = false;
            for mut batch in self.progress.next(&self.app).await? {
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
        Ok(self.app.look_again)
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

impl Progress {
    fn under(hold: Option<Hold>, following: &Following) -> Self {
        Self {
            hold,
            reader: Reader::new(following.unknown),
            turns: Lanes::new(following.room),
            in_hand: HashMap::new(),
            failure: None,
        }
    }

    fn has_room(&self) -> bool {
        self.turns.has_room() && self.in_hand.values().sum::<usize>() < IN_HAND
    }

    /// Has `user` take a turn with so many bytes of events; or not, `false`, where there is no room for it.
    fn begin(&mut self, user: UserId, bytes: usize, turn: impl Future<Output = Turn> + Send + 'static) -> bool {
        let is_begun = self.turns.add(user, turn);
        if is_begun {
            self.in_hand.insert(user, bytes);
        }
        is_begun
    }

    /// Stores how far it came, and reads on.
    async fn next(&mut self, app: &App) -> Result<Vec<Batch>, storage::Error> {
        let mut session = app.database.session().await?;
        self.reader.store(&mut session).await?;
        let batches = self.reader.next(&mut session, &self.turns.not_now()).await?;
        session.finish().await?;
        Ok(batches)
    }

    async fn store(&mut self, app: &App) -> Result<(), storage::Error> {
        let mut session = app.database.session().await?;
        self.reader.store(&mut session).await?;
        session.finish().await
    }

    fn ended(&mut self, user: UserId, turn: Result<Turn, JoinError>) {
        self.in_hand.remove(&user);
        let turn = match turn {
            Ok(turn) => turn,
            Err(error) => {
                self.turns.went(user, false);
                self.failure = Some(error.into());
                return;
            }
        };
        if let Some(seq) = turn.reached {
            self.reader.passed_on(user, seq);
        }
        self.turns.went(user, !matches!(turn.end, End::NotNow));
        if let End::Failed(error) = turn.end {
            self.failure = Some(error);
        }
    }
}
