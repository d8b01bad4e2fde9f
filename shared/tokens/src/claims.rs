//! What a token claims (RFC 7519 §4.1), as far as it decides whose it is.

use chrono::{DateTime, Utc};
use domain::UserId;
use serde::Deserialize;

use crate::{Expected, LEEWAY, Refusal, decode, object, present};

/// The most characters of a `sub`; OpenID Connect Core §2 has as many.
const LONGEST_SUBJECT: usize = 255;

#[derive(Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: Audience,
    sub: String,
    exp: u64,
    #[serde(default, deserialize_with = "present")]
    nbf: Option<u64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Claims {
    pub(crate) fn read(part: &str) -> Result<Self, Refusal> {
        let json = decode(part).ok_or(Refusal::Malformed)?;
        object(&json).map_err(|_| Refusal::Claims)
    }

    /// The user that they name, where they are as expected.
    pub(crate) fn user(&self, expected: &Expected, now: DateTime<Utc>) -> Result<UserId, Refusal> {
        let is_for = |audience: &str| audience == expected.audience;
        let expires = instant(self.exp)?;
        let begins = self.nbf.map(instant).transpose()?;
        let length = self.sub.chars().count();
        if !(1..=LONGEST_SUBJECT).contains(&length) || self.sub.chars().any(char::is_control) {
            return Err(Refusal::Claims);
        }
        if self.iss != expected.issuer {
            return Err(Refusal::Issuer);
        }
        if !match &self.aud {
            Audience::One(audience) => is_for(audience),
            Audience::Many(audiences) => audiences.iter().any(|audience| is_for(audience)),
        } {
            return Err(Refusal::Audience);
        }
        if now - LEEWAY >= expires {
            return Err(Refusal::Expired);
        }
        if begins.is_some_and(|begins| now + LEEWAY < begins) {
            return Err(Refusal::TooEarly);
        }
        Ok(UserId::of_subject(&self.iss, &self.sub))
    }
}

/// Nobody's token goes beyond the year 9999, which is the last that can be written (RFC 3339).
fn instant(seconds: u64) -> Result<DateTime<Utc>, Refusal> {
    const LAST: i64 = 253_402_300_799;
    let seconds = i64::try_from(seconds).ok().filter(|seconds| *seconds <= LAST);
    seconds
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .ok_or(Refusal::Claims)
}
