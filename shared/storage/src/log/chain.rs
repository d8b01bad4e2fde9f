//! The hash of an event, which covers the one before it: an audit trail.
//!
//! `hash = sha256(previous hash ‖ user ‖ seq ‖ id ‖ type ‖ task ‖ version ‖ time ‖ digest)` with `digest =
//! sha256(data)`. Numbers are 8 bytes, big-endian; time is microseconds since the epoch; the type is preceded by its
//! length, so that no two events share an encoding. The first event's previous hash is empty. Erasing a person
//! empties the data and keeps the digest, so the chain still holds.

use chrono::{DateTime, Utc};
use domain::{TaskId, UserId};
use events::Event;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A sha256.
pub type Hash = [u8; 32];

/// What of an event the hash covers besides its predecessor, its user and its number.
#[derive(Debug, Clone, Copy)]
pub struct Sealed<'a> {
    /// The event's identity.
    pub id: Uuid,
    /// The name of its kind.
    pub kind: &'a str,
    /// Its task.
    pub task_id: TaskId,
    /// The task's version after it.
    pub version: i64,
    /// When it happened.
    pub time: DateTime<Utc>,
    /// The digest of its data.
    pub digest: &'a [u8],
}

/// The digest of an event's data.
#[must_use]
pub fn digest(data: &str) -> Hash {
    Sha256::digest(data.as_bytes()).into()
}

impl<'a> Sealed<'a> {
    /// What of `event`, whose data has `digest`, is covered.
    #[must_use]
    pub fn of(event: &'a Event, digest: &'a Hash) -> Self {
        Self {
            id: event.id,
            kind: event.kind.as_str(),
            task_id: event.task_id,
            version: event.version,
            time: event.time,
            digest,
        }
    }

    /// The encoding that follows the number. `create` hashes in the database, which numbers the event, and is
    /// handed this whole.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let length = u64::try_from(self.kind.len()).expect("a kind's name is short");
        [
            self.id.as_bytes().as_slice(),
            &length.to_be_bytes(),
            self.kind.as_bytes(),
            self.task_id.0.as_bytes(),
            &self.version.to_be_bytes(),
            &self.time.timestamp_micros().to_be_bytes(),
            self.digest,
        ]
        .concat()
    }
}

/// The hash of `sealed` as number `seq` of `user`'s log, after the event with the hash `previous`.
#[must_use]
pub fn hash(previous: &[u8], user: UserId, seq: i64, sealed: Sealed<'_>) -> Hash {
    Sha256::new()
        .chain_update(previous)
        .chain_update(user.0.as_bytes())
        .chain_update(seq.to_be_bytes())
        .chain_update(sealed.encode())
        .finalize()
        .into()
}
