//! Tests of one value of a field: contained text, pattern, exact value, beginning of a state, tree of roles.

use crate::views::filter::words::{STATE, unquoted};
use crate::views::ignore_case::Needle;

/// A test of a value. Texts are in lower case.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::views) enum ValueTest {
    /// Text to be found in the value; as it was typed, too.
    Part(Needle, String),
    /// A pattern with `*` for the whole value.
    Pattern(String),
    /// The exact value.
    Exact(String),
    /// The beginning of the value.
    Begins(String),
    /// The root of a tree of values: itself, and what is below it after a slash.
    Tree(String),
}

impl ValueTest {
    /// Parses one value of a list. A `=` before the list asks for exact values, as does one before the value.
    pub(super) fn parse(field: &str, is_exact: bool, typed: &str) -> Self {
        let (has_mark, typed) = typed.strip_prefix('=').map_or((false, typed), |rest| (true, rest));
        let value = unquoted(typed);
        if is_exact || has_mark {
            return Self::Exact(value);
        }
        let lower = value.to_lowercase();
        if field == ROLE && value.len() > 1 && value.ends_with('/') {
            Self::Tree(lower.trim_end_matches('/').to_owned())
        } else if value.contains('*') {
            Self::Pattern(lower)
        } else if field == STATE {
            Self::Begins(lower)
        } else {
            Self::Part(Needle::new(&value), lower)
        }
    }

    /// Whether the value passes.
    pub(super) fn holds(&self, value: &str) -> bool {
        match self {
            Self::Part(part, _) => part.is_in(value),
            Self::Pattern(pattern) => fits(value, pattern),
            Self::Exact(wanted) => is(value, wanted),
            Self::Begins(start) => rest(value, start).is_some(),
            Self::Tree(root) => rest(value, root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        }
    }

    /// Whether the test spells out this value.
    pub(super) fn names(&self, value: &str) -> bool {
        match self {
            Self::Part(_, wanted) | Self::Pattern(wanted) | Self::Exact(wanted) | Self::Begins(wanted) => {
                is(value, wanted)
            }
            Self::Tree(_) => false,
        }
    }
}

/// Roles are a tree.
const ROLE: &str = "role";

/// The rest of a value after a prefix in lower case, compared without case; `None` without the prefix.
fn rest<'a>(value: &'a str, start: &str) -> Option<&'a str> {
    let (head, rest) = value.split_at_checked(start.len())?;
    (head.eq_ignore_ascii_case(start) || head.to_lowercase() == start).then_some(rest)
}

/// Whether the value is this, whatever its case.
fn is(value: &str, wanted: &str) -> bool {
    value.eq_ignore_ascii_case(wanted) || (!value.is_ascii() && value.to_lowercase() == wanted.to_lowercase())
}

/// Whether the whole value is like the pattern, whose `*` means anything.
fn fits(value: &str, pattern: &str) -> bool {
    let value = value.to_lowercase();
    let mut parts = pattern.split('*');
    let Some(mut rest) = value.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}
