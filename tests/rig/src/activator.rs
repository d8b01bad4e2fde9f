//! What stands before a function that is scaled to zero, in place of Knative's activator and queue-proxy: a request starts
//! its process and waits for it, and the process is told to stop when there was none for a while.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, body::Body, extract::State, response::IntoResponse};
use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri};
use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::{net::TcpListener, task::JoinSet, time::sleep};

use crate::deployment::Deployment;

/// More than any request has.
const LARGEST: usize = 4 * 1024 * 1024;
/// How often a request is sent to a process that turns out not to be there.
const TRIES: u32 = 3;

/// An activator, which ends with this. Its function's process goes on until its deployment ends.
#[derive(Debug)]
pub struct Activator {
    /// Where requests are taken.
    pub address: SocketAddr,
    _tasks: JoinSet<()>,
}

#[derive(Debug)]
struct Before {
    function: Arc<Deployment>,
    client: Client<HttpConnector, Body>,
    in_flight: AtomicUsize,
    last: Mutex<Instant>,
}

impl Activator {
    /// Stands before `function` at `address`; its process stops after `idle` without a request.
    ///
    /// # Errors
    /// The address is taken.
    pub async fn start(function: Arc<Deployment>, address: SocketAddr, idle: Duration) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let before = Arc::new(Before {
            function,
            // Each request has a connection of its own, so that none meets the end of another's process.
            client: Client::builder(TokioExecutor::new())
                .pool_max_idle_per_host(0)
                .build_http(),
            in_flight: AtomicUsize::new(0),
            last: Mutex::new(Instant::now()),
        });
        let router = Router::new().fallback(take).with_state(Arc::clone(&before));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap_or_default() });
        tasks.spawn(async move { before.stop_when_idle(idle).await });
        Ok(Self { address, _tasks: tasks })
    }
}

impl Before {
    fn begin(self: &Arc<Self>) -> InFlight {
        self.in_flight.fetch_add(1, Ordering::SeqCst);
        InFlight(Arc::clone(self))
    }

    fn touched(&self) -> std::sync::MutexGuard<'_, Instant> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn stop_when_idle(&self, idle: Duration) {
        loop {
            sleep(idle / 10).await;
            let is_idle = self.in_flight.load(Ordering::SeqCst) == 0 && self.touched().elapsed() > idle;
            if is_idle && self.function.running().await.is_some() {
                // One that has to be ended by force is seen by who asks for it next.
                let _ = self.function.down().await;
            }
        }
    }

    async fn send(&self, parts: &http::request::Parts, body: Bytes) -> Result<Response<hyper::body::Incoming>, String> {
        let mut tries = 1;
        loop {
            let places = self.function.up().await.map_err(|error| error.to_string())?;
            let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
            let uri: Uri = format!("http://{}{path}", places.address)
                .parse()
                .map_err(|_| "no URI".to_owned())?;
            let mut request = Request::new(Body::from(body.clone()));
            *request.method_mut() = parts.method.clone();
            *request.uri_mut() = uri;
            *request.headers_mut() = parts.headers.clone();
            match self.client.request(request).await {
                Err(error) if error.is_connect() && tries < TRIES => tries += 1,
                answered => return answered.map_err(|error| error.to_string()),
            }
        }
    }
}

/// A request on its way, until its answer was handed on or broke off.
struct InFlight(Arc<Before>);

impl Drop for InFlight {
    fn drop(&mut self) {
        *self.0.touched() = Instant::now();
        self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn take(State(before): State<Arc<Before>>, request: Request<Body>) -> Response<Body> {
    let in_flight = before.begin();
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match before.send(&parts, body).await {
        Ok(response) => response.map(|body| {
            Body::new(body.map_frame(move |frame| {
                let _ = &in_flight;
                frame
            }))
        }),
        Err(why) => (StatusCode::BAD_GATEWAY, why).into_response(),
    }
}
