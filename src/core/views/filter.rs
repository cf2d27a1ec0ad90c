//! The filter language: words match any shown text; `state:draining`, `rack:r1*`, `role:=dev`, `role:eng/`, `cpus>2`, `cpus=0.5`,
//! `changed<10m`, `-word`. All must hold. A comma joins values by "or": `state:failed,lost`, `role:=dev,ops`, `cpus=1,2`; quotes keep
//! one that is part of a value: `role:="a,b"`. A word that asks for a field which a row lacks matches text there, as does a word that
//! begins with a quote.
//! Total: any text is a filter. Knows no table; a table says what its rows' fields are.

pub mod partial_word;
pub(super) mod value_test;
mod words;

use self::value_test::ValueTest;
use self::words::{ValueList, raw_words, unquoted};
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
    pub(super) terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term {
    pub(super) negated: bool,
    pub(super) test: Test,
    /// The whole of it, for rows that lack the field that it asks of.
    pub(super) whole: Needle,
    /// The word as typed.
    word: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// To be found in any text.
    Word(Needle),
    /// A field's name, and tests of its value, one of which must hold.
    Values(String, Vec<ValueTest>),
    Compare(String, Comparison, f64),
    /// A field's name, and numbers, one of which it must equal.
    Equal(String, Vec<Rounded>),
}

/// A number as typed, and half of its last decimal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rounded {
    value: f64,
    half: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Comparison {
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

    /// Whether a word asks of the column with this name; a field of one of several values has the singular, as `label` of `labels`.
    pub fn asks_of(&self, column: &str) -> bool {
        let is_column = |field: &str| field == column || column.strip_suffix('s') == Some(field);
        self.terms.iter().filter_map(|term| term.test.field()).any(is_column)
    }

    /// The limit of the word with this index, if it compares, but with no number, as `cpus>many`; it is matched as text then.
    pub fn limit_without_number(&self, at: usize) -> Option<&str> {
        let term = self.terms.get(at).filter(|term| matches!(term.test, Test::Word(_)))?;
        let (name, limit) = term.word.trim_start_matches('-').split_once(['<', '>'])?;
        let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '.');
        is_name.then(|| limit.trim_start_matches('='))
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
            let field = term.wants().and_then(|wanted| (0..).zip(fields).find(|(_, field)| **field == wanted));
            let field = field.map(|(at, _)| at);
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
            Test::Values(name, tests) if name == field && !term.negated => match tests.as_slice() {
                [ValueTest::Exact(value)] => Some(value.as_str()),
                _ => None,
            },
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

    /// The filter's text without the words that ask for values of a field. Words that exclude values stay.
    pub fn without(text: &str, field: &str) -> String {
        let is_other = |word: &&str| term(word).is_none_or(|term| term.wants() != Some(field));
        raw_words(text).into_iter().filter(is_other).collect::<Vec<_>>().join(" ")
    }

    /// The filter's text without the words that satisfy a predicate.
    pub fn without_words(text: &str, is: impl Fn(&str) -> bool) -> String {
        raw_words(text).into_iter().filter(|word| !is(word)).collect::<Vec<_>>().join(" ")
    }

    /// Whether all words of the filter's text satisfy a predicate.
    pub fn all_words(text: &str, is: impl Fn(&str) -> bool) -> bool {
        raw_words(text).into_iter().all(is)
    }

    /// The word that asks for one value of a field: `role:=dev`, `state:failed`. No word can ask for a value with a quote.
    pub fn word(field: &str, value: &str) -> String {
        words::word(field, value)
    }

    /// Toggles a value of a field: drops it from the words that ask for it, or joins it by "or" to the values that the filter asks for.
    pub fn toggled(text: &str, field: &str, value: &str) -> String {
        let had = Self::parse(text).wants(field, value);
        let mut is_due = !had;
        let changed = |word: &str| {
            let asks = term(word).is_some_and(|term| term.wants() == Some(field));
            let Some(mut list) = ValueList::parse(word).filter(|_| asks) else { return Some(word.to_owned()) };
            if had {
                let (name, is_exact) = (list.name(), list.is_exact);
                list.values.retain(|typed| !ValueTest::parse(&name, is_exact, typed).names(value));
            } else if std::mem::take(&mut is_due) {
                list.push(value);
            }
            (!list.values.is_empty()).then(|| list.print())
        };
        let kept: Vec<String> = raw_words(text).into_iter().filter_map(changed).collect();
        kept.into_iter().chain(is_due.then(|| Self::word(field, value))).collect::<Vec<_>>().join(" ")
    }
}

/// Result of a filter for a row, for counts of the values of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterOutcome {
    /// The row passes the filter.
    Through,
    /// The row fails only on terms of one field, given by its index in the list of fields.
    FailsOnly(u8),
    /// The row fails on terms of other fields, or of several.
    Out,
}

impl Term {
    /// The field of which it asks a value.
    pub(super) fn wants(&self) -> Option<&str> {
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
            Self::Values(name, tests) => field(name, &|value| tests.iter().any(|test| test.holds(value))),
            Self::Compare(name, comparison, limit) => row.number(name).map(|value| comparison.holds(value, *limit)),
            Self::Equal(name, numbers) => {
                row.number(name).map(|value| numbers.iter().any(|number| number.is_shown_of(value)))
            }
        }
    }

    /// The field that it asks of.
    pub(super) fn field(&self) -> Option<&str> {
        match self {
            // Without such a number it is a word like any other, as a label `a=1`.
            Self::Word(_) | Self::Equal(..) => None,
            Self::Values(name, _) | Self::Compare(name, ..) => Some(name),
        }
    }

    fn names(&self, value: &str) -> bool {
        match self {
            Self::Values(_, tests) => tests.iter().any(|test| test.names(value)),
            Self::Word(_) | Self::Compare(..) | Self::Equal(..) => false,
        }
    }
}

impl Rounded {
    /// Parses a number at the precision that was typed, of at least three decimals, which Mesos keeps.
    fn parse(typed: &str) -> Option<Self> {
        let value: f64 = typed.parse().ok()?;
        let decimals = typed.split_once('.').map_or(0, |(_, decimals)| decimals.len()).clamp(3, 12);
        let half = 0.5 / 10_f64.powi(i32::try_from(decimals).unwrap_or(3));
        value.is_finite().then_some(Self { value, half })
    }

    fn is_shown_of(self, value: f64) -> bool {
        (value - self.value).abs() < self.half || value == self.value
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

fn term(typed: &str) -> Option<Term> {
    let is_quoted = typed.trim_start_matches('-').starts_with('"');
    let word = unquoted(typed);
    let (negated, word) = word.strip_prefix('-').map_or((false, word.as_str()), |rest| (true, rest));
    let values = || ValueList::parse(typed).map(|list| list.test());
    let asks = || comparison(word).or_else(values).filter(|_| !is_quoted);
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

/// Parses `cpus=0.5` or `cpus=1,2`, where each value must be a number.
fn equal(name: &str, numbers: &str) -> Option<Test> {
    let typed = numbers.split(',').map(str::trim).filter(|number| !number.is_empty());
    let numbers: Vec<Rounded> = typed.map(Rounded::parse).collect::<Option<_>>()?;
    (!name.is_empty() && !numbers.is_empty()).then(|| Test::Equal(name.to_lowercase(), numbers))
}

/// Fields with an age in minutes.
const AGES: [&str; 3] = ["changed", "unchanged", "started"];

/// `90s`, `10m`, `2h`, `1d`.
fn minutes(age: &str) -> Option<f64> {
    let units = [("s", 1.0 / 60.0), ("m", 1.0), ("h", 60.0), ("d", 1440.0)];
    units.iter().find_map(|(unit, length)| Some(age.strip_suffix(unit)?.parse::<f64>().ok()? * length))
}

impl ValueList<'_> {
    fn test(&self) -> Test {
        let name = self.name();
        let tests = self.values.iter().map(|typed| ValueTest::parse(&name, self.is_exact, typed)).collect();
        Test::Values(name, tests)
    }
}

#[cfg(test)]
mod tests;
