//! A user's writers take turns before they take connections: they could not write side by side anyway, and a hundred
//! of one user waiting for one head must leave connections for everybody else.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::UserId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{Error, database::PATIENCE};

/// How many of one user's writers hold a connection: one writes, and the next is at the server when it commits.
const AT_ONCE: usize = 2;

/// The users who have writers in this process.
#[derive(Debug, Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<UserId, Arc<Semaphore>>>>);

/// One writer's turn, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    user: UserId,
    turns: Turns,
    /// Given back before the user is forgotten.
    permit: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// Waits for a turn of `user`, in the order of asking.
    pub(crate) async fn take(&self, user: UserId) -> Result<Turn, Error> {
        let permit = tokio::time::timeout(PATIENCE, self.of(user).acquire_owned()).await;
        match permit {
            Ok(Ok(permit)) => Ok(Turn {
                user,
                turns: self.clone(),
                permit: Some(permit),
            }),
            Ok(Err(_)) | Err(_) => Err(Error::Held),
        }
    }

    fn of(&self, user: UserId) -> Arc<Semaphore> {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let turns = users.entry(user).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE)));
        Arc::clone(turns)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.permit = None;
        let mut users = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody waits and nobody writes: only the map has it.
        if users.get(&self.user).is_some_and(|turns| Arc::strong_count(turns) == 1) {
            users.remove(&self.user);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn only_users_with_writers_are_remembered() {
        let turns = Turns::default();
        let user = UserId(Uuid::from_u128(1));
        let (one, other) = (turns.take(user).await.unwrap(), turns.take(user).await.unwrap());
        let third = tokio::time::timeout(std::time::Duration::ZERO, turns.take(user)).await;
        assert!(third.is_err());
        drop(one);
        let third = turns.take(user).await.unwrap();
        drop((third, other));
        assert!(turns.0.lock().unwrap().is_empty());
    }
}
