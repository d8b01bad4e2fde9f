//! HTTP clients that cost little: one thread for all, one connection kept open for each.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::{Bytes, Incoming},
    client::conn::http1::{SendRequest, handshake},
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::JoinSet};

use crate::{
    sample,
    serve::USER,
    window::{Done, Load, Stop},
};

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection that is kept open.
#[derive(Debug)]
pub(crate) struct Client {
    address: SocketAddr,
    sender: SendRequest<Full<Bytes>>,
    authorizations: Arc<[HeaderValue]>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self {
            address,
            sender,
            authorizations: Arc::default(),
        })
    }

    /// The same client, saying who asks by these, of which the user's number chooses.
    pub(crate) fn authorized(self, authorizations: Arc<[HeaderValue]>) -> Self {
        Self { authorizations, ..self }
    }

    /// Sends a request as `user`, and reads the answer to its end.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        user: u32,
        body: &'static str,
    ) -> anyhow::Result<(StatusCode, Bytes)> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.address.to_string())
            .header(header::CONTENT_TYPE, "application/json")
            .header(USER, user)
            .body(Full::new(Bytes::from_static(body.as_bytes())))?;
        if let Some(value) = self.authorizations.get(user as usize) {
            request.headers_mut().insert(header::AUTHORIZATION, value.clone());
        }
        let exchange = async {
            let response: Response<Incoming> = self.sender.send_request(request).await?;
            let status = response.status();
            Ok((status, response.into_body().collect().await?.to_bytes()))
        };
        tokio::time::timeout(PATIENCE, exchange)
            .await
            .context("a request took too long")?
    }

    /// Creates the sample task as `user`.
    pub(crate) async fn create(&mut self, user: u32) -> anyhow::Result<()> {
        let (status, body) = self.send(Method::POST, "/v1/tasks", user, sample::BODY).await?;
        anyhow::ensure!(
            status == StatusCode::CREATED,
            "a create was answered {status}: {}",
            String::from_utf8_lossy(&body)
        );
        Ok(())
    }
}

/// Who creates.
#[derive(Debug, Clone)]
pub(crate) struct Users {
    /// Whose turn it is.
    pub(crate) next: fn() -> u32,
    /// How they say who they are, where a header with the number is not enough.
    pub(crate) authorizations: Arc<[HeaderValue]>,
}

/// `clients` of them creating tasks, each of them for some of `users`.
pub(crate) fn start(address: SocketAddr, clients: u32, users: Users, stop: Stop) -> Load {
    tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(run(address, clients, users, stop))
    })
}

async fn run(address: SocketAddr, clients: u32, users: Users, stop: Stop) -> anyhow::Result<Vec<Done>> {
    let mut running = JoinSet::new();
    for _ in 0..clients {
        let (mut recorder, users) = (stop.recorder(), users.clone());
        running.spawn(async move {
            let mut client = Client::connect(address).await?.authorized(users.authorizations);
            while recorder.goes_on() {
                recorder.time(client.create((users.next)())).await?;
            }
            anyhow::Ok(recorder.done())
        });
    }
    let mut done = Vec::new();
    while let Some(client) = running.join_next().await {
        done.extend(client??);
    }
    Ok(done)
}
