//! A function as the gateway knows it: where it is, the connections to it, and whether it is left alone.

use std::{fmt, time::Duration};

use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{Client, Error, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use runtime::{Clock, configuration::FunctionAddress};
use tokio::time::{error::Elapsed, timeout};

use crate::{breaker::Breaker, request::Head, upload::Attempt};

/// How long a connection may take.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// How long a connection is kept that nobody uses: less than functions keep theirs.
const IDLE: Duration = Duration::from_secs(30);
/// How many of those are kept for each function.
const IDLE_CONNECTIONS: usize = 64;
/// How long a function may take for its answer to begin: the 30 s that it gives a request itself, and the way.
const ANSWER_PATIENCE: Duration = Duration::from_secs(35);
/// How often a function that speaks HTTP/2 is asked whether it is still there, while requests are under way.
const PING_EVERY: Duration = Duration::from_secs(15);
/// The most bytes of an answer's headers.
const HEADER_BYTES: usize = 64 * 1024;

type HttpClient = Client<HttpConnector, Attempt>;

/// The connections to all functions.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    http1: HttpClient,
    http2: HttpClient,
}

/// A function.
pub(crate) struct Upstream {
    /// Its name.
    pub(crate) name: &'static str,
    /// Where it is.
    pub(crate) address: FunctionAddress,
    /// Whether it is left alone.
    pub(crate) breaker: Breaker,
    /// The clock that pauses are counted by.
    pub(crate) clock: Clock,
    client: HttpClient,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
    /// Nothing was sent.
    #[error("it cannot be reached")]
    Unreachable(#[source] Error),
    /// It may have been done.
    #[error("its connection broke")]
    Broken(#[source] Error),
    /// It may yet be done.
    #[error("it did not answer in time")]
    TooSlow(#[from] Elapsed),
    /// It answered with something that is no answer.
    #[error("it wants to speak another protocol")]
    Switched,
}

impl Connections {
    pub(crate) fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_PATIENCE));
        let mut builder = Client::builder(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .http1_max_buf_size(HEADER_BYTES);
        let http1 = builder.build(connector.clone());
        let http2 = builder
            .http2_only(true)
            .http2_keep_alive_interval(PING_EVERY)
            .build(connector);
        Self { http1, http2 }
    }
}

impl Upstream {
    pub(crate) fn new(name: &'static str, address: FunctionAddress, connections: &Connections, clock: Clock) -> Self {
        let client = if address.is_http2 {
            &connections.http2
        } else {
            &connections.http1
        };
        Self {
            name,
            client: client.clone(),
            address,
            breaker: Breaker::default(),
            clock,
        }
    }

    /// Sends a request once, and waits for its answer to begin.
    pub(crate) async fn send(&self, head: &Head, body: Attempt) -> Result<http::Response<Incoming>, NoAnswer> {
        self.send_within(ANSWER_PATIENCE, head, body).await
    }

    async fn send_within(
        &self,
        patience: Duration,
        head: &Head,
        body: Attempt,
    ) -> Result<http::Response<Incoming>, NoAnswer> {
        let response = timeout(patience, self.client.request(head.with(body))).await?;
        match response {
            Ok(response) if response.status().is_informational() => Err(NoAnswer::Switched),
            Ok(response) => Ok(response),
            Err(error) if error.is_connect() => Err(NoAnswer::Unreachable(error)),
            Err(error) => Err(NoAnswer::Broken(error)),
        }
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream")
            .field("name", &self.name)
            .field("address", &self.address)
            .field("breaker", &self.breaker)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use tokio::net::TcpListener;

    use super::*;
    use crate::{address::Client, upload::Upload};

    #[tokio::test]
    async fn function_that_says_nothing_is_not_waited_for() {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = FunctionAddress {
            authority: silent.local_addr().unwrap().to_string().parse().unwrap(),
            is_http2: false,
        };
        let upstream = Upstream::new("get-task", address, &Connections::new(), Clock::system());
        let (parts, body) = http::Request::new(Body::empty()).into_parts();
        let client = Client {
            address: [127, 0, 0, 1].into(),
            is_https: false,
        };
        let head = Head::of(&parts, client, &upstream.address).unwrap();
        let upload = Upload::of(&parts.headers, body).unwrap();
        let answer = upstream.send_within(Duration::ZERO, &head, upload.attempt()).await;
        assert!(matches!(answer, Err(NoAnswer::TooSlow(_))), "{answer:?}");
    }
}
