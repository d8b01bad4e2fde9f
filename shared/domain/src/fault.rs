//! What was wrong with one part of an input.

/// One fault of an input: where it is and what would be right. All faults of an input are gathered, so that a
/// person mends them in one go.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// JSON Pointer (RFC 6901) to the faulty member; empty for the whole input.
    pub pointer: String,
    /// What was wrong and what would be right, for a person.
    pub detail: String,
}

impl Fault {
    /// A fault at `pointer`.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            detail: detail.into(),
        }
    }
}
