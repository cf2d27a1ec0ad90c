//! The last lines of a file, for a short look at it. Asks for nothing: the bytes of the file's end are given.

use super::hex;
use super::level::Level;
use super::stack_trace::{TraceState, level_below};
use super::styled_line::StyledLine;
use super::text_format::TextFormat;

/// A longer line is cut after so many characters.
const LONGEST: usize = 2_000;

/// One of the last lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastLine {
    /// The line's text, without its line end and without colours; cut after 2,000 characters.
    pub text: String,
    /// The line's level; `None` if the line names none.
    pub level: Option<Level>,
}

/// At most `most` lines at the end of a file whose last bytes are `bytes`, from the offset `at` on. A first line that lacks its
/// beginning is left out, unless it is the only one.
pub fn last_lines(at: u64, bytes: &[u8], most: usize) -> Vec<LastLine> {
    let format = format(at, bytes).with_returns(bytes);
    let end = at + bytes.len() as u64;
    let mut starts: Vec<u64> = format.line_ends(at, bytes).filter(|start| *start < end).collect();
    if at == 0 || starts.is_empty() {
        starts.insert(0, at);
    }
    let ends: Vec<u64> = starts.iter().skip(1).copied().chain([end]).collect();
    let first = starts.len().saturating_sub(most);
    let mut trace = None;
    // Lines before the first one that is shown may be of the same trace.
    let lines = starts.iter().zip(&ends).skip(first.saturating_sub(most)).filter_map(|(start, end)| {
        let bytes = bytes.get((start - at) as usize..(end - at) as usize)?;
        let text = StyledLine::of(&format.decode(*start, bytes), false).text;
        Some(last_line(&text, &mut trace))
    });
    let lines: Vec<LastLine> = if bytes.is_empty() { Vec::new() } else { lines.collect() };
    let more = lines.len().saturating_sub(most);
    lines.into_iter().skip(more).collect()
}

/// Whether the end of a file is no text in any encoding that is read.
pub fn is_binary(at: u64, bytes: &[u8]) -> bool {
    hex::is_binary(&format(at, bytes).decode(u64::MAX, bytes))
}

fn format(at: u64, bytes: &[u8]) -> TextFormat {
    TextFormat::detect(if at == 0 { bytes } else { &[] }, bytes)
}

fn last_line(text: &str, trace: &mut Option<TraceState>) -> LastLine {
    let cut = text.char_indices().nth(LONGEST).and_then(|(at, _)| text.get(..at));
    let (level, next) = level_below(*trace, text);
    *trace = next;
    LastLine { text: cut.map_or_else(|| text.to_owned(), |cut| format!("{cut}…")), level }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(at: u64, bytes: &[u8], most: usize) -> Vec<String> {
        last_lines(at, bytes, most).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn the_last_lines_are_whole() {
        assert_eq!(texts(0, b"", 3), Vec::<String>::new());
        assert_eq!(texts(0, b"a\n", 3), ["a"]);
        assert_eq!(texts(0, b"a\r\nb\n\nc", 3), ["b", "", "c"]);
        assert_eq!(texts(0, b"a\nb\nc\nd\n", 3), ["b", "c", "d"]);
        assert_eq!(texts(10, b"rest of one\nb\nc\n", 3), ["b", "c"], "a line without its beginning is left out");
        assert_eq!(texts(10, b"rest of one", 3), ["rest of one"], "unless it is the only one");
        assert_eq!(texts(10, b"rest of one\n", 3), ["rest of one"]);
        assert_eq!(texts(0, b"\x1b[31mred\x1b[0m\nprogress\rdone\n", 3), ["red", "done"]);
        assert_eq!(texts(0, &[0xff, 0xfe, b'h', 0, b'i', 0, b'\n', 0], 3), ["hi"]);
    }

    #[test]
    fn text_in_another_encoding_is_not_binary() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        assert!(!is_binary(0, &utf16("\u{feff}error: kaputt\nzwei Zeilen – ja\n")));
        assert!(!is_binary(1000, &utf16(&"a line of plain text\n".repeat(20))));
        assert!(!is_binary(0, b"plain\n") && !is_binary(0, b""));
        assert!(is_binary(0, b"\x7fELF\x02\x01\x01\0\0\0") && is_binary(9, &[0x01; 64]));
    }

    #[test]
    fn the_lines_of_a_trace_are_errors_though_it_begins_above() {
        let text = "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\nGone: x\nplain\n";
        let levels: Vec<_> = last_lines(0, text.as_bytes(), 3).into_iter().map(|line| line.level).collect();
        assert_eq!(levels, [Some(Level::Error), Some(Level::Error), None]);
    }

    #[test]
    fn long_lines_are_cut_and_levels_are_known() {
        let lines = last_lines(0, format!("ERROR {}\nplain\n", "é".repeat(3_000)).as_bytes(), 20);
        assert_eq!(lines.iter().map(|line| line.level).collect::<Vec<_>>(), [Some(Level::Error), None]);
        assert_eq!(lines.first().map(|line| line.text.chars().count()), Some(LONGEST + 1));
    }
}
