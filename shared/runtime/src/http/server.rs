//! The server: a listener without TLS, with limits on connections and patience, ended in order.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Extension, Router, middleware};
use nix::sys::resource::{Resource, getrlimit};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{
    connection::{self, Builders},
    layers::demand_loopback_host,
};

/// How long requests under way may go on once the server is told to stop.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(3);

/// What a server puts up with.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long a client may take for its first request's headers, or to let go of a connection that is closed; 10 s.
    pub patience: Duration,
    /// How long a connection may lie between two requests; 75 s. Load balancers commonly keep theirs for 60, and one
    /// that is closed before they do may just have been given a request.
    pub keep_alive: Duration,
    /// The most connections. Further ones wait in the operating system's queue.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(10),
            keep_alive: Duration::from_secs(75),
            connections: connections(),
        }
    }
}

/// A third of the files that the process may open: as many for the other listener, and for the database and all else.
/// At most 4096, whose headers, each as large as they may be, take 512 MiB.
fn connections() -> usize {
    const MOST: usize = 4096;
    let files = getrlimit(Resource::RLIMIT_NOFILE).map_or(256, |(soft, _)| soft);
    usize::try_from(files / 3).map_or(MOST, |third| third.clamp(1, MOST))
}

/// Cancelled when the server is told to stop: for answers that would go on. Requests have it as an extension.
#[derive(Debug, Clone, Default)]
pub struct Stopping(pub CancellationToken);

/// Who is at the other end of the connection. Requests have it as an extension.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// A bound listener.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    limits: Limits,
}

impl Server {
    /// Binds `address`, which `setting` says.
    ///
    /// # Errors
    /// The address is taken, or not this machine's.
    pub async fn bind(address: SocketAddr, setting: &str) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| anyhow::anyhow!("cannot listen on {address}, as {setting} says: {error}"))?;
        let address = listener.local_addr()?;
        Ok(Self {
            listener,
            address,
            limits: Limits::default(),
        })
    }

    /// The same server with other limits.
    #[must_use]
    pub fn limited(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves `router` until `stop`, then lets the requests under way end.
    pub async fn serve(self, router: Router, stop: CancellationToken) {
        let router = router.layer(Extension(Stopping(stop.clone())));
        let router = if self.address.ip().is_loopback() {
            router.layer(middleware::from_fn(demand_loopback_host))
        } else {
            router
        };
        let builders = Arc::new(Builders::new());
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => break,
                Some(_) = connections.join_next() => continue,
                accepted = self.listener.accept(), if connections.len() < self.limits.connections => accepted,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let (router, stop) = (router.clone(), stop.clone());
                    connections.spawn(connection::serve(
                        Arc::clone(&builders),
                        stream,
                        Peer(peer),
                        router,
                        self.limits,
                        stop,
                    ));
                }
                Err(error) => {
                    // Most often too many open files: wait for some to close rather than spin.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        drop(self.listener);
        let ended = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(SHUTDOWN_PATIENCE, ended).await.is_err() {
            tracing::warn!("requests were still under way when the server stopped");
        }
    }
}
