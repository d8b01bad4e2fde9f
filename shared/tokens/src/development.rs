//! A key pair for development and tests, where no issuer is at hand.

use std::fmt;

use chrono::{DateTime, Utc};
use ring::{
    digest,
    rand::{SecureRandom, SystemRandom},
    signature::{Ed25519KeyPair, KeyPair},
};
use serde_json::{Value, json};

use crate::{decode, encode};

/// An Ed25519 key pair that signs tokens.
pub struct DevelopmentKey {
    pair: Ed25519KeyPair,
    seed: [u8; SEED],
}

const SEED: usize = 32;

/// What a token is made to say.
#[derive(Debug, Clone, Copy)]
pub struct Grant<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `aud`.
    pub audience: &'a str,
    /// `sub`.
    pub subject: &'a str,
    /// `iat`.
    pub issued_at: DateTime<Utc>,
    /// `exp`.
    pub expires_at: DateTime<Utc>,
}

/// Why there is no key pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DevelopmentKeyError {
    /// The text is none.
    #[error("it is no private Ed25519 key as a JSON Web Key")]
    Malformed,
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes")]
    NoRandomness,
}

impl DevelopmentKey {
    /// A new one.
    ///
    /// # Errors
    /// [`DevelopmentKeyError::NoRandomness`].
    pub fn generate() -> Result<Self, DevelopmentKeyError> {
        let mut seed = [0; SEED];
        let filled = SystemRandom::new().fill(&mut seed);
        filled.map_err(|_| DevelopmentKeyError::NoRandomness)?;
        Self::of(seed)
    }

    /// Reads what [`DevelopmentKey::to_private_json`] wrote.
    ///
    /// # Errors
    /// [`DevelopmentKeyError::Malformed`].
    pub fn from_private_json(text: &str) -> Result<Self, DevelopmentKeyError> {
        let jwk: Value = serde_json::from_str(text).map_err(|_| DevelopmentKeyError::Malformed)?;
        let member = |name: &str| jwk[name].as_str();
        let seed = member("d").and_then(decode).and_then(|seed| seed.try_into().ok());
        let key = Self::of(seed.ok_or(DevelopmentKeyError::Malformed)?)?;
        let is_whole = member("crv") == Some("Ed25519") && member("x") == Some(&key.x());
        is_whole.then_some(key).ok_or(DevelopmentKeyError::Malformed)
    }

    fn of(seed: [u8; SEED]) -> Result<Self, DevelopmentKeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| DevelopmentKeyError::Malformed)?;
        Ok(Self { pair, seed })
    }

    /// The key pair as a private JSON Web Key (RFC 8037 §2). Whoever has it can be anybody.
    #[must_use]
    pub fn to_private_json(&self) -> String {
        let mut jwk = self.jwk();
        jwk["d"] = encode(self.seed).into();
        format!("{jwk:#}\n")
    }

    /// The document that an issuer with this one key publishes.
    #[must_use]
    pub fn to_key_set_json(&self) -> String {
        format!("{:#}\n", json!({"keys": [self.jwk()]}))
    }

    fn jwk(&self) -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "x": self.x(), "kid": self.kid(), "alg": "EdDSA", "use": "sig"})
    }

    fn x(&self) -> String {
        encode(self.pair.public_key())
    }

    /// The key's thumbprint (RFC 7638, RFC 8037 §2).
    #[must_use]
    pub fn kid(&self) -> String {
        let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, self.x());
        encode(digest::digest(&digest::SHA256, members.as_bytes()))
    }

    /// A token.
    #[must_use]
    pub fn token(&self, grant: &Grant<'_>) -> String {
        let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": self.kid()});
        let claims = json!({
            "iss": grant.issuer, "aud": grant.audience, "sub": grant.subject,
            "iat": grant.issued_at.timestamp(), "exp": grant.expires_at.timestamp(),
        });
        self.sign(&header.to_string(), &claims.to_string())
    }

    /// A token of any header and claims, which may be nonsense.
    #[must_use]
    pub fn sign(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature = self.pair.sign(signed.as_bytes());
        format!("{signed}.{}", encode(signature))
    }
}

impl fmt::Debug for DevelopmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DevelopmentKey")
            .field("kid", &self.kid())
            .finish_non_exhaustive()
    }
}
