//! Following the log.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use domain::UserId;
use runtime::{App, CancellationToken};
use storage::{
    leases,
    log::reader::{Batch, Reader},
    retries::DeliveryKey,
};
use tokio::{task::JoinSet, time::Instant};
use uuid::Uuid;

use super::{Consumers, outcome::note};

/// What the lease is called: one reader at a time hands the log on, for two would do everything twice.
const LEASE: &str = "in-process-delivery";
const LEASE_LIFETIME: Duration = Duration::from_secs(3);
const RENEW_AFTER: Duration = Duration::from_secs(1);
const AFTER_FAILURE: TimeDelta = TimeDelta::milliseconds(500);

/// Hands the log on.
#[derive(Debug)]
pub struct LogDelivery {
    app: App,
    consumers: Arc<Consumers>,
    reader: Reader,
    holder: Uuid,
    held_since: Option<Instant>,
    is_alone: bool,
    is_failing: bool,
}

impl LogDelivery {
    /// A delivery to `consumers`. `is_alone` says that whoever held the lease before is gone for sure.
    #[must_use]
    pub fn new(app: App, consumers: Arc<Consumers>, is_alone: bool) -> Self {
        Self {
            holder: app.clock.new_id(),
            app,
            consumers,
            reader: Reader::default(),
            held_since: None,
            is_alone,
            is_failing: false,
        }
    }

    /// Hands the log on until it is told to stop.
    pub async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let wait = match self.pass(&stop).await {
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
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.app.clock.sleep(wait) => {}
                () = self.app.nudge.log() => {}
                () = self.lease_grows_old() => {}
            }
        }
        if let Err(error) = self.release().await {
            tracing::debug!(%error, "the lease was not given back; it runs out by itself");
        }
    }

    /// Hands on everything there is, and answers how long to wait.
    async fn pass(&mut self, stop: &CancellationToken) -> Result<TimeDelta, storage::Error> {
        while self.holds_lease().await? && !stop.is_cancelled() {
            let mut session = self.app.database.session().await?;
            let batches = self.reader.next(&mut session).await?;
            session.finish().await?;
            if batches.is_empty() {
                break;
            }
            let is_whole = self.hand_on(batches, stop).await;
            let mut session = self.app.database.session().await?;
            self.reader.store(&mut session).await?;
            session.finish().await?;
            if !is_whole {
                return Ok(AFTER_FAILURE);
            }
        }
        Ok(self.app.look_again)
    }

    /// Hands batches on, different users' side by side; says whether all of it was.
    async fn hand_on(&mut self, batches: Vec<Batch>, stop: &CancellationToken) -> bool {
        // Handlers take a connection each; the rest stays for requests.
        let at_once = usize::try_from(self.app.database.size() / 4).unwrap_or(1).max(1);
        let mut waiting = batches.into_iter();
        let mut under_way = JoinSet::new();
        let mut is_whole = true;
        loop {
            while under_way.len() < at_once
                && let Some(batch) = waiting.next()
            {
                under_way.spawn(hand_on(
                    self.app.clone(),
                    Arc::clone(&self.consumers),
                    batch,
                    stop.clone(),
                ));
            }
            match under_way.join_next().await {
                None => return is_whole,
                Some(Ok((user, reached, is_done))) => {
                    if let Some(seq) = reached {
                        self.reader.passed_on(user, seq);
                    }
                    is_whole &= is_done;
                }
                Some(Err(error)) => {
                    tracing::error!(%error, "handing events on panicked");
                    is_whole = false;
                }
            }
        }
    }

    async fn holds_lease(&mut self) -> Result<bool, storage::Error> {
        if self.held_since.is_some_and(|since| since.elapsed() < RENEW_AFTER) {
            return Ok(true);
        }
        let mut session = self.app.database.session().await?;
        if std::mem::take(&mut self.is_alone) {
            leases::clear(&mut session, LEASE).await?;
        }
        let epoch = leases::hold(&mut session, LEASE, self.holder, LEASE_LIFETIME).await?;
        session.finish().await?;
        self.held_since = epoch.map(|_| Instant::now());
        Ok(epoch.is_some())
    }

    async fn lease_grows_old(&self) {
        tokio::time::sleep(RENEW_AFTER).await;
    }

    async fn release(&self) -> Result<(), storage::Error> {
        let mut session = self.app.database.session().await?;
        leases::release(&mut session, LEASE, self.holder).await?;
        session.finish().await
    }
}

/// Hands one user's events on in order; answers up to where, and whether that is all of them.
async fn hand_on(
    app: App,
    consumers: Arc<Consumers>,
    batch: Batch,
    stop: CancellationToken,
) -> (UserId, Option<i64>, bool) {
    let mut reached = None;
    for recorded in &batch.events {
        if stop.is_cancelled() {
            return (batch.user, reached, false);
        }
        for consumer in consumers.of_kind(recorded.event.kind) {
            let key = DeliveryKey {
                user: batch.user,
                seq: recorded.seq,
                consumer: consumer.to_owned(),
            };
            let attempt = consumers.attempt(consumer, recorded).await;
            if let Err(error) = note(&app, &key, None, attempt).await {
                tracing::warn!(%error, "a failed delivery could not be noted; it will be tried again as if for the first time");
                return (batch.user, reached, false);
            }
        }
        reached = Some(recorded.seq);
    }
    (batch.user, Some(batch.upto), true)
}
