//! What went wrong.

use utoipa::ToSchema;

use super::texts::{Pointer, Reference};

/// What went wrong (RFC 9457).
#[derive(Debug, ToSchema)]
pub struct Problem {
    /// Which kind of problem; following it leads to an explanation.
    #[schema(rename = "type")]
    pub kind: Reference,
    /// The kind, for a person.
    pub title: String,
    /// The answer's status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What would be right, for a person.
    #[schema(nullable = false)]
    pub detail: Option<String>,
    /// Every fault that was found, up to a hundred.
    #[schema(nullable = false, min_items = 1, max_items = 100)]
    pub errors: Option<Vec<Place>>,
}

/// A fault and its place, which is one of `pointer`, `parameter` and `header`.
#[derive(Debug, ToSchema)]
pub struct Place {
    /// What would be right.
    pub detail: String,
    /// Where in the body.
    #[schema(nullable = false)]
    pub pointer: Option<Pointer>,
    /// Which query parameter.
    #[schema(nullable = false)]
    pub parameter: Option<String>,
    /// Which header.
    #[schema(nullable = false)]
    pub header: Option<String>,
}
