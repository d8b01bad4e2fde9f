//! What a request must be before it is handed on: one of few, well-formed, and somebody's.

use std::{net::IpAddr, sync::Arc};

use axum::{
    Extension,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{Extensions, HeaderMap, Version, header, request::Parts};
use ipnet::IpNet;
use runtime::{Problem, http::server::Peer, identity::Authentication};

use crate::{
    address::Client,
    limits::{Limits, Standing, Whose},
};

/// Who may pass.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) limits: Limits,
    pub(crate) authentication: Authentication,
    pub(crate) trusted_proxies: Vec<IpNet>,
}

/// Lets a request pass that is well-formed, of a known user, and not one too many. Addresses are counted first: to verify
/// a token costs more than to count.
pub(crate) async fn admit(
    State(gate): State<Arc<Gate>>,
    Extension(client): Extension<Client>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let standing = gate.limits.count(Whose::Address(client.network())).await;
    let (standing, admitted) = match admitted(&standing, "address").and_then(|()| demand_plain(&parts)) {
        Ok(()) => gate.identify(&parts, standing).await,
        Err(problem) => (standing, Err(problem)),
    };
    let mut response = match admitted {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(problem) => problem.into_response(),
    };
    standing.tell(response.headers_mut());
    response
}

impl Gate {
    /// Who asks.
    pub(crate) fn client(&self, headers: &HeaderMap, extensions: &Extensions) -> Client {
        let peer = extensions.get().map(|Peer(address)| address.ip());
        Client::of(
            peer.unwrap_or(IpAddr::from([0, 0, 0, 0])),
            headers,
            &self.trusted_proxies,
        )
    }

    /// Lets users pass who are known and have requests left; how they stand, or else how their address does.
    async fn identify(&self, parts: &Parts, standing: Standing) -> (Standing, Result<(), Problem>) {
        match self.authentication.identify(parts).await {
            Ok(user) => {
                let standing = self.limits.count(Whose::User(user)).await;
                let admitted = admitted(&standing, "user");
                (standing, admitted)
            }
            Err(problem) => (standing, Err(problem)),
        }
    }
}

fn admitted(standing: &Standing, by: &'static str) -> Result<(), Problem> {
    match standing.refusal() {
        None => Ok(()),
        Some((quota, wait)) => {
            metrics::counter!("gateway_rate_limited_total", "by" => by).increment(1);
            Err(Problem::rate_limited(quota, wait))
        }
    }
}

/// Refuses what two readers might read as two things: the functions are not to be the second reader.
fn demand_plain(parts: &Parts) -> Result<(), Problem> {
    if parts.headers.contains_key(header::UPGRADE) || parts.method == http::Method::CONNECT {
        return Err(Problem::malformed("Connections are not upgraded here."));
    }
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    let has_host = hosts.next().is_some() || parts.uri.authority().is_some();
    let is_named = has_host || parts.version == Version::HTTP_10;
    if !is_named || hosts.next().is_some() {
        return Err(Problem::malformed_header(&header::HOST, "must be there once"));
    }
    if is_plain_path(parts.uri.path()) {
        Ok(())
    } else {
        Err(Problem::not_found())
    }
}

/// Whether a path is made of plain names: those of the API need no escapes, and none means a folder above.
fn is_plain_path(path: &str) -> bool {
    let is_plain = |name: &str| {
        let bytes = || name.bytes();
        !name.is_empty()
            && bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            && bytes().any(|byte| byte != b'.')
    };
    path.strip_prefix('/')
        .is_some_and(|names| names.split('/').all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(version: Version, hosts: &[&str]) -> bool {
        let request = http::Request::get("/v1/tasks").version(version);
        let request = hosts
            .iter()
            .fold(request, |request, host| request.header(header::HOST, *host));
        let (parts, ()) = request.body(()).unwrap().into_parts();
        demand_plain(&parts).is_ok()
    }

    #[test]
    fn host_is_named_once() {
        assert!(passes(Version::HTTP_11, &["a.example"]) && passes(Version::HTTP_10, &[]));
        assert!(!passes(Version::HTTP_11, &[]) && !passes(Version::HTTP_11, &["a.example", "a.example"]));
    }

    #[test]
    fn paths_of_plain_names_pass() {
        for path in ["/v1/tasks", "/v1/tasks/0193-a_b.c/skip", "/healthz"] {
            assert!(is_plain_path(path), "{path}");
        }
        for path in [
            "",
            "/",
            "*",
            "//v1/tasks",
            "/v1//tasks",
            "/v1/tasks/",
            "/v1/../tasks",
            "/v1/./tasks",
            "/v1/...",
            "/v1/%74asks",
            "/v1/tasks/%2e%2e",
            "/v1/tasks/..%2fx",
            "/v1/tasks;x",
            "/v1\\tasks",
            "/v1/t\u{e4}sks",
        ] {
            assert!(!is_plain_path(path), "{path}");
        }
    }
}
