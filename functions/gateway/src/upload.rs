//! A request's body on its way to a function: handed on as it comes, limited, and kept so that it can be sent again.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, header};
use hyper::body::{Body as _, Frame, SizeHint};
use runtime::{Problem, http::body::LIMIT};

/// Why a body cannot be sent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("the body has more than {LIMIT} bytes")]
    TooLarge,
    #[error("the body ended early")]
    Broken,
    #[error("the body is sent again elsewhere")]
    Superseded,
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::TooLarge => Self::too_large(LIMIT),
            Fault::Broken | Fault::Superseded => Self::malformed("The body ended early."),
        }
    }
}

/// A request's body, as far as it has come.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    state: Arc<Mutex<State>>,
    announced: Option<u64>,
}

#[derive(Debug)]
struct State {
    body: Body,
    /// In one piece: a body may come a byte at a time, and each piece on its own weighs dozens.
    kept: Vec<u8>,
    has_ended: bool,
    fault: Option<Fault>,
    attempts: usize,
}

/// One time that it is sent.
#[derive(Debug)]
pub(crate) struct Attempt {
    upload: Upload,
    number: usize,
    sent: usize,
}

impl Upload {
    /// The body of a request with these headers. Its trailers are not sent on: no function reads any.
    ///
    /// # Errors
    /// It announces more than it may have.
    pub(crate) fn of(headers: &HeaderMap, body: Body) -> Result<Self, Fault> {
        let announced = body.size_hint().exact();
        let has_length = headers.contains_key(header::CONTENT_LENGTH);
        if has_length && announced.is_none_or(|length| length > LIMIT as u64) {
            return Err(Fault::TooLarge);
        }
        let state = State {
            body,
            kept: Vec::new(),
            has_ended: announced == Some(0),
            fault: None,
            attempts: 0,
        };
        Ok(Self {
            state: Arc::new(Mutex::new(state)),
            announced,
        })
    }

    /// The body, from its beginning. One that is under way ends.
    pub(crate) fn attempt(&self) -> Attempt {
        let mut state = self.state();
        state.attempts += 1;
        Attempt {
            upload: self.clone(),
            number: state.attempts,
            sent: 0,
        }
    }

    /// What was wrong with it, so far.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.state().fault
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The next piece of the client's, kept.
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Fault>>> {
        while !self.has_ended && self.fault.is_none() {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => {
                    let Ok(piece) = frame.into_data() else { continue };
                    if self.kept.len() + piece.len() > LIMIT {
                        self.fault = Some(Fault::TooLarge);
                    } else {
                        self.kept.extend_from_slice(&piece);
                        return Poll::Ready(Some(Ok(piece)));
                    }
                }
                Some(Err(_)) => self.fault = Some(Fault::Broken),
                None => self.has_ended = true,
            }
        }
        Poll::Ready(self.fault.map(Err))
    }
}

impl hyper::body::Body for Attempt {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        let this = self.get_mut();
        let mut state = this.upload.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.attempts != this.number {
            return Poll::Ready(Some(Err(Fault::Superseded)));
        }
        let piece = match &state.kept[this.sent..] {
            [] => ready!(state.poll_next(context)),
            again => Some(Ok(Bytes::copy_from_slice(again))),
        };
        if let Some(Ok(piece)) = &piece {
            this.sent += piece.len();
        }
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        let state = self.upload.state();
        state.has_ended && self.sent == state.kept.len()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self
            .upload
            .announced
            .map(|length| length.saturating_sub(self.sent as u64));
        rest.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt, StreamBody};

    use super::*;

    fn pieces(sizes: &[usize]) -> Body {
        let frames: Vec<_> = sizes
            .iter()
            .map(|size| Ok::<_, std::io::Error>(Frame::data(Bytes::from(vec![b'x'; *size]))))
            .collect();
        Body::new(StreamBody::new(futures_util::stream::iter(frames)))
    }

    #[tokio::test]
    async fn body_is_sent_again_from_its_beginning() {
        let upload = Upload::of(&HeaderMap::new(), pieces(&[1, 2, 3])).unwrap();
        let mut first = upload.attempt();
        assert_eq!(first.frame().await.unwrap().unwrap().into_data().unwrap().len(), 1);
        let second = upload.attempt();
        assert_eq!(first.frame().await.unwrap().unwrap_err(), Fault::Superseded);
        assert_eq!(second.collect().await.unwrap().to_bytes().len(), 6);
        assert_eq!(upload.attempt().collect().await.unwrap().to_bytes().len(), 6);
    }

    #[tokio::test]
    async fn body_that_comes_a_byte_at_a_time_is_kept_in_one_piece() {
        let upload = Upload::of(&HeaderMap::new(), pieces(&[1; 1000])).unwrap();
        let mut first = upload.attempt();
        for _ in 0..1000 {
            assert_eq!(first.frame().await.unwrap().unwrap().into_data().unwrap().len(), 1);
        }
        let mut second = upload.attempt();
        assert_eq!(second.frame().await.unwrap().unwrap().into_data().unwrap().len(), 1000);
        assert!(second.frame().await.is_none() && second.is_end_stream());
    }

    #[tokio::test]
    async fn rest_of_what_was_announced_is_announced_while_it_is_sent() {
        let mut attempt = Upload::of(&HeaderMap::new(), Body::from("four")).unwrap().attempt();
        attempt.frame().await.unwrap().unwrap();
        assert_eq!(attempt.size_hint().exact(), Some(0));
    }

    #[tokio::test]
    async fn body_is_limited_while_it_comes() {
        let whole = Upload::of(&HeaderMap::new(), pieces(&[LIMIT - 1, 1])).unwrap();
        assert_eq!(whole.attempt().collect().await.unwrap().to_bytes().len(), LIMIT);
        let upload = Upload::of(&HeaderMap::new(), pieces(&[LIMIT, 1])).unwrap();
        assert_eq!(upload.attempt().collect().await.unwrap_err(), Fault::TooLarge);
        assert_eq!(upload.fault(), Some(Fault::TooLarge));
        assert_eq!(upload.attempt().collect().await.unwrap_err(), Fault::TooLarge);
    }

    #[test]
    fn length_that_was_announced_is_announced_again() {
        let upload = Upload::of(&HeaderMap::new(), Body::from("four")).unwrap();
        assert_eq!(upload.attempt().size_hint().exact(), Some(4));
        let empty = Upload::of(&HeaderMap::new(), Body::empty()).unwrap().attempt();
        assert!(empty.is_end_stream());
    }
}
