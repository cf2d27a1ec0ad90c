//! Bytes that are no text: found by themselves, and shown sixteen a line.

use memchr::memmem;

use crate::files::hole::HOLE;
use crate::files::lines::Span;

/// Bytes of a line.
const WIDE: u64 = 16;
/// How many of a file's bytes decide, and how many of them may be odd in a thousand.
const SAMPLE: usize = 8192;
const ODD: usize = 100;

/// Whether this looks like no text: some NULs that are no hole of the file, or too many bytes that no text has.
pub fn is_binary(bytes: &[u8]) -> bool {
    let filled = memmem::find(bytes, &HOLE).is_none();
    let without_holes = || bytes.chunk_by(|a, b| (*a == 0) == (*b == 0)).filter(|run| !run.ends_with(&HOLE));
    let owned = if filled { Vec::new() } else { without_holes().flatten().copied().collect() };
    let sample = if filled { bytes } else { owned.as_slice() };
    let sample = sample.get(..sample.len().min(SAMPLE)).unwrap_or_default();
    let nul = sample.iter().filter(|byte| **byte == 0).count();
    let control = sample.iter().filter(|byte| matches!(byte, 1..=8 | 11 | 14..=26 | 28..=31 | 127)).count();
    let invalid: usize = sample.utf8_chunks().map(|chunk| chunk.invalid().len()).sum();
    let printed = sample.iter().filter(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 32..=126)).count();
    // Text in an encoding of East Asia is no UTF-8 at all, but has line ends, blanks and digits, and next to no controls.
    let is_foreign = printed * 1000 > sample.len() * ODD && control * 100 < sample.len();
    let odd = nul + control + if is_foreign { 0 } else { invalid };
    nul * 500 > sample.len() || odd * 1000 > sample.len() * ODD
}

/// A line of sixteen bytes: each as two digits, and as a letter where it is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HexRow {
    /// The bytes in hexadecimal, padded to sixteen: a space between bytes, two in the middle.
    pub digits: String,
    /// One character a byte: its ASCII character if that is printable, otherwise `·`.
    pub letters: String,
}

impl HexRow {
    /// Rows of the bytes at an offset. A short last row counts only at the file's end.
    pub fn spans(at: u64, bytes: &[u8], is_end: bool) -> Vec<Span> {
        let end = at + bytes.len() as u64;
        let first = at.next_multiple_of(WIDE);
        let last = if is_end { end } else { end / WIDE * WIDE };
        let starts = (first..last.max(first)).step_by(WIDE as usize);
        starts.map(|start| Span { start, end: (start + WIDE).min(last) }).collect()
    }

    /// Formats the bytes of a row.
    pub fn of(bytes: &[u8]) -> Self {
        let (mut digits, mut letters) = (String::new(), String::new());
        for nth in 0..WIDE as usize {
            if nth > 0 {
                digits.push_str(if nth % 8 == 0 { "  " } else { " " });
            }
            match bytes.get(nth) {
                Some(byte) => {
                    digits.push_str(&format!("{byte:02x}"));
                    letters.push(if matches!(byte, 32..=126) { char::from(*byte) } else { '·' });
                }
                None => digits.push_str("  "),
            }
        }
        Self { digits, letters }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_reported_from_the_rest() {
        for text in ["", "a\tb\r\n", "\u{1b}[31mé\u{1b}[0m"] {
            assert!(!is_binary(text.as_bytes()), "{text}");
        }
        assert!(is_binary(b"\x7fELF\x02\x01\x01\0\0\0") && is_binary(b"\0\x01\xffbin") && is_binary(&[0xff; 40]));
        assert!(!is_binary(&[b"caf\xe9 ".as_slice(), &[b'x'; 60]].concat()));
    }

    #[test]
    fn text_in_another_encoding_is_text() {
        let japanese = b"2026-11-22 10:00:00 INFO 7 \x83\x47\x83\x89\x81\x5b\n".repeat(100);
        assert!(!is_binary(&japanese) && !is_binary(&b"\x83\x47\x83\x89\x81\x5b\n".repeat(100)));
        // Noise has every byte as often.
        let noise: Vec<u8> = (0..8192u32).map(|nth| (nth.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        assert!(is_binary(&noise));
    }

    #[test]
    fn sixteen_a_line() {
        let octets = HexRow::of(b"\x7fELF and more");
        assert_eq!(octets.digits, "7f 45 4c 46 20 61 6e 64  20 6d 6f 72 65         ");
        assert_eq!(octets.letters, "·ELF and more");
        let spans = |is_end| HexRow::spans(10, &[0; 40], is_end).iter().map(|span| span.start).collect::<Vec<_>>();
        assert_eq!((spans(false), spans(true)), (vec![16, 32], vec![16, 32, 48]));
    }
}
