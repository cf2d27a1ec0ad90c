//! What is searched for: a text, or a regular expression. Capitals count if there is one in it.

use memchr::memmem;
use regex_lite::{Regex, RegexBuilder};

/// Matches that are marked in one line; more would only be slow.
const MOST: usize = 200;
/// No expression may take more memory than this: what it has of states, each letter of a line may cost.
const LARGEST: usize = 1 << 18;

/// A search pattern.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// A literal text.
    Text {
        /// The text to find; in lower case unless `exact`.
        text: String,
        /// Whether upper and lower case differ.
        exact: bool,
    },
    /// A compiled regular expression, matched line by line.
    Regex(Regex),
}

/// Whether the edges of a text are those of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineEdges {
    /// Whether the text's start is the line's start, where `^` matches.
    pub begins: bool,
    /// Whether the text's end is the line's end, where `$` matches.
    pub ends: bool,
}

impl LineEdges {
    /// The text is a whole line.
    pub const WHOLE: Self = Self { begins: true, ends: true };
}

/// Why a text is no regular expression, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadPattern(String);

impl Pattern {
    /// A text, as it is.
    pub fn text(text: &str) -> Self {
        let exact = text.chars().any(char::is_uppercase);
        Self::Text { text: if exact { text.to_owned() } else { text.to_ascii_lowercase() }, exact }
    }

    /// A regular expression.
    pub fn regex(text: &str) -> Result<Self, BadPattern> {
        // The letter of an escape, as in `\W`, is no capital.
        let bare = text.replace("\\\\", "");
        let mut escaped = false;
        let exact = bare.chars().any(|c| {
            let capital = c.is_uppercase() && !escaped;
            escaped = c == '\\';
            capital
        });
        let built = RegexBuilder::new(text).case_insensitive(!exact).size_limit(LARGEST).build();
        built.map(Self::Regex).map_err(|error| BadPattern(error.to_string()))
    }

    /// Whether a line has it.
    pub fn is_in(&self, line: &str) -> bool {
        match self {
            Self::Regex(regex) => regex.is_match(line),
            Self::Text { .. } => self.first(line).is_some(),
        }
    }

    /// Where it is first in a line, in bytes.
    pub(super) fn first(&self, line: &str) -> Option<usize> {
        match self {
            Self::Text { text, exact: true } => memmem::find(line.as_bytes(), text.as_bytes()),
            Self::Text { text, exact: false } => memmem::find(line.to_ascii_lowercase().as_bytes(), text.as_bytes()),
            Self::Regex(regex) => regex.find(line).map(|found| found.start()),
        }
    }

    /// Where it is first in a part of a line. Anchors match only where the line begins or ends.
    pub(super) fn first_in_part(&self, part: &str, edges: LineEdges) -> Option<usize> {
        let Self::Regex(regex) = self else { return self.first(part) };
        let from = if edges.begins { 0 } else { part.chars().next().map_or(0, char::len_utf8) };
        if edges.ends {
            return regex.find_at(part, from).map(|found| found.start());
        }
        // What is behind the part is a letter of no alphabet.
        let open = format!("{part}\u{fffc}");
        regex.find_at(&open, from).map(|found| found.start())
    }

    /// Where in these bytes it may be; None where only reading line by line can tell.
    pub(super) fn hints(&self, bytes: &[u8]) -> Option<Vec<usize>> {
        match self {
            Self::Text { text, exact: true } => Some(memmem::find_iter(bytes, text.as_bytes()).collect()),
            Self::Text { text, exact: false } => {
                Some(memmem::find_iter(&bytes.to_ascii_lowercase(), text.as_bytes()).collect())
            }
            Self::Regex(_) => None,
        }
    }

    /// Matches in a part of a line, at whose start anchors do not match.
    pub fn places_in_part(&self, part: &str) -> Vec<(usize, usize)> {
        let Self::Regex(regex) = self else { return self.places(part) };
        let mut next = part.chars().next().map_or(1, char::len_utf8);
        let mut places = Vec::new();
        while places.len() < MOST && next <= part.len() {
            let Some(found) = regex.find_at(part, next) else { break };
            let after = part.get(found.end()..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
            next = if found.is_empty() { found.end() + after } else { found.end() };
            if !found.is_empty() {
                places.push((found.start(), found.end()));
            }
        }
        places
    }

    /// Matches in a line: from and to, in bytes.
    pub fn places(&self, line: &str) -> Vec<(usize, usize)> {
        let of_text = |line: &[u8], text: &str| {
            memmem::find_iter(line, text.as_bytes()).take(MOST).map(|at| (at, at + text.len())).collect()
        };
        match self {
            Self::Text { text, .. } if text.is_empty() => Vec::new(),
            Self::Text { text, exact: true } => of_text(line.as_bytes(), text),
            Self::Text { text, exact: false } => of_text(line.to_ascii_lowercase().as_bytes(), text),
            Self::Regex(regex) => {
                let all = regex.find_iter(line).map(|found| (found.start(), found.end()));
                all.filter(|(from, to)| from < to).take(MOST).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &Pattern, line: &str, places: &[(usize, usize)]) {
        assert_eq!(pattern.places(line), places, "{line}");
        assert_eq!(pattern.is_in(line), !places.is_empty(), "{line}");
    }

    #[test]
    fn capitals_count_if_there_are_any() {
        check(&Pattern::text("err"), "ERR err Err", &[(0, 3), (4, 7), (8, 11)]);
        check(&Pattern::text("Err"), "ERR err Err", &[(8, 11)]);
        check(&Pattern::text("é"), "É é", &[(3, 5)]);
        check(&Pattern::text("a.b"), "axb", &[]);
    }

    #[test]
    fn expressions() {
        check(&Pattern::regex(r"\d+ ms").unwrap(), "took 12 MS", &[(5, 10)]);
        check(&Pattern::regex(r"\Sx").unwrap(), "AX", &[(0, 2)]);
        check(&Pattern::regex(r"Ax").unwrap(), "AX", &[]);
        assert!(Pattern::regex("(").is_err() && Pattern::regex("(a{1000}){1000}").is_err());
    }
}
