//! Recognises a web page that came in place of an answer, and reads its title as text. Understands no other markup.

/// The longest title that is shown, in characters.
const LONGEST_TITLE: usize = 120;
/// The longest entity, `&thetasym;` being one: what is longer stays as it is.
const LONGEST_ENTITY: usize = 12;

/// Whether an answer is a web page, by its content type or by how its body begins.
pub(super) fn is_page(content_type: Option<&str>, body: &[u8]) -> bool {
    let by_type = matches!(content_type, Some("text/html" | "application/xhtml+xml"));
    by_type || begins_as_page(body)
}

fn begins_as_page(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    let begins = |with: &[u8]| body.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    begins(b"<!doctype html") || begins(b"<html")
}

/// The title of a web page: entities decoded, white space collapsed, at most 120 characters. Empty if the page has none.
pub(super) fn title(page: &str) -> String {
    // Only ASCII letters change, so the places stay.
    let lower = page.to_ascii_lowercase();
    let text = || {
        let tag = lower.match_indices("<title").map(|(at, tag)| at + tag.len());
        let open =
            tag.filter(|end| lower.get(*end..).is_some_and(|rest| rest.starts_with(['>', ' ', '\n', '\t', '\r'])));
        let start = open.map(|end| Some(end + lower.get(end..)?.find('>')? + 1)).next()??;
        let end = lower.get(start..)?.find("</title").map_or(page.len(), |length| start + length);
        page.get(start..end)
    };
    let text = decoded(text().unwrap_or_default());
    let words: Vec<&str> = text.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let text: String = words.join(" ").chars().map(visible).collect();
    match text.char_indices().nth(LONGEST_TITLE) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text,
    }
}

/// Signs that turn the direction of what follows, or take no room, would let a foreign title pass for words of this page.
fn visible(letter: char) -> char {
    match letter {
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
            char::REPLACEMENT_CHARACTER
        }
        other => other,
    }
}

fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.char_indices().take(LONGEST_ENTITY).find(|(_, letter)| *letter == ';').map(|(end, _)| end);
        let letter = end.and_then(|end| entity(from.get(1..end)?));
        match (letter, end) {
            (Some(letter), Some(end)) => {
                out.push(letter);
                rest = from.get(end + 1..).unwrap_or_default();
            }
            _ => {
                out.push('&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

/// The letter of `amp` or `#38` or `#x26`: the few names that titles have.
fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" | "rsquo" => '\'',
        "nbsp" => ' ',
        "ndash" | "mdash" => '–',
        "middot" => '·',
        "raquo" => '»',
        "hellip" => '…',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_read_as_text() {
        let check = |page: &str, expected: &str| assert_eq!(title(page), expected, "{page}");
        check("<!doctype html><html><title>Sign in</title><body>login</body></html>", "Sign in");
        check("<HTML><HEAD><TITLE lang=en>\r\n 502  Bad\tGateway </TITLE>", "502 Bad Gateway");
        check("<title>R&amp;D &lt;b&gt; &#39;x&#x27; &nbsp;y &unknown; &", "R&D <b> 'x' y &unknown; &");
        check("<title>&amp;lt;script&amp;gt;</title>", "&lt;script&gt;");
        check("<title>&#0;&#x110000;&#xD800;a\u{202e}b</title>", "&#x110000;&#xD800;a\u{fffd}b");
        check("<titles>no</titles><title>yes</title>", "yes");
        for none in ["", "<html><body>x</body></html>", "<title", "<title>", "<title></title>", "é<title>\u{0}</title>"]
        {
            check(none, "");
        }
        assert_eq!(title(&format!("<title>{}", "é".repeat(500))), format!("{}…", "é".repeat(LONGEST_TITLE)));
    }

    #[test]
    fn pages_are_recognised_by_their_type_or_their_beginning() {
        for (kind, body, expected) in [
            (Some("text/html"), "", true),
            (Some("application/xhtml+xml"), "anything", true),
            (None, "\u{feff}\n <!DOCTYPE HTML><html>", true),
            (Some("application/json"), "<html>", true),
            (Some("text/plain"), "<b>no</b>", false),
            (None, "{\"type\":\"GET_STATE\"}", false),
            (None, "<", false),
        ] {
            assert_eq!(is_page(kind, body.as_bytes()), expected, "{kind:?} {body}");
        }
    }
}
