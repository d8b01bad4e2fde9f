//! What functions could not take, in their dead-letter topics, and what of it was replayed.
//!
//! The topics are written by Knative's dispatcher and by whoever may write to them, so a record may be anything. One that
//! was replayed is followed by a mark (see `marks`); readers look through a partition for marks first, and hand over what
//! has none. Nothing is committed, and memory does not grow with the topic.

mod event;
mod headers;
mod letter;
mod marker;
mod marks;
mod place;
mod reader;

pub use letter::{DeadLetter, Event};
pub use marker::Marker;
pub use place::{NoPlace, Place};
pub use reader::{Letters, Reader};
