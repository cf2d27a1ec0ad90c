//! JSON made legible by blanks alone: keys keep their order, repeated ones stay, and numbers stay as they were written.
//! Understands no value, and changes none.

use std::iter::Peekable;
use std::str::Chars;

use serde::de::IgnoredAny;

/// The text with a line for each key and each element, if it is JSON.
///
/// # Errors
/// If it is not, with the place.
pub fn indented(json: &str) -> Result<String, serde_json::Error> {
    let mut indent = Indent::of(json)?;
    let mut out = String::with_capacity(json.len() * 2);
    indent.write(&mut out, usize::MAX);
    Ok(out)
}

/// Indents a text some lines at a time: megabytes at once would block the page.
#[derive(Debug)]
pub struct Indent<'a> {
    letters: Peekable<Chars<'a>>,
    depth: usize,
    /// What comes next begins a line.
    breaks: bool,
}

/// Lines that are deeper have no more blanks before them: of a text of brackets alone, blanks would make gigabytes.
const DEEPEST: usize = 100;

impl<'a> Indent<'a> {
    /// Checks the text once, and starts at its beginning.
    ///
    /// # Errors
    /// If it is no JSON, with the place.
    pub fn of(json: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str::<IgnoredAny>(json)?;
        Ok(Self::of_json(json))
    }

    /// Starts without a check, for text that is known to be JSON; other text gives meaningless lines.
    pub fn of_json(json: &'a str) -> Self {
        Self { letters: json.chars().peekable(), depth: 0, breaks: false }
    }

    /// Next lines, at most `count`, without the last line break; `None` at the end.
    pub fn next_lines(&mut self, count: usize) -> Option<String> {
        self.skip_blanks();
        self.letters.peek()?;
        let mut out = String::new();
        self.write(&mut out, count.max(1));
        Some(out)
    }

    fn write(&mut self, out: &mut String, count: usize) {
        let mut lines = 0;
        loop {
            self.skip_blanks();
            let Some(letter) = self.letters.peek().copied() else { return };
            let closes = is_end(letter);
            if self.breaks || closes {
                if lines == count {
                    return;
                }
                self.depth -= usize::from(closes).min(self.depth);
                if lines > 0 {
                    out.push('\n');
                }
                out.extend(std::iter::repeat_n("  ", self.depth.min(DEEPEST)));
                self.breaks = false;
                lines += 1;
            }
            // The very first line has nothing before it.
            lines = lines.max(1);
            self.letters.next();
            self.token(letter, out);
        }
    }

    /// A text whole; of numbers and names a letter at a time, since they contain no blank.
    fn token(&mut self, letter: char, out: &mut String) {
        out.push(letter);
        match letter {
            '{' | '[' => {
                self.skip_blanks();
                let end = self.letters.next_if(|next| is_end(*next));
                self.depth += usize::from(end.is_none());
                self.breaks = end.is_none();
                out.extend(end);
            }
            ',' => self.breaks = true,
            ':' => out.push(' '),
            '"' => {
                let mut escaped = false;
                for letter in self.letters.by_ref() {
                    out.push(letter);
                    if letter == '"' && !escaped {
                        return;
                    }
                    escaped = letter == '\\' && !escaped;
                }
            }
            _ => {}
        }
    }

    fn skip_blanks(&mut self) {
        while self.letters.next_if(|next| is_blank(*next)).is_some() {}
    }
}

const fn is_end(letter: char) -> bool {
    matches!(letter, '}' | ']')
}

const fn is_blank(letter: char) -> bool {
    matches!(letter, ' ' | '\n' | '\r' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: &str) {
        assert_eq!(indented(json).expect("it is JSON"), expected);
    }

    #[test]
    fn a_line_for_each_key_and_element() {
        check(
            r#"{"b":[1,2],"a":{"c":null}}"#,
            "{\n  \"b\": [\n    1,\n    2\n  ],\n  \"a\": {\n    \"c\": null\n  }\n}",
        );
        check(" [ ] ", "[]");
        check("{\n\t\"a\" : { } }\r\n", "{\n  \"a\": {}\n}");
        check("true", "true");
    }

    #[test]
    fn nothing_is_put_in_another_order_or_spelt_replaced() {
        check(r#"{"z":1.50,"a":1e3,"z":-0}"#, "{\n  \"z\": 1.50,\n  \"a\": 1e3,\n  \"z\": -0\n}");
        check("[123456789012345678901234567890]", "[\n  123456789012345678901234567890\n]");
    }

    #[test]
    fn texts_stay_as_they_are() {
        check(
            r#"["a b","\"{,:}\\","\\\"x","é\u00e9"]"#,
            "[\n  \"a b\",\n  \"\\\"{,:}\\\\\",\n  \"\\\\\\\"x\",\n  \"é\\u00e9\"\n]",
        );
    }

    #[test]
    fn what_is_no_json_is_left() {
        for text in ["", "{", "[1,]", "{\"a\"}", "nonsense", "\"\n\"", "{} {}"] {
            assert!(indented(text).is_err(), "{text}");
        }
    }

    #[test]
    fn in_parts_it_is_the_same() {
        let json = r#" {"a":[1,[ ],{"b":"x, {y}"},[[2]]],"c":{"d":null,"e":[{}]}} "#;
        let whole = indented(json).expect("it is JSON");
        for count in 1..20 {
            let mut indent = Indent::of(json).expect("it is JSON");
            let parts: Vec<String> = std::iter::from_fn(|| indent.next_lines(count)).collect();
            assert_eq!(parts.join("\n"), whole, "{count} lines at a time");
            assert!(parts.iter().all(|part| part.lines().count() <= count), "{count} lines at a time");
        }
        assert_eq!(Indent::of("7").ok().and_then(|mut indent| indent.next_lines(1)), Some("7".to_owned()));
    }

    #[test]
    fn brackets_alone_make_no_gigabytes() {
        let depth = 20_000;
        let text = indented(&("[".repeat(depth) + "]".repeat(depth).as_str())).expect("it is JSON");
        assert!(text.lines().count() < 2 * depth && text.len() < depth * 2 * (2 * DEEPEST + 3));
    }

    #[test]
    fn it_says_the_same_as_before() {
        let json = r#"{"agents":[{"id":{"value":"a-S1"},"cpus":0.1,"text":"a, b: {c}"},{}],"none":[[],[[]]]}"#;
        let same = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("it is JSON");
        assert_eq!(same(&indented(json).expect("it is JSON")), same(json));
    }
}
