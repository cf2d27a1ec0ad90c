//! What a rule is, and what proves that it guards. Knows no rule.

use super::source::{self, Source};

/// A habit that a machine can keep.
pub struct Rule {
    /// What holds, as a sentence: the head of a failure.
    pub says: &'static str,
    /// The folders and files of the checkout that it reads.
    pub reads: &'static [&'static str],
    pub check: fn(&[Source]) -> Report,
    /// How many things the checkout has to check at the least: fewer mean that the rule looks in the wrong place.
    pub least: usize,
    /// Trees in each of which one thing breaks the rule.
    pub broken_by: fn() -> Vec<Tree>,
}

/// Files as the checkout could have them.
pub type Tree = Vec<Source>;

pub fn tree(files: &[(&str, &str)]) -> Tree {
    files.iter().map(|(path, text)| Source::of(path, (*text).to_owned())).collect()
}

/// What a rule found.
#[derive(Debug, Default)]
pub struct Report {
    /// How many things were checked.
    pub checked: usize,
    /// One line for each thing that breaks the rule.
    pub offences: Vec<String>,
}

impl Report {
    /// Checks things one by one.
    pub fn of<T>(things: impl IntoIterator<Item = T>, offences: impl Fn(T) -> Vec<String>) -> Self {
        let mut report = Self::default();
        for thing in things {
            report.checked += 1;
            report.offences.extend(offences(thing));
        }
        report
    }
}

impl Rule {
    /// Fails unless the checkout keeps the rule, and the rule finds what breaks it.
    pub fn hold(&self) {
        self.guards();
        let report = (self.check)(&source::all(self.reads));
        assert!(report.checked >= self.least, "{}: only {} were found to check", self.says, report.checked);
        assert!(report.offences.is_empty(), "{}:\n  {}", self.says, report.offences.join("\n  "));
    }

    fn guards(&self) {
        let trees = (self.broken_by)();
        assert!(!trees.is_empty() && self.least > 0, "{}: nothing shows that this rule guards", self.says);
        assert_eq!((self.check)(&[]).checked, 0, "{}: what is checked where nothing is?", self.says);
        for tree in trees {
            let offences = (self.check)(&tree).offences;
            assert_eq!(offences.len(), 1, "{}: {tree:#?} breaks it once: {offences:?}", self.says);
        }
    }
}
