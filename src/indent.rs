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

/// The same, so many lines at a time: a text of megabytes takes longer than a page may stand still.
#[derive(Debug)]
pub struct Indent<'a> {
    letters: Peekable<Chars<'a>>,
    depth: usize,
}

impl<'a> Indent<'a> {
    /// Of a text that is looked through once.
    ///
    /// # Errors
    /// If it is no JSON, with the place.
    pub fn of(json: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str::<IgnoredAny>(json)?;
        Ok(Self { letters: json.chars().peekable(), depth: 0 })
    }

    /// The next lines, and those that close what ends there, without the last one's break; none where there are no more.
    pub fn next_lines(&mut self, count: usize) -> Option<String> {
        self.letters.peek()?;
        let mut out = String::new();
        self.write(&mut out, count);
        Some(out)
    }

    /// Up to so many lines. Where it stops, the next begins.
    fn write(&mut self, out: &mut String, count: usize) {
        let (mut lines, mut quoted, mut escaped) = (0, false, false);
        // The last lines broke off right behind a comma or a bracket.
        if self.depth > 0 {
            self.indent(out);
        }
        while let Some(letter) = self.letters.next() {
            if quoted {
                out.push(letter);
                quoted = escaped || letter != '"';
                escaped = letter == '\\' && !escaped;
                continue;
            }
            let breaks = match letter {
                blank if is_blank(blank) => false,
                '{' | '[' => {
                    while self.letters.next_if(|next| is_blank(*next)).is_some() {}
                    out.push(letter);
                    let end = self.letters.next_if(|next| matches!(next, '}' | ']'));
                    out.extend(end);
                    self.depth += usize::from(end.is_none());
                    end.is_none()
                }
                '}' | ']' => {
                    self.depth = self.depth.saturating_sub(1);
                    lines += 1;
                    out.push('\n');
                    self.indent(out);
                    out.push(letter);
                    false
                }
                ',' => {
                    out.push(letter);
                    true
                }
                ':' => {
                    out.push_str(": ");
                    false
                }
                other => {
                    quoted = other == '"';
                    out.push(other);
                    false
                }
            };
            if breaks {
                lines += 1;
                if lines >= count {
                    return;
                }
                out.push('\n');
                self.indent(out);
            }
        }
    }

    fn indent(&self, out: &mut String) {
        out.extend(std::iter::repeat_n("  ", self.depth));
    }
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
    fn nothing_is_put_in_another_order_or_spelt_anew() {
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
        }
        assert_eq!(Indent::of("7").ok().and_then(|mut indent| indent.next_lines(1)), Some("7".to_owned()));
    }

    #[test]
    fn it_says_the_same_as_before() {
        let json = r#"{"agents":[{"id":{"value":"a-S1"},"cpus":0.1,"text":"a, b: {c}"},{}],"none":[[],[[]]]}"#;
        let same = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("it is JSON");
        assert_eq!(same(&indented(json).expect("it is JSON")), same(json));
    }
}
