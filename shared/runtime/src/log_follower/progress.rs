//! How far the log was handed on under one hold of the lease, and what is under way.

use std::{collections::HashMap, time::Duration};

use domain::UserId;
use storage::{
    leases::Hold,
    log::reader::{Batch, Reader},
};
use tokio::{task::JoinError, time::Instant};

use super::{End, Following, Lanes, Turn};
use crate::App;

/// With so many bytes of events in hand, about, no more are read: memory does not grow with what is behind.
const IN_HAND: usize = 8 << 20;
/// How often it is stored how far the log was handed on, while it goes on and on. What was handed on since is handed on
/// again by whoever follows when this process is killed.
const STORE_EVERY: Duration = Duration::from_millis(250);

/// What is known under one hold of the lease.
pub(super) struct Progress {
    pub(super) hold: Option<Hold>,
    reader: Reader,
    stored_at: Option<Instant>,
    pub(super) turns: Lanes<Turn>,
    /// About how many bytes of events the turns of each user hold.
    in_hand: HashMap<UserId, usize>,
    /// What a turn failed by, until it is said.
    pub(super) failure: Option<anyhow::Error>,
}

impl Progress {
    /// Nothing yet.
    pub(super) fn under(hold: Option<Hold>, following: &Following) -> Self {
        let timeline = hold.as_ref().map(|hold| hold.timeline.clone());
        Self {
            hold,
            reader: Reader::new(following.unknown, timeline),
            stored_at: None,
            turns: Lanes::new(following.room),
            in_hand: HashMap::new(),
            failure: None,
        }
    }

    /// Whether whoever is behind may be begun with.
    pub(super) fn has_room(&self) -> bool {
        self.turns.has_room() && self.in_hand.values().sum::<usize>() < IN_HAND
    }

    /// Has `user` take a turn with so many bytes of events; or not, `false`, where there is no room for it.
    pub(super) fn begin(
        &mut self,
        user: UserId,
        bytes: usize,
        turn: impl Future<Output = Turn> + Send + 'static,
    ) -> bool {
        let is_begun = self.turns.add(user, turn);
        if is_begun {
            self.in_hand.insert(user, bytes);
        }
        is_begun
    }

    /// What comes next.
    pub(super) async fn next(&mut self, app: &App) -> Result<Vec<Batch>, storage::Error> {
        let mut session = app.database.session().await?;
        let batches = self.reader.next(&mut session, &self.turns.not_now()).await?;
        session.finish().await?;
        Ok(batches)
    }

    /// How long until it is to be stored how far it came; not at all where that is stored.
    pub(super) fn stores_in(&self) -> Option<Duration> {
        let since = self.stored_at.map_or(STORE_EVERY, |stored_at| stored_at.elapsed());
        self.reader.has_unstored().then(|| STORE_EVERY.saturating_sub(since))
    }

    /// Stores how far it came where it is time for that.
    pub(super) async fn store_in_time(&mut self, app: &App) -> Result<(), storage::Error> {
        if self.stores_in().is_some_and(|wait| wait.is_zero()) {
            self.store(app).await
        } else {
            self.reader.store_late(&app.database).await
        }
    }

    /// Stores how far it came.
    pub(super) async fn store(&mut self, app: &App) -> Result<(), storage::Error> {
        self.reader.store(&app.database).await?;
        self.stored_at = Some(Instant::now());
        Ok(())
    }

    /// Notes how the turn of `user` went.
    pub(super) fn ended(&mut self, user: UserId, turn: Result<Turn, JoinError>) {
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

#[cfg(test)]
mod tests {
    use storage::log::reader::Unknown;
    use tokio::time::advance;

    use super::{super::Room, *};

    fn handed_on(progress: &mut Progress) {
        let turn = Turn {
            reached: Some(1),
            end: End::Whole,
        };
        progress.ended(UserId::LOCAL, Ok(turn));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_handed_on_is_stored_at_once_and_then_now_and_then() {
        let following = Following {
            lease: "test",
            is_alone: true,
            room: Room { quick: 1, failing: 1 },
            unknown: Unknown::Skip,
        };
        let mut progress = Progress::under(None, &following);
        assert_eq!(progress.stores_in(), None);
        handed_on(&mut progress);
        assert_eq!(progress.stores_in(), Some(Duration::ZERO));
        progress.stored_at = Some(Instant::now());
        assert_eq!(progress.stores_in(), Some(STORE_EVERY));
        advance(STORE_EVERY).await;
        assert_eq!(progress.stores_in(), Some(Duration::ZERO));
    }
}
