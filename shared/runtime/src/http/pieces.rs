//! An answer's body, handed to the connection a piece at a time.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

/// The most bytes that are handed on at once. A connection asks for more once its client has taken most of what it has.
const PIECE: usize = 16 * 1024;

/// A body that tells of each piece that is asked for: only so is a slow download known from one that nobody reads.
pub(super) struct Pieces<F> {
    body: Body,
    rest: Bytes,
    on_piece: F,
}

impl<F: Fn()> Pieces<F> {
    pub(super) fn of(body: Body, on_piece: F) -> Self {
        let rest = Bytes::new();
        Self { body, rest, on_piece }
    }
}

impl<F: Fn() + Unpin> hyper::body::Body for Pieces<F> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                end => return Poll::Ready(end),
            }
        }
        (self.on_piece)();
        let size = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(size)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = u64::try_from(self.rest.len()).unwrap_or(u64::MAX);
        let of_body = self.body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(of_body.lower().saturating_add(rest));
        if let Some(upper) = of_body.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use http_body_util::BodyExt;
    use hyper::body::Body as _;

    use super::*;

    #[tokio::test]
    async fn large_body_is_told_of_a_piece_at_a_time() {
        let whole: Vec<u8> = (0..=255).cycle().take(2 * PIECE + 1).collect();
        let told = Cell::new(0);
        let mut answer = Pieces::of(Body::from(whole.clone()), || told.set(told.get() + 1));
        assert_eq!(answer.size_hint().exact(), Some(2 * 16 * 1024 + 1));
        let mut read = Vec::new();
        for pieces in 1..=3 {
            assert!(!answer.is_end_stream());
            let frame = answer.frame().await.unwrap().unwrap();
            read.extend(frame.into_data().unwrap());
            assert_eq!(told.get(), pieces);
            assert_eq!(answer.size_hint().exact(), Some((whole.len() - read.len()) as u64));
        }
        assert!(answer.is_end_stream() && answer.frame().await.is_none());
        assert_eq!(read, whole);
    }
}
