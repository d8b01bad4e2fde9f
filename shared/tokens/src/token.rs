//! A token, from its text to its user.

use chrono::{DateTime, TimeDelta, Utc};
use domain::UserId;

use crate::{KeySet, Refusal, Verified, claims::Claims, decode, header::Header};

/// How far the issuer's clock and ours may be apart.
pub const LEEWAY: TimeDelta = TimeDelta::seconds(60);
/// The most bytes of a token.
const LONGEST: usize = 8 * 1024;

/// What every token must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// `iss`, letter by letter.
    pub issuer: String,
    /// One of `aud`.
    pub audience: String,
}

/// A token that says what is expected; whether its issuer said so is open.
#[derive(Debug)]
pub struct Unverified<'a> {
    header: Header,
    signed: &'a str,
    signature: Vec<u8>,
    user: UserId,
}

impl Expected {
    /// Reads a token. What is refused here is refused whatever its signature, so that no key need be had for it.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn read<'a>(&self, token: &'a str, now: DateTime<Utc>) -> Result<Unverified<'a>, Refusal> {
        if token.len() > LONGEST {
            return Err(Refusal::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Refusal::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(Refusal::Malformed)?;
        let signature = decode(signature).ok_or(Refusal::Malformed)?;
        let header = Header::read(header)?;
        let user = Claims::read(claims)?.user(self, now)?;
        Ok(Unverified {
            header,
            signed,
            signature,
            user,
        })
    }
}

impl Unverified<'_> {
    /// Whether its key is among these; if not, the issuer may have a newer one.
    #[must_use]
    pub fn has_key_in(&self, keys: &KeySet) -> bool {
        keys.named(self.header.kid.as_deref()).next().is_some()
    }

    /// The user, where the token's key is among these and has signed it. What was `verified` before is not verified
    /// again.
    ///
    /// # Errors
    /// [`Refusal::UnknownKey`], [`Refusal::Algorithm`] or [`Refusal::Signature`].
    pub fn verify(&self, keys: &KeySet, verified: &Verified) -> Result<UserId, Refusal> {
        let mut refusal = Refusal::UnknownKey;
        for key in keys.named(self.header.kid.as_deref()) {
            // The key says how it signs. A token that says otherwise wants it taken for something that it is not.
            if key.algorithm() != self.header.algorithm {
                refusal = Refusal::Algorithm;
            } else if verified.is_signed(key, self.signed.as_bytes(), &self.signature) {
                return Ok(self.user);
            } else {
                refusal = Refusal::Signature;
            }
        }
        Err(refusal)
    }
}
