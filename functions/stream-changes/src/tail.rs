//! The ends of the logs of everybody who has a stream: asked for in one query, however many streams there are, and not
//! at all when there is none.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::UserId;
use runtime::{App, Problem};
use storage::log::changes::{self, End};
use tokio::sync::watch;

use crate::stream::LONGEST;

/// The most streams that one user may have at once.
const STREAMS: usize = 20;

/// Who watches, and how that is found out.
#[derive(Debug)]
pub(crate) struct Tail {
    app: App,
    watched: Mutex<Watched>,
}

#[derive(Debug, Default)]
struct Watched {
    /// Where the logs end of everybody who watches, once that was asked for.
    ends: HashMap<UserId, watch::Sender<Option<End>>>,
    /// Whether somebody looks where the logs end.
    is_followed: bool,
}

/// One stream's view of its user's log.
#[derive(Debug)]
pub(crate) struct Watch {
    end: watch::Receiver<Option<End>>,
}

impl Tail {
    pub(crate) fn new(app: App) -> Self {
        Self {
            app,
            watched: Mutex::default(),
        }
    }

    /// Begins to watch the user's log.
    ///
    /// # Errors
    /// 429 for a user who has too many streams.
    pub(crate) fn watch(self: &Arc<Self>, user: UserId) -> Result<Watch, Problem> {
        let mut watched = self.watched();
        let end = watched.ends.entry(user).or_insert_with(|| watch::channel(None).0);
        if end.receiver_count() >= STREAMS {
            return Err(Problem::too_many_streams(STREAMS, LONGEST));
        }
        let end = end.subscribe();
        if !std::mem::replace(&mut watched.is_followed, true) {
            tokio::spawn(Arc::clone(self).follow());
        }
        Ok(Watch { end })
    }

    /// Looks where the logs end, until nobody watches any more.
    async fn follow(self: Arc<Self>) {
        let mut is_failing = false;
        loop {
            let Some(users) = self.users() else { return };
            let looked = self.look(&users).await;
            if let Err(error) = &looked
                && !is_failing
            {
                tracing::warn!(%error, "streams wait for the database");
            }
            is_failing = looked.is_err();
            tokio::select! {
                () = self.app.clock.sleep(self.app.look_again) => {}
                () = self.app.nudge.streams(), if !is_failing => {}
            }
        }
    }

    /// Everybody who watches; `None` ends the following.
    fn users(&self) -> Option<Vec<UserId>> {
        let mut watched = self.watched();
        watched.ends.retain(|_, end| end.receiver_count() > 0);
        watched.is_followed = !watched.ends.is_empty();
        watched.is_followed.then(|| watched.ends.keys().copied().collect())
    }

    async fn look(&self, users: &[UserId]) -> Result<(), storage::Error> {
        let mut session = self.app.database.session().await?;
        let ends = changes::ends(&mut session, users).await?;
        session.finish().await?;
        let watched = self.watched();
        for (user, end) in ends {
            if let Some(watched) = watched.ends.get(&user) {
                watched.send_if_modified(|watched| watched.replace(end) != Some(end));
            }
        }
        Ok(())
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        // Whoever panicked with it in hand was between two whole states.
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    /// Waits until the log goes beyond `position`, or `era` is over.
    pub(crate) async fn beyond(&mut self, era: i64, position: i64) -> Option<()> {
        let is_news = |end: &Option<End>| end.is_some_and(|end| end.era != era || end.seq > position);
        self.end.wait_for(is_news).await.ok().map(drop)
    }
}
