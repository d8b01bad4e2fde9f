//! What happens, in which order.

use proptest::{collection::vec, prelude::*};

pub(super) const READERS: usize = 2;

/// How a writing transaction ends.
#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    Commit,
    Abort,
    /// Not yet: it stays open across the steps that follow.
    Hold,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// Creates a task in one statement.
    Create { user: usize, end: End },
    /// A command that appends so many events.
    Append { user: usize, events: usize, end: End },
    /// Ends the transaction that the user left open.
    Release { user: usize, commits: bool },
    /// A reader reads, and forgets what it had not passed on of the reading before.
    Fetch { reader: usize },
    /// It passes on so many of the events it has read.
    Pass { reader: usize, events: usize },
    /// It stores how far it has come.
    Store { reader: usize },
    /// It dies, and another takes its place.
    Kill { reader: usize },
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![4 => Just(End::Commit), 1 => Just(End::Abort), 2 => Just(End::Hold)]
}

fn step(users: usize) -> impl Strategy<Value = Step> {
    let users = 0..users;
    let readers = 0..READERS;
    prop_oneof![
        3 => (users.clone(), end()).prop_map(|(user, end)| Step::Create { user, end }),
        3 => (users.clone(), 0..4_usize, end()).prop_map(|(user, events, end)| Step::Append { user, events, end }),
        3 => (users, any::<bool>()).prop_map(|(user, commits)| Step::Release { user, commits }),
        3 => readers.clone().prop_map(|reader| Step::Fetch { reader }),
        4 => (readers.clone(), 0..6_usize).prop_map(|(reader, events)| Step::Pass { reader, events }),
        3 => readers.clone().prop_map(|reader| Step::Store { reader }),
        1 => readers.prop_map(|reader| Step::Kill { reader }),
    ]
}

pub(super) fn schedules_of(users: usize) -> impl Strategy<Value = Vec<Step>> {
    vec(step(users), 10..60)
}

pub(super) fn schedules() -> impl Strategy<Value = Vec<Step>> {
    schedules_of(4)
}
