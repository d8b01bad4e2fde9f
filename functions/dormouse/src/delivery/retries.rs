//! Trying again what a function could not take.

use std::sync::Arc;

use chrono::TimeDelta;
use runtime::{App, CancellationToken};
use storage::{
    log::history,
    retries::{self, Retry},
};

use super::{Attempt, Consumers, outcome::note};

/// How often the table is looked at.
const LOOK_AGAIN: TimeDelta = TimeDelta::milliseconds(250);
/// How long a taken delivery stays taken, should this process die.
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
        while !stop.is_cancelled() {
            let began = self.app.clock.now();
            let wait = match self.pass(&stop).await {
                Ok(0) => LOOK_AGAIN.max(self.app.look_again),
                Ok(_) => TimeDelta::zero(),
                Err(error) => {
                    tracing::debug!(%error, "failed deliveries cannot be tried again now");
                    LOOK_AGAIN
                }
            };
            // Counted from before the look: what became due during it is not looked for late.
            let passed = self.app.clock.now() - began;
            stop.run_until_cancelled(self.app.clock.sleep(wait - passed)).await;
        }
    }

    /// Tries what is to be tried now; answers how many.
    async fn pass(&self, stop: &CancellationToken) -> Result<usize, storage::Error> {
        let mut session = self.app.database.session().await?;
        let due = retries::take_due(&mut session, self.app.clock.now(), PATIENCE, AT_ONCE).await?;
        session.finish().await?;
        let count = due.len();
        for retry in due {
            if stop.is_cancelled() {
                break;
            }
            self.try_again(retry).await?;
        }
        Ok(count)
    }

    async fn try_again(&self, retry: Retry) -> Result<(), storage::Error> {
        let key = &retry.key;
        let mut session = self.app.database.session().await?;
        let recorded = history::event(&mut session, key.user, key.seq).await?;
        session.finish().await?;
        let attempt = match &recorded {
            Some(recorded) => self.consumers.attempt(&key.consumer, recorded).await,
            None => Attempt::Never("the event is gone".to_owned()),
        };
        note(&self.app, key, Some(retry.attempts), attempt).await
    }
}
