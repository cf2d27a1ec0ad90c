//! Whether a filter lets through nothing that another keeps out, as one that is typed further.

use super::filter::value_test::ValueTest;
use super::filter::{Filter, Term, Test};

impl Filter {
    /// Whether all rows that the older filter classifies as out are out by this one too, as by `web-1 x` after `web`. If in doubt, no.
    pub fn narrows(&self, older: &Self) -> bool {
        older.terms.iter().all(|old| self.terms.iter().any(|new| new.implies(old)))
    }

    /// Index of the older filter's word that asks of the same field as the word with this index; `None` without one.
    pub fn same_field(&self, at: usize, older: &Self) -> Option<usize> {
        let field = self.field_of(at)?;
        older.terms.iter().position(|term| term.test.field() == Some(field))
    }
}

impl Term {
    /// Whether a row that fails on the older term fails on this one, too.
    fn implies(&self, older: &Self) -> bool {
        let is_longer = !self.negated && !older.negated && self.whole.is_narrower_than(&older.whole);
        self == older || is_longer && self.wants() == older.wants() && self.test.implies(&older.test)
    }
}

impl Test {
    fn implies(&self, older: &Self) -> bool {
        match (self, older) {
            (Self::Word(new), Self::Word(old)) => new.is_narrower_than(old),
            (Self::Values(name, new), Self::Values(other, old)) => match (new.as_slice(), old.as_slice()) {
                ([ValueTest::Part(new, _)], [ValueTest::Part(old, _)]) => name == other && new.is_narrower_than(old),
                ([ValueTest::Begins(new)], [ValueTest::Begins(old)]) => {
                    name == other && new.is_ascii() && new.starts_with(old)
                }
                _ => false,
            },
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_is_typed_further_is_narrower() {
        let check = |older: &str, new: &str, narrows: bool| {
            assert_eq!(Filter::parse(new).narrows(&Filter::parse(older)), narrows, "{older} -> {new}");
        };
        check("", "x", true);
        check("we", "web", true);
        check("eb", "Web-1", true);
        check("web", "we", false);
        check("web", "web state:", true);
        check("state:f", "state:fail", true);
        check("state:ail", "state:fail", false);
        check("name:", "name:w", true);
        check("name:w", "name:web cpus>2", true);
        check("name:w", "id:web", false);
        check("cpus>2", "cpus>22", false);
        check("cpus>2", "web cpus>2", true);
        check("-w", "-web", false);
        check("-w x", "x -w", true);
        check("state:failed", "state:failed,lost", false);
        check("role:a", "role:a/", false);
        check("framework", "framework:", false);
        // The length of a letter may be another in lower case.
        check("k", "größek", false);
        check("größe", "größe x", true);
    }
}
