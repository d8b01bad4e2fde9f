//! Small sets of numbers, a bit each.

/// A set of the numbers from 0 to `64 × WORDS − 1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Bits<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Bits<WORDS> {
    pub(super) const EMPTY: Self = Self([0; WORDS]);

    /// The numbers below `end`.
    pub(super) fn below(end: u32) -> Self {
        (0..end).collect()
    }

    pub(super) fn insert(&mut self, number: u32) {
        if let Some(word) = self.0.get_mut(number as usize / 64) {
            *word |= 1 << (number % 64);
        }
    }

    pub(super) fn contains(&self, number: u32) -> bool {
        let word = self.0.get(number as usize / 64);
        word.is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// The smallest member that is not below `number`.
    pub(super) fn at_or_after(&self, number: u32) -> Option<u32> {
        let mut index = number as usize / 64;
        let mut word = self.0.get(index)? & (u64::MAX << (number % 64));
        while word == 0 {
            index += 1;
            word = *self.0.get(index)?;
        }
        u32::try_from(index * 64).ok()?.checked_add(word.trailing_zeros())
    }

    /// The greatest member that is not above `number`.
    pub(super) fn at_or_before(&self, number: u32) -> Option<u32> {
        let most = u32::try_from(WORDS * 64).ok()?.checked_sub(1)?;
        let number = number.min(most);
        let mut index = number as usize / 64;
        let mut word = self.0[index] & (u64::MAX >> (63 - number % 64));
        while word == 0 {
            index = index.checked_sub(1)?;
            word = self.0[index];
        }
        u32::try_from(index * 64 + 63).ok()?.checked_sub(word.leading_zeros())
    }

    /// How many members are below `number`.
    pub(super) fn rank(&self, number: u32) -> u32 {
        let whole = number as usize / 64;
        let below: u32 = self.0.iter().take(whole).map(|word| word.count_ones()).sum();
        let rest = self.0.get(whole).map_or(0, |word| word & !(u64::MAX << (number % 64)));
        below + rest.count_ones()
    }

    /// The member that `index` others are below.
    pub(super) fn nth(&self, mut index: u32) -> Option<u32> {
        for (place, mut word) in (0..).step_by(64).zip(self.0) {
            while word != 0 {
                if index == 0 {
                    return Some(place + word.trailing_zeros());
                }
                word &= word - 1;
                index -= 1;
            }
        }
        None
    }

    /// The members, ascending.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = u32> + Clone + '_ {
        let end = u32::try_from(WORDS * 64).unwrap_or(u32::MAX);
        (0..end).filter(|number| self.contains(*number))
    }
}

impl Bits<1> {
    /// The set as a word, bit `n` for `n`.
    pub(super) fn word(self) -> u64 {
        let [word] = self.0;
        word
    }
}

impl From<u64> for Bits<1> {
    fn from(word: u64) -> Self {
        Self([word])
    }
}

impl<const WORDS: usize> FromIterator<u32> for Bits<WORDS> {
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Self {
        let mut bits = Self::EMPTY;
        numbers.into_iter().for_each(|number| bits.insert(number));
        bits
    }
}

/// Places in a row, counted from 1 from its beginning, or from −1 from its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Ordinals<const WORDS: usize> {
    pub(super) from_start: Bits<WORDS>,
    pub(super) from_end: Bits<WORDS>,
}

impl<const WORDS: usize> Ordinals<WORDS> {
    pub(super) const NONE: Self = Self {
        from_start: Bits::EMPTY,
        from_end: Bits::EMPTY,
    };

    pub(super) fn is_empty(&self) -> bool {
        self.from_start.is_empty() && self.from_end.is_empty()
    }

    /// Adds a place; there is none called 0.
    pub(super) fn insert(&mut self, place: i32) {
        if place < 0 {
            self.from_end.insert(place.unsigned_abs());
        } else {
            self.from_start.insert(place.unsigned_abs());
        }
    }

    /// Whether `place`, as it is written, is one of them.
    pub(super) fn has(&self, place: i32) -> bool {
        let places = if place < 0 { &self.from_end } else { &self.from_start };
        places.contains(place.unsigned_abs())
    }

    /// Whether the `place`th of `total`, from 1, is one of them.
    pub(super) fn contains(&self, place: u32, total: u32) -> bool {
        self.from_start.contains(place) || self.from_end.contains(total + 1 - place)
    }

    /// The first place of `total` from `place` on, from 1, that is one of them.
    pub(super) fn at_or_after(&self, place: u32, total: u32) -> Option<u32> {
        let from_start = self.from_start.at_or_after(place).filter(|place| *place <= total);
        let left = (total + 1).checked_sub(place).filter(|left| *left > 0);
        let from_end = left
            .and_then(|left| self.from_end.at_or_before(left))
            .map(|left| total + 1 - left);
        from_start.into_iter().chain(from_end).min()
    }

    /// The places, those from the start first, each as it is written.
    pub(super) fn iter(&self) -> impl Iterator<Item = i32> + '_ {
        let from_start = self.from_start.iter().map(u32::cast_signed);
        from_start.chain(self.from_end.iter().rev().map(|place| -place.cast_signed()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sets() -> impl Strategy<Value = (Bits<6>, Vec<u32>)> {
        prop::collection::btree_set(0_u32..384, 0..40)
            .prop_map(|numbers| (numbers.iter().copied().collect(), numbers.into_iter().collect()))
    }

    proptest! {
        #[test]
        fn bits_are_a_sorted_set((bits, numbers) in sets(), at in 0_u32..400) {
            prop_assert_eq!(bits.iter().collect::<Vec<_>>(), numbers.clone());
            prop_assert_eq!(bits.len() as usize, numbers.len());
            prop_assert_eq!(bits.is_empty(), numbers.is_empty());
            prop_assert_eq!(bits.contains(at), numbers.contains(&at));
            prop_assert_eq!(bits.at_or_after(at), numbers.iter().copied().find(|n| *n >= at));
            prop_assert_eq!(bits.at_or_before(at), numbers.iter().copied().rfind(|n| *n <= at));
            prop_assert_eq!(bits.rank(at) as usize, numbers.iter().filter(|n| **n < at).count());
            prop_assert_eq!(bits.nth(at), numbers.get(at as usize).copied());
        }

        #[test]
        fn ordinals_count_from_both_ends(
            places in prop::collection::vec(prop_oneof![-40..0, 1..40], 0..6), total in 1_u32..50, from in 1_u32..52,
        ) {
            let mut ordinals = Ordinals::<1>::NONE;
            places.iter().for_each(|place| ordinals.insert(*place));
            let is_one = |place: u32| {
                let (place, total) = (place.cast_signed(), total.cast_signed());
                places.contains(&place) || places.contains(&(place - total - 1))
            };
            for place in 1..=total {
                prop_assert_eq!(ordinals.contains(place, total), is_one(place));
            }
            prop_assert_eq!(ordinals.at_or_after(from, total), (from..=total).find(|place| is_one(*place)));
        }
    }
}
