//! BYSETPOS: which members of a period's set are meant, by index arithmetic.

use super::bits::Ordinals;

/// The positions that are picked of a set, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Picks(pub(super) Ordinals<6>);

impl Picks {
    /// The first index from `index` on, from 0, that is picked of a set of `len` members.
    pub(super) fn at_or_after(&self, index: u32, len: u32) -> Option<u32> {
        if index >= len {
            return None;
        }
        if self.0.is_empty() {
            return Some(index);
        }
        Some(self.0.at_or_after(index + 1, len)? - 1)
    }

    /// Whether nothing is picked of any set of at most `most` members.
    pub(super) fn are_beyond(&self, most: u32) -> bool {
        let ends = [&self.0.from_start, &self.0.from_end];
        let least = ends.iter().filter_map(|places| places.at_or_after(0)).min();
        least.is_some_and(|least| least > most)
    }
}
