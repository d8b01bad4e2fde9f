//! Signatures that were found right, so that a user's next request need not pay for the same verification again: a
//! tenth of a millisecond, several times what all the rest of reading a token costs.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ring::digest::{Context, SHA256, SHA256_OUTPUT_LEN};

use crate::algorithm::PublicKey;

/// How many are remembered, in 33 bytes each: the users of some minutes. A newer one takes an older one's place.
const PLACES: usize = 1024;

type Digest = [u8; SHA256_OUTPUT_LEN];

/// Signatures that were found right. Whether a key made a signature of a text never changes, so that what is remembered
/// is never out of date: which keys count, and what a token says, is asked anew each time.
#[derive(Debug, Default)]
pub struct Verified {
    /// Each at the place that its digest names; empty until there is one.
    digests: Mutex<Vec<Option<Digest>>>,
}

impl Verified {
    /// Whether `key` made this signature of this message.
    pub(crate) fn is_signed(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
        let digest = digest(key, message, signature);
        if self.remembers(&digest) {
            return true;
        }
        let is_signed = key.verifies(message, signature);
        if is_signed {
            self.remember(digest);
        }
        is_signed
    }

    fn remembers(&self, digest: &Digest) -> bool {
        self.digests()
            .get(place(digest))
            .is_some_and(|known| known.as_ref() == Some(digest))
    }

    fn remember(&self, digest: Digest) {
        let mut digests = self.digests();
        digests.resize(PLACES, None);
        digests[place(&digest)] = Some(digest);
    }

    fn digests(&self) -> MutexGuard<'_, Vec<Option<Digest>>> {
        self.digests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of all that decides: each part with its length, so that no two triples are one text.
fn digest(key: &PublicKey, message: &[u8], signature: &[u8]) -> Digest {
    let mut context = Context::new(&SHA256);
    for part in key.parts().into_iter().chain([message, signature]) {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut digest = Digest::default();
    digest.copy_from_slice(context.finish().as_ref());
    digest
}

fn place(digest: &Digest) -> usize {
    usize::from(u16::from_be_bytes([digest[0], digest[1]])) % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032 §7.1, test 1: the signature of nothing.
    const KEY: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    const SIGNATURE: &str = "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc-bRr0lv18FlbviRlUUFDjnoQCw";

    fn bytes(text: &str) -> Vec<u8> {
        crate::decode(text).unwrap()
    }

    #[test]
    fn right_signature_is_remembered_and_nothing_else_is() {
        let (key, signature, verified) = (PublicKey::Ed25519(bytes(KEY)), bytes(SIGNATURE), Verified::default());
        assert!(!verified.is_signed(&key, b"other", &signature));
        assert!(!verified.remembers(&digest(&key, b"other", &signature)));
        assert!(verified.is_signed(&key, b"", &signature));
        assert!(verified.remembers(&digest(&key, b"", &signature)));
        assert!(verified.is_signed(&key, b"", &signature));
    }

    #[test]
    fn remembered_signature_counts_for_its_key_its_message_and_its_kind_alone() {
        let (signature, verified) = (bytes(SIGNATURE), Verified::default());
        let key = PublicKey::Ed25519(bytes(KEY));
        assert!(verified.is_signed(&key, b"", &signature));
        let mut other = bytes(KEY);
        other[0] ^= 1;
        assert!(!verified.is_signed(&PublicKey::Ed25519(other), b"", &signature));
        assert!(!verified.is_signed(&PublicKey::P256(bytes(KEY)), b"", &signature));
        assert!(!verified.is_signed(&key, &signature[..1], &signature[1..]));
    }

    #[test]
    fn remembered_signatures_keep_their_bound() {
        let verified = Verified::default();
        for number in 0..10 * PLACES as u64 {
            verified.remember(digest(&PublicKey::Ed25519(Vec::new()), &number.to_be_bytes(), b""));
        }
        assert_eq!(verified.digests().len(), PLACES);
    }
}
