//! One connection: HTTP/1.1 or HTTP/2, and never kept for a client that has nothing to say.

use std::{
    fmt::Display,
    io,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::Router;
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulConnection},
    service::TowerToHyperService,
};
use tokio::{
    net::TcpStream,
    sync::Notify,
    time::{Instant, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;

use super::{
    pieces::Pieces,
    server::{Limits, Peer},
    unread::Unread,
};

/// How many bytes of headers are taken for sure. As they are read in large pieces, up to twice as many may be.
const HEADER_BYTES: u32 = 64 * 1024;
/// How often an HTTP/2 client is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(30);
/// How soon it has to say so.
const PING_PATIENCE: Duration = Duration::from_secs(20);

/// How connections are served.
pub(super) struct Builders {
    http1: http1::Builder,
    http1_or_2: auto::Builder<TokioExecutor>,
}

impl Builders {
    pub(super) fn new() -> Self {
        let header_bytes = usize::try_from(HEADER_BYTES).unwrap_or(usize::MAX);
        let mut http1 = http1::Builder::new();
        // It would hold between requests, too: `idle` does better.
        http1
            .timer(TokioTimer::new())
            .header_read_timeout(None)
            .max_buf_size(header_bytes);
        let mut http1_or_2 = auto::Builder::new(TokioExecutor::new());
        http1_or_2
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(None)
            .max_buf_size(header_bytes)
            .http2()
            .timer(TokioTimer::new())
            .max_header_list_size(HEADER_BYTES)
            .max_concurrent_streams(250)
            .keep_alive_interval(Some(PING_EVERY))
            .keep_alive_timeout(PING_PATIENCE);
        Self { http1, http1_or_2 }
    }
}

/// Whether what `stream` begins with may be HTTP/2. Whoever is to find that out while reading takes the first bytes apart
/// from the others, for which HTTP/1 doubles what each connection keeps to read with.
async fn may_be_http2(stream: &TcpStream) -> io::Result<bool> {
    /// How HTTP/2 begins (RFC 9113 §3.4), and no method that is known here.
    const HTTP2: &[u8] = b"PRI";
    let mut first = [0; HTTP2.len()];
    let count = stream.peek(&mut first).await?;
    Ok(HTTP2.starts_with(&first[..count]))
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
    let begun = timeout_at(ends, may_be_http2(&stream));
    let Some(Ok(Ok(may_be_http2))) = stop.run_until_cancelled(begun).await else {
        return;
    };
    let requests = Arc::new(Requests::default());
    let counted = Arc::clone(&requests);
    let routes = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(peer);
        let request_under_way = UnderWay::begin(&counted);
        let response = routes.call(Unread::of(request));
        let requests = Arc::clone(&counted);
        // Apart: the connection keeps room for whatever this is, and most of the time there is none.
        Box::pin(async move {
            let response = response.await;
            drop(request_under_way);
            // A client that goes on taking its answer, however slowly, is not idle.
            response.map(|response| response.map(|body| Pieces::of(body, move || requests.moved.notify_one())))
        })
    });
    let patience = Patience {
        first: ends,
        then: limits,
    };
    let io = TokioIo::new(stream);
    if may_be_http2 {
        // HTTP/1 is what most speak, and needs the less room.
        let mut connection = Box::pin(builders.http1_or_2.serve_connection(io, service));
        until_ended(connection.as_mut(), requests, patience, stop).await;
    } else {
        let connection = builders.http1.serve_connection(io, service);
        until_ended(pin!(connection), requests, patience, stop).await;
    }
}

/// For how long a client may be silent.
struct Patience {
    /// Until when it may ask first.
    first: Instant,
    then: Limits,
}

async fn until_ended<C: GracefulConnection<Error: Display>>(
    mut connection: Pin<&mut C>,
    requests: Arc<Requests>,
    patience: Patience,
    stop: CancellationToken,
) {
    let limits = patience.then;
    let first = patience.first.saturating_duration_since(Instant::now());
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        is_used = idle(&requests, first, limits.keep_alive) => {
            connection.as_mut().graceful_shutdown();
            // What remains is half a request, or an answer that the client does not read. A client that has not asked
            // for anything has had its time.
            let patience = if is_used { limits.patience } else { Duration::ZERO };
            tokio::select! {
                // First, so that an HTTP/2 client is told.
                biased;
                ended = connection => ended,
                _ = idle(&requests, patience, limits.patience) => Ok(()),
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Waits until no request has been under way for `first`, or for `later` once there was one; whether there was.
async fn idle(requests: &Requests, first: Duration, later: Duration) -> bool {
    let (mut patience, mut is_used) = (first, false);
    loop {
        // What moved before this is polled is told, too: a first request may have come and gone.
        let moved = requests.moved.notified();
        if requests.under_way.load(Ordering::Acquire) > 0 {
            moved.await;
        } else if timeout(patience, moved).await.is_err() {
            return is_used;
        }
        (patience, is_used) = (later, true);
    }
}

/// The requests of a connection.
#[derive(Debug, Default)]
struct Requests {
    /// How many are under way.
    under_way: AtomicUsize,
    /// Tells the one who waits that one begins, goes on or ends.
    moved: Notify,
}

/// A request from its headers to its answer's.
struct UnderWay(Arc<Requests>);

impl UnderWay {
    fn begin(requests: &Arc<Requests>) -> Self {
        requests.under_way.fetch_add(1, Ordering::AcqRel);
        requests.moved.notify_one();
        Self(Arc::clone(requests))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::AcqRel);
        self.0.moved.notify_one();
    }
}
