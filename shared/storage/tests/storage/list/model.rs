//! The slow and plain twin of a list: look at everything, keep what matches, sort.

use std::cmp::Ordering;

use domain::{Priority, Task, TaskId, words::words};
use proptest::prelude::*;
use storage::tasks::{Listing, Order, Sort, Status};

use crate::support::now;

/// Holds what was walked against what should have been.
pub(super) fn compare(tasks: &[Task], listing: &Listing, mut walked: Vec<TaskId>) -> Result<(), TestCaseError> {
    let mut wanted: Vec<_> = tasks.iter().filter(|task| is_in(task, listing)).collect();
    match listing.order {
        Order::By { sort, is_descending } => wanted.sort_by(|one, other| order(one, other, sort, is_descending)),
        // What fits best is the database's to say: a test of its own looks at that.
        Order::Relevance => {
            wanted.sort_by_key(|task| task.id);
            walked.sort();
        }
    }
    let wanted: Vec<_> = wanted.into_iter().map(|task| task.id).collect();
    prop_assert_eq!(walked, wanted);
    Ok(())
}

fn is_in(task: &Task, listing: &Listing) -> bool {
    let due = task.due.map(|due| due.at);
    let is_overdue = !task.is_completed() && task.due.is_some_and(|due| due.overdue_from(task.time_zone) <= now());
    let has_tag = |wanted: &String| {
        let mut tags = task.tags.as_slice().iter();
        tags.any(|tag| tag.to_lowercase() == wanted.to_lowercase())
    };
    let is_wanted = match listing.status {
        Status::Pending => !task.is_completed(),
        Status::Completed => task.is_completed(),
        Status::All => true,
    };
    is_wanted
        && task.deleted_at.is_some() == listing.deleted
        && (listing.priorities.is_empty() || listing.priorities.contains(&task.priority))
        && listing.tags.iter().all(has_tag)
        && listing.due_from.is_none_or(|from| due.is_some_and(|due| due >= from))
        && listing.due_until.is_none_or(|until| due.is_some_and(|due| due < until))
        && listing.overdue.is_none_or(|overdue| overdue == is_overdue)
        && has_words(task, &listing.words)
}

fn has_words(task: &Task, wanted: &[String]) -> bool {
    let texts = task.tags.as_slice().iter().map(String::as_str);
    let texts = texts.chain([task.title.as_str(), task.description.as_str()]);
    let has: Vec<_> = texts.flat_map(words).collect();
    let Some((last, others)) = wanted.split_last() else {
        return true;
    };
    others.iter().all(|word| has.contains(word)) && has.iter().any(|word| word.starts_with(last))
}

fn order(one: &Task, other: &Task, sort: Sort, is_descending: bool) -> Ordering {
    let rank = |task: &Task| match task.priority {
        Priority::Low => 0,
        Priority::Medium => 1,
        Priority::High => 2,
    };
    let key = |task: &Task| {
        domain::words::fold(task.title.as_str())
            .chars()
            .take(200)
            .collect::<String>()
    };
    let by = match sort {
        Sort::Due => one.due.map(|due| due.at).cmp(&other.due.map(|due| due.at)),
        Sort::Created => one.created_at.cmp(&other.created_at),
        Sort::Updated => one.updated_at.cmp(&other.updated_at),
        Sort::Priority => rank(one).cmp(&rank(other)),
        Sort::Title => key(one).cmp(&key(other)),
    };
    let by = by.then_with(|| one.id.cmp(&other.id));
    let by = if is_descending { by.reverse() } else { by };
    let without = sort == Sort::Due;
    let last = (without && one.due.is_none()).cmp(&(without && other.due.is_none()));
    last.then(by)
}
