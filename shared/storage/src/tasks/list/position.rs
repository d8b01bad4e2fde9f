//! Places in a list.

use chrono::{DateTime, Datelike, Utc};
use domain::TaskId;
use serde::{Deserialize, Serialize};

use super::{Listing, Order, Sort};

/// A place in an order, whatever is written meanwhile: what follows it stays what follows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// What the order goes by, of the task that stands there.
    pub key: Key,
    /// Its id.
    pub id: TaskId,
}

/// What an order goes by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Key {
    /// An instant; `None` for no due.
    Instant(Option<DateTime<Utc>>),
    /// A priority's rank.
    Rank(i16),
    /// A folded title.
    Text(String),
    /// How well it fits the words.
    Relevance(f32),
}

/// A part of an order whose rows one index hands over in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Segment {
    /// Everything.
    Whole,
    /// Tasks with a due: an index read backwards begins with those without, and they come last.
    Dated,
    /// Tasks without.
    Undated,
    /// One priority. Its rows are alike by the key, and a planner that sees that would sort them.
    Rank(i16),
}

impl Position {
    /// Whether it is a place in `order` that a database can be asked about.
    #[must_use]
    pub fn is_in(&self, order: Order) -> bool {
        let is_sane = |at: &DateTime<Utc>| (0..=9999).contains(&at.year());
        match (&self.key, order) {
            (Key::Instant(None), Order::By { sort, .. }) => sort == Sort::Due,
            (Key::Instant(Some(at)), Order::By { sort, .. }) => {
                matches!(sort, Sort::Due | Sort::Created | Sort::Updated) && is_sane(at)
            }
            (Key::Rank(_), Order::By { sort, .. }) => sort == Sort::Priority,
            (Key::Text(text), Order::By { sort, .. }) => sort == Sort::Title && !text.contains('\0'),
            (Key::Relevance(relevance), order) => order == Order::Relevance && relevance.is_finite(),
            (_, Order::Relevance) => false,
        }
    }
}

impl Segment {
    /// What is left of a list after a place, part by part, each with the place that it is left after.
    pub(super) fn following<'a>(listing: &Listing, after: Option<&'a Position>) -> Vec<(Self, Option<&'a Position>)> {
        let mut segments: Vec<_> = match (listing.sort(), listing.is_descending()) {
            (Some(Sort::Due), true) => vec![Self::Dated, Self::Undated],
            (Some(Sort::Priority), false) => listing.ranks().into_iter().map(Self::Rank).collect(),
            (Some(Sort::Priority), true) => listing.ranks().into_iter().rev().map(Self::Rank).collect(),
            _ => vec![Self::Whole],
        };
        let Some(position) = after else {
            return segments.into_iter().map(|segment| (segment, None)).collect();
        };
        // One that lies in none of them was made up.
        let passed = segments.iter().position(|segment| segment.has(&position.key));
        segments.drain(..passed.unwrap_or(segments.len()));
        let afters = std::iter::once(after).chain(std::iter::repeat(None));
        segments.into_iter().zip(afters).collect()
    }

    fn has(self, key: &Key) -> bool {
        match self {
            Self::Whole => true,
            Self::Dated => *key != Key::Instant(None),
            Self::Undated => *key == Key::Instant(None),
            Self::Rank(rank) => *key == Key::Rank(rank),
        }
    }

    /// Whether its rows are alike by the key, so that ids are all there is to their order.
    pub(super) fn is_alike(self) -> bool {
        matches!(self, Self::Undated | Self::Rank(_))
    }
}
