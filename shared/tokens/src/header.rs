//! A token's header (RFC 7515 §4). It may say which key to look up, and nothing else of ours.

use serde::{Deserialize, de::IgnoredAny};

use crate::{Refusal, algorithm::Algorithm, decode, object, present};

/// The most bytes of a `kid`.
pub(crate) const LONGEST_KID: usize = 255;

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) algorithm: Algorithm,
    pub(crate) kid: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Members {
    alg: String,
    #[serde(default, deserialize_with = "present")]
    kid: Option<String>,
    #[serde(default, deserialize_with = "present")]
    typ: Option<String>,
    // Extensions that must be understood: there are none that we do.
    #[serde(default, deserialize_with = "present")]
    crit: Option<IgnoredAny>,
    // A key that the token brings along or points at is its maker's, not the issuer's.
    #[serde(default, deserialize_with = "present")]
    jwk: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "present")]
    jku: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "present")]
    x5c: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "present")]
    x5u: Option<IgnoredAny>,
}

impl Header {
    pub(crate) fn read(part: &str) -> Result<Self, Refusal> {
        let json = decode(part).ok_or(Refusal::Malformed)?;
        let members: Members = object(&json).map_err(|_| Refusal::Malformed)?;
        let brings = [members.crit, members.jwk, members.jku, members.x5c, members.x5u];
        let is_ours = members.typ.as_deref().is_none_or(is_access_token);
        if !is_ours || brings.iter().any(Option::is_some) {
            return Err(Refusal::Header);
        }
        if members.kid.as_ref().is_some_and(|kid| kid.len() > LONGEST_KID) {
            return Err(Refusal::UnknownKey);
        }
        Ok(Self {
            algorithm: Algorithm::named(&members.alg).ok_or(Refusal::Algorithm)?,
            kid: members.kid,
        })
    }
}

/// Whether tokens of this type are for us (RFC 8725 §3.11), and not, say, for a logout.
fn is_access_token(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    matches!(typ.strip_prefix("application/").unwrap_or(&typ), "jwt" | "at+jwt")
}
