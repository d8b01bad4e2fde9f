//! The keys that an issuer publishes (RFC 7517 §5).

use serde::Deserialize;

use crate::{algorithm::PublicKey, key::Key, object};

/// An issuer's keys, as far as they can be used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeySet {
    keys: Vec<Key>,
    unused: Vec<String>,
}

/// Why a document is no set of keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// It is too long to be one.
    #[error("it has more than {} KiB", KeySet::LONGEST / 1024)]
    TooLong,
    /// It is no JSON object with an array of keys.
    #[error(r#"it is no JSON Web Key Set, such as {{"keys": [{{"kty": "OKP", …}}]}}"#)]
    Malformed,
    /// It has too many.
    #[error("it has more than {} keys", KeySet::MOST)]
    TooMany,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<serde_json::Value>,
}

impl KeySet {
    /// The most bytes of a document.
    pub const LONGEST: usize = 64 * 1024;
    /// The most keys in it.
    const MOST: usize = 100;

    /// Reads a document. A key that cannot be used, as of a kind that came up later, leaves the others usable.
    ///
    /// # Errors
    /// It is no set of keys.
    pub fn parse(document: &[u8]) -> Result<Self, KeySetError> {
        if document.len() > Self::LONGEST {
            return Err(KeySetError::TooLong);
        }
        let document: Document = object(document).map_err(|_| KeySetError::Malformed)?;
        if document.keys.len() > Self::MOST {
            return Err(KeySetError::TooMany);
        }
        let mut set = Self::default();
        for (position, key) in (1..).zip(document.keys) {
            match Key::read(key) {
                Ok(key) => set.keys.push(key),
                Err(why) => set.unused.push(format!("key {position} {why}")),
            }
        }
        Ok(set)
    }

    /// How many can be used.
    #[must_use]
    pub fn usable(&self) -> usize {
        self.keys.len()
    }

    /// Which cannot be used, and why, for whoever keeps the issuer.
    #[must_use]
    pub fn unused(&self) -> &[String] {
        &self.unused
    }

    /// The keys of this `kid`; without one, the key where there is only one.
    pub(crate) fn named(&self, kid: Option<&str>) -> impl Iterator<Item = &PublicKey> {
        let is_only = self.keys.len() == 1;
        let is_meant = move |key: &&Key| match kid {
            Some(kid) => key.kid.as_deref() == Some(kid),
            None => is_only,
        };
        self.keys.iter().filter(is_meant).map(|key| &key.public)
    }
}
