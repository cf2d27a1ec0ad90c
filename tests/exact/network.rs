//! The way between the cluster and the engine: a stream of bytes that may be cut anywhere, and reads that are answered later, as the
//! master was at some moment in between. Knows neither the engine nor the cluster.

use std::collections::VecDeque;

use mesoscope_core::cluster::unknown::ReadFailure;
use mesoscope_core::engine::poller::ReadId;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::mesos::recordio;
use mesoscope_core::mesos::wire::encoded::WireEncoding;
use sim::rng::Rng;

/// The bytes of an open stream that have not been delivered yet.
#[derive(Debug, Default)]
pub struct Pipe {
    bytes: VecDeque<u8>,
    /// Nothing is delivered before.
    pub mute_until: i64,
    pub heartbeat_at: i64,
}

impl Pipe {
    pub fn put(&mut self, record: &[u8]) {
        let mut framed = Vec::new();
        recordio::encode(record, &mut framed);
        self.bytes.extend(framed);
    }

    /// Some of what waits, in pieces of any size; seldom all of it.
    pub fn some(&mut self, rng: &mut Rng) -> Vec<Vec<u8>> {
        let most = [1, 40, 2_000, 100_000][rng.size(0, 3)];
        let pieces = rng.size(0, 30);
        (0..pieces).map_while(|_| self.piece(rng.size(1, most))).collect()
    }

    /// All that waits.
    pub fn rest(&mut self) -> Option<Vec<u8>> {
        self.piece(usize::MAX)
    }

    pub fn piece(&mut self, most: usize) -> Option<Vec<u8>> {
        let piece: Vec<u8> = self.bytes.drain(..most.min(self.bytes.len())).collect();
        (!piece.is_empty()).then_some(piece)
    }
}

/// A read on its way: there, and back.
#[derive(Debug)]
pub struct Read {
    pub id: ReadId,
    pub to: Target,
    pub body: Vec<u8>,
    pub accept: WireEncoding,
    pub heard_at: i64,
    pub back_at: i64,
    /// As the master was when it heard it.
    pub answer: Option<Result<Vec<u8>, ReadFailure>>,
    /// Bytes of it that have come.
    pub reported: usize,
}
