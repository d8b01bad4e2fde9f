//! The newest of any number of lines.

use std::{cmp::Reverse, collections::BinaryHeap};

use chrono::{DateTime, Utc};

/// The newest lines, as many as are wanted.
#[derive(Debug)]
pub(super) struct Newest {
    most: usize,
    /// The oldest on top.
    lines: BinaryHeap<Reverse<(DateTime<Utc>, String)>>,
}

impl Newest {
    pub(super) fn new(most: usize) -> Self {
        let lines = BinaryHeap::new();
        Self { most, lines }
    }

    pub(super) fn add(&mut self, moment: DateTime<Utc>, line: String) {
        self.lines.push(Reverse((moment, line)));
        if self.lines.len() > self.most {
            self.lines.pop();
        }
    }

    /// The newest first.
    pub(super) fn into_lines(self) -> impl Iterator<Item = String> {
        let sorted = self.lines.into_sorted_vec().into_iter();
        sorted.map(|Reverse((_, line))| line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oldest_go_first_and_the_newest_is_on_top() {
        let mut newest = Newest::new(3);
        for second in [5, 1, 4, 2, 3] {
            newest.add(DateTime::from_timestamp(second, 0).unwrap(), second.to_string());
        }
        assert_eq!(newest.into_lines().collect::<Vec<_>>(), ["5", "4", "3"]);
    }
}
