//! How long files and functions are, and how a file begins.

use super::parsed;
use super::rule::{Report, Rule, tree};
use super::source::rust;

const LONGEST_FILE: usize = 600;
const LONGEST_FUNCTION: usize = 60;

pub const SHORT_FILES: Rule = Rule {
    says: "no file has more than 600 lines",
    reads: &["src", "style", "tests"],
    check: |files| {
        Report::of(files, |file| {
            let lines = file.text.lines().count();
            (lines > LONGEST_FILE).then(|| format!("{} has {lines}", file.path)).into_iter().collect()
        })
    },
    least: 500,
    broken_by: || vec![tree(&[("style/x.css", &"\n".repeat(LONGEST_FILE + 1)), ("style/y.css", "a {}")])],
};

pub const SHORT_FUNCTIONS: Rule = Rule {
    says: "no function has more than 60 lines",
    reads: &["src", "tests"],
    check: |files| {
        let mut report = Report::default();
        for file in rust(files) {
            let functions = parsed::functions(file);
            report.checked += functions.len();
            let long = functions.into_iter().filter(|function| function.lines > LONGEST_FUNCTION);
            report
                .offences
                .extend(long.map(|it| format!("{}:{}: {} has {} lines", file.path, it.line, it.name, it.lines)));
        }
        report
    },
    least: 5_000,
    broken_by: || {
        vec![tree(&[("src/app/x.rs", &[function(LONGEST_FUNCTION), function(LONGEST_FUNCTION + 1)].concat())])]
    },
};

pub const SAYS_WHAT_IT_IS: Rule = Rule {
    says: "a module begins with its //! line",
    reads: &["src", "tests"],
    check: |files| {
        Report::of(rust(files), |file| {
            let is_silent = !file.text.starts_with("//! ");
            is_silent.then(|| file.path.clone()).into_iter().collect()
        })
    },
    least: 500,
    broken_by: || vec![tree(&[("src/app/x.rs", "use crate::y;\n"), ("src/app/y.rs", "//! Y.\n")])],
};

fn function(lines: usize) -> String {
    format!("fn f() {{{}}}\n", "\n".repeat(lines - 1))
}
