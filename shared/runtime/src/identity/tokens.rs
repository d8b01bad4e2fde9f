//! Users by the tokens of one issuer.

use std::{path::PathBuf, pin::Pin, sync::Arc};

use domain::UserId;
use http::{Uri, request::Parts};
use tokens::{Expected, KeySet, Refusal, Unverified, Verified};

use super::{Authenticate, bearer, key_file::KeyFile, key_url::KeyUrl};
use crate::{Clock, Problem};

/// Where the issuer's keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// At a URL, fetched when a token first needs a key.
    Url(Uri),
    /// In a file, read at the start and whenever it has changed.
    File(PathBuf),
    /// At hand, as tests have them.
    Known(KeySet),
}

/// Users by the tokens of one issuer.
#[derive(Debug)]
pub struct Tokens {
    keys: Keys,
    expected: Expected,
    verified: Verified,
    clock: Clock,
}

#[derive(Debug)]
enum Keys {
    Url(KeyUrl),
    File(KeyFile),
    Known(Arc<KeySet>),
}

impl Tokens {
    /// The tokens that are as `expected` by `clock`, with keys from `source`, where nobody has looked yet.
    #[must_use]
    pub fn new(source: KeySource, expected: Expected, clock: Clock) -> Self {
        let keys = match source {
            KeySource::Url(url) => Keys::Url(KeyUrl::new(url, clock.clone())),
            KeySource::File(path) => Keys::File(KeyFile::new(path)),
            KeySource::Known(keys) => Keys::Known(Arc::new(keys)),
        };
        Self {
            keys,
            expected,
            verified: Verified::default(),
            clock,
        }
    }

    async fn user(&self, token: &str) -> Result<UserId, Problem> {
        let token = self.expected.read(token, self.clock.now()).map_err(refuse)?;
        let keys = self.keys.for_token(&token).await.ok_or_else(Problem::unavailable)?;
        token.verify(&keys, &self.verified).map_err(refuse)
    }
}

impl Keys {
    /// The keys to verify `token` with, as new as they need be; none where none were had yet.
    async fn for_token(&self, token: &Unverified<'_>) -> Option<Arc<KeySet>> {
        match self {
            Self::Url(url) => url.keys_for(token).await,
            Self::File(file) => file.keys(),
            Self::Known(keys) => Some(Arc::clone(keys)),
        }
    }
}

fn refuse(refusal: Refusal) -> Problem {
    tracing::debug!(%refusal, "a token is refused");
    Problem::refused_token(&refusal.to_string())
}

impl Authenticate for Tokens {
    fn prepare(&self) -> anyhow::Result<()> {
        match &self.keys {
            Keys::Url(_) | Keys::Known(_) => Ok(()),
            Keys::File(file) => file.demand_keys(),
        }
    }

    fn identify<'a>(&'a self, parts: &'a Parts) -> Pin<Box<dyn Future<Output = Result<UserId, Problem>> + Send + 'a>> {
        Box::pin(async { self.user(bearer::token(&parts.headers)?).await })
    }
}
