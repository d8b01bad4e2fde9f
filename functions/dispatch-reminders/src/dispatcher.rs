//! The loop: sleep until the nearest moment, looking again for nearer ones; fire what is due.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::UserId;
use runtime::{App, CancellationToken, function::WorkResult};
use storage::{log::OnLocked, reminders};
use tokio::task::JoinSet;

use crate::firing::{self, USERS};

/// How long to wait after a failure.
const AFTER_FAILURE: TimeDelta = TimeDelta::milliseconds(500);
/// How long a user with a task that cannot be read is left alone.
const DAMAGED_FOR: TimeDelta = TimeDelta::minutes(1);

struct Dispatcher {
    app: App,
    /// Users whose heads somebody held: each is waited for on its own, so that none keeps the others waiting. No more
    /// than a quarter of the connections wait; whom there is none for is tried again with each pass.
    waiting: BTreeSet<UserId>,
    waits: JoinSet<(UserId, Result<(), storage::Error>)>,
    /// Users with a task that cannot be read, and when to try again: they must not keep the others waiting.
    damaged: BTreeMap<UserId, DateTime<Utc>>,
    is_failing: bool,
}

pub(crate) async fn run(app: App, stop: CancellationToken) -> WorkResult {
    let mut dispatcher = Dispatcher {
        app,
        waiting: BTreeSet::new(),
        waits: JoinSet::new(),
        damaged: BTreeMap::new(),
        is_failing: false,
    };
    while !stop.is_cancelled() {
        let wait = dispatcher.pass().await;
        let wait = dispatcher.report(wait);
        tokio::select! {
            () = stop.cancelled() => {}
            () = dispatcher.app.clock.sleep(wait) => {}
            () = dispatcher.app.nudge.reminders() => {}
            Some(waited) = dispatcher.waits.join_next() => dispatcher.waited(waited),
        }
    }
    // A transaction under way ends whole, or is rolled back with nothing lost.
    dispatcher.waits.shutdown().await;
    Ok(())
}

impl Dispatcher {
    /// Fires everything that is due, and answers how long nothing will be.
    async fn pass(&mut self) -> Result<TimeDelta, storage::Error> {
        let mut held = BTreeSet::new();
        loop {
            let mut session = self.app.database.session().await?;
            let Some(next) = reminders::next_moment(&mut session).await? else {
                session.finish().await?;
                return Ok(self.app.look_again);
            };
            if next > self.app.clock.now() {
                session.finish().await?;
                return Ok(self.app.look_again.min(next - self.app.clock.now()));
            }
            let now = self.app.clock.reached_by_both(&mut session).await?;
            let users = self.users_with_due(&mut session, now, &held).await?;
            session.finish().await?;
            if users.is_empty() {
                return Ok(self.until(next, now));
            }
            let fired = firing::fire_what_can_be(&self.app, now, &users).await?;
            let until = now + DAMAGED_FOR;
            self.damaged.extend(fired.damaged.into_iter().map(|user| (user, until)));
            self.wait_for(&fired.skipped, now);
            held.extend(fired.skipped);
        }
    }

    async fn users_with_due(
        &self,
        connection: &mut storage::PgConnection,
        now: DateTime<Utc>,
        held: &BTreeSet<UserId>,
    ) -> Result<Vec<UserId>, storage::Error> {
        let damaged = self
            .damaged
            .iter()
            .filter(|(_, until)| **until > now)
            .map(|(user, _)| user);
        let except: Vec<_> = self.waiting.union(held).chain(damaged).copied().collect();
        reminders::users_with_due(connection, now, &except, USERS).await
    }

    /// How long until `next`, which the slower of the clocks has not reached, or whose user's head is held.
    fn until(&self, next: DateTime<Utc>, now: DateTime<Utc>) -> TimeDelta {
        let ahead = next - now;
        if ahead > TimeDelta::zero() {
            self.app.look_again.min(ahead)
        } else {
            self.app.look_again.min(App::SHARED)
        }
    }

    fn wait_for(&mut self, users: &[UserId], now: DateTime<Utc>) {
        let at_once = usize::try_from(self.app.database.size() / 4).unwrap_or(1).max(1);
        for user in users.iter().copied() {
            if self.waits.len() < at_once && self.waiting.insert(user) {
                let app = self.app.clone();
                self.waits.spawn(async move {
                    let fired = firing::fire(&app, now, &[user], OnLocked::WaitBriefly).await;
                    (user, fired.map(drop))
                });
            }
        }
    }

    fn waited(&mut self, waited: Result<(UserId, Result<(), storage::Error>), tokio::task::JoinError>) {
        match waited {
            Ok((user, result)) => {
                self.waiting.remove(&user);
                if let Err(error) = result {
                    tracing::warn!(%error, user_id = %user, "a user's reminders wait for whoever holds their log");
                }
            }
            Err(error) => {
                tracing::error!(%error, "firing a user's reminders panicked");
                self.waiting.clear();
            }
        }
    }

    /// Says once that the database is away, and once that it is back.
    fn report(&mut self, pass: Result<TimeDelta, storage::Error>) -> TimeDelta {
        match pass {
            Ok(wait) => {
                if std::mem::take(&mut self.is_failing) {
                    tracing::info!("reminders are dispatched again");
                }
                wait
            }
            Err(error) => {
                if !std::mem::replace(&mut self.is_failing, true) {
                    tracing::error!(%error, "reminders cannot be dispatched; trying on");
                }
                AFTER_FAILURE
            }
        }
    }
}
