//! The gateway's routes and what surrounds them.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
    routing::{MethodFilter, MethodRouter},
};
use http::{HeaderName, HeaderValue, Method, header};
use runtime::{
    CancellationToken, Clock, Problem,
    http::{health, layers},
    identity::Authentication,
};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::{
    admit::{Gate, admit},
    forward,
    limits::Limits,
    routes::ROUTES,
    settings::Settings,
    upstream::{Connections, Upstream},
};

/// How long a browser remembers what it may ask.
const PREFLIGHT: Duration = Duration::from_secs(600);
/// What a page may send.
const SENT: [&str; 8] = [
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "last-event-id",
    "traceparent",
    "x-request-id",
];
/// What a page may read of an answer.
const READ: [&str; 8] = [
    "etag",
    "idempotency-replayed",
    "location",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "www-authenticate",
    "x-request-id",
];
/// What keeps a browser from taking an answer for a page.
const SECURITY: [(HeaderName, HeaderValue); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];

/// How long a browser that came by TLS is not to come otherwise (RFC 6797).
const A_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The gateway.
#[derive(Debug)]
pub struct Gateway {
    gate: Arc<Gate>,
    upstreams: BTreeMap<&'static str, Arc<Upstream>>,
    origins: Vec<HeaderValue>,
    documents: Router,
}

impl Gateway {
    /// A gateway that tells users apart by `authentication`; Redis is looked for, where it is to be used.
    pub async fn new(settings: Settings, authentication: Authentication, clock: &Clock) -> Self {
        let connections = Connections::new();
        let upstream = |(name, address)| {
            let upstream = Upstream::new(name, address, &connections, clock.clone());
            forward::begin_metrics(&upstream);
            (name, Arc::new(upstream))
        };
        let limits = Limits::new(settings.rate_limit, settings.redis);
        limits.prepare().await;
        Self {
            upstreams: settings.functions.into_iter().map(upstream).collect(),
            gate: Arc::new(Gate {
                limits,
                authentication,
                trusted_proxies: settings.trusted_proxies,
            }),
            origins: settings.origins,
            documents: Router::new(),
        }
    }

    /// The same gateway with documents about the API, which anybody may read.
    #[must_use]
    pub fn with_documents(self, documents: Router) -> Self {
        Self { documents, ..self }
    }

    /// Its routes, with what surrounds them. Probes wake no function: it can serve as soon as it listens.
    pub fn router(&self, stop: CancellationToken) -> Router {
        let routes = self
            .routes()
            .fallback(async || Problem::not_found())
            .method_not_allowed_fallback(async || Problem::method_not_allowed())
            .layer(middleware::from_fn_with_state(Arc::clone(&self.gate), admit));
        layers::observe(self.open_to_pages(routes).merge(self.documents.clone()))
            .merge(health::router(None, stop))
            .layer(middleware::from_fn_with_state(Arc::clone(&self.gate), secure))
    }

    fn routes(&self) -> Router {
        let mut paths: BTreeMap<&str, MethodRouter> = BTreeMap::new();
        for route in ROUTES {
            let Some(upstream) = self.upstreams.get(route.function).map(Arc::clone) else {
                continue;
            };
            let handler = async move |request: Request| forward::forward(&upstream, request).await;
            if let Ok(filter) = MethodFilter::try_from(route.method.clone()) {
                let methods = paths.remove(route.path).unwrap_or_default();
                paths.insert(route.path, methods.on(filter, handler));
            }
        }
        paths
            .into_iter()
            .fold(Router::new(), |router, (path, methods)| router.route(path, methods))
    }

    /// Lets pages of the origins that are listed ask (<https://fetch.spec.whatwg.org/#http-cors-protocol>). Tokens are
    /// sent by the page itself, so that no browser has to add credentials of its own.
    fn open_to_pages(&self, routes: Router) -> Router {
        if self.origins.is_empty() {
            return routes;
        }
        routes.layer(
            CorsLayer::new()
                .allow_origin(AllowOrigin::list(self.origins.clone()))
                .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PATCH, Method::DELETE])
                .allow_headers(SENT.map(HeaderName::from_static))
                .expose_headers(READ.map(HeaderName::from_static))
                .max_age(PREFLIGHT),
        )
    }
}

/// Finds out who asks, and tells browsers what they may do with the answer, whatever it is.
async fn secure(State(gate): State<Arc<Gate>>, mut request: Request, next: Next) -> Response {
    let client = gate.client(request.headers(), request.extensions());
    request.extensions_mut().insert(client);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in SECURITY {
        // A document that is a page says itself what it needs.
        headers.entry(name).or_insert(value);
    }
    if client.is_https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, A_YEAR);
    }
    response
}
