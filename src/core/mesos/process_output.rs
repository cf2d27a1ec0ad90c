//! Decodes what a container prints: a stream of `ProcessIo` records, as LAUNCH_NESTED_CONTAINER_SESSION and
//! ATTACH_CONTAINER_OUTPUT answer. Interprets no escape sequence.
//!
//! The agent is not trusted. A record that is none is counted and left out; a broken frame ends the stream.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::calls::session::ProcessIo;
use super::recordio::{Decoder, Error, RecordPart};
use super::wire::decode_lossy::decode_lossy;

/// Largest record that is accepted, in bytes. Mesos sends at most 4 KiB of output a record; base64 and JSON add a third.
const LARGEST: u64 = 1 << 20;

/// The stream that bytes of a container came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputChannel {
    /// Standard output, and everything of a container with a terminal.
    Stdout,
    /// Standard error of a container without a terminal.
    Stderr,
}

/// Bytes that a container has printed; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputPiece {
    /// The stream of the bytes.
    pub channel: OutputChannel,
    /// The bytes, as printed; a character may be split between two pieces.
    pub bytes: Vec<u8>,
}

/// Decoder of a container's output. Holds at most one record.
#[derive(Debug, Default)]
pub struct ProcessOutput {
    decoder: Decoder,
    record: Vec<u8>,
    unreadable: u64,
}

impl ProcessOutput {
    /// Takes the next piece of output from the front of `input`; `None` means that more input is needed. Skips control messages.
    ///
    /// # Errors
    /// If the frame of a record is broken or too large; from then on always the same.
    pub fn next(&mut self, input: &mut &[u8]) -> Result<Option<OutputPiece>, Error> {
        while let Some(part) = self.decoder.next(input)? {
            match part {
                RecordPart::Begin(size) if size > LARGEST => {
                    return Err(self.decoder.fail(Error::TooLarge { size, limit: LARGEST }));
                }
                RecordPart::Begin(_) => self.record.clear(),
                RecordPart::Bytes(bytes) => self.record.extend_from_slice(bytes),
                RecordPart::End => {
                    if let Some(piece) = self.piece() {
                        return Ok(Some(piece));
                    }
                }
            }
        }
        Ok(None)
    }

    /// Number of records that could not be decoded.
    pub const fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// Whether the stream may end here: between two records.
    pub fn is_between_records(&self) -> bool {
        self.decoder.is_between_records()
    }

    /// Decodes the record that has come whole. `None` if it has no output.
    fn piece(&mut self) -> Option<OutputPiece> {
        let Ok(io) = ProcessIo::parse(&decode_lossy(&self.record)) else {
            self.unreadable += 1;
            return None;
        };
        if io.kind == "CONTROL" {
            return None;
        }
        let channel = match io.data.as_ref().map(|data| data.kind.as_str()) {
            Some("STDOUT") => Some(OutputChannel::Stdout),
            Some("STDERR") => Some(OutputChannel::Stderr),
            Some(_) | None => None,
        };
        let bytes = io.data.and_then(|data| STANDARD.decode(data.data).ok());
        match channel.zip(bytes) {
            Some((channel, bytes)) => (!bytes.is_empty()).then_some(OutputPiece { channel, bytes }),
            None => {
                self.unreadable += 1;
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(json: &str) -> String {
        format!("{}\n{json}", json.len())
    }

    /// Feeds the stream in chunks of that size.
    fn decode(stream: &[u8], chunk: usize) -> (Result<Vec<OutputPiece>, Error>, u64) {
        let (mut output, mut pieces) = (ProcessOutput::default(), Vec::new());
        for mut input in stream.chunks(chunk) {
            loop {
                match output.next(&mut input) {
                    Ok(Some(piece)) => pieces.push(piece),
                    Ok(None) => break,
                    Err(error) => {
                        assert_eq!(output.next(&mut &b"2\n{}"[..]), Err(error), "an error is final");
                        return (Err(error), output.unreadable());
                    }
                }
            }
        }
        (Ok(pieces), output.unreadable())
    }

    fn check(stream: &str, expected: Result<&[(OutputChannel, &[u8])], Error>, unreadable: u64) {
        let piece =
            |(channel, bytes): &(OutputChannel, &[u8])| OutputPiece { channel: *channel, bytes: bytes.to_vec() };
        let expected = expected.map(|pieces| pieces.iter().map(piece).collect::<Vec<_>>());
        for chunk in 1..=stream.len().min(200) {
            assert_eq!(decode(stream.as_bytes(), chunk), (expected.clone(), unreadable), "{stream} by {chunk}");
        }
    }

    #[test]
    fn output_is_decoded_wherever_the_stream_is_cut() {
        let out = record(r#"{"type":"DATA","data":{"type":"STDOUT","data":"b3V0MQo="}}"#);
        let err = record(r#"{"type":"DATA","data":{"type":"STDERR","data":"ZXJyMQo="}}"#);
        let heartbeat = record(r#"{"type":"CONTROL","control":{"type":"HEARTBEAT"}}"#);
        let pieces: [(OutputChannel, &[u8]); 2] =
            [(OutputChannel::Stdout, b"out1\n"), (OutputChannel::Stderr, b"err1\n")];
        check(&format!("{out}{heartbeat}{err}"), Ok(&pieces), 0);
    }

    #[test]
    fn records_that_are_none_are_counted() {
        let good = record(r#"{"type":"DATA","data":{"type":"STDOUT","data":"eA=="}}"#);
        for bad in [
            "",
            "x",
            "[]",
            "{}",
            r#"{"type":"DATA"}"#,
            r#"{"type":"DATA","data":{"type":"STDIN","data":"eA=="}}"#,
            r#"{"type":"DATA","data":{"type":"STDOUT","data":"?"}}"#,
        ] {
            check(&format!("{}{good}", record(bad)), Ok(&[(OutputChannel::Stdout, b"x")]), 1);
        }
        check(&record(r#"{"type":"DATA","data":{"type":"STDOUT","data":""}}"#), Ok(&[]), 0);
    }

    #[test]
    fn a_broken_frame_ends_the_stream() {
        check("x\n", Err(Error::NotADigit(b'x')), 0);
        check("99999999\n", Err(Error::TooLarge { size: 99_999_999, limit: LARGEST }), 0);
    }
}
