//! The way out to one peer: at the bandwidth of its connection, and slower than slow when that is the fault.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::Instant;

use super::shared::Shared;

/// What is written at once where there is a limit.
const SLICE: usize = 16 << 10;
/// Slow bytes: so many at a time, and so long between them.
const DRIP: (usize, Duration) = (256, Duration::from_millis(50));

#[derive(Debug)]
pub(super) struct Pipe<W> {
    writer: W,
    shared: Arc<Shared>,
    /// When what was written so far has passed a line of the set bandwidth.
    clear: Instant,
}

impl<W: AsyncWrite + Unpin> Pipe<W> {
    pub(super) fn new(writer: W, shared: Arc<Shared>) -> Pipe<W> {
        Pipe { writer, shared, clear: Instant::now() }
    }

    /// Writes all of it, and waits for the peer as long as it takes: nothing is held back here.
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

    /// One chunk of a chunked body; its size in lower-case hex.
    pub(super) async fn chunk(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut chunk = Vec::with_capacity(bytes.len() + 20);
        chunk.extend_from_slice(format!("{:x}\r\n", bytes.len()).as_bytes());
        chunk.extend_from_slice(bytes);
        chunk.extend_from_slice(b"\r\n");
        self.write(&chunk).await
    }
}
