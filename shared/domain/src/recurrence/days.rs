//! The days of one period, in order and by number.

/// At most as many words as a year has months.
const WORDS: usize = 12;

/// A set of days within about a year: words of bits, each from a day of its own on, ascending and not overlapping.
#[derive(Clone, Copy, Debug)]
pub(super) struct Days {
    words: [(i32, u64); WORDS],
    used: usize,
}

impl Days {
    pub(super) const NONE: Self = Self {
        words: [(0, 0); WORDS],
        used: 0,
    };

    /// Adds the days `first + b` for each bit `b`, all of them after those that are there.
    pub(super) fn push(&mut self, first: i32, bits: u64) {
        if bits != 0
            && let Some(word) = self.words.get_mut(self.used)
        {
            *word = (first, bits);
            self.used += 1;
        }
    }

    pub(super) fn len(&self) -> u32 {
        self.words().map(|(_, bits)| bits.count_ones()).sum()
    }

    pub(super) fn contains(&self, day: i32) -> bool {
        self.words()
            .any(|(first, bits)| (0..64).contains(&(day - first)) && bits >> (day - first) & 1 == 1)
    }

    /// How many are before `day`.
    pub(super) fn before(&self, day: i32) -> u32 {
        let below = |(first, bits): (i32, u64)| match day - first {
            ..=0 => 0,
            into @ 1..64 => (bits & !(u64::MAX << into)).count_ones(),
            64.. => bits.count_ones(),
        };
        self.words().map(below).sum()
    }

    /// The one that `index` others are before.
    pub(super) fn nth(&self, mut index: u32) -> Option<i32> {
        for (first, mut bits) in self.words() {
            if index >= bits.count_ones() {
                index -= bits.count_ones();
                continue;
            }
            for _ in 0..index {
                bits &= bits - 1;
            }
            return Some(first + bits.trailing_zeros().cast_signed());
        }
        None
    }

    fn words(&self) -> impl Iterator<Item = (i32, u64)> + '_ {
        self.words.iter().take(self.used).copied()
    }
}
