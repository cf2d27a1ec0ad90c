//! Compresses streams to the browser, since Mesos does not. Flushes whenever the upstream pauses, so that each record arrives
//! without delay. Does not parse records and spawns no task: when the browser disconnects, the body and its upstream are dropped.

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
use crate::metrics::CompressionBytes;

/// Encodings in order of preference (see `encoder`). At levels that keep up with a stream, brotli is both slower and larger than
/// gzip.
const OFFERED: [Coding; 3] = [Coding::Zstd, Coding::Gzip, Coding::Brotli];
/// Bytes of output that complete a chunk. A chunk for every few bytes would be expensive.
const PIECE: usize = 16 * 1024;
/// Maximum bytes of input per poll. A stream that never pauses must not monopolise its thread.
const TURN: usize = 128 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Compression {
    Auto,
    Always,
    Never,
}

impl Compression {
    /// Returns the encoding for a stream to this browser; `None` means uncompressed.
    pub fn coding(self, accepted: &Accepted, near: bool) -> Option<Coding> {
        match self {
            Compression::Never => None,
            Compression::Auto if near => None,
            Compression::Auto | Compression::Always => accepted.best(&OFFERED),
        }
    }
}

/// Compresses a response whose body is a stream, with neither a length nor an encoding.
pub fn compress(response: Response<Body>, coding: Coding, bytes: &CompressionBytes) -> Response<Body> {
    let stream = response.body().size_hint().exact().is_none();
    if !stream || response.headers().contains_key(CONTENT_ENCODING) {
        return response;
    }
    let Ok(encoder) = Encoder::new(coding) else { return response };
    let (mut parts, inner) = response.into_parts();
    mark(&mut parts.headers, coding);
    Response::from_parts(
        parts,
        Body::new(Compressed { inner, encoder: Some(encoder), unflushed: false, bytes: bytes.clone() }),
    )
}

fn mark(headers: &mut HeaderMap, coding: Coding) {
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
}

struct Compressed {
    inner: Body,
    /// `None` after the end.
    encoder: Option<Encoder>,
    unflushed: bool,
    bytes: CompressionBytes,
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
                    this.bytes.before.inc_by(data.len() as u64);
                    if encoder.ready() >= PIECE {
                        return this.bytes.piece(encoder.take());
                    }
                    if taken >= TURN {
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                }
                Ok(None) => return this.end(),
                // Omit the encoding's trailer, so that a broken stream does not look complete.
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
    /// Flushes while the upstream pauses, so that compressed data does not wait for more input.
    fn pause(&mut self) -> Polled {
        let Some(encoder) = self.encoder.as_mut().filter(|_| self.unflushed) else { return Poll::Pending };
        encoder.flush().map_err(axum::Error::new)?;
        self.unflushed = false;
        if encoder.ready() == 0 {
            return Poll::Pending;
        }
        self.bytes.piece(encoder.take())
    }

    fn end(&mut self) -> Polled {
        match self.encoder.take().map(Encoder::finish) {
            Some(rest) => self.bytes.piece(rest.map_err(axum::Error::new)?),
            None => Poll::Ready(None),
        }
    }
}

impl CompressionBytes {
    fn piece(&self, bytes: Bytes) -> Polled {
        self.after.inc_by(bytes.len() as u64);
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}
