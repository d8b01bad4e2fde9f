//! An issuer of tokens, and what programs must be told to believe it.

use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use domain::UserId;
use http::HeaderValue;
use runtime::Clock;
use tempfile::TempDir;
use tokens::{DevelopmentKey, Grant};
use tokio::process::Command;

const NAME: &str = "bench";

/// An issuer with a key of its own (EdDSA).
pub(crate) struct Issuer {
    key: DevelopmentKey,
    folder: TempDir,
    now: DateTime<Utc>,
}

impl Issuer {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let key = DevelopmentKey::generate().map_err(|error| anyhow::anyhow!("{error}"))?;
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("jwks.json"), key.to_key_set_json())?;
        let now = Clock::system().now();
        Ok(Self { key, folder, now })
    }

    /// The headers by which each of `users` says who it is.
    pub(crate) fn authorizations(&self, users: u32) -> anyhow::Result<Arc<[HeaderValue]>> {
        (0..users).map(|user| self.authorization(user)).collect()
    }

    /// Whose tasks `user`'s are.
    pub(crate) fn user(user: u32) -> UserId {
        UserId::of_subject(NAME, &user.to_string())
    }

    fn authorization(&self, user: u32) -> anyhow::Result<HeaderValue> {
        let token = self.key.token(&Grant {
            issuer: NAME,
            audience: NAME,
            subject: &user.to_string(),
            issued_at: self.now,
            expires_at: self.now + TimeDelta::days(1),
        });
        format!("Bearer {token}")
            .parse()
            .context("a token is no header's value")
    }

    /// Has `command` believe it.
    pub(crate) fn be_believed_by(&self, command: &mut Command) {
        command
            .env("AUTH_JWKS_FILE", self.folder.path().join("jwks.json"))
            .envs([("AUTH_ISSUER", NAME), ("AUTH_AUDIENCE", NAME)]);
    }
}
