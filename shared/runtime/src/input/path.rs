//! Ids in paths.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use uuid::Uuid;

use crate::Problem;

/// The id in a path `…/{id}…`, written as ids are everywhere: lower case, with hyphens, nothing percent-encoded, so
/// that a thing has one path, which caches and idempotency keys go by. What is no such id is one that nothing has: 404.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathId(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for PathId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found())?;
        let id = text.parse::<Uuid>().map_err(|_| Problem::not_found())?;
        let is_one_way = text == id.hyphenated().to_string() && parts.uri.path().split('/').any(|part| part == text);
        if is_one_way {
            Ok(Self(id))
        } else {
            Err(Problem::not_found())
        }
    }
}
