//! Marks of what was replayed. A record cannot be taken out of a topic, so one is added that says which needs no more
//! attention: `dormouse-replayed: 42`, in the same partition, without a key, a value or anything of a CloudEvent. It is
//! younger than what it marks, so the topic never forgets it first.

use std::collections::BTreeMap;

use rdkafka::{
    Message,
    message::{Header, Headers, OwnedHeaders},
};

use super::headers;

const HEADER: &str = "dormouse-replayed";

/// The headers of a mark of what is at `offset`.
pub(super) fn of(offset: i64) -> OwnedHeaders {
    OwnedHeaders::new().insert(Header {
        key: HEADER,
        value: Some(&offset.to_string()),
    })
}

/// The offset that `record` marks; none of what is no mark.
pub(super) fn marked(record: &impl Message) -> Option<i64> {
    let headers = record.headers()?;
    let is_bare = record.key().is_none() && record.payload().is_none();
    if !is_bare || headers.count() != 1 || !headers::are_readable(headers) {
        return None;
    }
    let header = headers.try_get(0).filter(|header| header.key == HEADER)?;
    let offset = std::str::from_utf8(header.value?).ok()?.parse().ok()?;
    (offset < record.offset()).then_some(offset)
}

/// The offsets of a partition that were replayed, as ranges: a whole topic that was replayed at once is one.
#[derive(Debug, Default)]
pub(super) struct Replayed {
    /// The first of each range, and the first after it.
    ranges: BTreeMap<i64, i64>,
}

impl Replayed {
    pub(super) fn add(&mut self, offset: i64) {
        if self.contains(offset) {
            return;
        }
        let end = self.ranges.remove(&(offset + 1)).unwrap_or(offset + 1);
        match self.ranges.range_mut(..offset).next_back() {
            Some((_, before)) if *before == offset => *before = end,
            _ => drop(self.ranges.insert(offset, end)),
        }
    }

    pub(super) fn contains(&self, offset: i64) -> bool {
        let range = self.ranges.range(..=offset).next_back();
        range.is_some_and(|(_, end)| offset < *end)
    }
}

#[cfg(test)]
mod tests {
    use rdkafka::{Timestamp, message::OwnedMessage};

    use super::*;

    fn record(key: Option<&str>, value: Option<&str>, headers: OwnedHeaders) -> OwnedMessage {
        let bytes = |text: Option<&str>| text.map(|text| text.as_bytes().to_vec());
        let topic = "on-reminder-due.dead-letter".to_owned();
        OwnedMessage::new(
            bytes(value),
            bytes(key),
            topic,
            Timestamp::NotAvailable,
            0,
            43,
            Some(headers),
        )
    }

    #[test]
    fn mark_is_nothing_that_carries_an_event() {
        assert_eq!(marked(&record(None, None, of(42))), Some(42));
        for other in [
            record(Some("key"), None, of(42)),
            record(None, Some(""), of(42)),
            record(None, None, of(43)),
            record(None, None, OwnedHeaders::new()),
            record(
                None,
                None,
                of(42).insert(Header {
                    key: "ce_id",
                    value: Some("x"),
                }),
            ),
            record(
                None,
                None,
                OwnedHeaders::new().insert(Header {
                    key: HEADER,
                    value: Some("many"),
                }),
            ),
        ] {
            assert_eq!(marked(&other), None, "{other:?}");
        }
    }

    #[test]
    fn offsets_are_known_in_whatever_order_they_were_marked() {
        let mut offsets: Vec<_> = (0..400).filter(|offset| offset % 7 != 0).collect();
        fastrand::Rng::with_seed(7).shuffle(&mut offsets);
        let mut replayed = Replayed::default();
        for offset in offsets.iter().chain(&offsets) {
            replayed.add(*offset);
        }
        for offset in -1..=400 {
            assert_eq!(replayed.contains(offset), offsets.contains(&offset), "{offset}");
        }
        assert_eq!(replayed.ranges.len(), 57);
    }

    #[test]
    fn topic_that_was_replayed_in_order_is_one_range() {
        let mut replayed = Replayed::default();
        for offset in 0..1_000_000 {
            replayed.add(offset);
        }
        assert_eq!(replayed.ranges, BTreeMap::from([(0, 1_000_000)]));
    }
}
