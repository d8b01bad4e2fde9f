//! Says once of each topic that its events are refused, or left without an answer, and once that all of them are taken again.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::UserId;
use kafka::KafkaError;
use tokio::time::Instant;

/// After how long without another refusal one is forgotten. A user whom nobody tries again here is served by another relay.
const REMEMBERED: Duration = Duration::from_secs(120);

/// Of whom an event was not taken the last time.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<HashMap<UserId, Refusal>>);

#[derive(Debug)]
struct Refusal {
    topic: &'static str,
    at: Instant,
}

impl Refusals {
    /// Notes that an event of `user`, in `topic`, was refused.
    pub(crate) fn refused(&self, user: UserId, topic: &'static str, error: &KafkaError) {
        if self.is_first(user, topic) {
            tracing::error!(%error, topic, "an event was not published; its user's log waits, and is tried again");
        }
    }

    /// Notes that events of `user`, the first in `topic`, had no answer.
    pub(crate) fn silent(&self, user: UserId, topic: &'static str) {
        if self.is_first(user, topic) {
            tracing::warn!(
                topic,
                "Kafka leaves events without an answer; the client is replaced by another"
            );
        }
    }

    /// Notes that the events of `user` were taken.
    pub(crate) fn took(&self, user: UserId) {
        let mut users = self.remembered();
        if users.remove(&user).is_some() && users.is_empty() {
            tracing::info!("events are published again");
        }
    }

    /// Remembers it, and answers whether nothing of that topic is remembered yet.
    fn is_first(&self, user: UserId, topic: &'static str) -> bool {
        let mut users = self.remembered();
        let is_first = users.values().all(|refusal| refusal.topic != topic);
        let at = Instant::now();
        users.insert(user, Refusal { topic, at });
        is_first
    }

    fn remembered(&self) -> MutexGuard<'_, HashMap<UserId, Refusal>> {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        users.retain(|_, refusal| refusal.at.elapsed() < REMEMBERED);
        users
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;
    use uuid::Uuid;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_topic_is_said_once_until_its_users_are_taken_again_or_served_elsewhere() {
        let refusals = Refusals::default();
        let [one, two, three] = [1, 2, 3].map(|number| UserId(Uuid::from_u128(number)));
        assert!(refusals.is_first(one, "created"));
        assert!(!refusals.is_first(two, "created"));
        assert!(refusals.is_first(three, "deleted"));
        refusals.took(three);
        assert!(refusals.is_first(three, "deleted"));
        advance(REMEMBERED).await;
        assert!(refusals.is_first(one, "created"));
    }
}
