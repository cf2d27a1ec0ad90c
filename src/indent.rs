//! JSON made legible by blanks alone: keys keep their order, repeated ones stay, and numbers stay as they were written.
//! Understands no value, and changes none.

use serde::de::IgnoredAny;

/// The text with a line for each key and each element, if it is JSON.
///
/// # Errors
/// If it is not, with the place.
pub fn indented(json: &str) -> Result<String, serde_json::Error> {
    serde_json::from_str::<IgnoredAny>(json)?;
    Ok(spread(json))
}

/// Of text that is JSON.
fn spread(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut letters = json.chars().peekable();
    while let Some(letter) = letters.next() {
        if quoted {
            out.push(letter);
            quoted = escaped || letter != '"';
            escaped = letter == '\\' && !escaped;
            continue;
        }
        match letter {
            blank if is_blank(blank) => {}
            '{' | '[' => {
                while letters.next_if(|next| is_blank(*next)).is_some() {}
                out.push(letter);
                match letters.next_if(|next| matches!(next, '}' | ']')) {
                    Some(end) => out.push(end),
                    None => {
                        depth += 1;
                        new_line(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(letter);
            }
            ',' => {
                out.push(letter);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            other => {
                quoted = other == '"';
                out.push(other);
            }
        }
    }
    out
}

const fn is_blank(letter: char) -> bool {
    matches!(letter, ' ' | '\n' | '\r' | '\t')
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
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
    fn it_says_the_same_as_before() {
        let json = r#"{"agents":[{"id":{"value":"a-S1"},"cpus":0.1,"text":"a, b: {c}"},{}],"none":[[],[[]]]}"#;
        let same = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("it is JSON");
        assert_eq!(same(&indented(json).expect("it is JSON")), same(json));
    }
}
