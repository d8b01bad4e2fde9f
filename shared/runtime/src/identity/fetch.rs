//! Fetching an issuer's keys. Everything that it takes (TLS, its roots, the connection) is made for one fetch and let
//! go, as there is one in minutes.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use rustls::crypto::ring;
use tokens::{KeySet, KeySetError};

/// How long a fetch may take, from the name to the last byte.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why no keys were fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("the issuer did not answer within {} seconds", .0.as_secs())]
    TooSlow(Duration),
    #[error("the issuer cannot be reached: {0:#}")]
    Away(anyhow::Error),
    /// A redirect is one, too: keys come from where they were said to be.
    #[error("the issuer answered {0}")]
    Refused(StatusCode),
    #[error("the issuer's answer broke off")]
    Broken,
    #[error("the issuer's answer is no use: {0}")]
    NoKeys(#[from] KeySetError),
}

/// Fetches the keys at `url`.
pub(super) async fn fetch(url: &Uri) -> Result<KeySet, FetchError> {
    fetch_within(PATIENCE, url).await
}

async fn fetch_within(patience: Duration, url: &Uri) -> Result<KeySet, FetchError> {
    let document = tokio::time::timeout(patience, get(url)).await;
    let document = document.map_err(|_| FetchError::TooSlow(patience))??;
    Ok(KeySet::parse(&document)?)
}

async fn get(url: &Uri) -> Result<Bytes, FetchError> {
    let response = send(url).await.map_err(FetchError::Away)?;
    if response.status() != StatusCode::OK {
        return Err(FetchError::Refused(response.status()));
    }
    match Limited::new(response.into_body(), KeySet::LONGEST).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(KeySetError::TooLong.into()),
        Err(_) => Err(FetchError::Broken),
    }
}

async fn send(url: &Uri) -> anyhow::Result<Response<Incoming>> {
    let connector = HttpsConnectorBuilder::new()
        .with_provider_and_webpki_roots(ring::default_provider())?
        .https_or_http()
        .enable_http1()
        .build();
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new())
        .pool_max_idle_per_host(0)
        .build(connector);
    let request = Request::get(url.clone())
        .header(header::ACCEPT, "application/jwk-set+json, application/json")
        .header(header::USER_AGENT, "dormouse")
        .body(Empty::new())?;
    Ok(client.request(request).await?)
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    #[tokio::test]
    async fn issuer_that_says_nothing_is_not_waited_for() {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", silent.local_addr().unwrap()).parse().unwrap();
        let fetched = fetch_within(Duration::ZERO, &url).await;
        assert!(matches!(fetched, Err(FetchError::TooSlow(_))), "{fetched:?}");
    }

    #[tokio::test]
    async fn answer_without_an_end_is_not_read_to_it() {
        let endless = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", endless.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = endless.accept().await.unwrap();
            stream.read_u8().await.unwrap();
            let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            let mut written = stream.write_all(head).await;
            while written.is_ok() {
                written = stream.write_all(b"5\r\n     \r\n").await;
            }
        });
        let fetched = fetch(&url).await;
        assert!(
            matches!(fetched, Err(FetchError::NoKeys(KeySetError::TooLong))),
            "{fetched:?}"
        );
    }

    #[tokio::test]
    async fn over_tls_an_issuer_must_show_who_it_is() {
        let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/", plain.local_addr().unwrap()).parse().unwrap();
        let answer = tokio::spawn(async move {
            let (stream, _) = plain.accept().await.unwrap();
            stream.writable().await.unwrap();
            stream
                .try_write(b"HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{\"keys\":[]}")
                .unwrap();
        });
        let fetched = fetch(&url).await;
        answer.await.unwrap();
        assert!(matches!(fetched, Err(FetchError::Away(_))), "{fetched:?}");
    }
}
