//! Compresses a stream on its way to the browser, since Mesos does not, and flushes it whenever the upstream pauses, so
//! that each record arrives when it was sent. Does not look at records, and runs no task: when the browser leaves, the
//! body is dropped and the upstream with it.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::header::{CONTENT_ENCODING, HeaderValue};
use axum::http::{HeaderMap, Response};
use bytes::Bytes;
use clap::ValueEnum;
use hyper::body::{Body as HttpBody, Frame};

use crate::encoder::Encoder;
use crate::encoding::{Accepted, Coding};

/// The best first, see `encoder`: at levels that keep up with a stream brotli is both slower and larger than gzip.
const OFFERED: [Coding; 3] = [Coding::Zstd, Coding::Gzip, Coding::Brotli];
/// Handed on once so much is ready: a chunk of its own for every few bytes would be dear.
const PIECE: usize = 16 * 1024;
/// So much input at most at a turn: a stream that never pauses must not keep its thread to itself.
const TURN: usize = 128 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Compression {
    Auto,
    Always,
    Never,
}

impl Compression {
    /// What a stream to this browser is compressed with.
    pub fn coding(self, accepted: &Accepted, near: bool) -> Option<Coding> {
        match self {
            Compression::Never => None,
            Compression::Auto if near => None,
            Compression::Auto | Compression::Always => accepted.best(&OFFERED),
        }
    }
}

/// Compresses a response whose body is a stream: one that neither has a length nor is encoded already.
pub fn compress(response: Response<Body>, coding: Coding) -> Response<Body> {
    let stream = response.body().size_hint().exact().is_none();
    if !stream || response.headers().contains_key(CONTENT_ENCODING) {
        return response;
    }
    let Ok(encoder) = Encoder::new(coding) else { return response };
    let (mut parts, inner) = response.into_parts();
    mark(&mut parts.headers, coding);
    Response::from_parts(parts, Body::new(Compressed { inner, encoder: Some(encoder), unflushed: false }))
}

fn mark(headers: &mut HeaderMap, coding: Coding) {
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
}

struct Compressed {
    inner: Body,
    /// None after the end.
    encoder: Option<Encoder>,
    unflushed: bool,
}

type Polled = Poll<Option<Result<Frame<Bytes>, axum::Error>>>;

impl HttpBody for Compressed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        let this = &mut *self;
        let mut taken = 0;
        while let Some(encoder) = &mut this.encoder {
            let Poll::Ready(next) = Pin::new(&mut this.inner).poll_frame(cx) else { return this.pause() };
            match next.transpose() {
                Ok(Some(frame)) => {
                    let Ok(data) = frame.into_data() else { continue };
                    encoder.write(&data).map_err(axum::Error::new)?;
                    this.unflushed = true;
                    taken += data.len();
                    if encoder.ready() >= PIECE {
                        return piece(encoder.take());
                    }
                    if taken >= TURN {
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                }
                Ok(None) => return this.end(),
                // Without the coding's end, so that nobody takes a broken stream for a whole one.
                Err(error) => {
                    this.encoder = None;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
        Poll::Ready(None)
    }
}

impl Compressed {
    /// The upstream has no more for now: what it gave must not wait for what it will give.
    fn pause(&mut self) -> Polled {
        let Some(encoder) = self.encoder.as_mut().filter(|_| self.unflushed) else { return Poll::Pending };
        encoder.flush().map_err(axum::Error::new)?;
        self.unflushed = false;
        if encoder.ready() == 0 {
            return Poll::Pending;
        }
        piece(encoder.take())
    }

    fn end(&mut self) -> Polled {
        match self.encoder.take().map(Encoder::finish) {
            Some(rest) => piece(rest.map_err(axum::Error::new)?),
            None => Poll::Ready(None),
        }
    }
}

fn piece(bytes: Bytes) -> Polled {
    Poll::Ready(Some(Ok(Frame::data(bytes))))
}
