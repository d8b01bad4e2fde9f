//! How tokens may be signed. There is no other way: neither unsigned, nor with a shared secret.

use ring::signature;

/// The most bits of an RSA modulus that are verified with, and the fewest that are safe (RFC 7518 §3.3).
pub(crate) const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A way to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// RFC 8037, with Ed25519.
    EdDsa,
    /// RFC 7518 §3.4.
    Es256,
    /// RFC 7518 §3.3.
    Rs256,
}

impl Algorithm {
    /// By its name in tokens and keys; RFC 9864 names Ed25519 itself.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            "ES256" => Some(Self::Es256),
            "RS256" => Some(Self::Rs256),
            _ => None,
        }
    }
}

/// A public key, whose kind says how tokens are signed with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PublicKey {
    Ed25519(Vec<u8>),
    /// An uncompressed point.
    P256(Vec<u8>),
    /// Big-endian, without leading zeros.
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
}

impl PublicKey {
    pub(crate) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Ed25519(_) => Algorithm::EdDsa,
            Self::P256(_) => Algorithm::Es256,
            Self::Rsa { .. } => Algorithm::Rs256,
        }
    }

    /// What it is, in parts that tell it from every other.
    pub(crate) fn parts(&self) -> [&[u8]; 3] {
        match self {
            Self::Ed25519(key) => [b"Ed25519", key, &[]],
            Self::P256(point) => [b"P-256", point, &[]],
            Self::Rsa { n, e } => [b"RSA", n, e],
        }
    }

    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let by = |algorithm: &'static dyn signature::VerificationAlgorithm, key: &[u8]| {
            signature::UnparsedPublicKey::new(algorithm, key).verify(message, signature)
        };
        let verified = match self {
            Self::Ed25519(key) => by(&signature::ED25519, key),
            Self::P256(point) => by(&signature::ECDSA_P256_SHA256_FIXED, point),
            Self::Rsa { n, e } => signature::RsaPublicKeyComponents { n, e }.verify(
                &signature::RSA_PKCS1_2048_8192_SHA256,
                message,
                signature,
            ),
        };
        verified.is_ok()
    }
}
