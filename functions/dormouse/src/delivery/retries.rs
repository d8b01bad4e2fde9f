//! Trying again what a function could not take.

use std::sync::Arc;

use chrono::TimeDelta;
use runtime::{
    App, CancellationToken,
    log_follower::{Lanes, Room},
};
use storage::{
    log::history,
    retries::{self, Retry},
};

use super::{Attempt, Consumers, outcome::note_again};

/// How often the table is looked at.
const LOOK_AGAIN: TimeDelta = TimeDelta::milliseconds(250);
/// How long a taken delivery stays taken, should this process die. Longer than any waits for its turn here.
const PATIENCE: TimeDelta = TimeDelta::seconds(30);
/// The most deliveries taken at once.
const AT_ONCE: i64 = 16;

/// Tries again.
#[derive(Debug)]
pub struct RetryDelivery {
    app: App,
    consumers: Arc<Consumers>,
}

impl RetryDelivery {
    /// A delivery to `consumers`.
    #[must_use]
    pub fn new(app: App, consumers: Arc<Consumers>) -> Self {
        Self { app, consumers }
    }

    /// Tries again until it is told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let mut turns = Lanes::new(Room::in_share_of(&self.app.database));
        while !stop.is_cancelled() {
            let began = self.app.clock.now();
            if let Err(error) = self.pass(&mut turns).await {
                tracing::debug!(%error, "failed deliveries cannot be tried again now");
            }
            // Counted from before the look: what became due during it is not looked for late.
            let wait = LOOK_AGAIN.max(self.app.look_again) - (self.app.clock.now() - began);
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.app.clock.sleep(wait) => {}
                (user, is_well) = turns.ended() => turns.went(user, is_well.unwrap_or(false)),
            }
        }
        turns.forget_waiting();
        while !turns.is_empty() {
            let _ = turns.ended().await;
        }
    }

    /// Begins to try what is to be tried now.
    async fn pass(&self, turns: &mut Lanes<bool>) -> Result<(), storage::Error> {
        if !turns.has_room() {
            return Ok(());
        }
        let mut session = self.app.database.session().await?;
        let due = retries::take_due(&mut session, self.app.clock.now(), PATIENCE, AT_ONCE).await?;
        session.finish().await?;
        for retry in due {
            let user = retry.key.user;
            // One that there is no room for comes up again, untried, when its taking has run out.
            turns.add(user, try_again(self.app.clone(), Arc::clone(&self.consumers), retry));
        }
        Ok(())
    }
}

/// Tries again; says whether the function is done with it, for better or worse.
async fn try_again(app: App, consumers: Arc<Consumers>, retry: Retry) -> bool {
    match attempt(&app, &consumers, &retry).await {
        Ok(attempt) => !matches!(attempt, Attempt::NotNow(_)),
        Err(error) => {
            tracing::warn!(%error, "a delivery could not be tried again; it comes up once more");
            false
        }
    }
}

async fn attempt(app: &App, consumers: &Consumers, retry: &Retry) -> Result<Attempt, storage::Error> {
    let key = &retry.key;
    let mut session = app.database.session().await?;
    let recorded = history::event(&mut session, key.user, key.seq).await?;
    session.finish().await?;
    let attempt = match &recorded {
        Some(recorded) => consumers.attempt(&key.consumer, recorded).await,
        None => Attempt::Never("the event is gone".to_owned()),
    };
    note_again(app, retry, &attempt).await?;
    Ok(attempt)
}
