//! Counting the members of an arithmetic progression that lie in a residue class, without visiting them.

/// A progression `first + k × step` for `k` from 0 to `last`; the step is positive, `last` not negative.
#[derive(Clone, Copy)]
pub(super) struct Progression {
    pub(super) first: i64,
    pub(super) step: i64,
    pub(super) last: i64,
}

impl Progression {
    /// How many members are congruent to `residue` modulo `modulus`.
    pub(super) fn hits(self, residue: i64, modulus: i64) -> i64 {
        let (divisor, inverse) = bezout(self.step, modulus);
        let gap = (residue - self.first).rem_euclid(modulus);
        if gap % divisor != 0 {
            return 0;
        }
        let period = modulus / divisor;
        let first_hit = (gap / divisor * inverse).rem_euclid(period);
        if first_hit > self.last {
            0
        } else {
            (self.last - first_hit) / period + 1
        }
    }
}

/// The greatest common divisor `d` of `a` and `b`, and an `x` with `a × x ≡ d` modulo `b` (Euclid, extended).
fn bezout(a: i64, b: i64) -> (i64, i64) {
    let (mut previous, mut remainder) = (a, b);
    let (mut x, mut next_x) = (1, 0);
    while remainder != 0 {
        let quotient = previous / remainder;
        (previous, remainder) = (remainder, previous - quotient * remainder);
        (x, next_x) = (next_x, x - quotient * next_x);
    }
    (previous, x)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn counting_agrees_with_visiting(
            first in 0_i64..100_000, step in 1_i64..1_200_001, last in 0_i64..5_000,
            residue in 0_i64..4_800, modulus in prop::sample::select(vec![1, 7, 12, 48, 1_200, 4_800]),
        ) {
            let members = (0..=last).map(|k| first + k * step);
            let visited = members.filter(|member| (member - residue) % modulus == 0).count();
            let hits = Progression { first, step, last }.hits(residue, modulus);
            prop_assert_eq!(usize::try_from(hits), Ok(visited));
        }
    }
}
