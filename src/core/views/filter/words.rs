//! Words of a filter's text as typed: where they end, and the values that one lists. Says nothing about their meaning.

/// Cuts the text into words, with their quotes. Blanks end a word, but not in quotes, nor beside a comma between a field's values.
pub(super) fn raw_words(text: &str) -> Vec<&str> {
    scan(text).0
}

/// Byte index at which the unfinished word at the end of the text begins; `None` after a blank that ends the last word.
pub(super) fn unfinished(text: &str) -> Option<usize> {
    scan(text).1
}

/// The word that is being scanned.
#[derive(Default)]
struct Scan {
    start: Option<usize>,
    /// Byte index after its last letter.
    end: usize,
    is_quoted: bool,
    /// Whether it asks for values, so that commas join them; `None` before the first mark.
    lists: Option<bool>,
    /// Whether its last letter is a comma between values.
    after_comma: bool,
    /// Whether blanks follow its last letter.
    after_blank: bool,
}

fn scan(text: &str) -> (Vec<&str>, Option<usize>) {
    let mut words = Vec::new();
    let mut word = Scan::default();
    for (at, letter) in text.char_indices() {
        if letter.is_whitespace() && !word.is_quoted {
            word.after_blank = true;
            continue;
        }
        if word.after_blank && !word.after_comma && !(letter == ',' && word.lists == Some(true)) {
            words.extend(word.text(text));
            word = Scan::default();
        }
        word.take(text, at, letter);
    }
    words.extend(word.text(text));
    let is_open = !word.after_blank || word.after_comma;
    (words, word.start.filter(|_| is_open))
}

impl Scan {
    fn take(&mut self, text: &str, at: usize, letter: char) {
        let start = *self.start.get_or_insert(at);
        self.is_quoted ^= letter == '"';
        if self.lists.is_none() && MARKS.contains(&letter) {
            let name = text.get(start..at).unwrap_or_default().trim_start_matches('-');
            self.lists = Some(!name.is_empty() && !name.starts_with('"') && (letter == ':' || letter == '='));
        }
        self.after_comma = letter == ',' && !self.is_quoted && self.lists == Some(true);
        self.after_blank = false;
        self.end = at + letter.len_utf8();
    }

    fn text<'a>(&self, text: &'a str) -> Option<&'a str> {
        text.get(self.start?..self.end)
    }
}

/// The first of these in a word ends the name of a field.
const MARKS: [char; 4] = [':', '<', '>', '='];

/// A state is asked for by its beginning: `active` is a part of `inactive`, too.
pub(super) const STATE: &str = "state";

/// A word that asks for values of a field, as typed: `-role:=dev,ops`.
pub(super) struct ValueList<'a> {
    is_negated: bool,
    /// The field's name, with its quotes.
    name: &'a str,
    /// Whether `=` before the list asks for exact values.
    pub(super) is_exact: bool,
    /// The values, with their quotes; one empty value if none is typed.
    pub(super) values: Vec<String>,
}

impl<'a> ValueList<'a> {
    /// Parses a word; `None` if it asks for no field, or is plain text.
    pub(super) fn parse(word: &'a str) -> Option<Self> {
        let (is_negated, rest) = word.strip_prefix('-').map_or((false, word), |rest| (true, rest));
        let (name, list) = rest.split_once(':')?;
        let list = list.trim_start();
        let (is_exact, list) = list.strip_prefix('=').map_or((false, list), |list| (true, list));
        let values = split_at_commas(list).into_iter().map(str::to_owned).collect();
        (!name.is_empty() && !rest.starts_with('"')).then_some(Self { is_negated, name, is_exact, values })
    }

    /// The field's name as rows know it.
    pub(super) fn name(&self) -> String {
        unquoted(self.name).to_lowercase()
    }

    /// Adds a value, which is meant exactly.
    pub(super) fn push(&mut self, value: &str) {
        self.values.retain(|typed| !typed.is_empty());
        let word = if self.is_exact { quoted(value) } else { exactly(&self.name(), value) };
        self.values.push(word);
    }

    /// Prints the word.
    pub(super) fn print(&self) -> String {
        let (sign, exact) = (if self.is_negated { "-" } else { "" }, if self.is_exact { "=" } else { "" });
        format!("{sign}{}:{exact}{}", self.name, self.values.join(","))
    }
}

/// The word that asks for one value of a field.
pub(super) fn word(field: &str, value: &str) -> String {
    format!("{field}:{}", exactly(field, value))
}

/// A value as a list has it so that it is meant exactly. A state is meant so without a mark, since no state's name begins like another's.
fn exactly(field: &str, value: &str) -> String {
    let mark = if field == STATE { "" } else { "=" };
    format!("{mark}{}", quoted(value))
}

fn quoted(value: &str) -> String {
    let has_blank = value.is_empty() || value.contains(char::is_whitespace);
    let quote = if has_blank || value.contains(',') || value.starts_with('=') { "\"" } else { "" };
    format!("{quote}{value}{quote}")
}

/// The word without its quotes.
pub(super) fn unquoted(word: &str) -> String {
    word.replace('"', "")
}

/// Byte index of the last comma that separates values; `None` in a list of one value.
pub(super) fn last_comma(list: &str) -> Option<usize> {
    let mut is_quoted = false;
    let commas = list.char_indices().filter(|(_, letter)| {
        is_quoted ^= *letter == '"';
        *letter == ',' && !is_quoted
    });
    commas.last().map(|(at, _)| at)
}

/// The values of a list. Empty ones are dropped, since a comma may be typed before its value; a list of nothing has one empty value.
fn split_at_commas(list: &str) -> Vec<&str> {
    let mut is_quoted = false;
    let is_comma = |letter: char| {
        is_quoted ^= letter == '"';
        letter == ',' && !is_quoted
    };
    let values: Vec<&str> = list.split(is_comma).map(str::trim).filter(|value| !value.is_empty()).collect();
    if values.is_empty() { vec![""] } else { values }
}
