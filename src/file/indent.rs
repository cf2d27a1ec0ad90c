//! JSON with a line for each of its parts, and otherwise as it is: keys in their order, numbers to the last digit, and each string
//! as it was written.

use serde::de::IgnoredAny;

/// The same JSON, indented.
///
/// # Errors
/// If it is none; the words say where.
pub fn indented(bytes: &[u8]) -> Result<String, serde_json::Error> {
    let text = std::str::from_utf8(bytes).map_err(<serde_json::Error as serde::de::Error>::custom)?;
    serde_json::from_str::<IgnoredAny>(text)?;
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let mut rest = text.char_indices().peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        (0..depth).for_each(|_| out.push_str("  "));
    };
    while let Some((at, c)) = rest.next() {
        match c {
            '"' => {
                let mut escaped = false;
                let end = rest.find(|(_, c)| {
                    let is_end = *c == '"' && !escaped;
                    escaped = *c == '\\' && !escaped;
                    is_end
                });
                out.push_str(text.get(at..end.map_or(text.len(), |(end, _)| end + 1)).unwrap_or_default());
            }
            '{' | '[' => {
                out.push(c);
                while rest.next_if(|(_, c)| c.is_ascii_whitespace()).is_some() {}
                match rest.next_if(|(_, c)| matches!(c, '}' | ']')) {
                    Some((_, end)) => out.push(end),
                    None => {
                        depth += 1;
                        line(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_changed_but_the_space_between() {
        let text =
            r#"{"b": 12345678901234567890123, "a":0.10000000000000000001,"b":[ ],"c":[{}, "x, {y}\\\"\\" , null]}"#;
        let expected = "{\n  \"b\": 12345678901234567890123,\n  \"a\": 0.10000000000000000001,\n  \"b\": [],\n  \"c\": [\n    {},\n    \"x, {y}\\\\\\\"\\\\\",\n    null\n  ]\n}";
        assert_eq!(indented(text.as_bytes()).unwrap(), expected);
        assert!(indented(b"{").is_err() && indented(b"\xff").is_err() && indented(b"{} x").is_err());
    }
}
