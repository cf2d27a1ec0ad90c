//! A line as it is shown: its escapes as colours and styles, what cannot be read spelt out. Never markup; copies no byte unseen.
//!
//! A line begins without a style, whatever the one before it ended with: which that was is not known in a file's middle.

use anstyle_parse::{Params, Parser, Perform, Utf8Parser};
use memchr::memmem;

/// How a part of a line looks. Colours are the sixteen of terminals, by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Look {
    pub ink: Option<u8>,
    pub ground: Option<u8>,
    pub bold: bool,
    pub dim: bool,
    pub italic: bool,
    pub underline: bool,
    pub struck: bool,
    /// No text: a byte or a character that would not be seen, spelt out.
    pub odd: bool,
}

/// A stretch of a line that looks the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub text: String,
    pub look: Look,
    /// Which of the marks it is in.
    pub mark: Option<u8>,
}

/// A line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    pub text: String,
    /// Each look, from that byte of the text on.
    looks: Vec<(usize, Look)>,
    /// How often what stood there was overwritten, as progress bars do by a carriage return. The last is shown.
    pub overwritten: u32,
}

impl Shown {
    /// The line without its end. With `all`, what was overwritten stays, each carriage return as a sign.
    pub fn of(bytes: &[u8], all: bool) -> Self {
        let mut pen = Pen { line: Self::default(), look: Look::default(), inverse: false, all, returned: false };
        let mut rest = without_end(bytes);
        // What a sequence that never ends would swallow is text.
        while let Some((before, open)) = left_open(rest).and_then(|at| rest.split_at_checked(at)) {
            pen.read(before);
            pen.spell("␛");
            rest = open.get(1..).unwrap_or_default();
        }
        pen.read(rest);
        pen.line
    }

    /// Cut into parts by looks and by marks, which stand in order; where two meet, the first wins.
    pub fn parts(&self, marks: &[(usize, usize, u8)]) -> Vec<Part> {
        let mut edges: Vec<usize> = self.looks.iter().map(|(at, _)| *at).collect();
        edges.extend(marks.iter().flat_map(|(from, to, _)| [*from, *to]));
        edges.extend([0, self.text.len()]);
        edges.retain(|at| *at <= self.text.len() && self.text.is_char_boundary(*at));
        edges.sort_unstable();
        edges.dedup();
        let part = |pair: &[usize]| {
            let (from, to) = (*pair.first()?, *pair.get(1)?);
            let look = self.looks.partition_point(|(at, _)| *at <= from).checked_sub(1);
            Some(Part {
                text: self.text.get(from..to)?.to_owned(),
                look: look.and_then(|at| self.looks.get(at)).map_or(Look::default(), |(_, look)| *look),
                mark: marks.iter().find(|(start, end, _)| *start <= from && to <= *end).map(|(.., mark)| *mark),
            })
        };
        edges.windows(2).filter_map(part).collect()
    }
}

/// A line's text alone, as `Shown` has it, for those who look for words in it.
pub fn plain(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    let bytes = without_end(bytes);
    let is_plain = bytes.iter().all(|byte| matches!(byte, b'\t' | 0x20..=0x7e));
    match std::str::from_utf8(bytes) {
        Ok(text) if is_plain => text.into(),
        Ok(_) | Err(_) => Shown::of(bytes, true).text.into(),
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
    line: Shown,
    look: Look,
    inverse: bool,
    all: bool,
    /// A carriage return came: what comes next stands where the line began.
    returned: bool,
}

impl Pen {
    fn read(&mut self, bytes: &[u8]) {
        let mut parser = Parser::<Utf8Parser>::new();
        for chunk in bytes.utf8_chunks() {
            let text = chunk.valid();
            if text.contains('\u{1b}') {
                text.bytes().for_each(|byte| parser.advance(self, byte));
            } else {
                text.chars().for_each(|c| self.put(c));
            }
            chunk.invalid().iter().for_each(|byte| self.spell(&format!("\\x{byte:02x}")));
        }
    }

    fn put(&mut self, c: char) {
        match c {
            '\r' if self.all => self.spell("␍"),
            '\r' => self.returned = true,
            '\t' => self.write("\t", self.look),
            '\0'..'\u{20}' => self.spell(char::from_u32(0x2400 + c as u32).unwrap_or('␀').encode_utf8(&mut [0; 4])),
            '\u{7f}' => self.spell("␡"),
            _ if is_unseen(c) => self.spell(&format!("\\u{{{:x}}}", c as u32)),
            _ => {
                let look = self.now();
                self.write(c.encode_utf8(&mut [0; 4]), look);
            }
        }
    }

    fn now(&self) -> Look {
        let look = self.look;
        // What is inverse without colours has the page's own, the other way round; 16 stands for them.
        if self.inverse {
            return Look { ink: Some(look.ground.unwrap_or(16)), ground: Some(look.ink.unwrap_or(16)), ..look };
        }
        look
    }

    fn spell(&mut self, text: &str) {
        self.write(text, Look { odd: true, ..Look::default() });
    }

    fn write(&mut self, text: &str, look: Look) {
        if std::mem::take(&mut self.returned) && !self.line.text.is_empty() {
            self.line.text.clear();
            self.line.looks.clear();
            self.line.overwritten += 1;
        }
        if self.line.looks.last().is_none_or(|(_, last)| *last != look) {
            self.line.looks.push((self.line.text.len(), look));
        }
        self.line.text.push_str(text);
    }

    /// SGR, ECMA-48 8.3.117.
    fn style(&mut self, params: &Params) {
        let mut codes = params.iter();
        while let Some(code) = codes.next() {
            let first = code.first().copied().unwrap_or(0);
            match first {
                0 => (self.look, self.inverse) = (Look::default(), false),
                1 => self.look.bold = true,
                2 => self.look.dim = true,
                3 => self.look.italic = true,
                4 => self.look.underline = code.get(1) != Some(&0),
                7 => self.inverse = true,
                9 => self.look.struck = true,
                22 => (self.look.bold, self.look.dim) = (false, false),
                23 => self.look.italic = false,
                24 => self.look.underline = false,
                27 => self.inverse = false,
                29 => self.look.struck = false,
                30..=37 => self.look.ink = u8::try_from(first - 30).ok(),
                39 => self.look.ink = None,
                40..=47 => self.look.ground = u8::try_from(first - 40).ok(),
                49 => self.look.ground = None,
                90..=97 => self.look.ink = u8::try_from(first - 82).ok(),
                100..=107 => self.look.ground = u8::try_from(first - 92).ok(),
                38 | 48 => {
                    // `38:5:N` is one parameter, `38;5;N` are three.
                    let colour = if code.len() > 1 {
                        colour(&mut code.iter().skip(1).copied())
                    } else {
                        colour(&mut codes.by_ref().map(|code| code.first().copied().unwrap_or(0)))
                    };
                    if first == 38 { self.look.ink = colour } else { self.look.ground = colour }
                }
                _ => {}
            }
        }
    }
}

impl Perform for Pen {
    fn print(&mut self, c: char) {
        self.put(c);
    }

    fn execute(&mut self, byte: u8) {
        self.put(char::from(byte));
    }

    /// Only SGR is about looks; all else moves cursors that a file has not.
    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], ignore: bool, action: u8) {
        if action == b'm' && intermediates.is_empty() && !ignore {
            if params.is_empty() {
                (self.look, self.inverse) = (Look::default(), false);
            } else {
                self.style(params);
            }
        }
    }
}

/// The sixteen colours' nearest to one of 256, or to red, green and blue.
fn colour(rest: &mut dyn Iterator<Item = u16>) -> Option<u8> {
    let (red, green, blue) = match rest.next()? {
        5 => match rest.next()? {
            code @ 0..=15 => return u8::try_from(code).ok(),
            code @ 16..=231 => {
                let level = |step: u16| if step == 0 { 0 } else { 55 + 40 * i32::from(step) };
                let cube = code - 16;
                (level(cube / 36), level(cube / 6 % 6), level(cube % 6))
            }
            code => {
                let grey = 8 + 10 * (i32::from(code.min(255)) - 232);
                (grey, grey, grey)
            }
        },
        2 => {
            let mut all: Vec<i32> = rest.take(4).map(i32::from).collect();
            if all.len() == 4 && all.first() == Some(&0) {
                all.remove(0);
            }
            (*all.first()?, *all.get(1)?, *all.get(2)?)
        }
        _ => return None,
    };
    let distance = |(_, (r, g, b)): &(u8, (i32, i32, i32))| (red - r).pow(2) + (green - g).pow(2) + (blue - b).pow(2);
    (0..).zip(PALETTE).min_by_key(distance).map(|(number, _)| number)
}

/// As xterm has them.
const PALETTE: [(i32, i32, i32); 16] = [
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
    (127, 127, 127),
    (255, 0, 0),
    (0, 255, 0),
    (255, 255, 0),
    (92, 92, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255, 255, 255),
];

/// Characters that are not seen, or that change where others stand.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(bytes: &[u8], text: &str) -> Shown {
        let shown = Shown::of(bytes, false);
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
        assert_eq!(parts[0].look, Look { ink: Some(1), bold: true, ..Look::default() });
        assert_eq!((parts.len(), parts[1].text.as_str(), parts[1].look), (2, " yes!", Look::default()));
        let ink = |bytes: &[u8]| Shown::of(bytes, false).parts(&[])[0].look.ink;
        assert_eq!(ink(b"\x1b[38;5;196mx"), Some(9));
        assert_eq!(ink(b"\x1b[38;2;0;200;0mx"), Some(2));
        assert_eq!(ink(b"\x1b[38:5:4mx"), Some(4));
        assert_eq!(ink(b"\x1b[97mx"), Some(15));
        assert_eq!(ink(b"\x1b[7mx"), Some(16));
    }

    #[test]
    fn progress_is_overwritten() {
        assert_eq!(check(b"10 %\r50 %\r100 %\r\n", "100 %").overwritten, 2);
        assert_eq!(Shown::of(b"10 %\r50 %\n", true).text, "10 %␍50 %");
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
    fn marks_cut_parts() {
        let shown = Shown::of(b"a\x1b[1mbcd", false);
        let parts = shown.parts(&[(0, 2, 0), (3, 4, 1)]);
        let told: Vec<_> = parts.iter().map(|part| (part.text.as_str(), part.look.bold, part.mark)).collect();
        let expected = [("a", false, Some(0)), ("b", true, Some(0)), ("c", true, None), ("d", true, Some(1))];
        assert_eq!(told, expected);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_line(bytes in prop::collection::vec(prop_oneof![Just(0x1b), Just(b'['), Just(b'm'), any::<u8>()], 0..200)) {
            let shown = Shown::of(&bytes, true);
            prop_assert!(!shown.text.contains(|c: char| c.is_control() && c != '\t'));
            let joined: String = shown.parts(&[(1, 5, 0)]).into_iter().map(|part| part.text).collect();
            prop_assert_eq!(joined, shown.text);
        }
    }
}
