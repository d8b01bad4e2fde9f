//! The loop: sleep until the nearest moment, looking again for nearer ones; fire what is due.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{TaskId, UserId};
use runtime::{App, CancellationToken, function::WorkResult};
use storage::{
    log::OnLocked,
    reminders::{self, Except},
};
use tokio::task::JoinSet;

use crate::firing::{self, USERS};

/// How long to wait after a failure.
const AFTER_FAILURE: TimeDelta = TimeDelta::milliseconds(500);
/// How long a task that cannot be read, or a user whose reminders cannot be fired, is left alone.
const DAMAGED_FOR: TimeDelta = TimeDelta::minutes(1);

struct Dispatcher {
    app: App,
    /// Users whose heads somebody held: each is waited for on its own, so that none keeps the others waiting. No more
    /// than a quarter of the connections wait; whom there is none for is tried again with each pass.
    waiting: BTreeSet<UserId>,
    waits: JoinSet<(UserId, Result<(), storage::Error>)>,
    /// Tasks that cannot be read, and users whose reminders cannot be fired, and when to try again: they must not keep
    /// the others waiting.
    unreadable: BTreeMap<TaskId, DateTime<Utc>>,
    failed: BTreeMap<UserId, DateTime<Utc>>,
    is_failing: bool,
}

pub(crate) async fn run(app: App, stop: CancellationToken) -> WorkResult {
    let mut dispatcher = Dispatcher {
        app,
        waiting: BTreeSet::new(),
        waits: JoinSet::new(),
        unreadable: BTreeMap::new(),
        failed: BTreeMap::new(),
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
            let except = self.except(now, &held);
            let users = reminders::users_with_due(&mut session, now, &except, USERS).await?;
            session.finish().await?;
            if users.is_empty() {
                return Ok(self.until(next, now));
            }
            let fired = firing::fire_what_can_be(&self.app, now, &users, &except).await?;
            let until = now + DAMAGED_FOR;
            self.failed.extend(fired.failed.into_iter().map(|user| (user, until)));
            self.unreadable
                .extend(fired.unreadable.into_iter().map(|task| (task, until)));
            self.wait_for(&fired.skipped, now, &except);
            held.extend(fired.skipped);
        }
    }

    /// What is left alone at `now`.
    fn except(&mut self, now: DateTime<Utc>, held: &BTreeSet<UserId>) -> Except {
        self.failed.retain(|_, until| *until > now);
        self.unreadable.retain(|_, until| *until > now);
        Except {
            users: self.waiting.union(held).chain(self.failed.keys()).copied().collect(),
            tasks: self.unreadable.keys().copied().collect(),
        }
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

    fn wait_for(&mut self, users: &[UserId], now: DateTime<Utc>, except: &Except) {
        let at_once = self.app.database.share(4);
        for user in users.iter().copied() {
            if self.waits.len() < at_once && self.waiting.insert(user) {
                let (app, except) = (self.app.clone(), except.clone());
                self.waits.spawn(async move {
                    let fired = firing::fire(&app, now, &[user], &except, OnLocked::WaitBriefly).await;
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
