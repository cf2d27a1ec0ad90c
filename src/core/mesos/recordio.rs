//! Cuts a byte stream into records: `record = 1*DIGIT LF octets`, the digits being the count of octets.
//! Does not look inside them. Grammar: Mesos' docs/recordio.md.
//!
//! Of the size line: leading zeros are read as such, `0` is an empty record, at most 20 digits;
//! signs, spaces and everything else that is no digit are errors, and so is a size past u64 or past the limit.
//! An error is final: after it nothing in the stream can be trusted.

use serde::{Deserialize, Serialize};

/// The largest record that is consumed as it arrives: a snapshot.
pub const ARRIVING_LIMIT: u64 = 16 << 30;

/// The largest record that is held whole.
pub const WHOLE_LIMIT: u64 = 64 << 20;

/// u64::MAX has 20 digits; leading zeros count too, so that a size line always ends.
const MAX_DIGITS: u8 = 20;

/// Why the rest of a stream cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Error {
    /// The size line holds something that is no digit.
    #[error("a record's size holds the byte {0:#04x}, which is no digit")]
    NotADigit(u8),
    /// The line ends before its first digit.
    #[error("a record's size is empty")]
    NoSize,
    /// The size has more digits than `u64`, or exceeds it.
    #[error("a record's size is no number of 64 bits")]
    SizeTooLong,
    /// The record's size exceeds the limit for records of its kind.
    #[error("a record of {size} bytes is over the limit of {limit}")]
    TooLarge {
        /// Size of the record in bytes, as its size line says.
        size: u64,
        /// Largest size that is accepted, in bytes.
        limit: u64,
    },
}

/// A piece of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordPart<'a> {
    /// A record begins; so many octets follow.
    Begin(u64),
    /// Further bytes of the record, never empty.
    Bytes(&'a [u8]),
    /// The record has come whole.
    End,
}

#[derive(Clone, Copy, Debug)]
enum DecoderState {
    Size { digits: u8, size: u64 },
    Body { left: u64 },
    Failed(Error),
}

/// Cuts the stream, wherever its chunks are cut. Copies and holds nothing.
#[derive(Debug)]
pub struct Decoder {
    state: DecoderState,
}

impl Default for Decoder {
    fn default() -> Self {
        Self { state: DecoderState::SIZE }
    }
}

impl DecoderState {
    const SIZE: Self = Self::Size { digits: 0, size: 0 };
}

impl Decoder {
    /// Takes the next part from the front of `input`; `None` means that more input is needed.
    ///
    /// # Errors
    /// If the size line is none; from then on always the same.
    pub fn next<'a>(&mut self, input: &mut &'a [u8]) -> Result<Option<RecordPart<'a>>, Error> {
        match self.state {
            DecoderState::Failed(error) => Err(error),
            DecoderState::Size { .. } => {
                self.size(input).inspect_err(|error| self.state = DecoderState::Failed(*error))
            }
            DecoderState::Body { left: 0 } => {
                self.state = DecoderState::SIZE;
                Ok(Some(RecordPart::End))
            }
            DecoderState::Body { left } => Ok(self.body(left, input)),
        }
    }

    /// Ends the stream because the caller refuses it, and returns the reason, as every later call does.
    pub fn fail(&mut self, why: Error) -> Error {
        self.state = DecoderState::Failed(why);
        why
    }

    /// Whether the stream may end here: between two records.
    pub fn is_between_records(&self) -> bool {
        matches!(self.state, DecoderState::Size { digits: 0, .. })
    }

    fn size<'a>(&mut self, input: &mut &'a [u8]) -> Result<Option<RecordPart<'a>>, Error> {
        while let Some((&byte, rest)) = input.split_first() {
            *input = rest;
            let DecoderState::Size { digits, size } = self.state else { return Ok(None) };
            match byte {
                b'\n' if digits == 0 => return Err(Error::NoSize),
                b'\n' => {
                    self.state = DecoderState::Body { left: size };
                    return Ok(Some(RecordPart::Begin(size)));
                }
                b'0'..=b'9' => {
                    self.state = DecoderState::Size { digits: digits + 1, size: appended(digits, size, byte)? }
                }
                other => return Err(Error::NotADigit(other)),
            }
        }
        Ok(None)
    }

    fn body<'a>(&mut self, left: u64, input: &mut &'a [u8]) -> Option<RecordPart<'a>> {
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
        let (bytes, rest) = input.split_at_checked(here).filter(|_| here > 0)?;
        *input = rest;
        self.state = DecoderState::Body { left: left - here as u64 };
        Some(RecordPart::Bytes(bytes))
    }
}

fn appended(digits: u8, size: u64, digit: u8) -> Result<u64, Error> {
    if digits >= MAX_DIGITS {
        return Err(Error::SizeTooLong);
    }
    size.checked_mul(10).and_then(|size| size.checked_add(u64::from(digit - b'0'))).ok_or(Error::SizeTooLong)
}

/// A step of reading a stream of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record<'a> {
    /// The first record begins; so many octets follow as `Arriving`.
    Opening(u64),
    /// Further bytes of the first record, in order.
    Arriving(&'a [u8]),
    /// The first record has come whole.
    Arrived,
    /// A later record.
    Whole(&'a [u8]),
}

/// A stream whose first record is consumed as it arrives, since it may be the snapshot, and whose later ones are held whole.
#[derive(Debug, Default)]
pub struct Records {
    decoder: Decoder,
    opened: bool,
    held: Vec<u8>,
    /// The octets of `held` were handed out and go at the next call.
    handed_out: bool,
    expected: u64,
}

impl Records {
    /// Takes the next record, or piece of the first, from the front of `input`; `None` means that more input is needed.
    ///
    /// # Errors
    /// If the stream is no stream of records, or a record is too large.
    pub fn next<'s, 'i: 's>(&'s mut self, input: &mut &'i [u8]) -> Result<Option<Record<'s>>, Error> {
        if std::mem::take(&mut self.handed_out) {
            self.held = Vec::new();
        }
        loop {
            let Some(part) = self.decoder.next(input)? else { return Ok(None) };
            match part {
                RecordPart::Begin(size) if !self.opened => {
                    return within(size, ARRIVING_LIMIT).map(|()| Some(Record::Opening(size)));
                }
                RecordPart::Bytes(bytes) if !self.opened => return Ok(Some(Record::Arriving(bytes))),
                RecordPart::End if !self.opened => {
                    self.opened = true;
                    return Ok(Some(Record::Arrived));
                }
                RecordPart::Begin(size) => {
                    within(size, WHOLE_LIMIT)?;
                    self.expected = size;
                }
                // Most records lie in one chunk and are not copied.
                RecordPart::Bytes(bytes) if self.held.is_empty() && bytes.len() as u64 == self.expected => {
                    self.decoder.next(input)?;
                    return Ok(Some(Record::Whole(bytes)));
                }
                RecordPart::Bytes(bytes) => self.hold(bytes),
                RecordPart::End => {
                    self.handed_out = true;
                    return Ok(Some(Record::Whole(&self.held)));
                }
            }
        }
    }

    /// The record that has just come whole was no snapshot: the next one is consumed as it arrives, too.
    pub fn expect_snapshot(&mut self) {
        self.opened = false;
    }

    /// Whether the stream may end here: between two records.
    pub fn is_between_records(&self) -> bool {
        self.decoder.is_between_records()
    }

    /// Reserved once, to the record's own length: growing by doubling would hold its bytes twice.
    fn hold(&mut self, bytes: &[u8]) {
        if self.held.is_empty() {
            self.held.reserve_exact(usize::try_from(self.expected).unwrap_or(0));
        }
        self.held.extend_from_slice(bytes);
    }
}

fn within(size: u64, limit: u64) -> Result<(), Error> {
    if size <= limit { Ok(()) } else { Err(Error::TooLarge { size, limit }) }
}

/// Writes one record.
pub fn encode(data: &[u8], to: &mut Vec<u8>) {
    to.extend_from_slice(data.len().to_string().as_bytes());
    to.push(b'\n');
    to.extend_from_slice(data);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All records of a stream that comes in these chunks; the first is put together again.
    fn records(chunks: &[&[u8]]) -> Result<Vec<Vec<u8>>, Error> {
        let (mut stream, mut found) = (Records::default(), Vec::new());
        for chunk in chunks {
            let mut input = *chunk;
            while let Some(record) = stream.next(&mut input)? {
                match record {
                    Record::Opening(_) => found.push(Vec::new()),
                    Record::Arriving(bytes) => found.last_mut().unwrap().extend_from_slice(bytes),
                    Record::Arrived => {}
                    Record::Whole(bytes) => found.push(bytes.to_vec()),
                }
            }
        }
        Ok(found)
    }

    fn check(stream: &[u8], expected: Result<&[&str], Error>) {
        let expected = expected.map(|records| records.iter().map(|text| text.as_bytes().to_vec()).collect::<Vec<_>>());
        for cut in 0..=stream.len() {
            let (head, tail) = stream.split_at(cut);
            assert_eq!(records(&[head, tail]), expected, "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(records(&bytes), expected, "byte by byte");
    }

    #[test]
    fn records_follow_one_another() {
        check(b"3\nabc2\nde", Ok(&["abc", "de"]));
    }

    #[test]
    fn newline_inside_a_record() {
        check(b"3\na\nb1\n\n", Ok(&["a\nb", "\n"]));
    }

    #[test]
    fn empty_records() {
        check(b"0\n0\n1\na0\n", Ok(&["", "", "a", ""]));
    }

    #[test]
    fn leading_zeros() {
        check(b"003\nabc00000000000000000001\na", Ok(&["abc", "a"]));
    }

    #[test]
    fn what_is_no_size() {
        check(b"+3\nabc", Err(Error::NotADigit(b'+')));
        check(b"-3\nabc", Err(Error::NotADigit(b'-')));
        check(b" 3\nabc", Err(Error::NotADigit(b' ')));
        check(b"3\r\nabc", Err(Error::NotADigit(b'\r')));
        check(b"3abc", Err(Error::NotADigit(b'a')));
        check(b"\n", Err(Error::NoSize));
        check(b"18446744073709551616\n", Err(Error::SizeTooLong));
        check(b"000000000000000000001\na", Err(Error::SizeTooLong));
    }

    #[test]
    fn an_unfinished_record_is_none() {
        check(b"1\na3\nab", Ok(&["a"]));
    }

    #[test]
    fn limits() {
        check(b"18446744073709551615\n", Err(Error::TooLarge { size: u64::MAX, limit: ARRIVING_LIMIT }));
        check(b"0\n67108865\n", Err(Error::TooLarge { size: WHOLE_LIMIT + 1, limit: WHOLE_LIMIT }));
    }

    #[test]
    fn an_error_is_final() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.next(&mut b"x".as_slice()), Err(Error::NotADigit(b'x')));
        assert_eq!(decoder.next(&mut b"1\na".as_slice()), Err(Error::NotADigit(b'x')));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(data in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..8), size in 1usize..50) {
            let mut stream = Vec::new();
            data.iter().for_each(|record| encode(record, &mut stream));
            let chunks: Vec<&[u8]> = stream.chunks(size).collect();
            prop_assert_eq!(records(&chunks), Ok(data));
        }

        #[test]
        fn hostile_bytes_read_the_same_however_they_are_cut(stream in prop::collection::vec(prop_oneof![Just(b'\n'), b'0'..=b'9', any::<u8>()], 0..60), size in 1usize..9) {
            let chunks: Vec<&[u8]> = stream.chunks(size).collect();
            prop_assert_eq!(records(&chunks).is_ok(), records(&[&stream]).is_ok());
            if let Ok(whole) = records(&[&stream]) {
                let first_is_cut = whole.len() == 1;
                prop_assert!(first_is_cut || records(&chunks) == Ok(whole));
            }
        }
    }
}
