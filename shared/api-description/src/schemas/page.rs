//! Changes, and nothing.

use utoipa::ToSchema;

use super::{events::CloudEvent, texts::Token};

/// A page of a user's log.
#[derive(Debug, ToSchema)]
pub struct Changes {
    /// The events, in the order they were committed.
    #[schema(max_items = 200)]
    pub events: Vec<CloudEvent>,
    /// What to ask for next, as `since`.
    pub next_token: Token,
    /// Whether there is more already.
    pub more: bool,
}

/// An object without members. What it asks for is said by the path.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}
