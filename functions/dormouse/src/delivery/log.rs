//! Following the log.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::UserId;
use runtime::{App, CancellationToken};
use storage::{
    leases::Hold,
    log::reader::{Batch, Reader},
    retries::DeliveryKey,
};
use tokio::task::JoinError;

use super::{Attempt, Consumers, lanes::Lanes, lease::Lease, outcome::note_first};

const AFTER_FAILURE: TimeDelta = TimeDelta::milliseconds(500);

/// Hands the log on.
pub struct LogDelivery {
    app: App,
    consumers: Arc<Consumers>,
    lease: Lease,
    following: Following,
    is_failing: bool,
}

/// What is known under one hold of the lease.
struct Following {
    hold: Option<Hold>,
    reader: Reader,
    turns: Lanes<Turn>,
    /// What a turn failed by, until it is said.
    failure: Option<anyhow::Error>,
}

/// How far a user's turn came.
struct Turn {
    /// The last event that was handed on.
    reached: Option<i64>,
    end: End,
}

/// Why a turn ended.
enum End {
    /// The batch did.
    Whole,
    /// A function could not take an event now: others go first.
    NotNow,
    /// What came of an event could not be noted: it will be tried again as if for the first time.
    Unnoted(storage::Error),
    /// The process stops.
    Stopped,
}

impl LogDelivery {
    /// A delivery to `consumers`. `is_alone` says that whoever delivered before is gone for sure.
    #[must_use]
    pub fn new(app: App, consumers: Arc<Consumers>, is_alone: bool) -> Self {
        Self {
            following: Following::under(None, &app),
            lease: Lease::compete(app.clone(), is_alone),
            app,
            consumers,
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
                (user, turn) = self.following.turns.ended(), if !self.is_failing => self.following.ended(user, turn),
            }
        }
        self.following.turns.forget_waiting();
        while !self.following.turns.is_empty() {
            let (user, turn) = self.following.turns.ended().await;
            self.following.ended(user, turn);
        }
        if let Err(error) = self.following.store(&self.app).await {
            tracing::debug!(%error, "how far the log was handed on was not stored; the rest is handed on again");
        }
        self.lease.release().await;
    }

    /// Begins the turns of those who are behind where there is room, and answers how long to wait.
    async fn pass(&mut self, stop: &CancellationToken) -> anyhow::Result<TimeDelta> {
        let hold = self.lease.held();
        if hold != self.following.hold {
            // After a failover, what was handed on may not have happened.
            self.following = Following::under(hold, &self.app);
        }
        if let Some(error) = self.following.failure.take() {
            return Err(error);
        }
        while self.following.hold.is_some() && self.following.turns.has_room() {
            let mut is_anybody = false;
            for mut batch in self.following.next(&self.app).await? {
                if self.following.turns.is_failing(batch.user) {
                    // One event tells whether it still fails.
                    batch.truncate(1);
                }
                let (app, consumers) = (self.app.clone(), Arc::clone(&self.consumers));
                let (user, turn) = (batch.user, hand_on(app, consumers, batch, stop.clone()));
                is_anybody |= self.following.turns.add(user, turn);
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

impl Following {
    fn under(hold: Option<Hold>, app: &App) -> Self {
        Self {
            hold,
            reader: Reader::default(),
            turns: Lanes::of(&app.database),
            failure: None,
        }
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
        if let End::Unnoted(error) = turn.end {
            self.failure = Some(error.into());
        }
    }
}

/// Hands one user's events on in order, until one cannot be taken now.
async fn hand_on(app: App, consumers: Arc<Consumers>, batch: Batch, stop: CancellationToken) -> Turn {
    let mut reached = None;
    for recorded in &batch.events {
        if stop.is_cancelled() {
            let end = End::Stopped;
            return Turn { reached, end };
        }
        let mut is_taken = true;
        for consumer in consumers.of_kind(recorded.event.kind) {
            let key = DeliveryKey {
                user: batch.user,
                seq: recorded.seq,
                consumer: consumer.to_owned(),
            };
            let attempt = consumers.attempt(consumer, recorded).await;
            is_taken &= !matches!(attempt, Attempt::NotNow(_));
            if let Err(error) = note_first(&app, &key, &attempt).await {
                let end = End::Unnoted(error);
                return Turn { reached, end };
            }
        }
        reached = Some(recorded.seq);
        if !is_taken {
            let end = End::NotNow;
            return Turn { reached, end };
        }
    }
    Turn {
        reached: Some(batch.upto),
        end: End::Whole,
    }
}
