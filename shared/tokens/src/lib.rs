//! Whose a token is: signed JWTs (RFC 7515, RFC 7519) by the keys that their issuer publishes (RFC 7517), as RFC 8725
//! says it is done safely. Pure functions of (token, keys, what is expected, now); a token's content is to be had only
//! by verifying it. And the development key that stands in for an issuer.

mod algorithm;
mod claims;
mod development;
mod header;
mod key;
mod key_set;
mod refusal;
mod token;
mod verified;

pub use development::{DevelopmentKey, DevelopmentKeyError, Grant};
pub use key_set::{KeySet, KeySetError};
pub use refusal::Refusal;
pub use token::{Expected, LEEWAY, Unverified};
pub use verified::Verified;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

/// Decodes base64url. One value has one spelling: neither padding nor stray bits are taken.
fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a JSON object; serde would also take an array of its members' values.
fn object<T: DeserializeOwned>(json: &[u8]) -> Result<T, serde_json::Error> {
    if json.trim_ascii_start().starts_with(b"{") {
        serde_json::from_slice(json)
    } else {
        Err(serde::de::Error::custom("no object"))
    }
}

/// Reads a member that may be absent but not null.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
