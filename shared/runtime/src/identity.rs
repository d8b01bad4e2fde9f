//! Who is asking, and in which trace.

use std::{convert::Infallible, fmt, pin::Pin, sync::Arc};

use axum::extract::FromRequestParts;
use domain::UserId;
use http::request::Parts;

use crate::{Problem, TraceContext};

/// How callers say who they are.
#[derive(Debug, Clone, Default)]
pub enum Authentication {
    /// Everybody is the one local user. Only a listener that no other machine reaches may serve this.
    #[default]
    LocalUser,
    /// By what a request brings with it, such as a token.
    By(Arc<dyn Authenticate>),
}

/// A way to tell users apart.
pub trait Authenticate: fmt::Debug + Send + Sync {
    /// The user that a request comes from; 401 for nobody known.
    fn identify<'a>(&'a self, parts: &'a Parts) -> Pin<Box<dyn Future<Output = Result<UserId, Problem>> + Send + 'a>>;
}

impl Authentication {
    /// The user that a request comes from.
    ///
    /// # Errors
    /// 401 for nobody known.
    pub async fn identify(&self, parts: &Parts) -> Result<UserId, Problem> {
        match self {
            Self::LocalUser => Ok(UserId::LOCAL),
            Self::By(way) => way.identify(parts).await,
        }
    }
}

/// Who asks for something, and in which trace. A handler that takes it is for authenticated callers.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The user.
    pub user: UserId,
    /// The context of the request.
    pub trace: TraceContext,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let authentication = parts.extensions.get::<Arc<Authentication>>().cloned().ok_or_else(|| {
            tracing::error!("a route of the API is served without authentication");
            Problem::internal()
        })?;
        let user = authentication.identify(parts).await?;
        let Ok(trace) = TraceContext::from_request_parts(parts, state).await;
        Ok(Self { user, trace })
    }
}

impl<S: Sync> FromRequestParts<S> for TraceContext {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(Self::begin))
    }
}
