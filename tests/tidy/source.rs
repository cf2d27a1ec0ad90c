//! The checkout's own files, and Rust text with its comments and strings blanked. Knows no rule.

use std::fs;
use std::path::{Path, PathBuf};

/// A file as written, and as code: where a comment or a string's inside stood there are spaces, so that lines keep their numbers.
#[derive(Clone, Debug)]
pub struct Source {
    pub path: String,
    pub text: String,
    pub code: String,
}

impl Source {
    pub fn of(path: &str, text: String) -> Source {
        let code = if path.ends_with(".css") { without_block_comments(&text) } else { code(&text) };
        Source { path: path.to_owned(), text, code }
    }

    /// The core's module that it belongs to: `mesos` for src/core/mesos/wire/event.rs, `text` for src/core/text.rs.
    pub fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/core/").unwrap_or(&self.path);
        inside.split(['/', '.']).next().unwrap_or_default()
    }

    /// Whether it is a file of tests, in a folder of what it tests.
    pub fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// Tests may do what the code they test may not. Their modules are last in a file, or are files of their own.
    pub fn without_tests(&self) -> Source {
        let end = self
            .code
            .find("#[cfg(test)]")
            .filter(|at| self.code[*at..].trim_start_matches("#[cfg(test)]").trim_start().starts_with("mod "));
        let end = if self.is_test() { 0 } else { end.unwrap_or(self.code.len()) };
        Source { code: self.code[..end].to_owned(), ..self.clone() }
    }
}

pub fn root() -> &'static Path {
    mesoscope_tests::root()
}

/// A file of the checkout, if it is there.
pub fn read(path: &str) -> Option<String> {
    fs::read_to_string(root().join(path)).ok()
}

/// Every file of the checkout below these folders that a rule can read, sorted, and files that are named themselves. What is not
/// there is left out.
pub fn all(places: &[&str]) -> Vec<Source> {
    let mut paths = Vec::new();
    for place in places.iter().map(|place| root().join(place)) {
        if place.is_file() { paths.push(place) } else { collect(&place, &mut paths) }
    }
    paths.sort();
    paths.iter().filter_map(|path| load(path)).collect()
}

/// Rust files, without their tests where these are modules of the file.
pub fn rust(files: &[Source]) -> impl Iterator<Item = &Source> {
    files.iter().filter(|file| file.path.ends_with(".rs"))
}

fn load(path: &Path) -> Option<Source> {
    let name = path.strip_prefix(root()).ok()?.to_string_lossy().replace('\\', "/");
    Some(Source::of(&name, fs::read_to_string(path).ok()?))
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() {
            if !["data", "target", "corpus", "artifacts", "snapshots"].contains(&name.as_str()) {
                collect(&path, paths);
            }
        } else if [".rs", ".css", ".js", ".md", "Cargo.toml"].iter().any(|kind| name.ends_with(kind)) {
            paths.push(path);
        }
    }
}

/// The line of the first place where `needle` is by itself, not as a part of a longer word.
pub fn word(code: &str, needle: &str) -> Option<usize> {
    let apart = |neighbour: Option<char>, edge: Option<char>| {
        let letter = |c: char| c.is_alphanumeric() || c == '_';
        !(neighbour.is_some_and(letter) && edge.is_some_and(letter))
    };
    let is_apart = |at: &usize| {
        let (before, after) = (&code[..*at], &code[at + needle.len()..]);
        apart(before.chars().next_back(), needle.chars().next())
            && apart(after.chars().next(), needle.chars().next_back())
    };
    let at = code.match_indices(needle).map(|(at, _)| at).find(is_apart)?;
    Some(code[..at].matches('\n').count() + 1)
}

/// Rust or JavaScript with comments and the insides of strings blanked.
pub fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (kind, piece) in pieces(text) {
        match kind {
            Kind::Code => out.push_str(piece),
            Kind::Comment | Kind::Literal => out.extend(piece.chars().map(|c| if c == '\n' { '\n' } else { ' ' })),
        }
    }
    out
}

/// The comments of Rust or JavaScript, each with the line that it begins in and without its marks. Comments with nothing but
/// space between them are one.
pub fn comments(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let (mut line, mut goes_on) = (1, false);
    for (kind, piece) in pieces(text) {
        if kind == Kind::Comment {
            let words = piece.trim_start_matches(['/', '!', '*']).split_whitespace().collect::<Vec<_>>().join(" ");
            match found.last_mut().filter(|_| goes_on) {
                Some((_, before)) => *before = format!("{before} {words}"),
                None => found.push((line, words)),
            }
            goes_on = true;
        } else if !piece.trim().is_empty() {
            goes_on = false;
        }
        line += piece.matches('\n').count();
    }
    found
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Code,
    Comment,
    Literal,
}

/// The text in pieces: comments, literals, and single characters of code.
fn pieces(text: &str) -> Vec<(Kind, &str)> {
    let mut found = Vec::new();
    let mut before = None;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let literal = || raw_string(rest, before).or_else(|| string(rest)).or_else(|| character(rest));
        let (kind, length) = comment(rest)
            .map(|length| (Kind::Comment, length))
            .or_else(|| literal().map(|length| (Kind::Literal, length)))
            .unwrap_or((Kind::Code, first.len_utf8()));
        let (piece, tail) = rest.split_at(length);
        found.push((kind, piece));
        before = Some(first).filter(|_| kind == Kind::Code);
        rest = tail;
    }
    found
}

fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if !rest.starts_with("/*") {
        return None;
    }
    // They nest in Rust.
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    Some(rest.len())
}

fn string(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 2),
            _ => {}
        }
    }
    Some(rest.len())
}

fn raw_string(rest: &str, before: Option<char>) -> Option<usize> {
    if before.is_some_and(|c| (c.is_alphanumeric() || c == '_') && c != 'b' && c != 'c') {
        return None;
    }
    let hashes = rest.strip_prefix('r')?;
    let inside = hashes.trim_start_matches('#');
    let count = hashes.len() - inside.len();
    let inside = inside.strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(count));
    let end = inside.find(&close).map_or(inside.len(), |at| at + close.len());
    Some(2 + count + end)
}

/// A character, and not a lifetime: it closes after one character, or after an escape.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    if let Some(escape) = inside.strip_prefix('\\') {
        let first = escape.chars().next()?.len_utf8();
        return escape[first..].find('\'').map(|at| 2 + first + at + 1);
    }
    let length = inside.chars().next()?.len_utf8();
    inside[length..].starts_with('\'').then_some(length + 2)
}

fn without_block_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("/*") {
        let end = rest[at..].find("*/").map_or(rest.len(), |end| at + end + 2);
        out.push_str(&rest[..at]);
        out.extend(rest[at..end].matches('\n'));
        rest = &rest[end..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let squeezed: Vec<String> = code(text).split_whitespace().map(str::to_owned).collect();
        assert_eq!(squeezed.join(" "), expected, "{text}");
    }

    #[test]
    fn comments_go() {
        check("a // b\nc", "a c");
        check("a /* b /* c */ d */ e", "a e");
    }

    #[test]
    fn strings_go() {
        check(r#"f("a // \" b", c)"#, "f( , c)");
        check("f(r#\"a \" b\"#, c)", "f( , c)");
        check("for r in x {}", "for r in x {}");
    }

    #[test]
    fn a_quote_in_a_character_opens_no_string() {
        check(r#"f('"', '\'', '\u{1f}', b'"') "x" g"#, "f( , , , b ) g");
        check("fn f<'a>(x: &'a str) -> &'a str", "fn f<'a>(x: &'a str) -> &'a str");
    }

    #[test]
    fn comments_on_consecutive_lines_are_one() {
        let text = "//! One\n//! two.\nf(\"// no\"); // Three.\n\n/// Four.\nfn f() {} /* five\n six */";
        let found = comments(text);
        let expected = [(1, "One two."), (3, "Three. Four."), (6, "five six */")];
        assert_eq!(found, expected.map(|(line, words)| (line, words.to_owned())));
    }

    #[test]
    fn a_word_within_a_word_is_none() {
        assert_eq!(word("use nottokio;\nuse tokio::x;", "tokio"), Some(2));
        assert_eq!(word("eprintln!()", "println!"), None);
    }
}
