//! How a file's bytes are text: UTF-8 or UTF-16, with lines that end with LF or, of old programs, with CR.
//!
//! Offsets stay those of the file's bytes. A line is decoded where it is taken out, so that all else reads UTF-8 that ends with LF.
//! Hand-written: std decodes UTF-16, and no crate finds lines in it by offsets.

use std::borrow::Cow;

use memchr::{memchr_iter, memmem, memrchr};

use super::styled_line::plain;
use crate::files::hole::HOLE;
use crate::files::stamp::Stamp;

/// Encoding of a file's characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8, of which ASCII is a part. Assumed where nothing speaks against it.
    #[default]
    Utf8,
    /// UTF-16, low byte first, as Windows writes it.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// One byte each, as Windows and, but for a few signs, Latin-1 have them.
    Windows1252,
}

impl Encoding {
    /// All encodings with their usual names.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Utf8, "UTF-8"),
        (Self::Utf16Le, "UTF-16LE"),
        (Self::Utf16Be, "UTF-16BE"),
        (Self::Windows1252, "Windows-1252"),
    ];

    /// Usual name of the encoding.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(encoding, _)| *encoding == self).map_or("", |(_, name)| name)
    }

    /// Parses the usual name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(encoding, _)| encoding)
    }
}

/// The characters of 80 to 9F in Windows-1252; bytes that it has not are the controls of Latin-1.
const FROM_80: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Line ends of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LineEnd {
    /// A line feed; a carriage return before it belongs to the line end.
    #[default]
    Lf,
    /// A carriage return alone. In a file of LFs it overwrites the line instead, as progress bars do.
    Cr,
    /// Both: some program wrote its lines with returns alone among those of others.
    LfOrCr,
}

/// How a file's bytes decode to lines of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TextFormat {
    /// How bytes encode characters.
    pub encoding: Encoding,
    /// Which characters end a line.
    pub line_end: LineEnd,
}

/// Bytes that are enough to tell the format.
const SAMPLE: usize = 16 << 10;
/// Returns that a file without an LF must have before they count as its line ends.
const RETURNS: usize = 3;
/// Bytes of a line that are looked at for a time.
const LINE_HEAD: usize = 64;

impl TextFormat {
    /// The format of a file that begins with `head` (empty if its beginning is unknown), as bytes at an even offset of it tell.
    pub fn detect(head: &[u8], sample: &[u8]) -> Self {
        let sample = sample.get(..sample.len().min(SAMPLE)).unwrap_or_default();
        let encoding = match head {
            [0xff, 0xfe, ..] => Encoding::Utf16Le,
            [0xfe, 0xff, ..] => Encoding::Utf16Be,
            _ => encoding_of(sample),
        };
        Self::of_encoding(encoding, sample)
    }

    /// The format of a file in that encoding, as bytes at an even offset of it tell.
    pub(super) fn of_encoding(encoding: Encoding, sample: &[u8]) -> Self {
        let sample = sample.get(..sample.len().min(SAMPLE)).unwrap_or_default();
        let lf = Self { encoding, line_end: LineEnd::Lf };
        Self { encoding, line_end: lf.line_end_of(sample) }
    }

    /// This format, once bytes of the file are seen in which returns end lines among those that end with LF.
    pub(super) fn with_returns(self, bytes: &[u8]) -> Self {
        let with = self.and_returns();
        if with != self && returns_end_lines(bytes) { with } else { self }
    }

    /// This format, for a file in which returns are known to end lines among those that end with LF.
    pub(super) fn and_returns(self) -> Self {
        let is_plain = self.line_end == LineEnd::Lf && self.width() == 1;
        if is_plain { Self { line_end: LineEnd::LfOrCr, ..self } } else { self }
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
            Encoding::Utf8 | Encoding::Windows1252 => 1,
            Encoding::Utf16Le | Encoding::Utf16Be => 2,
        }
    }

    /// The end of the last unit at or before an offset.
    pub(super) fn align(self, offset: u64) -> u64 {
        offset / self.width() * self.width()
    }

    fn end_byte(self) -> u8 {
        if self.line_end == LineEnd::Cr { b'\r' } else { b'\n' }
    }

    /// Offsets behind each line end of bytes that are at an offset of the file. A return that they begin or end with is none.
    pub(super) fn line_ends(self, at: u64, bytes: &[u8]) -> impl Iterator<Item = u64> + '_ {
        // Returns are looked for in files alone that have some as line ends.
        let returns = if self.line_end == LineEnd::LfOrCr { bytes } else { &[] };
        let mut returns = lone_returns(returns).map(move |nth| at + nth as u64 + 1).peekable();
        let ends = memchr_iter(self.end_byte(), bytes).filter_map(move |nth| self.behind_end(at, bytes, nth));
        let mut ends = ends.peekable();
        std::iter::from_fn(move || match (ends.peek(), returns.peek()) {
            (Some(end), Some(lone)) if lone < end => returns.next(),
            (None, _) => returns.next(),
            (Some(_), _) => ends.next(),
        })
    }

    /// The offset behind the line end whose significant byte that is; none if it is a part of another character.
    fn behind_end(self, at: u64, bytes: &[u8], nth: usize) -> Option<u64> {
        let offset = at + nth as u64;
        let is_zero = |nth: Option<usize>| nth.and_then(|nth| bytes.get(nth)) == Some(&0);
        match self.encoding {
            Encoding::Utf8 | Encoding::Windows1252 => Some(offset + 1),
            Encoding::Utf16Le => (offset.is_multiple_of(2) && is_zero(nth.checked_add(1))).then_some(offset + 2),
            Encoding::Utf16Be => (!offset.is_multiple_of(2) && is_zero(nth.checked_sub(1))).then_some(offset + 1),
        }
    }

    /// How many lines end in bytes that are at an offset of the file, between others; none if those tell it and are not known.
    pub(super) fn count_lines(self, at: u64, bytes: &[u8], (before, behind): (Option<u8>, Option<u8>)) -> Option<u64> {
        let inner = self.line_ends(at, bytes).count() as u64;
        if self.line_end != LineEnd::LfOrCr {
            return Some(inner);
        }
        let first = match bytes {
            [b'\r', next, ..] if at > 0 && !is_end(*next) => !is_end(before?),
            _ => false,
        };
        let last = match bytes {
            [.., last, b'\r'] if !is_end(*last) => !is_end(behind?),
            [b'\r'] if at > 0 => !is_end(before?) && !is_end(behind?),
            _ => false,
        };
        Some(inner + u64::from(first) + u64::from(last))
    }

    /// The line ends in a part of some bytes, reported by the bytes beside it.
    pub(super) fn count_between(self, at: u64, bytes: &[u8], from: u64, to: u64) -> Option<u64> {
        let nth = |offset: u64| usize::try_from(offset.checked_sub(at)?).ok();
        let (first, end) = (nth(from)?, nth(to)?);
        let before = first.checked_sub(1).and_then(|before| bytes.get(before)).copied();
        self.count_lines(from, bytes.get(first..end)?, (before, bytes.get(end).copied()))
    }

    /// Whether a line end ends at an offset, as far as these bytes tell, which are at another.
    pub(super) fn ends_line(self, at: u64, bytes: &[u8], offset: u64) -> bool {
        let inside = offset.checked_sub(at).and_then(|length| usize::try_from(length).ok());
        let Some((before, behind)) = inside.and_then(|inside| bytes.split_at_checked(inside)) else { return false };
        if self.line_end == LineEnd::LfOrCr && matches!(before, [.., last, b'\r'] if !is_end(*last)) {
            return behind.first().is_some_and(|next| !is_end(*next));
        }
        let skipped = before.len().saturating_sub(2);
        let last = memrchr(self.end_byte(), before.get(skipped..).unwrap_or_default());
        last.and_then(|nth| self.behind_end(at, before, skipped + nth)) == Some(offset)
    }

    /// How many of the bytes before a line show that it begins there.
    pub(super) fn end_width(self) -> u64 {
        if self.line_end == LineEnd::LfOrCr { 2 } else { self.width() }
    }

    /// The text of whole lines at an offset, in UTF-8, with LF for the line ends. A byte order mark at the file's start is left out.
    pub fn decode(self, at: u64, bytes: &[u8]) -> Cow<'_, [u8]> {
        let text: Cow<'_, [u8]> = match self.encoding {
            Encoding::Utf8 => bytes.strip_prefix(b"\xef\xbb\xbf").filter(|_| at == 0).unwrap_or(bytes).into(),
            Encoding::Windows1252 if bytes.is_ascii() => bytes.into(),
            Encoding::Windows1252 => bytes.iter().map(|byte| windows(*byte)).collect::<String>().into_bytes().into(),
            Encoding::Utf16Le => self.decode_utf16(at, bytes, u16::from_le_bytes).into(),
            Encoding::Utf16Be => self.decode_utf16(at, bytes, u16::from_be_bytes).into(),
        };
        match self.line_end {
            LineEnd::Lf => text,
            LineEnd::LfOrCr => {
                let mut text = text.into_owned();
                let returns: Vec<usize> = lone_returns(&text).collect();
                returns.into_iter().filter_map(|nth| text.get_mut(nth).map(|byte| *byte = b'\n')).for_each(drop);
                if let [.., before, last @ b'\r'] = text.as_mut_slice()
                    && !is_end(*before)
                {
                    *last = b'\n';
                }
                text.into()
            }
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

    /// Bytes of the file before an offset in a line's decoded text; `length` is the line's own, in the file.
    pub fn encoded_offset(self, text: &[u8], length: u64, offset: usize) -> u64 {
        let size = |text: &[u8]| match self.encoding {
            Encoding::Utf8 => text.len() as u64,
            Encoding::Windows1252 => String::from_utf8_lossy(text).chars().count() as u64,
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

/// The encoding of a file that begins with no byte order mark.
fn encoding_of(sample: &[u8]) -> Encoding {
    if sample.len() < 4
        || sample.iter().all(|byte| *byte == 0)
        || std::str::from_utf8(sample).is_ok_and(|text| !text.contains('\0'))
    {
        return Encoding::Utf8;
    }
    if is_windows(sample) {
        return Encoding::Windows1252;
    }
    let sample = &without_holes(sample);
    let pairs = sample.chunks_exact(2);
    let count = pairs.len();
    if count < 2 {
        return Encoding::Utf8;
    }
    let zeros = |nth: usize| pairs.clone().filter(|pair| pair.get(nth) == Some(&0)).count();
    let (first, second) = (zeros(0), zeros(1));
    if let Some(encoding) = utf16_by_characters(sample) {
        return encoding;
    }
    // In UTF-16 every second byte of Latin text is 0. As many in both places are no text at all.
    let (most, least) = (first.max(second), first.min(second));
    if most == 0 || most * 10 < count || least * 20 > most {
        return Encoding::Utf8;
    }
    if second > first { Encoding::Utf16Le } else { Encoding::Utf16Be }
}

/// The sample without the holes of the file, which tell nothing, nor do the bytes beside them: a hole may begin or end at an odd
/// offset. What is behind one is as far from an even offset as before.
fn without_holes(sample: &[u8]) -> Cow<'_, [u8]> {
    if memmem::find(sample, &HOLE).is_none() {
        return sample.into();
    }
    let (pairs, odd) = sample.as_chunks::<2>();
    let is_void = |pair: &[u8; 2]| *pair == [0, 0];
    let runs: Vec<&[[u8; 2]]> = pairs.chunk_by(|a, b| is_void(a) == is_void(b)).collect();
    let is_hole = |nth: Option<usize>| {
        let run = nth.and_then(|nth| runs.get(nth)).copied().unwrap_or_default();
        run.len() >= HOLE.len() / 2 && run.first().is_some_and(is_void)
    };
    let text = runs.iter().enumerate().filter(|(nth, _)| !is_hole(Some(*nth))).flat_map(|(nth, run)| {
        let from = usize::from(is_hole(nth.checked_sub(1)));
        let to = run.len().saturating_sub(usize::from(is_hole(Some(nth + 1))));
        run.get(from..to).unwrap_or_default()
    });
    text.flatten().chain(odd).copied().collect()
}

/// UTF-16 of any language: it has line ends, and nearly every unit is a character that people write.
fn utf16_by_characters(sample: &[u8]) -> Option<Encoding> {
    // ASCII bytes with NULs among them, read two by two, are ideographs as well.
    let invalid: usize = sample.utf8_chunks().map(|chunk| chunk.invalid().len()).sum();
    if invalid * 50 < sample.len() || sample.len() < SHORTEST_UTF16 {
        return None;
    }
    let is_written = |unit: fn([u8; 2]) -> u16| {
        let units = sample.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit);
        let (mut all, mut ends, mut strange) = (0, 0, 0);
        for char in char::decode_utf16(units) {
            all += 1;
            ends += usize::from(matches!(char, Ok('\n')));
            strange += usize::from(!char.is_ok_and(is_usual));
        }
        ends > 0 && strange * 50 <= all
    };
    match (is_written(u16::from_le_bytes), is_written(u16::from_be_bytes)) {
        (true, false) => Some(Encoding::Utf16Le),
        (false, true) => Some(Encoding::Utf16Be),
        (false, false) | (true, true) => None,
    }
}

/// Bytes that a file has at least before it is taken for UTF-16 by its characters.
const SHORTEST_UTF16: usize = 16;

/// Whether a character is usual in a log, of whatever language: no control but of lines and colours, no sign of rare blocks.
fn is_usual(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{1b}' | ' '..='~'
        | '\u{a0}'..='\u{77f}' | '\u{900}'..='\u{97f}' | '\u{e00}'..='\u{e7f}' | '\u{1e00}'..='\u{1fff}'
        | '\u{2000}'..='\u{27bf}' | '\u{3000}'..='\u{318f}' | '\u{3200}'..='\u{33ff}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff01}'..='\u{ffee}'
        | '\u{feff}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{2a6df}')
}

fn windows(byte: u8) -> char {
    let of_80 = byte.checked_sub(0x80).and_then(|nth| FROM_80.get(usize::from(nth)));
    of_80.copied().unwrap_or(char::from(byte))
}

/// Whether bytes that are no UTF-8 are letters and signs of Western languages: they occur alone or few together, among ASCII.
fn is_windows(sample: &[u8]) -> bool {
    // What begins or ends the sample may be cut out of a character of UTF-8.
    let cut = sample.iter().take(3).take_while(|byte| **byte & 0xc0 == 0x80).count();
    let inner = sample.get(cut..).unwrap_or_default();
    let is_cut = std::str::from_utf8(inner).is_err_and(|error| error.error_len().is_none());
    let wrong = if is_cut { 0 } else { inner.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count() };
    let right = inner.utf8_chunks().flat_map(|chunk| chunk.valid().chars()).filter(|c| !c.is_ascii()).count();
    let runs = || inner.chunk_by(|a, b| a.is_ascii() == b.is_ascii()).filter(|run| !run.is_ascii());
    let is_sign = |byte: &u8| !matches!(byte, 0x81..=0x83 | 0x8d | 0x8f | 0x90 | 0x9d | 0xfe | 0xff);
    let (all, usual) = (runs().count(), runs().filter(|run| run.len() <= 3 && run.iter().all(is_sign)).count());
    wrong > right && !sample.contains(&0) && usual * 10 >= all * 9
}

fn is_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// Returns that are seen to be no part of another line end, nor the beginning of a line.
fn lone_returns(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    memchr_iter(b'\r', bytes).filter(|nth| {
        let is_other = |byte: Option<&u8>| byte.is_some_and(|byte| !is_end(*byte));
        is_other(nth.checked_sub(1).and_then(|before| bytes.get(before))) && is_other(bytes.get(nth + 1))
    })
}

/// Whether what follows the returns of a text with other line ends begins with a time each: they are lines too.
fn returns_end_lines(bytes: &[u8]) -> bool {
    let parts = || {
        lone_returns(bytes).filter_map(|nth| {
            let rest = bytes.get(nth + 1..)?;
            // One that is cut tells nothing.
            let end = memchr::memchr2(b'\r', b'\n', rest)?;
            rest.get(..end)
        })
    };
    let begins = |part: &[u8]| {
        let head = part.get(..part.len().min(LINE_HEAD)).unwrap_or_default();
        Stamp::find(&plain(head)).is_some_and(|stamp| stamp.from <= 2)
    };
    let (mut all, mut timed) = (0, 0);
    for part in parts() {
        (all, timed) = (all + 1, timed + usize::from(begins(part)));
        // Progress bars are many.
        if all >= 20 && timed * 10 < all * 9 {
            return false;
        }
    }
    timed >= RETURNS && timed * 10 >= all * 9
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

#[cfg(test)]
mod tests {
    use super::*;

    fn format(bytes: &[u8]) -> TextFormat {
        TextFormat::detect(&[], bytes).with_returns(bytes)
    }

    #[test]
    fn eight_bits_of_the_west_are_read() {
        let latin = b"2026-11-22 10:00:00 Gr\xfc\xdfe \xe4\xf6\xfc \x80 latin\n".repeat(50);
        let read = format(&latin);
        assert_eq!(read.encoding, Encoding::Windows1252);
        let text = "2026-11-22 10:00:00 Gr\u{fc}\u{df}e \u{e4}\u{f6}\u{fc} \u{20ac} latin\n";
        assert_eq!(read.decode(0, &latin[..latin.len() / 50]), text.as_bytes());
        // An offset in the text is one in the file.
        assert_eq!((read.encoded_offset(text.as_bytes(), 38, text.find('e').unwrap()), read.width()), (24, 1));
        assert_eq!(format(b"2026-11-22 ERROR Gr\xf6\xdfe\n2026-11-22 ok\n").encoding, Encoding::Windows1252);
    }

    #[test]
    fn what_is_utf8_but_for_a_few_bytes_stays_so() {
        let text = "Gr\u{fc}\u{df}e \u{20ac}\n".repeat(2000);
        for (from, to) in [(0, 16384), (3, 9001), (4, 9002), (9, 9003), (10, 20000)] {
            assert_eq!(format(&text.as_bytes()[from..to]).encoding, Encoding::Utf8, "{from} {to}");
        }
        for odd in [&b"no \xff\xfe mark\n"[..], b"ok \xe2\x82\xac \xfc\n", b"ASCII\n", b"\x83\x47\x83\x89\x81\x5b \n"] {
            assert_eq!(format(odd).encoding, Encoding::Utf8, "{odd:?}");
        }
    }

    #[test]
    fn utf16_without_a_mark_is_found_in_any_language() {
        let texts = [
            "\u{65e5}\u{5fd7}\u{670d}\u{52a1}\u{5df2}\u{542f}\u{52a8}\u{5b8c}\u{6210}\u{4e86}\u{4e00}\u{4e2a}\u{4efb}\u{52a1}\n",
            "\u{30b5}\u{30fc}\u{30d3}\u{30b9}\u{3092}\u{958b}\u{59cb}\u{3057}\u{307e}\u{3057}\u{305f}\u{3002}\r\n",
            "\u{c11c}\u{be44}\u{c2a4}\u{ac00} \u{c2dc}\u{c791}\u{b418}\u{c5c8}\u{c2b5}\u{b2c8}\u{b2e4}\n",
            "2026-11-22 10:00:00 \u{4efb}\u{52a1}\u{5931}\u{8d25}\n",
            "\u{421}\u{43b}\u{443}\u{436}\u{431}\u{430} \u{437}\u{430}\u{43f}\u{443}\u{449}\u{435}\u{43d}\u{430}\n",
            "\u{1f680} \u{65e5}\u{5fd7}\u{670d}\u{52a1}\n",
        ];
        for (nth, text) in texts.into_iter().enumerate() {
            for (times, from) in [(1, 0), (40, 0), (4000, 2 * text.encode_utf16().count() * 7 + 4)] {
                let units = || text.encode_utf16().collect::<Vec<_>>().repeat(times).into_iter();
                let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
                let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
                assert_eq!(format(&little[from..]).encoding, Encoding::Utf16Le, "{nth} {times}");
                assert_eq!(format(&big[from..]).encoding, Encoding::Utf16Be, "{nth} {times}");
            }
        }
    }

    #[test]
    fn utf16_is_found_beside_a_hole() {
        let text = "2026-11-22 10:00:00 INFO line\n2026-11-22 10:00:01 \u{421}\u{43b}\u{443}\u{436}\u{431}\u{430}\n";
        let (little, big) =
            (|| text.encode_utf16().flat_map(u16::to_le_bytes), || text.encode_utf16().flat_map(u16::to_be_bytes));
        for hole in [16, 64, 4096, 12_000] {
            let after = |text: Vec<u8>| [vec![0; hole], text.repeat(9)].concat();
            let between = |text: Vec<u8>| [text.repeat(9), vec![0; hole], text.repeat(9)].concat();
            for (bytes, expected) in
                [(little().collect::<Vec<_>>(), Encoding::Utf16Le), (big().collect(), Encoding::Utf16Be)]
            {
                assert_eq!(format(&after(bytes.clone())).encoding, expected, "{hole}");
                assert_eq!(format(&between(bytes)).encoding, expected, "{hole}");
            }
        }
        assert_eq!(format(&vec![0; 4096]).encoding, Encoding::Utf8, "a hole alone");
        for (before, after) in [(4096, 4096), (4097, 4096), (4096, 4097), (1001, 0), (0, 1001)] {
            for text in ["lost\n", "lost\n\n", "a\n", "one\ntwo\n"] {
                let lost = [vec![0; before], text.as_bytes().to_vec(), vec![0; after]].concat();
                assert_eq!(format(&lost).encoding, Encoding::Utf8, "{before} {after} {text}");
            }
        }
    }

    #[test]
    fn bytes_with_nuls_are_not_taken_for_utf16() {
        let noise: Vec<u8> = (0..16384u32).map(|nth| (nth.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let shift_jis = [b"\x83\x47\x83\x89\x81\x5b\n".repeat(101), b"\0".to_vec()].concat();
        let words = b"line one is ASCII and is very much longer than most\n\0and so on\n\0".repeat(100);
        let hole = [b"the end of the old log\n".repeat(9), vec![0; 4096], b"caf\xe9 and more\n\0".repeat(9)].concat();
        for (nth, odd) in [noise, shift_jis, words, hole].iter().enumerate() {
            assert_eq!(format(odd).encoding, Encoding::Utf8, "{nth}");
        }
    }

    #[test]
    fn returns_before_times_end_lines() {
        let line = |nth: usize, end: &str| format!("2026-11-22 10:00:{:02} line {nth}{end}", nth % 60);
        let all = |end: &str| (0..100).map(|nth| line(nth, end)).collect::<String>();
        let mixed = [all("\n"), all("\r"), all("\r\n")].concat();
        let read = format(mixed.as_bytes());
        assert_eq!((read.line_end, read.count_lines(0, mixed.as_bytes(), (None, None))), (LineEnd::LfOrCr, Some(300)));
        let spans = read.cut(0, mixed.as_bytes(), true);
        let third = &mixed.as_bytes()[spans[150].start as usize..spans[150].end as usize];
        assert_eq!((spans.len(), read.decode(9, third).into_owned()), (300, line(50, "\n").into_bytes()));
        let begins = |span: &crate::files::lines::Span| read.begins(0, mixed.as_bytes(), span.start);
        assert!(spans.iter().all(begins));
        let progress = (0..300).map(|nth| format!("\r {nth} % of it")).collect::<String>();
        let leading = (0..100).map(|nth| format!("\r{}", line(nth, "\n"))).collect::<String>();
        for other in [format!("begin\n{progress}\nend\n"), leading, all("\r\r\n"), all("\n")] {
            assert_eq!(format(other.as_bytes()).line_end, LineEnd::Lf, "{}", &other[..40]);
        }
    }
}
