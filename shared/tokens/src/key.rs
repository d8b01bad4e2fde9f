//! A key that an issuer publishes (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).

use serde::{Deserialize, de::IgnoredAny};

use crate::{
    algorithm::{Algorithm, PublicKey, RSA_BITS},
    decode,
    header::LONGEST_KID,
};

/// A key to verify signatures with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) kid: Option<String>,
    pub(crate) public: PublicKey,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    kid: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    d: Option<IgnoredAny>,
}

/// Why a key is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("is no JSON Web Key")]
    Malformed,
    #[error("is not for verifying signatures")]
    Use,
    #[error("is private, so that whoever reads it can sign")]
    Private,
    #[error("is none of Ed25519, P-256 and RSA, or not complete")]
    Kind,
    #[error("is for another algorithm than EdDSA, ES256 or RS256, or for one that it does not fit")]
    Algorithm,
    #[error("has fewer than {} or more than {} bits", RSA_BITS.start(), RSA_BITS.end())]
    Bits,
}

impl Key {
    pub(crate) fn read(key: serde_json::Value) -> Result<Self, Unusable> {
        if !key.is_object() {
            return Err(Unusable::Malformed);
        }
        let jwk: Jwk = serde_json::from_value(key).map_err(|_| Unusable::Malformed)?;
        if jwk.kid.as_ref().is_some_and(|kid| kid.len() > LONGEST_KID) {
            return Err(Unusable::Malformed);
        }
        let is_for_signatures = jwk.usage.as_deref().is_none_or(|usage| usage == "sig");
        let verifies = |operations: &Vec<String>| operations.iter().any(|operation| operation == "verify");
        if !is_for_signatures || !jwk.key_ops.as_ref().is_none_or(verifies) {
            return Err(Unusable::Use);
        }
        if jwk.d.is_some() {
            return Err(Unusable::Private);
        }
        let public = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("OKP", Some("Ed25519")) => jwk.ed25519().map(PublicKey::Ed25519),
            ("EC", Some("P-256")) => jwk.p256().map(PublicKey::P256),
            ("RSA", _) => jwk.rsa(),
            _ => None,
        };
        let public = public.ok_or(Unusable::Kind)?;
        if let PublicKey::Rsa { n, .. } = &public
            && !RSA_BITS.contains(&bits(n))
        {
            return Err(Unusable::Bits);
        }
        let fits = |name: &str| Algorithm::named(name) == Some(public.algorithm());
        if !jwk.alg.as_deref().is_none_or(fits) {
            return Err(Unusable::Algorithm);
        }
        Ok(Self { kid: jwk.kid, public })
    }
}

impl Jwk {
    fn ed25519(&self) -> Option<Vec<u8>> {
        coordinate(self.x.as_deref())
    }

    fn p256(&self) -> Option<Vec<u8>> {
        let point = [vec![4], coordinate(self.x.as_deref())?, coordinate(self.y.as_deref())?];
        Some(point.concat())
    }

    fn rsa(&self) -> Option<PublicKey> {
        let (n, e) = (number(self.n.as_deref())?, number(self.e.as_deref())?);
        Some(PublicKey::Rsa { n, e })
    }
}

fn coordinate(text: Option<&str>) -> Option<Vec<u8>> {
    decode(text?).filter(|bytes| bytes.len() == 32)
}

/// Without leading zeros, which some libraries write although they should not (RFC 7518 §6.3.1.1).
fn number(text: Option<&str>) -> Option<Vec<u8>> {
    let bytes = decode(text?)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Some(bytes[zeros..].to_vec()).filter(|number| !number.is_empty())
}

fn bits(number: &[u8]) -> usize {
    let leading = number.first().map_or(0, |byte| byte.leading_zeros() as usize);
    number.len() * 8 - leading
}
