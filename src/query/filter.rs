//! The filter language: words match any shown text; `state:draining`, `rack:r1*`, `cpus>2`, `-word`. All must hold.
//! Total: any text is a filter. Knows no table; a table says what its rows' fields are.

/// What a row tells a filter.
pub trait Row {
    /// Whether any of the shown texts is one that `contains` says yes to.
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool;
    /// Whether the field of that name has a value that `matches` says yes to; no if there is no such field.
    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool;
    /// The field of that name as a number; `mem` and `disk` are in GiB.
    fn number(&self, name: &str) -> Option<f64>;
}

/// A filter, read from what was typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq)]
struct Term {
    negated: bool,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    /// Lower case, to be found in any text.
    Word(String),
    /// A field's name, and a pattern with `*`.
    Field(String, String),
    Compare(String, Comparison, f64),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Comparison {
    Below,
    AtMost,
    AtLeast,
    Above,
}

impl Filter {
    /// Reads what was typed. Quotes keep blanks together.
    pub fn parse(text: &str) -> Self {
        Self { terms: words(text).iter().filter_map(|word| term(word)).collect() }
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether it lets the row through.
    pub fn matches(&self, row: &impl Row) -> bool {
        self.terms.iter().all(|term| term.test.holds(row) != term.negated)
    }
}

impl Test {
    fn holds(&self, row: &impl Row) -> bool {
        match self {
            Self::Word(word) => row.text(&mut |text| contains(text, word)),
            Self::Field(name, pattern) => row.field(name, &mut |value| fits(value, pattern)),
            Self::Compare(name, comparison, limit) => {
                row.number(name).is_some_and(|value| comparison.holds(value, *limit))
            }
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

fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            blank if blank.is_whitespace() && !quoted => {
                words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()))
            }
            letter => word.push(letter),
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

fn term(word: &str) -> Option<Term> {
    let (negated, word) = word.strip_prefix('-').map_or((false, word), |rest| (true, rest));
    (!word.is_empty()).then(|| Term {
        negated,
        test: comparison(word).or_else(|| field(word)).unwrap_or_else(|| Test::Word(word.to_lowercase())),
    })
}

fn comparison(word: &str) -> Option<Test> {
    let (name, rest) = word.split_at_checked(word.find(['<', '>'])?)?;
    let (comparison, limit) =
        match (rest.strip_prefix(">="), rest.strip_prefix("<="), rest.strip_prefix('>'), rest.strip_prefix('<')) {
            (Some(limit), ..) => (Comparison::AtLeast, limit),
            (_, Some(limit), ..) => (Comparison::AtMost, limit),
            (.., Some(limit), _) => (Comparison::Above, limit),
            (.., Some(limit)) => (Comparison::Below, limit),
            _ => return None,
        };
    let limit = limit.parse().ok()?;
    (!name.is_empty()).then(|| Test::Compare(name.to_lowercase(), comparison, limit))
}

fn field(word: &str) -> Option<Test> {
    let (name, pattern) = word.split_once(':')?;
    (!name.is_empty()).then(|| Test::Field(name.to_lowercase(), pattern.to_lowercase()))
}

fn contains(text: &str, word: &str) -> bool {
    find(text, word).is_some()
}

/// Where the text has the word, whatever its case. Texts are mostly ASCII, and this runs for each row at each key. In a text
/// that is not, the place is that in its lower case, which may be another by a few bytes.
pub(super) fn find(text: &str, word: &str) -> Option<usize> {
    if text.is_ascii() {
        let Some(&first) = word.as_bytes().first() else { return Some(0) };
        let (lower, upper) = (first, first.to_ascii_uppercase());
        return memchr::memchr2_iter(lower, upper, text.as_bytes()).find(|at| {
            let part = text.as_bytes().get(*at..at + word.len());
            part.is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes()))
        });
    }
    text.to_lowercase().find(word)
}

/// Without `*` a part of the value is enough; with it the whole must fit.
fn fits(value: &str, pattern: &str) -> bool {
    if !pattern.contains('*') {
        return contains(value, pattern);
    }
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
mod tests {
    use super::*;

    struct Host;

    impl Row for Host {
        fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
            contains("a0417.ams") || contains("Größe")
        }
        fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
            name == "zone" && matches("ams-2b")
        }
        fn number(&self, name: &str) -> Option<f64> {
            (name == "cpus").then_some(2.5)
        }
    }

    fn check(filter: &str, matches: bool) {
        assert_eq!(Filter::parse(filter).matches(&Host), matches, "{filter}");
    }

    #[test]
    fn words_match_any_text_in_any_case() {
        check("", true);
        check("AMS 0417", true);
        check("grösse", false);
        check("GRÖẞE", true);
        check("fra", false);
        check("-fra", true);
        check("\"0417 ams\"", false);
    }

    #[test]
    fn fields_take_parts_and_patterns() {
        check("zone:2b", true);
        check("zone:ams-2*", true);
        check("zone:2*", false);
        check("zone:*-*b", true);
        check("-zone:ams*", false);
        check("rack:x", false);
    }

    #[test]
    fn numbers_compare() {
        check("cpus>2", true);
        check("cpus>=2.5 cpus<=2.5", true);
        check("cpus<2", false);
        check("gpus>0", false);
    }

    #[test]
    fn anything_is_a_filter() {
        for text in ["-", ":", ">", "cpus>", "a:b:c", "\"", "***", "zone:***", "<>=", "\u{0}"] {
            Filter::parse(text).matches(&Host);
        }
    }
}
