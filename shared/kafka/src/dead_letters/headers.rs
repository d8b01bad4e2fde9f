//! Headers as anybody may have written them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rdkafka::message::Headers;

/// Whether the names of `headers` are text. The client panics at one that is none, and offers no other way to look.
pub(super) fn are_readable(headers: &impl Headers) -> bool {
    catch_unwind(AssertUnwindSafe(|| headers.iter().for_each(|_| {}))).is_ok()
}

#[cfg(test)]
mod tests {
    use rdkafka::message::{Header, OwnedHeaders};

    use super::*;

    /// As the client's, of a record whose second header has the name `\xff`.
    struct Hostile;

    impl Headers for Hostile {
        fn count(&self) -> usize {
            2
        }

        fn try_get(&self, index: usize) -> Option<Header<'_, &[u8]>> {
            let name: &'static [u8] = [b"ce_id", b"\xff".as_slice()].get(index)?;
            let key = std::str::from_utf8(name).unwrap();
            Some(Header { key, value: None })
        }
    }

    #[test]
    fn name_that_is_no_text_is_found_and_harms_nothing() {
        assert!(!are_readable(&Hostile));
        let plain = OwnedHeaders::new().insert(Header {
            key: "ce_id",
            value: Some(b"\xff"),
        });
        assert!(are_readable(&plain));
    }
}
