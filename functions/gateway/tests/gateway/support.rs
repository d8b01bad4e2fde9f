//! Gateways, functions to stand behind them, and clients that say just what they are told.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Body, extract::Request, response::IntoResponse};
use gateway::{Gateway, Settings};
use http::{HeaderMap, Response, StatusCode};
use http_body_util::BodyExt;
use runtime::{CancellationToken, Clock, http::server::Server, identity::Authentication};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

pub(crate) const PROBLEM: &str = "application/problem+json";

/// A gateway that serves until its test ends.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) client: reqwest::Client,
    stop: CancellationToken,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Starts a gateway with these variables.
pub(crate) async fn gateway_with(variables: &[(&str, &str)], authentication: Authentication, clock: &Clock) -> Served {
    let lookup = |name: &str| {
        let mut set = variables.iter().rev();
        set.find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned())
    };
    let settings = Settings::read(lookup).expect("the test writes settings");
    serve_gateway(Gateway::new(settings, authentication, clock).await).await
}

/// Starts a gateway that has these documents, and demands tokens for all else.
pub(crate) async fn gateway_with_documents(documents: Router) -> Served {
    let lookup = |name: &str| (name == "FUNCTIONS_URL").then(|| "http://127.0.0.1:1".to_owned());
    let settings = Settings::read(lookup).expect("the test writes settings");
    let authentication = testing::issuer::authentication(Clock::system());
    let gateway = Gateway::new(settings, authentication, &Clock::system()).await;
    serve_gateway(gateway.with_documents(documents)).await
}

async fn serve_gateway(gateway: Gateway) -> Served {
    let anywhere = "127.0.0.1:0".parse().expect("it is an address");
    let server = Server::bind(anywhere, "PORT").await.expect("a port is free");
    let address = server.address();
    let stop = CancellationToken::new();
    tokio::spawn(server.serve(gateway.router(stop.clone()), stop.clone()));
    Served {
        address,
        client: client(),
        stop,
    }
}

/// Starts a gateway whose functions are all at `functions`.
pub(crate) async fn gateway(functions: SocketAddr, variables: &[(&str, &str)]) -> Served {
    let url = format!("http://{functions}");
    let variables = [&[("FUNCTIONS_URL", url.as_str())], variables].concat();
    gateway_with(&variables, Authentication::LocalUser, &Clock::system()).await
}

pub(crate) fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy();
    let builder = builder.redirect(reqwest::redirect::Policy::none());
    builder.build().expect("a client can be built")
}

impl Served {
    /// Tells it to stop.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) async fn get(&self, path: &str) -> reqwest::Response {
        self.client.get(self.url(path)).send().await.expect("it is served")
    }

    pub(crate) fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.post(self.url(path))
    }

    /// Sends bytes as they are, and reads all that comes until the gateway closes.
    pub(crate) async fn send(&self, request: impl AsRef<[u8]>) -> String {
        let mut stream = TcpStream::connect(self.address).await.expect("the gateway listens");
        stream.write_all(request.as_ref()).await.expect("the gateway reads");
        let mut answer = Vec::new();
        // A gateway that has heard enough may close with bytes unread.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).expect("the answer is text")
    }
}

/// A function that serves `router`.
pub(crate) async fn function(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    serve(listener, router);
    address
}

pub(crate) fn serve(listener: TcpListener, router: Router) {
    tokio::spawn(async move { axum::serve(listener, router).await });
}

/// A request as a function got it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) version: http::Version,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// A function that answers everything alike, and remembers what it was asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Vec<Seen>>>);

impl Recorder {
    pub(crate) async fn start(&self) -> SocketAddr {
        self.start_answering(|| StatusCode::OK.into_response()).await
    }

    pub(crate) async fn start_answering(&self, answer: fn() -> Response<Body>) -> SocketAddr {
        function(self.router(answer)).await
    }

    pub(crate) fn router(&self, answer: fn() -> Response<Body>) -> Router {
        let recorder = self.clone();
        Router::new().fallback(async move |request: Request| {
            recorder.record(request).await;
            answer()
        })
    }

    async fn record(&self, request: Request) {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes());
        let seen = Seen {
            line: format!(
                "{} {}",
                parts.method,
                parts.uri.path_and_query().expect("it has a path")
            ),
            version: parts.version,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body.unwrap_or_default()).into_owned(),
        };
        self.0.lock().expect("nobody panics with it").push(seen);
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.0.lock().expect("nobody panics with it").clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }

    pub(crate) fn only(&self) -> Seen {
        let mut seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.remove(0)
    }
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?.to_str().expect("it is text");
        assert!(values.next().is_none(), "{name} is there twice");
        Some(value)
    }
}

/// A function that answers each connection with these bytes once it has heard a request, and closes.
pub(crate) async fn raw_function(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            hear(&mut stream).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    address
}

/// Reads a request's head.
pub(crate) async fn hear(stream: &mut TcpStream) -> String {
    let mut heard = Vec::new();
    while !heard.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => heard.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(heard).expect("a head is text")
}

/// The kind of a problem.
pub(crate) async fn problem(response: reqwest::Response) -> String {
    assert_eq!(response.headers()["content-type"], PROBLEM);
    let body: serde_json::Value = response.json().await.expect("a problem is JSON");
    body["type"]
        .as_str()
        .expect("a problem has a type")
        .replace("/problems/", "")
}
