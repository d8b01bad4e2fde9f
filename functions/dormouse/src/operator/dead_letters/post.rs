//! Handing a function an event in the binary mode of CloudEvents' HTTP protocol binding 1.0.

use std::{fmt, time::Duration};

use anyhow::Context;
use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use kafka::dead_letters::Event;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use runtime::configuration::{Environment, FunctionAddress};
use tokio::time::timeout;

use crate::operator::terminal::short;

/// How long a function may take, with the time that it takes to start.
const PATIENCE: Duration = Duration::from_secs(35);
/// The most bytes of an answer that are looked at, and the most characters that are shown.
const READ: usize = 64 * 1024;
const SHOWN: usize = 300;
/// What a header's value does not have as it is (§3.1.3.2).
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%');

/// Where a function takes events.
#[derive(Debug)]
pub(super) struct Endpoint {
    client: Client<HttpConnector, Full<Bytes>>,
    uri: Uri,
}

/// What came of handing it one.
#[derive(Debug)]
pub(super) enum Answer {
    /// It took the event.
    Taken,
    /// It did not take this one.
    NotTaken(String),
    /// It takes none.
    Away(String),
}

impl Endpoint {
    /// That of `function`, as the environment says.
    pub(super) fn of(function: &'static str, lookup: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let mut environment = Environment::new(lookup);
        let mut addresses = environment.functions([function]);
        let address = environment.finish(addresses.remove(function))?;
        Self::at(&address.with_context(|| format!("{function} has no address"))?)
    }

    fn at(address: &FunctionAddress) -> anyhow::Result<Self> {
        Ok(Self {
            client: Client::builder(TokioExecutor::new())
                .http2_only(address.is_http2)
                .build_http(),
            uri: Uri::builder()
                .scheme("http")
                .authority(address.authority.clone())
                .path_and_query("/")
                .build()?,
        })
    }

    pub(super) async fn post(&self, event: &Event) -> Answer {
        let request = match self.request(event) {
            Ok(request) => request,
            Err(error) => return Answer::NotTaken(format!("it cannot be sent: {error}")),
        };
        let answered = async {
            match self.client.request(request).await {
                Ok(response) if response.status().is_success() => Answer::Taken,
                Ok(response) => Answer::NotTaken(said(response).await),
                Err(error) if error.is_connect() => Answer::Away(format!("{self} cannot be reached")),
                Err(error) => Answer::NotTaken(format!("{self} did not answer: {:#}", anyhow::Error::from(error))),
            }
        };
        let in_time = timeout(PATIENCE, answered).await;
        in_time.unwrap_or_else(|_| Answer::NotTaken(format!("{self} did not answer within {PATIENCE:?}")))
    }

    fn request(&self, event: &Event) -> http::Result<Request<Full<Bytes>>> {
        let mut request = Request::post(&self.uri);
        if let Some(content_type) = &event.content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        for (name, value) in &event.attributes {
            let value = utf8_percent_encode(value, ENCODED).to_string();
            request = request.header(format!("ce-{name}"), value);
        }
        request.body(Full::from(event.data.clone()))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)
    }
}

/// What a function answered that did not take an event.
async fn said(response: Response<Incoming>) -> String {
    let status: StatusCode = response.status();
    let body = Limited::new(response.into_body(), READ).collect().await;
    let body = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    short(&format!("{status}: {}", String::from_utf8_lossy(&body)), SHOWN)
}
