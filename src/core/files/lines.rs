//! Where lines begin: after each line end; and where 4 KiB bring none, a part of the line begins at a multiple of 4 KiB, so that none
//! is endless. A hole of NULs is a row of its own, and so is what overwrites itself by returns, as far as that can be seen.
//!
//! The rule looks back one stride at most. So what is cut out of a file's middle has the same lines as the whole.

use crate::files::hole::HOLE;
use memchr::{memchr, memmem};

use super::text_format::{Encoding, LineEnd, TextFormat};

/// A line without an end is cut at multiples of this; no part of one is longer than two.
pub(super) const STRIDE: u64 = 4096;

/// What is overwritten by returns is cut there all the same, so that none of it is longer than what is read at a time.
const OVERWRITTEN: u64 = 1 << 20;

/// A line of a file, with its end; or, of a very long one, a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The offset of its first byte.
    pub start: u64,
    /// The offset behind its last, which is the LF if it has one.
    pub end: u64,
}

/// Hash of a whole line, by which a changed line is recognised. Independent of the encoding. `None` for a line without
/// an end, which may go on.
pub fn line_hash(line: &[u8]) -> Option<u32> {
    // FNV-1a, which stays the same from one version of this to the next: addresses keep it.
    let mix = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    line.ends_with(b"\n").then(|| line.iter().filter(|byte| byte.is_ascii()).fold(0x811c_9dc5, mix))
}

/// The lines that begin and end in these bytes of a UTF-8 file, which are at that offset. What follows the last LF is a line only
/// where the file ends with it.
pub fn cut(at: u64, bytes: &[u8], is_end: bool) -> Vec<Span> {
    TextFormat::default().cut(at, bytes, is_end)
}

impl TextFormat {
    /// The lines, or parts of long ones, that begin and end in these bytes, which are at that offset. What follows the last line end
    /// is one only where the file ends with it.
    pub fn cut(self, at: u64, bytes: &[u8], is_end: bool) -> Vec<Span> {
        let end = at + bytes.len() as u64;
        let mut starts = self.starts(at, bytes);
        if is_end && starts.last() != Some(&end) {
            starts.push(end);
        }
        let span = |pair: &[u64]| if let [start, end] = pair { Some(Span { start: *start, end: *end }) } else { None };
        starts.windows(2).filter_map(span).collect()
    }

    /// The lines that begin in these bytes, which are at that offset, each with all its parts that are here.
    pub(super) fn lines(self, at: u64, bytes: &[u8], is_end: bool) -> Vec<Span> {
        let mut lines: Vec<Span> = Vec::new();
        for span in self.cut(at, bytes, is_end) {
            if self.begins(at, bytes, span.start) {
                lines.push(span);
            } else if let Some(line) = lines.last_mut() {
                line.end = span.end;
            }
        }
        lines
    }

    /// Each offset at which a line or a part of one is known to begin. The last may be the end of the bytes, where the next begins.
    fn starts(self, at: u64, bytes: &[u8]) -> Vec<u64> {
        let lines = self.line_starts(at, bytes);
        let mut starts: Vec<u64> = if at == 0 { vec![0] } else { Vec::new() };
        let mut stride = at.next_multiple_of(STRIDE);
        while stride + STRIDE <= at + bytes.len() as u64 {
            let next = stride + STRIDE;
            let is_without = lines.get(lines.partition_point(|line| *line <= stride)).is_none_or(|line| *line > next);
            if is_without && !self.is_one_row(at, bytes, next) {
                starts.extend(self.whole_char(at, bytes, next));
            }
            stride = next;
        }
        starts.extend(lines);
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// The last offset at which a line or a part of one is known to begin.
    pub(super) fn last_start(self, at: u64, bytes: &[u8]) -> Option<u64> {
        self.starts(at, bytes).last().copied()
    }

    /// Where lines begin, but the file's first: behind line ends, and behind holes.
    pub(super) fn line_starts(self, at: u64, bytes: &[u8]) -> Vec<u64> {
        let mut starts: Vec<u64> = self.line_ends(at, bytes).collect();
        let ends = hole_ends(bytes).map(|end| self.align(at + end as u64));
        starts.extend(ends.filter(|end| self.width() == 1 || self.begins(at, bytes, *end)));
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// Around this offset all is NUL, or the line is overwritten again and again: that is one row.
    fn is_one_row(self, at: u64, bytes: &[u8], offset: u64) -> bool {
        let side = |from: u64, to: u64| slice(at, bytes, from, to).unwrap_or_default();
        let (before, after) = (side(offset - STRIDE, offset), side(offset, offset + STRIDE));
        let is_hole = before.ends_with(&HOLE) && after.first() == Some(&0);
        let returns = |bytes: &[u8]| memchr(b'\r', bytes).is_some();
        let is_overwritten = self.line_end == LineEnd::Lf && returns(before) && returns(after);
        is_hole || (is_overwritten && !offset.is_multiple_of(OVERWRITTEN))
    }

    /// A row without the NULs that it ends with, if they are a hole.
    pub(super) fn without_hole(self, row: &[u8]) -> &[u8] {
        let text = row.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let text = text.next_multiple_of(self.width() as usize);
        row.get(..text).filter(|text| row.len() - text.len() >= HOLE.len()).unwrap_or(row)
    }

    /// Whether a line begins at an offset of these bytes, rather than a part of one.
    pub(super) fn begins(self, at: u64, bytes: &[u8], offset: u64) -> bool {
        let before = offset.checked_sub(at).and_then(|length| bytes.get(..usize::try_from(length).ok()?));
        offset == 0 || self.ends_line(at, bytes, offset) || before.is_some_and(|before| before.ends_with(&HOLE))
    }

    /// The offset itself, or that of the character that it would cut. None where that cannot be seen.
    fn whole_char(self, at: u64, bytes: &[u8], offset: u64) -> Option<u64> {
        let byte = |offset: u64| bytes.get(usize::try_from(offset.checked_sub(at)?).ok()?).copied();
        match self.encoding {
            Encoding::Utf8 => whole_utf8(offset, byte),
            Encoding::Windows1252 => Some(offset),
            // The second half of a pair is one of DC00 to DFFF.
            Encoding::Utf16Le => Some(offset - if byte(offset + 1)? & 0xfc == 0xdc { 2 } else { 0 }),
            Encoding::Utf16Be => Some(offset - if byte(offset)? & 0xfc == 0xdc { 2 } else { 0 }),
        }
    }
}

/// Where text goes on behind a hole.
fn hole_ends(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(from..)?;
        let hole = memmem::find(rest, &HOLE)?;
        from += hole + rest.get(hole..)?.iter().position(|byte| *byte != 0)?;
        Some(from)
    })
}

fn slice(at: u64, bytes: &[u8], from: u64, to: u64) -> Option<&[u8]> {
    let end = usize::try_from(to.checked_sub(at)?).ok()?.min(bytes.len());
    bytes.get(usize::try_from(from.checked_sub(at)?).ok()?..end)
}

fn whole_utf8(offset: u64, byte: impl Fn(u64) -> Option<u8>) -> Option<u64> {
    if byte(offset)? & 0xc0 != 0x80 {
        return Some(offset);
    }
    for back in 1..4 {
        let before = byte(offset - back)?;
        if before >= 0xc0 {
            let length = if before >= 0xf0 { 4 } else { 3 - u64::from(before < 0xe0) };
            return Some(if length > back { offset - back } else { offset });
        }
        if before < 0x80 {
            break;
        }
    }
    Some(offset)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let spans = cut(0, text.as_bytes(), true);
        let lines: Vec<&str> = spans.iter().map(|span| &text[span.start as usize..span.end as usize]).collect();
        assert_eq!(lines, expected, "{text:?}");
    }

    #[test]
    fn lines_end_with_lf() {
        check("", &[]);
        check("\n", &["\n"]);
        check("a\nb", &["a\n", "b"]);
        check("a\r\n\nb\n", &["a\r\n", "\n", "b\n"]);
    }

    #[test]
    fn what_has_no_end_yet_is_left_where_more_may_come() {
        assert_eq!(cut(0, b"a\nb", false), [Span { start: 0, end: 2 }]);
        assert_eq!(cut(7, b"a\nb\n", false), [Span { start: 9, end: 11 }]);
    }

    #[test]
    fn a_line_without_end_is_cut_between_characters() {
        let text = format!("{}é{}", "x".repeat(4095), "y".repeat(9000));
        let spans = cut(0, text.as_bytes(), true);
        let starts: Vec<u64> = spans.iter().map(|span| span.start).collect();
        assert_eq!(starts, [0, 4095, 8192, 12288]);
        assert!(spans.iter().all(|span| text.is_char_boundary(span.start as usize)));
    }

    proptest! {
        #[test]
        fn a_part_has_the_lines_of_the_whole(
            runs in prop::collection::vec((0..4u8, 1..6000usize), 0..12), from in 0..40_000usize, length in 0..40_000usize,
        ) {
            let mut file = Vec::new();
            for (kind, length) in runs {
                let unit: &[u8] = match kind { 0 => b"\n", 1 => b"a", 2 => "\u{20ac}".as_bytes(), _ => &[0xbf, b'x'] };
                let length = if kind == 0 { length % 4 } else { length };
                file.extend(unit.iter().cycle().take(length));
            }
            let whole = cut(0, &file, true);
            prop_assert_eq!(whole.iter().map(|span| span.end - span.start).sum::<u64>(), file.len() as u64);
            prop_assert!(whole.iter().all(|span| span.end - span.start < 2 * STRIDE + 4));
            let (from, to) = (from.min(file.len()), (from + length).min(file.len()));
            let part = cut(from as u64, &file[from..to], to == file.len());
            for span in &part {
                prop_assert!(whole.contains(span), "{span:?} is no line");
            }
            // All that begin a stride after its start are there.
            let safe = if from == 0 { 0 } else { from as u64 + 2 * STRIDE };
            let due = whole.iter().filter(|span| span.start >= safe && span.end < to as u64);
            for span in due {
                prop_assert!(part.contains(span), "{span:?} is missing");
            }
        }
    }
}
