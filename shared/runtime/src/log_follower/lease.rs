//! The lease to follow the log: one process at a time hands it on, for two would do everything twice. A task of its own
//! renews it, so that no long turn lets it lapse.

use std::time::Duration;

use storage::leases::{self, Hold};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, timeout_at},
};
use uuid::Uuid;

use super::Following;
use crate::App;

const LIFETIME: Duration = Duration::from_secs(3);
const RENEW_AFTER: Duration = Duration::from_secs(1);

/// The lease, as far as this process knows.
#[derive(Debug)]
pub(super) struct Lease {
    app: App,
    name: &'static str,
    holder: Uuid,
    held: watch::Receiver<Option<Hold>>,
    /// Ends with this.
    renewing: JoinSet<()>,
}

impl Lease {
    /// Competes for the lease.
    pub(super) fn compete(app: App, following: &Following) -> Self {
        let (name, holder) = (following.lease, app.clock.new_id());
        let (sender, held) = watch::channel(None);
        let mut renewing = JoinSet::new();
        renewing.spawn(renew_on(app.clone(), name, holder, following.is_alone, Known(sender)));
        Self {
            app,
            name,
            holder,
            held,
            renewing,
        }
    }

    /// The lease, while it is held.
    pub(super) fn held(&mut self) -> Option<Hold> {
        self.held.borrow_and_update().clone()
    }

    /// Waits until it is had or lost, or a failover changed what it rests on.
    pub(super) async fn changed(&mut self) {
        // Or nobody renews it any more, which whoever waits looks for next.
        let _ = self.held.changed().await;
    }

    /// Whether nobody renews it any more: its task panicked, and said so.
    pub(super) fn is_abandoned(&self) -> bool {
        self.held.has_changed().is_err()
    }

    /// Gives it back, so that another need not wait for its end.
    pub(super) async fn release(mut self) {
        self.renewing.shutdown().await;
        if let Err(error) = release(&self.app, self.name, self.holder).await {
            tracing::debug!(%error, "the lease was not given back; it runs out by itself");
        }
    }
}

async fn renew_on(app: App, name: &'static str, holder: Uuid, mut is_alone: bool, held: Known) {
    let mut ends = Instant::now() + LIFETIME;
    loop {
        let asked = Instant::now();
        match timeout_at(ends, renew(&app, name, holder, is_alone)).await {
            Ok(Ok(hold)) => {
                is_alone = false;
                ends = asked + LIFETIME;
                held.set(hold);
            }
            Ok(Err(error)) => tracing::debug!(%error, "the lease cannot be renewed now"),
            Err(_) => tracing::debug!("the database does not answer in time to renew the lease"),
        }
        if Instant::now() >= ends {
            held.set(None);
            ends = Instant::now() + LIFETIME;
        }
        sleep(RENEW_AFTER).await;
    }
}

/// What is known of the lease. With its last renewer gone, be it by a panic, the lease counts as lost.
struct Known(watch::Sender<Option<Hold>>);

impl Known {
    fn set(&self, hold: Option<Hold>) {
        self.0.send_if_modified(|held| {
            let is_changed = *held != hold;
            *held = hold;
            is_changed
        });
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        self.set(None);
    }
}

async fn renew(app: &App, name: &str, holder: Uuid, is_alone: bool) -> Result<Option<Hold>, storage::Error> {
    let mut session = app.database.session().await?;
    if is_alone {
        leases::clear(&mut session, name).await?;
    }
    let hold = leases::hold(&mut session, name, holder, LIFETIME).await?;
    session.finish().await?;
    Ok(hold)
}

async fn release(app: &App, name: &str, holder: Uuid) -> Result<(), storage::Error> {
    let mut session = app.database.session().await?;
    leases::release(&mut session, name, holder).await?;
    session.finish().await
}

#[cfg(test)]
mod tests {
    use storage::{Database, PgConnectOptions, Pooler, log::reader::Unknown};
    use tokio_util::sync::CancellationToken;

    use super::{
        super::{LogFollower, Room},
        *,
    };
    use crate::{Clock, Nudge};

    #[tokio::test]
    async fn follower_whose_lease_nobody_renews_any_more_ends() {
        let nowhere = PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(1);
        let app = App {
            database: Database::lazy(nowhere, 1, Pooler::None),
            clock: Clock::system(),
            nudge: Nudge::default(),
            look_again: App::SHARED,
        };
        let following = Following {
            lease: "test",
            is_alone: true,
            room: Room { quick: 1, failing: 1 },
            unknown: Unknown::Skip,
        };
        let mut follower = LogFollower::new(app, following, async |_, _| unreachable!("nothing is read"));
        follower.lease.renewing.abort_all();
        let ended = follower.run(CancellationToken::new());
        tokio::time::timeout(Duration::from_secs(60), ended)
            .await
            .expect("it ends");
    }

    #[tokio::test]
    async fn lease_that_nobody_renews_any_more_is_lost() {
        let hold = Hold {
            epoch: 1,
            timeline: "00000001".to_owned(),
        };
        let (sender, mut held) = watch::channel(None);
        let mut renewing = JoinSet::new();
        renewing.spawn(async move {
            let known = Known(sender);
            known.set(Some(hold));
            panic!("as a renewal that breaks an invariant");
        });
        assert!(renewing.join_next().await.expect("it was begun").is_err());
        held.changed().await.expect("the loss is told");
        assert_eq!(*held.borrow_and_update(), None);
        assert!(held.has_changed().is_err(), "it is seen to be abandoned");
    }
}
