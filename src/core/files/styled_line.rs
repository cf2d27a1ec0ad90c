//! A line as it is shown: its escapes as colours and styles, what cannot be read spelt out. Never markup; copies no byte unseen.
//!
//! A line alone begins without a style. One that is shown below others begins with what the last of them ended with; how many of
//! those are looked at is the caller's choice, since a style may have started anywhere in a file.

use anstyle_parse::{Params, Parser, Perform, Utf8Parser};
use memchr::memmem;

use crate::base::escaping::escaped;
use crate::files::hole::HOLE;

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextColour {
    /// One of a terminal's sixteen colours, in the reader's palette; 16 is the page's own colour, used for inverse
    /// text.
    Palette(u8),
    /// Red, green and blue.
    Rgb(u8, u8, u8),
}

/// Colours and attributes of a stretch of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TextStyle {
    /// Colour of the letters; `None` for the page's own.
    pub fg: Option<TextColour>,
    /// Colour behind the letters; `None` for the page's own.
    pub bg: Option<TextColour>,
    /// Bold (SGR 1).
    pub bold: bool,
    /// Faint (SGR 2).
    pub dim: bool,
    /// Italic (SGR 3).
    pub italic: bool,
    /// Underlined (SGR 4).
    pub underline: bool,
    /// Struck through (SGR 9).
    pub struck: bool,
    /// No text: a byte or a character that would not be seen, spelt out.
    pub odd: bool,
}

/// A stretch of a line in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StyledSpan {
    /// The characters of the stretch, without control sequences.
    pub text: String,
    /// How all of those characters look.
    pub look: TextStyle,
    /// Number of the pattern whose match covers the stretch; `None` if unmarked.
    pub mark: Option<u8>,
}

/// Style at a line's end, which the next line begins with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CarriedStyle {
    look: TextStyle,
    inverse: bool,
}

/// A line of text with its styles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StyledLine {
    /// The characters to show, without control sequences.
    pub text: String,
    /// Each look, from that byte of the text on.
    looks: Vec<(usize, TextStyle)>,
    /// Number of times that a carriage return overwrote the line, as progress bars do; the last text is shown.
    pub overwritten: u32,
}

impl StyledLine {
    /// The line without its end. With `all`, what was overwritten stays, each carriage return as a sign.
    pub fn of(bytes: &[u8], all: bool) -> Self {
        Self::below(CarriedStyle::default(), bytes, all).0
    }

    /// A line below one that left a style, and the style that it leaves itself.
    pub fn below(style: CarriedStyle, bytes: &[u8], all: bool) -> (Self, CarriedStyle) {
        let mut pen = Pen::new(style, all);
        pen.line(bytes);
        (pen.line, pen.style)
    }

    /// Appends words that describe bytes which are no text.
    #[must_use]
    pub fn with_odd_end(mut self, words: &str) -> Self {
        self.looks.push((self.text.len(), TextStyle { odd: true, ..TextStyle::default() }));
        self.text.push_str(words);
        self
    }

    /// Splits the line by style and by marks, which are in order; where two overlap, the first wins.
    pub fn parts(&self, marks: &[(usize, usize, u8)]) -> Vec<StyledSpan> {
        let mut edges: Vec<usize> = self.looks.iter().map(|(at, _)| *at).collect();
        edges.extend(marks.iter().flat_map(|(from, to, _)| [*from, *to]));
        edges.extend([0, self.text.len()]);
        edges.retain(|at| *at <= self.text.len() && self.text.is_char_boundary(*at));
        edges.sort_unstable();
        edges.dedup();
        let part = |pair: &[usize]| {
            let (from, to) = (*pair.first()?, *pair.get(1)?);
            let look = self.looks.partition_point(|(at, _)| *at <= from).checked_sub(1);
            Some(StyledSpan {
                text: self.text.get(from..to)?.to_owned(),
                look: look.and_then(|at| self.looks.get(at)).map_or(TextStyle::default(), |(_, look)| *look),
                mark: marks.iter().find(|(start, end, _)| *start <= from && to <= *end).map(|(.., mark)| *mark),
            })
        };
        edges.windows(2).filter_map(part).collect()
    }
}

/// Offset in a line's bytes of an offset in its shown text, so that a selection is copied from the file. The text's
/// start and end map to the line's, without its line end.
pub fn byte_of(bytes: &[u8], all: bool, offset: usize) -> usize {
    let mut pen = Pen { sought: Some(offset), ..Pen::new(CarriedStyle::default(), all) };
    pen.line(bytes);
    if offset == 0 { 0 } else { pen.found.unwrap_or(without_end(bytes).len()) }
}

/// A line's text alone, as `StyledLine` has it, for those who look for words in it.
pub fn plain(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    let bytes = without_end(bytes);
    let is_plain = bytes.iter().all(|byte| matches!(byte, b'\t' | 0x20..=0x7e));
    match std::str::from_utf8(bytes) {
        Ok(text) if is_plain => text.into(),
        Ok(_) | Err(_) => StyledLine::of(bytes, true).text.into(),
    }
}

fn without_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// Where an escape sequence begins that has no end in these bytes: a string (OSC, DCS, SOS, PM, APC) without its BEL or ST, a
/// CSI without its last letter.
fn left_open(bytes: &[u8]) -> Option<usize> {
    let mut escapes = memchr::memchr_iter(0x1b, bytes);
    escapes.find(|at| {
        let rest = bytes.get(at + 2..).unwrap_or_default();
        match bytes.get(at + 1) {
            Some(b']') => memchr::memchr(7, rest).is_none() && memmem::find(rest, b"\x1b\\").is_none(),
            Some(b'P' | b'X' | b'^' | b'_') => memmem::find(rest, b"\x1b\\").is_none(),
            Some(b'[') => rest.iter().all(|byte| matches!(byte, 0x20..=0x3f)),
            _ => false,
        }
    })
}

/// Writes a line down as a terminal would.
struct Pen {
    line: StyledLine,
    style: CarriedStyle,
    all: bool,
    /// A carriage return came: the next text overwrites the line from its start.
    returned: bool,
    /// Offset in the bytes of what is written now.
    at: usize,
    /// An offset of the text, and the offset in the bytes of what is written there.
    sought: Option<usize>,
    found: Option<usize>,
}

impl Pen {
    fn new(style: CarriedStyle, all: bool) -> Self {
        Self { line: StyledLine::default(), style, all, returned: false, at: 0, sought: None, found: None }
    }

    fn line(&mut self, bytes: &[u8]) {
        let bytes = without_end(bytes);
        let mut rest = bytes;
        // What a sequence that never ends would swallow is text.
        while let Some((before, open)) = left_open(rest).and_then(|at| rest.split_at_checked(at)) {
            self.read(before, bytes.len() - rest.len());
            self.at = bytes.len() - open.len();
            self.spell("␛");
            rest = open.get(1..).unwrap_or_default();
        }
        self.read(rest, bytes.len() - rest.len());
    }

    /// Bytes of the line that are there.
    fn read(&mut self, bytes: &[u8], mut at: usize) {
        let mut parser = Parser::<Utf8Parser>::new();
        for chunk in bytes.utf8_chunks() {
            self.read_text(&mut parser, chunk.valid(), at);
            at += chunk.valid().len();
            for byte in chunk.invalid() {
                self.at = at;
                self.spell(&format!("\\x{byte:02x}"));
                at += 1;
            }
        }
    }

    /// A hole of the file is spelt out as a count of NULs.
    fn read_text(&mut self, parser: &mut Parser<Utf8Parser>, mut text: &str, mut at: usize) {
        while let Some(from) = memmem::find(text.as_bytes(), &HOLE) {
            let (before, rest) = text.split_at(from);
            let length = rest.bytes().take_while(|byte| *byte == 0).count();
            self.read_chars(parser, before, at);
            self.at = at + from;
            self.spell(&format!("␀×{length}"));
            at += from + length;
            text = rest.get(length..).unwrap_or_default();
        }
        self.read_chars(parser, text, at);
    }

    fn read_chars(&mut self, parser: &mut Parser<Utf8Parser>, text: &str, at: usize) {
        if text.contains('\u{1b}') {
            for (nth, byte) in text.bytes().enumerate() {
                self.at = at + nth;
                parser.advance(self, byte);
            }
        } else {
            for (nth, c) in text.char_indices() {
                self.at = at + nth;
                self.put(c);
            }
        }
    }

    fn put(&mut self, c: char) {
        match c {
            '\r' if self.all => self.spell("␍"),
            '\r' => self.returned = true,
            '\t' => self.write("\t", self.style.look),
            _ if is_unseen(c) => self.spell(&escaped(c).unwrap_or_default()),
            _ => {
                let look = self.now();
                self.write(c.encode_utf8(&mut [0; 4]), look);
            }
        }
    }

    fn now(&self) -> TextStyle {
        let look = self.style.look;
        // What is inverse without colours has the page's own, the other way round; 16 represents them.
        if self.style.inverse {
            let page = TextColour::Palette(16);
            return TextStyle { fg: look.bg.or(Some(page)), bg: look.fg.or(Some(page)), ..look };
        }
        look
    }

    fn spell(&mut self, text: &str) {
        self.write(text, TextStyle { odd: true, ..TextStyle::default() });
    }

    fn write(&mut self, text: &str, look: TextStyle) {
        if std::mem::take(&mut self.returned) && !self.line.text.is_empty() {
            self.line.text.clear();
            self.line.looks.clear();
            self.line.overwritten += 1;
            self.found = None;
        }
        if self.found.is_none() && self.sought.is_some_and(|sought| sought < self.line.text.len() + text.len()) {
            self.found = Some(self.at);
        }
        if self.line.looks.last().is_none_or(|(_, last)| *last != look) {
            self.line.looks.push((self.line.text.len(), look));
        }
        self.line.text.push_str(text);
    }

    /// SGR, ECMA-48 8.3.117.
    fn style(&mut self, params: &Params) {
        let CarriedStyle { look, inverse } = &mut self.style;
        let basic = |code: u16| u8::try_from(code).ok().map(TextColour::Palette);
        let mut codes = params.iter();
        while let Some(code) = codes.next() {
            let first = code.first().copied().unwrap_or(0);
            match first {
                0 => (*look, *inverse) = (TextStyle::default(), false),
                1 => look.bold = true,
                2 => look.dim = true,
                3 => look.italic = true,
                4 => look.underline = code.get(1) != Some(&0),
                7 => *inverse = true,
                9 => look.struck = true,
                22 => (look.bold, look.dim) = (false, false),
                23 => look.italic = false,
                24 => look.underline = false,
                27 => *inverse = false,
                29 => look.struck = false,
                30..=37 => look.fg = basic(first - 30),
                39 => look.fg = None,
                40..=47 => look.bg = basic(first - 40),
                49 => look.bg = None,
                90..=97 => look.fg = basic(first - 82),
                100..=107 => look.bg = basic(first - 92),
                38 | 48 => {
                    // `38:5:N` is one parameter, `38;5;N` are three.
                    let colour = if code.len() > 1 {
                        colour(&mut code.iter().skip(1).copied(), code.len() > 5)
                    } else {
                        colour(&mut codes.by_ref().map(|code| code.first().copied().unwrap_or(0)), false)
                    };
                    if first == 38 { look.fg = colour } else { look.bg = colour }
                }
                _ => {}
            }
        }
    }
}

impl Perform for Pen {
    fn print(&mut self, c: char) {
        // It is reported with its last byte.
        self.at = (self.at + 1).saturating_sub(c.len_utf8());
        self.put(c);
    }

    fn execute(&mut self, byte: u8) {
        self.put(char::from(byte));
    }

    /// Only SGR is about looks; all else moves cursors that a file has not.
    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], ignore: bool, action: u8) {
        if action == b'm' && intermediates.is_empty() && !ignore {
            if params.is_empty() {
                self.style = CarriedStyle::default();
            } else {
                self.style(params);
            }
        }
    }
}

/// One of 256, or red, green and blue.
fn colour(rest: &mut dyn Iterator<Item = u16>, spaced: bool) -> Option<TextColour> {
    let byte = |value: u16| u8::try_from(value).ok();
    match rest.next()? {
        5 => match byte(rest.next()?)? {
            code @ 0..=15 => Some(TextColour::Palette(code)),
            // As xterm has them: a cube of six steps each, and greys.
            code @ 16..=231 => {
                let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
                let cube = code - 16;
                Some(TextColour::Rgb(level(cube / 36), level(cube / 6 % 6), level(cube % 6)))
            }
            code @ 232..=255 => {
                let grey = 8 + 10 * (code - 232);
                Some(TextColour::Rgb(grey, grey, grey))
            }
        },
        2 => {
            // `38:2::R:G:B` tells a colour space first.
            let all: Vec<u16> = rest.take(3 + usize::from(spaced)).skip(usize::from(spaced)).collect();
            Some(TextColour::Rgb(byte(*all.first()?)?, byte(*all.get(1)?)?, byte(*all.get(2)?)?))
        }
        _ => None,
    }
}

/// Characters that are invisible, or that move others; blanks and joiners are what a log writes all the time.
fn is_unseen(c: char) -> bool {
    let is_usual = matches!(c, '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{200c}' | '\u{200d}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{2800}' | '\u{fe00}'..='\u{fe0f}');
    !is_usual && escaped(c).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(bytes: &[u8], text: &str) -> StyledLine {
        let shown = StyledLine::of(bytes, false);
        assert_eq!(shown.text, text);
        shown
    }

    #[test]
    fn text_is_as_it_is() {
        check("a <b>\té\r\n".as_bytes(), "a <b>\té");
        check(b"", "");
    }

    #[test]
    fn what_cannot_be_read_is_spelt_out() {
        let shown = check(b"caf\xe9\0\x07!", "caf\\xe9␀␇!");
        assert_eq!(shown.parts(&[]).iter().map(|part| part.look.odd).collect::<Vec<_>>(), [false, true, false]);
        check("a\u{202e}b".as_bytes(), "a\\u{202e}b");
    }

    #[test]
    fn colours_and_styles() {
        let shown = check(b"\x1b[1;31mno\x1b[0m yes\x1b[2K\x1b]0;title\x07!", "no yes!");
        let parts = shown.parts(&[]);
        assert_eq!(parts[0].look, TextStyle { fg: Some(TextColour::Palette(1)), bold: true, ..TextStyle::default() });
        assert_eq!((parts.len(), parts[1].text.as_str(), parts[1].look), (2, " yes!", TextStyle::default()));
        let fg = |bytes: &[u8]| StyledLine::of(bytes, false).parts(&[])[0].look.fg;
        assert_eq!(fg(b"\x1b[38;5;196mx"), Some(TextColour::Rgb(255, 0, 0)));
        assert_eq!(fg(b"\x1b[38;5;240mx"), Some(TextColour::Rgb(88, 88, 88)));
        assert_eq!(fg(b"\x1b[38;5;300mx"), None);
        assert_eq!(fg(b"\x1b[38;2;0;200;7mx"), Some(TextColour::Rgb(0, 200, 7)));
        assert_eq!(fg(b"\x1b[38:2::1:2:3mx"), Some(TextColour::Rgb(1, 2, 3)));
        assert_eq!(fg(b"\x1b[38:5:4mx"), Some(TextColour::Palette(4)));
        assert_eq!(fg(b"\x1b[97mx"), Some(TextColour::Palette(15)));
        assert_eq!(fg(b"\x1b[7mx"), Some(TextColour::Palette(16)));
        let both = StyledLine::of(b"\x1b[38;2;1;2;3;1mx", false).parts(&[])[0].look;
        assert_eq!(
            (both.fg, both.bold),
            (Some(TextColour::Rgb(1, 2, 3)), true),
            "what comes behind a colour is its own"
        );
    }

    #[test]
    fn a_style_lasts_until_it_is_ended() {
        let (_, red) = StyledLine::below(CarriedStyle::default(), b"\x1b[31mone\n", false);
        let (two, still) = StyledLine::below(red, b"two\n", false);
        let (three, none) = StyledLine::below(still, b"three\x1b[0m!\n", false);
        let looks = |shown: &StyledLine| shown.parts(&[]).iter().map(|part| part.look.fg).collect::<Vec<_>>();
        assert_eq!(
            (looks(&two), looks(&three)),
            (vec![Some(TextColour::Palette(1))], vec![Some(TextColour::Palette(1)), None])
        );
        assert_eq!((still, none), (red, CarriedStyle::default()));
    }

    #[test]
    fn progress_is_overwritten() {
        assert_eq!(check(b"10 %\r50 %\r100 %\r\n", "100 %").overwritten, 2);
        assert_eq!(StyledLine::of(b"10 %\r50 %\n", true).text, "10 %␍50 %");
    }

    #[test]
    fn a_return_at_the_lines_end_overwrites_nothing() {
        assert_eq!(check(b"text\r\r\n", "text").overwritten, 0);
        assert_eq!(check(b"10 %\rtext\x1b[0m\r\r\n", "text").overwritten, 1);
    }

    #[test]
    fn a_sequence_that_never_ends_hides_nothing() {
        check(b"a\x1b]0;title and the rest\n", "a␛]0;title and the rest");
        check(b"a\x1bPb\x07c", "a␛Pb␇c");
        check(b"a\x1b_b \x1b[1mc\x1b[0m", "a␛_b c");
        check(b"a\x1b]8;;u\x1b\\b\x1b[12;", "ab␛[12;");
        check(b"\x1b]\x1b]\x1b", "␛]␛]");
        assert_eq!(plain(b"a\x1b]b"), "a␛]b");
    }

    #[test]
    fn what_is_shown_is_somewhere_in_the_file() {
        let check = |bytes: &[u8], all, part: &str, place: usize| {
            let offset = StyledLine::of(bytes, all).text.find(part).unwrap_or_else(|| panic!("{part}"));
            assert_eq!(byte_of(bytes, all, offset), place, "{part}");
        };
        check("aé\x1b[1mü!\x1b[0mx\r\n".as_bytes(), false, "ü", 7);
        check("aé\x1b[1mü!\x1b[0mx\r\n".as_bytes(), false, "x", 14);
        check(b"caf\xe9 x", false, " x", 4);
        check(b"a\x1b]0;b", false, "0;b", 3);
        check(b"10 %\r50 %\n", false, "0 %", 6);
        check(b"10 %\r50 %\n", true, "50", 5);
        assert_eq!((byte_of(b"\x1b[1mab\x1b[0m\n", false, 0), byte_of(b"\x1b[1mab\x1b[0m\n", false, 2)), (0, 10));
    }

    #[test]
    fn marks_cut_parts() {
        let shown = StyledLine::of(b"a\x1b[1mbcd", false);
        let parts = shown.parts(&[(0, 2, 0), (3, 4, 1)]);
        let reported: Vec<_> = parts.iter().map(|part| (part.text.as_str(), part.look.bold, part.mark)).collect();
        let expected = [("a", false, Some(0)), ("b", true, Some(0)), ("c", true, None), ("d", true, Some(1))];
        assert_eq!(reported, expected);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_line(bytes in prop::collection::vec(prop_oneof![Just(0x1b), Just(b'['), Just(b'm'), any::<u8>()], 0..200)) {
            let shown = StyledLine::of(&bytes, true);
            prop_assert!(!shown.text.contains(|c: char| c.is_control() && c != '\t'));
            let joined: String = shown.parts(&[(1, 5, 0)]).into_iter().map(|part| part.text).collect();
            prop_assert_eq!(&joined, &shown.text);
            // Whatever is shown, the places of it in the file rise with it.
            let places: Vec<usize> = (0..=joined.len()).map(|offset| byte_of(&bytes, true, offset)).collect();
            prop_assert!(places.is_sorted() && places.iter().all(|at| *at <= bytes.len()));
        }
    }
}
