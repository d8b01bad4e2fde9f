//! Who is asking, and in which trace.

use std::{convert::Infallible, sync::Arc};

use axum::extract::FromRequestParts;
use domain::UserId;
use http::request::Parts;

use crate::{Problem, TraceContext};

/// How callers say who they are. Verifying tokens takes its place beside [`Authentication::LocalUser`].
#[derive(Debug, Clone, Default)]
pub enum Authentication {
    /// Everybody is the one local user. Only a listener that no other machine reaches may serve this.
    #[default]
    LocalUser,
}

impl Authentication {
    /// The user that a request comes from.
    ///
    /// # Errors
    /// 401 once there are tokens to refuse.
    pub fn identify(&self, _parts: &Parts) -> Result<UserId, Problem> {
        match self {
            Self::LocalUser => Ok(UserId::LOCAL),
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
        let user = authentication.identify(parts)?;
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
