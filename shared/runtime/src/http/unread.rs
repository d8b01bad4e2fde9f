//! A request's body that is not read to its end, as where the request is refused by its head. A connection that is closed
//! while its client still sends is reset, and with it the answer is lost that the client has not read (RFC 9112 §9.6).

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Version, header};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::{runtime::Handle, time::timeout};

use super::body::LIMIT;

/// How long the rest is waited for: a client that stopped sending does not hold its connection by that.
const PATIENCE: Duration = Duration::from_secs(2);

/// A body whose rest is taken, and thrown away, when nobody reads it: as much as a body may have, and not for long.
pub(super) struct Unread {
    /// None once it has ended.
    body: Option<Incoming>,
    /// Whether the client sends it whatever the answer is.
    comes_anyway: bool,
}

impl Unread {
    pub(super) fn of(request: Request<Incoming>) -> Request<Self> {
        // A stream of HTTP/2 ends without its connection; and who asks first is told by the answer to send nothing.
        let comes_anyway = request.version() < Version::HTTP_2 && !request.headers().contains_key(header::EXPECT);
        request.map(|body| Self {
            body: Some(body),
            comes_anyway,
        })
    }
}

impl Body for Unread {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = self.body.as_mut() else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(body).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.body = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let hint = self.body.as_ref().map(Body::size_hint);
        hint.unwrap_or_else(|| SizeHint::with_exact(0))
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        let body = self
            .body
            .take()
            .filter(|body| self.comes_anyway && !body.is_end_stream());
        // Without a runtime the connection is gone, too.
        if let (Some(body), Ok(runtime)) = (body, Handle::try_current()) {
            runtime.spawn(timeout(PATIENCE, take(body)));
        }
    }
}

async fn take(mut body: Incoming) {
    let mut taken = 0;
    while taken <= LIMIT
        && let Some(Ok(frame)) = body.frame().await
    {
        taken += frame.data_ref().map_or(0, Bytes::len);
    }
}
