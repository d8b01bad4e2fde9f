//! What one kind of repair came to.

use std::collections::BTreeSet;

use domain::UserId;

/// What one kind of repair came to in this run.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    repaired: usize,
    /// Users whose logs somebody held for too long: they are waited for once in a run, not for each of their marks.
    held: BTreeSet<UserId>,
    /// Why what is left for the next run could not be repaired in this one.
    failure: Option<storage::Error>,
}

impl Tally {
    /// Notes that so many were repaired.
    pub(crate) fn add(&mut self, repaired: usize) {
        self.repaired += repaired;
    }

    /// Whether the user's log was held when it was last asked for.
    pub(crate) fn is_held(&self, user: UserId) -> bool {
        self.held.contains(&user)
    }

    /// Whether nothing was left for the next run.
    pub(crate) fn is_complete(&self) -> bool {
        self.failure.is_none()
    }

    /// Notes what the repair of one of `user`'s came to. What is held or cannot be read does not stop the others'.
    ///
    /// # Errors
    /// The database is away, so nothing else can be repaired either.
    pub(crate) fn note(&mut self, user: UserId, repair: Result<bool, storage::Error>) -> Result<(), storage::Error> {
        match repair {
            Ok(is_repaired) => self.add(usize::from(is_repaired)),
            Err(error) if error.is_contention() => {
                tracing::warn!(%error, user_id = %user, "a user's repairs wait for whoever holds their log");
                self.held.insert(user);
                self.failure.get_or_insert(error);
            }
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => tracing::error!(%error, user_id = %user, "what was left behind cannot be repaired"),
        }
        Ok(())
    }

    /// Counts what was repaired under `name`.
    pub(crate) fn count(&self, name: &'static str) {
        if self.repaired > 0 {
            tracing::warn!(repair = name, repaired = self.repaired, "repaired what was left behind");
        }
        metrics::counter!("reconcile_repairs_total", "repair" => name)
            .increment(u64::try_from(self.repaired).unwrap_or(u64::MAX));
    }

    /// Why something was left for the next run, if it was.
    pub(crate) fn outcome(self) -> Result<(), storage::Error> {
        self.failure.map_or(Ok(()), Err)
    }
}
