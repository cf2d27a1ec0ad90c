//! The unfinished word at the end of a filter, for completion.

use super::words::{self, unquoted};

/// The unfinished word at the end of a filter, as far as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartialWord {
    /// Text before the word, which is already complete.
    pub before: String,
    /// Whether the word begins with `-`, so that matching rows are left out.
    pub negated: bool,
    /// The field, if a value is typed already.
    pub field: Option<String>,
    /// Values that the word lists before the one that is being typed, as typed: `=dev`; empty for the first value.
    pub listed: String,
    /// The word, or the value after the field, as far as it is typed, without quotes.
    pub part: String,
}

impl PartialWord {
    /// The last word of a filter's text; an empty one after a blank.
    pub fn of(text: &str) -> Self {
        let start = words::unfinished(text).unwrap_or(text.len());
        let (before, last) = text.split_at_checked(start).unwrap_or((text, ""));
        let (negated, word) = last.strip_prefix('-').map_or((false, last), |rest| (true, rest));
        let (field, list) = match word.split_once(':') {
            Some((field, list)) if !field.is_empty() && !field.starts_with('"') => (Some(field.to_lowercase()), list),
            _ => (None, word),
        };
        let comma = words::last_comma(list).filter(|_| field.is_some());
        let (listed, part) = comma.map_or(("", list), |at| {
            let (listed, part) = list.split_at_checked(at).unwrap_or(("", list));
            (listed.trim(), part.trim_start_matches(',').trim_start())
        });
        let part = unquoted(part.strip_prefix('=').unwrap_or(part));
        Self { before: before.to_owned(), negated, field, listed: listed.to_owned(), part }
    }

    /// The whole text with the word replaced by a field's name and its mark, such as `role:`.
    pub fn with_field(&self, field: &str, mark: &str) -> String {
        format!("{}{}{field}{mark}", self.before, self.sign())
    }

    /// The whole text with the unfinished value replaced by a value of a field, and a blank for the next word.
    pub fn with_value(&self, field: &str, value: &str) -> String {
        let typed = format!("{field}:{}", self.listed);
        let list = words::ValueList::parse(&typed).filter(|_| !self.listed.is_empty());
        let word = list.map_or_else(
            || words::word(field, value),
            |mut list| {
                list.push(value);
                list.print()
            },
        );
        format!("{}{}{word} ", self.before, self.sign())
    }

    const fn sign(&self) -> &'static str {
        if self.negated { "-" } else { "" }
    }
}
