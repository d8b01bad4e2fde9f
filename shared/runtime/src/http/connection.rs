//! One connection: HTTP/1.1 or HTTP/2, and never kept for a client that has nothing to say.

use std::{io, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use hyper::{
    body::Incoming,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::{
    net::TcpStream,
    sync::watch,
    time::{Instant, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;

use super::{
    pieces::Pieces,
    server::{Limits, Peer},
};

/// The most bytes of headers.
const HEADER_BYTES: u32 = 64 * 1024;
/// How often an HTTP/2 client is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(30);
/// How soon it has to say so.
const PING_PATIENCE: Duration = Duration::from_secs(20);

/// How connections are served.
pub(super) struct Builders {
    http1: Builder<TokioExecutor>,
    http1_or_2: Builder<TokioExecutor>,
}

impl Builders {
    pub(super) fn new() -> Self {
        let http1_or_2 = builder();
        let http1 = http1_or_2.clone().http1_only();
        Self { http1, http1_or_2 }
    }

    /// The one for what `stream` begins with. Whoever is to find that out while reading takes the first bytes apart from
    /// the others, for which HTTP/1 doubles what each connection keeps to read with.
    async fn of(&self, stream: &TcpStream) -> io::Result<&Builder<TokioExecutor>> {
        /// How HTTP/2 begins (RFC 9113 §3.4), and no method that is known here.
        const HTTP2: &[u8] = b"PRI";
        let mut first = [0; HTTP2.len()];
        let count = stream.peek(&mut first).await?;
        let may_be_http2 = HTTP2.starts_with(&first[..count]);
        Ok(if may_be_http2 { &self.http1_or_2 } else { &self.http1 })
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // It would begin only once the client's first bytes have told the protocol, and would hold between requests
        // too: `idle` does better.
        .header_read_timeout(None)
        .max_buf_size(usize::try_from(HEADER_BYTES).unwrap_or(usize::MAX))
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEADER_BYTES)
        .max_concurrent_streams(250)
        .keep_alive_interval(Some(PING_EVERY))
        .keep_alive_timeout(PING_PATIENCE);
    builder
}

/// Serves the connection until its client closes it, or is silent for too long, or `stop`; requests under way end first.
pub(super) async fn serve(
    builders: Arc<Builders>,
    stream: TcpStream,
    peer: Peer,
    router: Router,
    limits: Limits,
    stop: CancellationToken,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot set TCP_NODELAY");
    }
    let ends = Instant::now() + limits.patience;
    let builder = timeout_at(ends, builders.of(&stream));
    let Some(Ok(Ok(builder))) = stop.run_until_cancelled(builder).await else {
        return;
    };
    let (under_way, mut requests) = watch::channel(0);
    let routes = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(peer);
        let request_under_way = UnderWay::begin(&under_way);
        let response = routes.call(request);
        let under_way = under_way.clone();
        async move {
            let response = response.await;
            drop(request_under_way);
            // A client that goes on taking its answer, however slowly, is not idle.
            response.map(|response| response.map(|body| Pieces::of(body, move || under_way.send_modify(|_| {}))))
        }
    });
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        is_used = idle(&mut requests, ends.saturating_duration_since(Instant::now()), limits.keep_alive) => {
            connection.as_mut().graceful_shutdown();
            // What remains is half a request, or an answer that the client does not read. A client that has not asked
            // for anything has had its time.
            let patience = if is_used { limits.patience } else { Duration::ZERO };
            tokio::select! {
                // First, so that an HTTP/2 client is told.
                biased;
                ended = connection => ended,
                _ = idle(&mut requests, patience, limits.patience) => Ok(()),
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Waits until no request has been under way for `first`, or for `later` once there was one; whether there was.
async fn idle(requests: &mut watch::Receiver<usize>, first: Duration, later: Duration) -> bool {
    let (mut patience, mut is_used) = (first, false);
    loop {
        // Not marked as seen: a first request may have come and gone before this is polled.
        let is_idle = *requests.borrow() == 0;
        let changed = requests.changed();
        let changed = if is_idle {
            timeout(patience, changed).await
        } else {
            Ok(changed.await)
        };
        if !matches!(changed, Ok(Ok(()))) {
            return is_used;
        }
        (patience, is_used) = (later, true);
    }
}

/// A request from its headers to its answer's.
struct UnderWay(watch::Sender<usize>);

impl UnderWay {
    fn begin(requests: &watch::Sender<usize>) -> Self {
        requests.send_modify(|count| *count += 1);
        Self(requests.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
