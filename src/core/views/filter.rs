//! The filter language: words match any shown text; `state:draining`, `rack:r1*`, `role:=dev`, `role:eng/`, `cpus>2`, `cpus=0.5`,
//! `changed<10m`, `-word`. All must hold. What asks of a field that a row lacks is a word like any other there, as is what begins with
//! a quote.
//! Total: any text is a filter. Knows no table; a table says what its rows' fields are.

use super::ignore_case::Needle;

/// A row as filters see it: its texts, its fields and its numbers.
pub trait Row {
    /// Whether `contains` accepts any of the row's texts.
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool;
    /// Whether `matches` accepts a value of the field with this name; `false` without such a field.
    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool;
    /// The field with this name as a number: `mem` and `disk` in GiB, `changed` and `started` in minutes ago.
    fn number(&self, name: &str) -> Option<f64>;
}

impl<R: Row> Row for &R {
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
        (*self).text(contains)
    }
    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
        (*self).field(name, matches)
    }
    fn number(&self, name: &str) -> Option<f64> {
        (*self).number(name)
    }
}

/// A parsed filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq)]
struct Term {
    negated: bool,
    test: Test,
    /// The whole of it, for rows that lack the field that it asks of.
    whole: Needle,
    /// The word as typed.
    word: String,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    /// To be found in any text.
    Word(Needle),
    /// A field's name, and what is to be found in its value; as it was typed, too.
    Part(String, Needle, String),
    /// A field's name, and a pattern with `*` for the whole of its value.
    Field(String, String),
    /// A field's name, and its exact value.
    Exact(String, String),
    /// A field's name, and how its value begins.
    Begins(String, String),
    /// A field's name, and the root of a tree of values: itself, and what is below it after a slash.
    Tree(String, String),
    Compare(String, Comparison, f64),
    /// A field's name, a number, and half of its last decimal.
    Equal(String, f64, f64),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Comparison {
    Below,
    AtMost,
    AtLeast,
    Above,
}

impl Filter {
    /// Parses a filter; quotes keep blanks together. Total: every text is a filter.
    pub fn parse(text: &str) -> Self {
        Self { terms: raw_words(text).into_iter().filter_map(term).collect() }
    }

    /// The words that make up the filter, as typed.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().map(|term| term.word.as_str())
    }

    /// Index of the only word that rejects the row; `None` if none or several do.
    pub fn only_failing_term(&self, row: &impl Row) -> Option<usize> {
        let mut against = self.terms.iter().enumerate().filter(|(_, term)| term.holds(row) == term.negated);
        let (at, _) = against.next()?;
        against.next().is_none().then_some(at)
    }

    /// The field that the word with this index asks of; `None` if it is plain text.
    pub fn field_of(&self, at: usize) -> Option<&str> {
        self.terms.get(at)?.test.field()
    }

    /// Whether the row has the field that the word with this index asks of, whatever its value.
    pub fn is_reported(&self, at: usize, row: &impl Row) -> bool {
        let Some(name) = self.field_of(at) else { return true };
        let mut has = row.number(name).is_some();
        row.field(name, &mut |_| {
            has = true;
            false
        });
        has
    }

    /// Whether every row passes.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether the row passes.
    pub fn matches(&self, row: &impl Row) -> bool {
        self.classify(row, &[]) == FilterOutcome::Through
    }

    /// Whether the row passes, or would pass without the terms of one of these fields.
    pub fn classify(&self, row: &impl Row, fields: &[&str]) -> FilterOutcome {
        let mut sifted = FilterOutcome::Through;
        for term in self.terms.iter().filter(|term| term.holds(row) == term.negated) {
            let field = term.wants().and_then(|wanted| fields.iter().position(|field| *field == wanted));
            sifted = match (field, sifted) {
                (Some(at), FilterOutcome::Through) => FilterOutcome::FailsOnly(at),
                (Some(at), FilterOutcome::FailsOnly(other)) if at == other => sifted,
                _ => return FilterOutcome::Out,
            };
        }
        sifted
    }

    /// The one value that the field must have, from a term such as `role:=dev`.
    pub fn exactly(&self, field: &str) -> Option<&str> {
        self.terms.iter().find_map(|term| match &term.test {
            Test::Exact(name, value) if name == field && !term.negated => Some(value.as_str()),
            _ => None,
        })
    }

    /// Whether a term asks for this value of the field, exactly or by a pattern.
    pub fn wants(&self, field: &str, value: &str) -> bool {
        self.terms.iter().filter(|term| term.wants() == Some(field)).any(|term| term.test.names(value))
    }

    /// Toggles a word: removes it from the filter's text, or appends it.
    pub fn flipped(text: &str, word: &str) -> String {
        let words = raw_words(text);
        let had = words.contains(&word);
        let kept = words.into_iter().filter(|other| *other != word).chain((!had).then_some(word));
        kept.collect::<Vec<_>>().join(" ")
    }

    /// Whether all words of the filter's text satisfy a predicate.
    pub fn all_words(text: &str, is: impl Fn(&str) -> bool) -> bool {
        raw_words(text).into_iter().all(is)
    }

    /// Toggles a value of a field: drops all terms of the field, and asks for this value unless one did.
    pub fn toggled(text: &str, field: &str, value: &str) -> String {
        let was = Self::parse(text).wants(field, value);
        let of_the_field = |word: &str| term(word).is_some_and(|term| term.wants() == Some(field));
        let kept = raw_words(text).into_iter().filter(|word| !of_the_field(word)).map(str::to_owned);
        kept.chain((!was).then(|| wish(field, value))).collect::<Vec<_>>().join(" ")
    }
}

/// The unfinished word at the end of a filter, for completion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartialWord {
    /// Text before the word, which is already complete.
    pub before: String,
    /// Whether the word begins with `-`, so that matching rows are left out.
    pub negated: bool,
    /// The field, if a value is typed already.
    pub field: Option<String>,
    /// The word, or the value after the field, as far as it is typed, without quotes.
    pub part: String,
}

impl PartialWord {
    /// The last word of a filter's text; an empty one after a blank.
    pub fn of(text: &str) -> Self {
        let quoted = text.matches('"').count() % 2 == 1;
        let last = raw_words(text).last().copied().filter(|_| quoted || !text.ends_with(char::is_whitespace));
        let last = last.unwrap_or_default();
        let before = text.strip_suffix(last).unwrap_or(text).to_owned();
        let (negated, word) = last.strip_prefix('-').map_or((false, last), |rest| (true, rest));
        let (field, part) = match word.split_once(':') {
            Some((field, part)) if !field.is_empty() => (Some(field.to_lowercase()), part),
            _ => (None, word),
        };
        Self { before, negated, field, part: unquoted(part.strip_prefix('=').unwrap_or(part)) }
    }

    /// The whole text with the word replaced by a field's name and its mark, such as `role:`.
    pub fn with_field(&self, field: &str, mark: &str) -> String {
        format!("{}{}{field}{mark}", self.before, if self.negated { "-" } else { "" })
    }

    /// The whole text with the word replaced by a field and its value, and a blank for the next word.
    pub fn with_value(&self, field: &str, value: &str) -> String {
        format!("{}{}{} ", self.before, if self.negated { "-" } else { "" }, wish(field, value))
    }
}

/// Result of a filter for a row, for counts of the values of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterOutcome {
    /// The row passes the filter.
    Through,
    /// The row fails only on terms of one field, given by its index in the list of fields.
    FailsOnly(usize),
    /// The row fails on terms of other fields, or of several.
    Out,
}

/// `state:failed`: no state's name begins like another's that is counted apart. Other values are meant exactly.
fn wish(field: &str, value: &str) -> String {
    let exactly = if field == "state" { "" } else { "=" };
    let quote = if value.contains(char::is_whitespace) { "\"" } else { "" };
    format!("{field}:{exactly}{quote}{value}{quote}")
}

impl Term {
    /// The field of which it asks a value.
    fn wants(&self) -> Option<&str> {
        let compares = matches!(self.test, Test::Compare(..));
        self.test.field().filter(|_| !self.negated && !compares)
    }

    fn holds(&self, row: &impl Row) -> bool {
        self.test.holds(row).unwrap_or_else(|| row.text(&mut |text| self.whole.is_in(text)))
    }
}

impl Test {
    /// Whether the row has it; `None` if it has no field of that name.
    fn holds(&self, row: &impl Row) -> Option<bool> {
        let field = |name: &str, matches: &dyn Fn(&str) -> bool| {
            let mut has = false;
            let holds = row.field(name, &mut |value| {
                has = true;
                matches(value)
            });
            has.then_some(holds)
        };
        match self {
            Self::Word(word) => Some(row.text(&mut |text| word.is_in(text))),
            Self::Part(name, part, _) => field(name, &|value| part.is_in(value)),
            Self::Field(name, pattern) => field(name, &|value| fits(value, pattern)),
            Self::Exact(name, wanted) => field(name, &|value| is(value, wanted)),
            Self::Begins(name, start) => field(name, &|value| rest(value, start).is_some()),
            Self::Tree(name, root) => {
                field(name, &|value| rest(value, root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
            }
            Self::Compare(name, comparison, limit) => row.number(name).map(|value| comparison.holds(value, *limit)),
            Self::Equal(name, wanted, half) => {
                row.number(name).map(|value| (value - wanted).abs() < *half || value == *wanted)
            }
        }
    }

    /// The field that it asks of.
    fn field(&self) -> Option<&str> {
        match self {
            // Without such a number it is a word like any other, as a label `a=1`.
            Self::Word(_) | Self::Equal(..) => None,
            Self::Part(name, ..) | Self::Field(name, _) | Self::Exact(name, _) => Some(name),
            Self::Begins(name, _) | Self::Tree(name, _) | Self::Compare(name, ..) => Some(name),
        }
    }

    fn names(&self, value: &str) -> bool {
        match self {
            Self::Part(_, _, wanted) | Self::Field(_, wanted) | Self::Exact(_, wanted) => is(value, wanted),
            Self::Begins(_, wanted) => is(value, wanted),
            Self::Word(_) | Self::Compare(..) | Self::Equal(..) | Self::Tree(..) => false,
        }
    }
}

impl Comparison {
    fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Below => value < limit,
            Self::AtMost => value <= limit,
            Self::AtLeast => value >= limit,
            Self::Above => value > limit,
        }
    }
}

/// Cut at blanks that no quotes keep together; the quotes stay.
fn raw_words(text: &str) -> Vec<&str> {
    let mut quoted = false;
    let apart = |letter: char| {
        quoted ^= letter == '"';
        letter.is_whitespace() && !quoted
    };
    text.split(apart).filter(|word| !word.is_empty()).collect()
}

fn unquoted(word: &str) -> String {
    word.replace('"', "")
}

fn term(typed: &str) -> Option<Term> {
    let is_quoted = typed.trim_start_matches('-').starts_with('"');
    let word = unquoted(typed);
    let (negated, word) = word.strip_prefix('-').map_or((false, word.as_str()), |rest| (true, rest));
    let asks = || comparison(word).or_else(|| field(word)).filter(|_| !is_quoted);
    (!word.is_empty()).then(|| Term {
        negated,
        test: asks().unwrap_or_else(|| Test::Word(Needle::new(word))),
        whole: Needle::new(word),
        word: typed.to_owned(),
    })
}

fn comparison(word: &str) -> Option<Test> {
    let (name, rest) = word.split_at_checked(word.find([':', '<', '>', '='])?)?;
    if let Some(number) = rest.strip_prefix('=') {
        return equal(name, number);
    }
    let (comparison, limit) =
        match (rest.strip_prefix(">="), rest.strip_prefix("<="), rest.strip_prefix('>'), rest.strip_prefix('<')) {
            (Some(limit), ..) => (Comparison::AtLeast, limit),
            (_, Some(limit), ..) => (Comparison::AtMost, limit),
            (.., Some(limit), _) => (Comparison::Above, limit),
            (.., Some(limit)) => (Comparison::Below, limit),
            _ => return None,
        };
    let name = name.to_lowercase();
    let limit = limit.parse().ok().or_else(|| if AGES.contains(&name.as_str()) { minutes(limit) } else { None })?;
    (!name.is_empty()).then_some(Test::Compare(name, comparison, limit))
}

/// `cpus=0.001`: the same at the precision that was typed, of at least three decimals, which Mesos keeps.
fn equal(name: &str, number: &str) -> Option<Test> {
    let wanted: f64 = number.parse().ok()?;
    let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len()).clamp(3, 12);
    let half = 0.5 / 10_f64.powi(i32::try_from(decimals).unwrap_or(3));
    (!name.is_empty() && wanted.is_finite()).then(|| Test::Equal(name.to_lowercase(), wanted, half))
}

/// Fields with an age in minutes.
const AGES: [&str; 2] = ["changed", "started"];

/// `90s`, `10m`, `2h`, `1d`.
fn minutes(age: &str) -> Option<f64> {
    let units = [("s", 1.0 / 60.0), ("m", 1.0), ("h", 60.0), ("d", 1440.0)];
    units.iter().find_map(|(unit, length)| Some(age.strip_suffix(unit)?.parse::<f64>().ok()? * length))
}

fn field(word: &str) -> Option<Test> {
    let (name, pattern) = word.split_once(':')?;
    (!name.is_empty()).then(|| match pattern.strip_prefix('=') {
        Some(value) => Test::Exact(name.to_lowercase(), value.to_owned()),
        None if name.eq_ignore_ascii_case(ROLE) && pattern.len() > 1 && pattern.ends_with('/') => {
            Test::Tree(name.to_lowercase(), pattern.trim_end_matches('/').to_lowercase())
        }
        None if pattern.contains('*') => Test::Field(name.to_lowercase(), pattern.to_lowercase()),
        None if name.eq_ignore_ascii_case(STATE) => Test::Begins(name.to_lowercase(), pattern.to_lowercase()),
        None => Test::Part(name.to_lowercase(), Needle::new(pattern), pattern.to_lowercase()),
    })
}

/// A state is asked for by its beginning: `active` is a part of `inactive`, too.
const STATE: &str = "state";
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

#[cfg(test)]
mod tests;
