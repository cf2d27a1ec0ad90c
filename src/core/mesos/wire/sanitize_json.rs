//! Makes JSON that serde_json reads of what some writer took for JSON: numbers beyond a double, `NaN` and `Infinity` as bare
//! words, halves of surrogate pairs, control characters in texts, values nested too deeply. Only for what could not be read.
//! Knows brackets, texts and words; understands no message.

use std::fmt::Write;

/// serde_json refuses what is nested deeper than 128; messages are within answers, lists and objects of their own.
const DEEPEST: usize = 100;
/// What takes the place of what is nested too deeply.
const TOO_DEEP: &str = "\"(nested-too-deeply)\"";

/// Rewrites JSON with each value that serde_json refuses as a text. What is no JSON at all stays none.
pub fn sanitize(json: &str) -> String {
    let mut tamed = Sanitized { out: String::with_capacity(json.len() + 16), depth: 0, hidden: 0 };
    let mut rest = json;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => text_length(rest),
            '{' | '[' | '}' | ']' | ',' | ':' => 1,
            first if first.is_ascii_whitespace() => 1,
            _ => word_length(rest),
        };
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        tamed.take(first, token);
        rest = after;
    }
    tamed.out
}

struct Sanitized {
    out: String,
    depth: usize,
    /// Brackets open in a value that is left out; that one's included.
    hidden: usize,
}

impl Sanitized {
    fn take(&mut self, first: char, token: &str) {
        match first {
            '{' | '[' if self.hidden > 0 => self.hidden += 1,
            '{' | '[' if self.depth >= DEEPEST => {
                self.hidden = 1;
                self.out.push_str(TOO_DEEP);
            }
            '}' | ']' if self.hidden > 0 => self.hidden -= 1,
            _ if self.hidden > 0 => {}
            '{' | '[' => {
                self.depth += 1;
                self.out.push(first);
            }
            '}' | ']' => {
                self.depth = self.depth.saturating_sub(1);
                self.out.push(first);
            }
            '"' => self.text(token),
            ',' | ':' => self.out.push(first),
            first if first.is_ascii_whitespace() => self.out.push(first),
            _ => self.word(token),
        }
    }

    fn word(&mut self, word: &str) {
        let is_word = word.starts_with(|first: char| first.is_ascii_alphanumeric() || matches!(first, '-' | '+' | '.'));
        if !is_word || serde_json::from_str::<serde_json::Value>(word).is_ok() {
            self.out.push_str(word);
        } else {
            self.out.push_str(&serde_json::Value::from(word).to_string());
        }
    }

    fn text(&mut self, text: &str) {
        if serde_json::from_str::<String>(text).is_ok() {
            return self.out.push_str(text);
        }
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = if first == '\\' { escape_length(rest) } else { first.len_utf8() };
            let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            match first {
                '\\' if serde_json::from_str::<String>(&format!("\"{token}\"")).is_err() => {
                    self.out.push(char::REPLACEMENT_CHARACTER);
                }
                // Writing to a String cannot fail.
                first if first.is_ascii_control() => drop(write!(self.out, "\\u{:04x}", u32::from(first))),
                _ => self.out.push_str(token),
            }
            rest = after;
        }
    }
}

/// The length of the text at the front, with its quotes.
fn text_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The length of the escape at the front: of both halves of a surrogate pair, where it has both.
fn escape_length(rest: &str) -> usize {
    let is_unit = |text: &str| text.starts_with("\\u") && text.len() >= 6 && text.is_char_boundary(6);
    if !is_unit(rest) {
        return 1 + rest.chars().nth(1).map_or(0, char::len_utf8);
    }
    let (first, second) = rest.split_at(6);
    let half = |text: &str, from: u32, to: u32| {
        let unit = text.get(2..6).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        unit.is_some_and(|unit| (from..to).contains(&unit))
    };
    let pair = half(first, 0xd800, 0xdc00) && is_unit(second) && half(second, 0xdc00, 0xe000);
    if pair { 12 } else { 6 }
}

fn word_length(rest: &str) -> usize {
    let ends = |character: char| {
        character.is_ascii_whitespace() || matches!(character, '{' | '}' | '[' | ']' | ',' | ':' | '"')
    };
    rest.find(ends).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_read_is_changed() {
        let cases = [
            (r#"{"a": 1e400, "b":[-1e999,1.50,true,null]}"#, r#"{"a": "1e400", "b":["-1e999",1.50,true,null]}"#),
            (r#"{"a":NaN,"b":-Infinity}"#, r#"{"a":"NaN","b":"-Infinity"}"#),
            (r#"["\ud83d\ude00 \ud83d x","\udc00\n"]"#, "[\"\\ud83d\\ude00 \u{fffd} x\",\"\u{fffd}\\n\"]"),
            ("{\"a\":\"b\u{1}c\"}", "{\"a\":\"b\\u0001c\"}"),
        ];
        for (json, expected) in cases {
            assert_eq!(sanitize(json), expected);
            assert!(serde_json::from_str::<serde_json::Value>(expected).is_ok(), "{expected}");
        }
    }

    #[test]
    fn what_is_nested_too_deeply_is_a_text() {
        let json = format!(r#"{{"a":{}{},"b":1}}"#, "[".repeat(5000), "]".repeat(5000));
        let value: serde_json::Value = serde_json::from_str(&sanitize(&json)).expect("it is JSON now");
        assert_eq!(value.get("b"), Some(&1.into()));
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for json in ["", "{", "\"abc", "{\"a\" 1}", "]", "\\", "é\""] {
            assert!(serde_json::from_str::<serde_json::Value>(&sanitize(json)).is_err(), "{json}");
        }
    }
}
