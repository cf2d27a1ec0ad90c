//! How a file's bytes are text: UTF-8 or UTF-16, with lines that end with LF or, of old programs, with CR.
//!
//! Offsets stay those of the file's bytes. A line is decoded where it is taken out, so that all else reads UTF-8 that ends with LF.
//! Hand-written: std decodes UTF-16, and no crate finds lines in it by offsets.

use std::borrow::Cow;

use memchr::{memchr_iter, memrchr};

use super::shown::plain;
use crate::files::stamp::Stamp;

/// How characters are encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Encoding {
    #[default]
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// What ends a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LineEnd {
    #[default]
    Lf,
    /// A carriage return alone. In a file of LFs it overwrites the line instead, as progress bars do.
    Cr,
}

/// How a file's bytes are text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TextFormat {
    pub encoding: Encoding,
    pub line_end: LineEnd,
}

/// Bytes that are enough to tell the format.
const SAMPLE: usize = 16 << 10;
/// Returns that a file without an LF must have before they count as its line ends.
const RETURNS: usize = 3;

impl TextFormat {
    /// The format of a file that begins with `head` (empty if its beginning is unknown), as bytes at an even offset of it tell.
    pub fn detect(head: &[u8], sample: &[u8]) -> Self {
        let sample = sample.get(..sample.len().min(SAMPLE)).unwrap_or_default();
        let encoding = match head {
            [0xff, 0xfe, ..] => Encoding::Utf16Le,
            [0xfe, 0xff, ..] => Encoding::Utf16Be,
            _ => encoding_of(sample),
        };
        let lf = Self { encoding, line_end: LineEnd::Lf };
        Self { encoding, line_end: lf.line_end_of(sample) }
    }

    fn line_end_of(self, sample: &[u8]) -> LineEnd {
        let text = self.decode(u64::MAX, sample);
        let returns = memchr_iter(b'\r', &text).count();
        if returns < RETURNS || memchr::memchr(b'\n', &text).is_some() || is_progress(&text) {
            return LineEnd::Lf;
        }
        LineEnd::Cr
    }

    /// Bytes of one unit of text.
    pub(super) fn width(self) -> u64 {
        match self.encoding {
            Encoding::Utf8 => 1,
            Encoding::Utf16Le | Encoding::Utf16Be => 2,
        }
    }

    /// The end of the last unit at or before an offset.
    pub(super) fn align(self, offset: u64) -> u64 {
        offset / self.width() * self.width()
    }

    fn end_byte(self) -> u8 {
        match self.line_end {
            LineEnd::Lf => b'\n',
            LineEnd::Cr => b'\r',
        }
    }

    /// Offsets behind each line end of bytes that are at an offset of the file.
    pub(super) fn line_ends(self, at: u64, bytes: &[u8]) -> impl Iterator<Item = u64> + '_ {
        memchr_iter(self.end_byte(), bytes).filter_map(move |nth| self.behind_end(at, bytes, nth))
    }

    /// The offset behind the line end whose significant byte that is; none if it is a part of another character.
    fn behind_end(self, at: u64, bytes: &[u8], nth: usize) -> Option<u64> {
        let offset = at + nth as u64;
        let is_zero = |nth: Option<usize>| nth.and_then(|nth| bytes.get(nth)) == Some(&0);
        match self.encoding {
            Encoding::Utf8 => Some(offset + 1),
            Encoding::Utf16Le => (offset.is_multiple_of(2) && is_zero(nth.checked_add(1))).then_some(offset + 2),
            Encoding::Utf16Be => (!offset.is_multiple_of(2) && is_zero(nth.checked_sub(1))).then_some(offset + 1),
        }
    }

    /// How many lines end in bytes that are at an offset of the file.
    pub(super) fn count_lines(self, at: u64, bytes: &[u8]) -> u64 {
        self.line_ends(at, bytes).count() as u64
    }

    /// Whether bytes that end at an offset end with a line end.
    pub(super) fn ends_line(self, end: u64, bytes: &[u8]) -> bool {
        let at = end.saturating_sub(bytes.len() as u64);
        let last = memrchr(self.end_byte(), bytes.get(bytes.len().saturating_sub(2)..).unwrap_or_default());
        let nth = last.map(|nth| bytes.len().saturating_sub(2) + nth);
        nth.and_then(|nth| self.behind_end(at, bytes, nth)) == Some(end)
    }

    /// The text of bytes at an offset, in UTF-8, with LF for the line ends. A byte order mark at the file's start is left out.
    pub fn decode(self, at: u64, bytes: &[u8]) -> Cow<'_, [u8]> {
        let text: Cow<'_, [u8]> = match self.encoding {
            Encoding::Utf8 => bytes.strip_prefix(b"\xef\xbb\xbf").filter(|_| at == 0).unwrap_or(bytes).into(),
            Encoding::Utf16Le => self.decode_utf16(at, bytes, u16::from_le_bytes).into(),
            Encoding::Utf16Be => self.decode_utf16(at, bytes, u16::from_be_bytes).into(),
        };
        match self.line_end {
            LineEnd::Lf => text,
            LineEnd::Cr => text.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect(),
        }
    }

    fn decode_utf16(self, at: u64, bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
        let odd = bytes.len() % 2;
        let pairs = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit);
        let chars = char::decode_utf16(pairs).map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER));
        let mut text: String = chars.skip_while(|c| at == 0 && *c == '\u{feff}').collect();
        // Half a character, where the file ends.
        text.extend((odd == 1).then_some(char::REPLACEMENT_CHARACTER));
        text.into_bytes()
    }

    /// How many bytes of the file, of a line that has `length` of them, are before an offset of its decoded text.
    pub fn encoded_offset(self, text: &[u8], length: u64, offset: usize) -> u64 {
        let size = |text: &[u8]| match self.encoding {
            Encoding::Utf8 => text.len() as u64,
            Encoding::Utf16Le | Encoding::Utf16Be => {
                String::from_utf8_lossy(text).chars().map(|c| c.len_utf16() as u64 * 2).sum()
            }
        };
        let before = text.get(..offset.min(text.len())).unwrap_or(text);
        // What the text lacks is the mark at the file's start.
        let mark = length.saturating_sub(size(text));
        if offset == 0 { 0 } else { (mark + size(before)).min(length) }
    }
}

/// UTF-16 without a mark: of Latin text every second byte is 0, and of any text line ends and blanks have one.
fn encoding_of(sample: &[u8]) -> Encoding {
    let pairs = sample.chunks_exact(2);
    let count = pairs.len();
    let zeros = |nth: usize| pairs.clone().filter(|pair| pair.get(nth) == Some(&0)).count();
    let (first, second) = (zeros(0), zeros(1));
    if count < 2 || std::str::from_utf8(sample).is_ok_and(|text| !text.contains('\0')) {
        return Encoding::Utf8;
    }
    // NULs alone are a hole of the file, and as many in both places no text at all.
    let (most, least) = (first.max(second), first.min(second));
    if most == 0 || most * 10 < count || least * 20 > most {
        return Encoding::Utf8;
    }
    if second > first { Encoding::Utf16Le } else { Encoding::Utf16Be }
}

/// Whether text between returns overwrites itself: most pieces are alike but for digits and signs, and begin with no time.
fn is_progress(text: &[u8]) -> bool {
    let pieces: Vec<String> = text.split(|byte| *byte == b'\r').map(|piece| plain(piece).into_owned()).collect();
    // The first and the last may be cut.
    let whole = pieces.get(1..pieces.len() - 1).unwrap_or_default();
    let letters = |piece: &String| piece.chars().filter(|c| c.is_alphabetic()).collect::<String>();
    let alike = whole.windows(2).filter(|pair| pair.first().map(letters) == pair.get(1).map(letters)).count();
    let timed = whole.iter().filter(|piece| Stamp::is_in(piece)).count();
    timed * 2 < whole.len() && alike * 2 >= whole.len().saturating_sub(1)
}
