//! Outgoing pipe to one peer, limited to the bandwidth or to the slow-bytes fault.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::Instant;

use super::clock::now_nanos;
use super::http::Response;
use super::shared::Shared;

/// Bytes per write under a bandwidth limit.
const SLICE: usize = 16 << 10;
/// Slow bytes: chunk size and delay between chunks.
const DRIP: (usize, Duration) = (256, Duration::from_millis(50));

#[derive(Debug)]
pub(super) struct Pipe<W> {
    writer: W,
    shared: Arc<Shared>,
    /// Time when the bytes written so far have passed the limited line.
    clear: Instant,
}

impl<W: AsyncWrite + Unpin> Pipe<W> {
    pub(super) fn new(writer: W, shared: Arc<Shared>) -> Pipe<W> {
        Pipe { writer, shared, clear: Instant::now() }
    }

    /// Writes all bytes and waits for the peer as long as necessary: nothing is buffered here.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let bandwidth = self.shared.bandwidth;
        if bandwidth.is_none() && !self.shared.is_slow() {
            return self.writer.write_all(bytes).await;
        }
        let mut left = bytes;
        while !left.is_empty() {
            let slow = self.shared.is_slow();
            let (now, rest) = left.split_at(left.len().min(if slow { DRIP.0 } else { SLICE }));
            self.writer.write_all(now).await?;
            left = rest;
            if slow {
                tokio::time::sleep(DRIP.1).await;
            } else if let Some(bandwidth) = bandwidth {
                self.clear = self.clear.max(Instant::now())
                    + Duration::from_secs_f64(now.len() as f64 / bandwidth.max(1) as f64);
                tokio::time::sleep_until(self.clear).await;
            }
        }
        Ok(())
    }

    /// Sends head and body in one write: a small response is one packet, like a real one.
    pub(super) async fn respond(&mut self, response: &Response) -> io::Result<()> {
        let mut bytes = response.head(now_nanos(), response.body.len() as u64);
        bytes.extend_from_slice(&response.body);
        self.write(&bytes).await
    }

    /// Writes one chunk of a chunked body, its size in lower-case hex.
    pub(super) async fn chunk(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut chunk = Vec::with_capacity(bytes.len() + 20);
        chunk.extend_from_slice(format!("{:x}\r\n", bytes.len()).as_bytes());
        chunk.extend_from_slice(bytes);
        chunk.extend_from_slice(b"\r\n");
        self.write(&chunk).await
    }
}
