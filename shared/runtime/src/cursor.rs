//! Cursors: opaque places in a list, bound to what they were given for.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

const CHECK: usize = 8;

/// What to tell about a cursor that does not decode.
pub const FOREIGN: &str = "must be a next_cursor of this very list, unaltered, with the same filters";

/// A page of a list. One item more than the page holds is read, to know whether another page follows.
#[derive(Debug, Serialize)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// How many items to read for a page of `limit`.
    #[must_use]
    pub fn to_read(limit: usize) -> i64 {
        i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// The page of `limit` of what was read of the list that `scope` describes.
    #[must_use]
    pub fn of<P: Serialize>(scope: &str, limit: usize, mut items: Vec<T>, position: impl Fn(&T) -> P) -> Self {
        let has_more = items.len() > limit;
        items.truncate(limit);
        let last = items.last().filter(|_| has_more);
        Self {
            next_cursor: last.map(|last| encode(scope, &position(last))),
            items,
        }
    }

    /// The same page of what `convert` makes of the items.
    #[must_use]
    pub fn map<U>(self, convert: impl Fn(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(convert).collect(),
            next_cursor: self.next_cursor,
        }
    }
}

/// The cursor for `position` in the list that `scope` describes: whose, and by which filters.
#[must_use]
pub fn encode(scope: &str, position: &impl Serialize) -> String {
    let position = serde_json::to_vec(position).expect("positions have string keys only");
    let mut bytes = check(scope, &position).to_vec();
    bytes.extend(position);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The position that `cursor` stands for in the list that `scope` describes; `None` for one that was altered, or was
/// given for another list.
#[must_use]
pub fn decode<P: DeserializeOwned>(scope: &str, cursor: &str) -> Option<P> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (given, position) = bytes.split_at_checked(CHECK)?;
    (given == check(scope, position)).then(|| serde_json::from_slice(position).ok())?
}

fn check(scope: &str, position: &[u8]) -> [u8; CHECK] {
    let digest = Sha256::new()
        .chain_update(scope)
        .chain_update([0])
        .chain_update(position)
        .finalize();
    std::array::from_fn(|index| digest[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_leads_back_to_its_position_in_its_own_list_only() {
        let cursor = encode("ann pending", &(7, "x"));
        assert_eq!(
            decode::<(i32, String)>("ann pending", &cursor),
            Some((7, "x".to_owned()))
        );
        assert_eq!(decode::<(i32, String)>("bob pending", &cursor), None);
        assert_eq!(decode::<(i32, String)>("ann pending", "AAAA"), None);
        assert_eq!(decode::<(i32, String)>("ann pending", "é"), None);
        let mut altered = cursor.into_bytes();
        altered[12] ^= 1;
        assert_eq!(
            decode::<(i32, String)>("ann pending", &String::from_utf8(altered).unwrap()),
            None
        );
    }
}
