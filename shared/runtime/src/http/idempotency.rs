//! `Idempotency-Key`: a request that writes is done once, however often it is sent.

use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::UserId;
use http::{HeaderMap, HeaderName};
use sha2::{Digest, Sha256};
use storage::{
    PgConnection,
    idempotency::{self, Answer, Key},
};

use super::answer;
use crate::{Problem, problem::known_answer};

/// The header.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The most characters a key may have.
const LIMIT: usize = 255;
const WANTED: &str = "must be given once, with 1 to 255 visible ASCII characters";

/// What makes a request the same as an earlier one.
#[derive(Debug, Clone)]
pub struct Idempotency {
    path: String,
    key: Option<String>,
    request_digest: [u8; 32],
}

impl Idempotency {
    /// Reads the key of a request to `path` that asks for `body`.
    ///
    /// # Errors
    /// 400 for a key that is given twice, empty, too long, or of other than visible ASCII characters.
    pub fn read(headers: &HeaderMap, path: &str, body: &[u8]) -> Result<Self, Problem> {
        let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
        let key = values.next().map(|value| {
            let text = value.to_str().unwrap_or_default();
            let is_good = (1..=LIMIT).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
            (is_good && values.next().is_none())
                .then(|| text.to_owned())
                .ok_or_else(|| Problem::malformed_header(&IDEMPOTENCY_KEY, WANTED))
        });
        Ok(Self {
            path: path.to_owned(),
            key: key.transpose()?,
            request_digest: Sha256::digest(body).into(),
        })
    }

    /// The key, if the client sent one.
    #[must_use]
    pub fn key(&self) -> Option<Key<'_>> {
        self.key.as_deref().map(|key| Key {
            path: &self.path,
            key,
            request_digest: self.request_digest,
        })
    }

    /// The answer that was given before, as the response to give again; `None` when the request is to be done.
    ///
    /// # Errors
    /// 422 when the key was used for another request; 503 when the database could not be asked.
    pub async fn replay(
        &self,
        connection: &mut PgConnection,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<Response>, Problem> {
        let Some(key) = self.key() else {
            return Ok(None);
        };
        let known = idempotency::find(connection, user, &key, now).await?;
        Ok(known_answer(known)?.map(answer::replay))
    }

    /// Keeps `answer`, in the transaction of what it answers.
    ///
    /// # Errors
    /// 503 when it could not be written.
    pub async fn keep(
        &self,
        connection: &mut PgConnection,
        user: UserId,
        answer: &Answer,
        now: DateTime<Utc>,
    ) -> Result<(), Problem> {
        match self.key() {
            Some(key) => Ok(idempotency::keep(connection, user, &key, answer, now).await?),
            None => Ok(()),
        }
    }
}
