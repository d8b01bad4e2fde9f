//! Who is asking, and in which trace.

mod bearer;
mod fetch;
mod key_file;
mod key_url;
mod tokens;

pub use self::tokens::{KeySource, Tokens};

use std::{convert::Infallible, fmt, net::IpAddr, pin::Pin, sync::Arc};

use axum::{
    extract::{FromRequestParts, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
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
    /// Makes sure, before anything is served, that users can be told apart at all.
    ///
    /// # Errors
    /// They cannot; in words for the person who starts it.
    fn prepare(&self) -> anyhow::Result<()> {
        Ok(())
    }

    /// The user that a request comes from; 401 for nobody known.
    fn identify<'a>(&'a self, parts: &'a Parts) -> Pin<Box<dyn Future<Output = Result<UserId, Problem>> + Send + 'a>>;
}

impl Authentication {
    /// Makes sure that nobody is served as somebody else at this address: where everybody is the local user, no other
    /// machine may reach it.
    ///
    /// # Errors
    /// Other machines reach it, or tokens cannot be verified.
    pub fn prepare(&self, address: IpAddr) -> anyhow::Result<()> {
        let Self::By(way) = self else {
            anyhow::ensure!(
                address.is_loopback(),
                "{address} can be reached from other machines, and without tokens everybody is the one local user: \
                 listen on 127.0.0.1 or ::1, or set AUTH_ISSUER, AUTH_AUDIENCE and AUTH_JWKS_URL or AUTH_JWKS_FILE"
            );
            return Ok(());
        };
        way.prepare()
    }

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

/// The user that a request was found to come from.
#[derive(Debug, Clone, Copy)]
struct Identified(UserId);

/// Lets nobody pass whose user is not known, so that no handler can forget to ask.
pub(crate) async fn demand_user(
    State(authentication): State<Arc<Authentication>>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    match authentication.identify(&parts).await {
        Ok(user) => {
            parts.extensions.insert(Identified(user));
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => problem.into_response(),
    }
}

/// Who asks for something, and in which trace.
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
        let Some(Identified(user)) = parts.extensions.get().copied() else {
            tracing::error!("a route of the API is served without authentication");
            return Err(Problem::internal());
        };
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
