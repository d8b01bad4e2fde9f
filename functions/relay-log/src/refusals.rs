//! Says once that Kafka refuses events, and once that it takes them all again.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::UserId;
use kafka::KafkaError;
use tokio::time::Instant;

/// After how long without another refusal one is forgotten. A user whom nobody tries again here is served by another relay.
const REMEMBERED: Duration = Duration::from_secs(60);

/// Of whom an event was refused, and when the last time.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<HashMap<UserId, Instant>>);

impl Refusals {
    /// Notes that an event of `user`, in `topic`, was refused.
    pub(crate) fn refused(&self, user: UserId, topic: Option<&str>, error: &KafkaError) {
        let mut users = self.remembered();
        if users.is_empty() {
            tracing::error!(%error, topic, "an event was not published; its user's log waits, and is tried again");
        }
        users.insert(user, Instant::now());
    }

    /// Notes that the events of `user` were taken.
    pub(crate) fn took(&self, user: UserId) {
        let mut users = self.users();
        if users.remove(&user).is_some() && users.is_empty() {
            tracing::info!("events are published again");
        }
    }

    /// Whether none was refused that was not taken since.
    pub(crate) fn are_over(&self) -> bool {
        self.remembered().is_empty()
    }

    fn remembered(&self) -> MutexGuard<'_, HashMap<UserId, Instant>> {
        let mut users = self.users();
        users.retain(|_, refused_at| refused_at.elapsed() < REMEMBERED);
        users
    }

    fn users(&self) -> MutexGuard<'_, HashMap<UserId, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::UserId;
    use kafka::KafkaError;
    use tokio::time::advance;

    use super::*;

    const REFUSED: KafkaError = KafkaError::Canceled;

    #[tokio::test(start_paused = true)]
    async fn refusals_are_over_once_each_user_was_taken_or_is_served_elsewhere() {
        let refusals = Refusals::default();
        let [one, two] = [1, 2].map(|number| UserId(uuid::Uuid::from_u128(number)));
        refusals.refused(one, None, &REFUSED);
        refusals.refused(two, None, &REFUSED);
        refusals.took(one);
        assert!(!refusals.are_over());
        advance(REMEMBERED / 2).await;
        assert!(!refusals.are_over());
        advance(REMEMBERED / 2).await;
        assert!(refusals.are_over());
    }
}
