//! What a list is of, and in which order.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Priority;

/// More than any local day lasts (47 hours, in Kwajalein in 1969): what was due so long ago is overdue.
const LONGEST_DAY: TimeDelta = TimeDelta::hours(50);

/// What a list is of, and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Done or to be done.
    pub status: Status,
    /// Whether it is of deleted tasks instead of those that are there.
    pub deleted: bool,
    /// Any of these priorities; any at all where there is none.
    pub priorities: Vec<Priority>,
    /// All of these tags.
    pub tags: Vec<String>,
    /// Due then or later.
    pub due_from: Option<DateTime<Utc>>,
    /// Due before then.
    pub due_until: Option<DateTime<Utc>>,
    /// Pending with its due passed, or everything else. A date has passed when its local day has ended.
    pub overdue: Option<bool>,
    /// All of these folded words in title, tags or description, the last by its beginning.
    pub words: Vec<String>,
    /// The order.
    pub order: Order,
}

/// Which tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Those still to be done.
    Pending,
    /// Those done.
    Completed,
    /// Both.
    All,
}

/// The order of a list; ties are in the order of ids, or, where it is descending, in the opposite one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By one of a task's own values.
    By {
        /// Which.
        sort: Sort,
        /// Whether the greatest comes first. Tasks without due come last either way.
        is_descending: bool,
    },
    /// What fits the words best first, where there are words.
    Relevance,
}

/// What tasks are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// The due instant.
    Due,
    /// The creation.
    Created,
    /// The latest change.
    Updated,
    /// The priority, the lowest first.
    Priority,
    /// The title, without regard to case and accents.
    Title,
}

/// As `tasks.bucket` has it; deleted ones are so much further.
const PENDING: i16 = 0;
const COMPLETED: i16 = 1;
const DELETED: i16 = 2;

/// From an instant on, and before another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) from: Option<DateTime<Utc>>,
    pub(super) until: Option<DateTime<Utc>>,
    /// Whether tasks without due are outside.
    pub(super) is_dated: bool,
}

impl Listing {
    /// The user's pending tasks by due.
    #[must_use]
    pub fn pending() -> Self {
        Self {
            status: Status::Pending,
            deleted: false,
            priorities: Vec::new(),
            tags: Vec::new(),
            due_from: None,
            due_until: None,
            overdue: None,
            words: Vec::new(),
            order: Order::By {
                sort: Sort::Due,
                is_descending: false,
            },
        }
    }

    /// Whether there are filters that no range of the order's index can say, so that rows are looked at in vain.
    pub(super) fn is_searched(&self) -> bool {
        let is_by_other = self.is_dated() && self.sort() != Some(Sort::Due);
        self.has_words() || self.overdue.is_some() || is_by_other
    }

    /// Whether the index of words and tags has a say.
    pub(super) fn has_words(&self) -> bool {
        !self.words.is_empty() || !self.tags.is_empty()
    }

    pub(super) fn sort(&self) -> Option<Sort> {
        match self.order {
            Order::By { sort, .. } => Some(sort),
            Order::Relevance => None,
        }
    }

    pub(super) fn is_descending(&self) -> bool {
        matches!(
            self.order,
            Order::By {
                is_descending: true,
                ..
            }
        )
    }

    fn is_dated(&self) -> bool {
        self.due_from.is_some() || self.due_until.is_some()
    }

    pub(super) fn is_of_none(&self) -> bool {
        self.buckets().is_empty()
    }

    pub(super) fn buckets(&self) -> Vec<i16> {
        let statuses = match self.status {
            Status::Pending => &[PENDING][..],
            Status::Completed => &[COMPLETED],
            Status::All => &[PENDING, COMPLETED],
        };
        let may_be = statuses
            .iter()
            .filter(|status| self.overdue != Some(true) || **status == PENDING);
        may_be
            .map(|status| status + if self.deleted { DELETED } else { 0 })
            .collect()
    }

    /// As `tasks.priority_rank` has them.
    pub(super) fn ranks(&self) -> BTreeSet<i16> {
        let all = [Priority::Low, Priority::Medium, Priority::High];
        let wanted = all
            .into_iter()
            .filter(|priority| self.priorities.is_empty() || self.priorities.contains(priority));
        wanted.map(rank).collect()
    }

    /// Between which instants the tasks of a bucket are due; where they are overdue or not, it is a little more.
    pub(super) fn due(&self, bucket: i16, now: DateTime<Utc>) -> Bounds {
        let given = Bounds {
            from: self.due_from,
            until: self.due_until,
            is_dated: self.is_dated(),
        };
        match self.overdue.filter(|_| is_pending(bucket)) {
            None => given,
            Some(false) => Bounds {
                from: given.from.max(Some(now - LONGEST_DAY)),
                ..given
            },
            Some(true) => {
                let passed = now + TimeDelta::microseconds(1);
                Bounds {
                    until: Some(given.until.map_or(passed, |until| until.min(passed))),
                    ..given
                }
            }
        }
    }
}

pub(super) fn is_pending(bucket: i16) -> bool {
    bucket % DELETED == PENDING
}

fn rank(priority: Priority) -> i16 {
    match priority {
        Priority::Low => 0,
        Priority::Medium => 1,
        Priority::High => 2,
    }
}

impl Sort {
    /// The column that its index is ordered by.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Due => "due_key",
            Self::Created => "created_at",
            Self::Updated => "updated_at",
            Self::Priority => "priority_rank",
            Self::Title => "title_key",
        }
    }
}
