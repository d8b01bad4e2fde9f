//! Parameters that several operations take.

use utoipa::IntoParams;

use crate::schemas::texts::{Cursor, Id};

/// An id in the path.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PathId {
    /// Its id, as it was answered. What is no such id is one that nothing has.
    pub id: Id,
}

/// What makes a request the same as an earlier one.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IdempotencyKey {
    /// The request is done once under this key: sent again within 24 hours, it is answered as before, with
    /// `Idempotency-Replayed: true`.
    #[param(
        rename = "Idempotency-Key",
        nullable = false,
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]+$"
    )]
    pub key: Option<String>,
}

/// A condition on the version that is changed.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IfMatch {
    /// The ETag that was read: where the task has changed since, nothing is done and the answer is 412.
    #[param(
        rename = "If-Match",
        nullable = false,
        min_length = 1,
        pattern = r#"^(\*|(W/)?"[!#-~]*"(, ?(W/)?"[!#-~]*")*)$"#,
        example = "\"1\""
    )]
    pub tags: Option<String>,
}

/// A condition on the version that is known.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IfNoneMatch {
    /// The ETag that was read: where the task has not changed since, the answer is 304.
    #[param(
        rename = "If-None-Match",
        nullable = false,
        pattern = r#"^(\*|(W/)?"[!#-~]*"(, ?(W/)?"[!#-~]*")*)?$"#,
        example = "\"1\""
    )]
    pub tags: Option<String>,
}

/// A page of a list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// The most items.
    #[param(nullable = false, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
    /// Where the page begins.
    #[param(nullable = false)]
    pub cursor: Option<Cursor>,
}
