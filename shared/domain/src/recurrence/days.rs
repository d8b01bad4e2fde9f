//! The days of one period, in order and by number.

use super::bits::Bits;

/// At most as many words as a year has months.
const WORDS: usize = 12;

/// A set of days within about a year: words of bits, each from a day of its own on, ascending and not overlapping.
#[derive(Clone, Copy, Debug)]
pub(super) struct Days {
    words: [Word; WORDS],
    used: usize,
    len: u32,
}

#[derive(Clone, Copy, Debug)]
struct Word {
    /// The day of bit 0.
    first: i32,
    /// How many days come in the words before.
    before: u32,
    bits: Bits<1>,
}

impl Days {
    pub(super) const NONE: Self = Self {
        words: [Word {
            first: 0,
            before: 0,
            bits: Bits::EMPTY,
        }; WORDS],
        used: 0,
        len: 0,
    };

    pub(super) fn clear(&mut self) {
        (self.used, self.len) = (0, 0);
    }

    /// Adds the days `first + b` for each bit `b`, all of them after those that are there.
    pub(super) fn push(&mut self, first: i32, bits: u64) {
        if bits != 0
            && let Some(word) = self.words.get_mut(self.used)
        {
            let (before, bits) = (self.len, Bits::from(bits));
            *word = Word { first, before, bits };
            self.used += 1;
            self.len += bits.len();
        }
    }

    pub(super) fn len(&self) -> u32 {
        self.len
    }

    pub(super) fn contains(&self, day: i32) -> bool {
        let has = |word: &Word| u32::try_from(day - word.first).is_ok_and(|into| word.bits.contains(into));
        self.words().iter().any(has)
    }

    /// How many are before `day`.
    pub(super) fn before(&self, day: i32) -> u32 {
        let begun = self.words().iter().rfind(|word| word.first < day);
        begun.map_or(0, |word| {
            word.before + word.bits.rank((day - word.first).cast_unsigned())
        })
    }

    /// The one that `index` others are before.
    pub(super) fn nth(&self, index: u32) -> Option<i32> {
        let word = self.words().iter().rfind(|word| word.before <= index)?;
        Some(word.first + word.bits.nth(index - word.before)?.cast_signed())
    }

    fn words(&self) -> &[Word] {
        self.words.get(..self.used).unwrap_or_default()
    }
}
