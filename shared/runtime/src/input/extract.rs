//! What a request that writes brings with it.

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts},
};
use bytes::Bytes;
use http::{HeaderMap, Request};

use super::{Object, Query};
use crate::{
    Problem,
    http::{body, idempotency::Idempotency},
};

/// A request with a JSON object.
#[derive(Debug)]
pub struct Submission {
    /// The object.
    pub object: Object,
    /// What makes the request the same as an earlier one.
    pub idempotency: Idempotency,
    /// The request's headers.
    pub headers: HeaderMap,
}

/// A request that changes members of what it names (RFC 7396): a JSON object, and query parameters.
#[derive(Debug)]
pub struct MergePatch {
    /// The members.
    pub object: Object,
    /// The query parameters.
    pub query: Query,
    /// What makes the request the same as an earlier one.
    pub idempotency: Idempotency,
    /// The request's headers.
    pub headers: HeaderMap,
}

/// A request that says everything by its path: its body is empty, or an empty object.
#[derive(Debug)]
pub struct Bodiless {
    /// What makes the request the same as an earlier one.
    pub idempotency: Idempotency,
    /// The request's headers.
    pub headers: HeaderMap,
}

impl<S: Sync> FromRequest<S> for Submission {
    type Rejection = Problem;

    async fn from_request(request: Request<Body>, _state: &S) -> Result<Self, Problem> {
        body::demand_json(request.headers())?;
        let (headers, bytes, idempotency) = read(request).await?;
        Ok(Self {
            object: Object::parse(&bytes)?,
            idempotency,
            headers,
        })
    }
}

impl<S: Sync> FromRequest<S> for MergePatch {
    type Rejection = Problem;

    async fn from_request(request: Request<Body>, _state: &S) -> Result<Self, Problem> {
        body::demand_merge_patch(request.headers())?;
        let (mut parts, body) = request.into_parts();
        let query = Query::from_request_parts(&mut parts, &()).await?;
        let bytes = body::read_limited(&parts.headers, body, body::LIMIT).await?;
        // What it asks for hangs on both.
        let asked = [parts.uri.query().unwrap_or_default().as_bytes(), b"\n", &bytes].concat();
        let idempotency = Idempotency::read(&parts.headers, parts.uri.path(), &asked)?;
        Ok(Self {
            object: Object::parse(&bytes)?,
            query,
            idempotency,
            headers: parts.headers,
        })
    }
}

impl<S: Sync> FromRequest<S> for Bodiless {
    type Rejection = Problem;

    async fn from_request(request: Request<Body>, _state: &S) -> Result<Self, Problem> {
        let (headers, bytes, idempotency) = read(request).await?;
        if !bytes.is_empty() {
            body::demand_json(&headers)?;
            let faults = Object::parse(&bytes)?.faults();
            if !faults.is_empty() {
                return Err(Problem::validation(faults));
            }
        }
        Ok(Self { idempotency, headers })
    }
}

/// Neither of these requests has query parameters, and one that is ignored would mislead as an unknown member would.
async fn read(request: Request<Body>) -> Result<(HeaderMap, Bytes, Idempotency), Problem> {
    let (mut parts, body) = request.into_parts();
    Query::from_request_parts(&mut parts, &()).await?.finish()?;
    let bytes = body::read_limited(&parts.headers, body, body::LIMIT).await?;
    let idempotency = Idempotency::read(&parts.headers, parts.uri.path(), &bytes)?;
    Ok((parts.headers, bytes, idempotency))
}
