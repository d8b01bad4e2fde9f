//! A request's head on its way to a function: what was meant for this connection ends here, and so does what a stranger
//! says about who they are.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, Version, header, request::Parts};
use runtime::{TraceContext, configuration::FunctionAddress};

use crate::address::{Client, FORWARDED_FOR, FORWARDED_PROTO};

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const KEEP_ALIVE: &str = "keep-alive";
const PROXY_CONNECTION: &str = "proxy-connection";
/// What names a client, a host or a path in a proxy's place.
const OF_PROXIES: [&str; 12] = [
    "cf-connecting-ip",
    "fastly-client-ip",
    "forwarded",
    "true-client-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-envoy-external-address",
    "x-http-method-override",
    "x-original-host",
    "x-original-url",
    "x-real-ip",
    "x-rewrite-url",
];

/// A request's head, to be sent as often as it takes.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
}

impl Head {
    /// The head for `function` of a request of `client`.
    ///
    /// # Errors
    /// Its target is none.
    pub(crate) fn of(parts: &Parts, client: Client, function: &FunctionAddress) -> Result<Self, http::Error> {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let uri = Uri::builder()
            .scheme("http")
            .authority(function.authority.clone())
            .path_and_query(path)
            .build()?;
        Ok(Self {
            method: parts.method.clone(),
            uri,
            headers: headers(parts, client),
        })
    }

    /// The head with a body.
    pub(crate) fn with<B>(&self, body: B) -> http::Request<B> {
        let mut request = http::Request::new(body);
        request.method_mut().clone_from(&self.method);
        request.uri_mut().clone_from(&self.uri);
        request.headers_mut().clone_from(&self.headers);
        request
    }

    /// Whether it may be done twice without harm: by its method (RFC 9110 §9.2.1), or because functions do it once per
    /// key. That `DELETE` is idempotent is not enough: a second one is answered otherwise than the first.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.method.is_safe() || self.headers.contains_key(IDEMPOTENCY_KEY)
    }
}

fn headers(parts: &Parts, client: Client) -> HeaderMap {
    let mut headers = parts.headers.clone();
    let host = headers.remove(header::HOST);
    let authority = parts.uri.authority().map(|authority| authority.as_str());
    let host = authority.and_then(|text| HeaderValue::from_str(text).ok()).or(host);
    end_connection(&mut headers);
    // The length is that of the body which is sent, and the client's wait for a leave to send it is over.
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::EXPECT);
    end_claims(&mut headers);
    let scheme = if client.is_https { "https" } else { "http" };
    headers.insert(FORWARDED_PROTO, HeaderValue::from_static(scheme));
    if let Ok(address) = HeaderValue::try_from(client.address.to_string()) {
        headers.insert(FORWARDED_FOR, address);
    }
    if let Some(host) = host {
        headers.insert(FORWARDED_HOST, host);
    }
    headers.append(header::VIA, via(parts.version));
    if let Some(trace) = parts.extensions.get::<TraceContext>() {
        trace_on(&mut headers, trace);
    }
    headers
}

/// Continues the trace; what was said of another one ends with it (W3C Trace Context §3.3.1).
fn trace_on(headers: &mut HeaderMap, trace: &TraceContext) {
    let parent = headers.get(TRACEPARENT).and_then(|parent| parent.to_str().ok());
    if !parent.is_some_and(|parent| parent.contains(trace.trace_id())) {
        headers.remove("tracestate");
    }
    if let Ok(value) = HeaderValue::try_from(trace.traceparent()) {
        headers.insert(TRACEPARENT, value);
    }
}

/// Removes the headers that are for one connection only (RFC 9110 §7.6.1), those among them that `Connection` names.
pub(crate) fn end_connection(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        // Who may ask is for the functions to see, whatever a client says.
        if name != header::AUTHORIZATION && name != header::HOST {
            headers.remove(name);
        }
    }
    for name in [
        header::CONNECTION,
        header::TE,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
    ] {
        headers.remove(name);
    }
    for name in [header::PROXY_AUTHENTICATE, header::PROXY_AUTHORIZATION] {
        headers.remove(name);
    }
    headers.remove(KEEP_ALIVE);
    headers.remove(PROXY_CONNECTION);
    headers.remove("http2-settings");
}

fn end_claims(headers: &mut HeaderMap) {
    let is_claim = |name: &HeaderName| name.as_str().starts_with("x-forwarded") || OF_PROXIES.contains(&name.as_str());
    let claims: Vec<HeaderName> = headers.keys().filter(|name| is_claim(name)).cloned().collect();
    for name in claims {
        headers.remove(name);
    }
}

fn via(version: Version) -> HeaderValue {
    HeaderValue::from_static(match version {
        Version::HTTP_2 => "2 dormouse",
        Version::HTTP_10 => "1.0 dormouse",
        _ => "1.1 dormouse",
    })
}
