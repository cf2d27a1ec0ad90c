//! The sentences of the core's `text/`, with example data, as one file: a change of wording is a change of that file.
//!
//! To add a sentence, add a line to the list of its subject in `sentences/`, and let the test write the file:
//! `MESOSCOPE_SENTENCES=write cargo test -p mesoscope-tests --test sentences`.

mod sentences {
    pub mod agents;
    pub mod amounts;
    pub mod api_errors;
    pub mod connection;
    pub mod containers;
    pub mod diagnostics;
    pub mod dialogs;
    pub mod eligibility;
    pub mod events;
    pub mod files;
    pub mod flag_comparison;
    pub mod flags;
    pub mod log_viewer;
    pub mod masters;
    pub mod metrics;
    pub mod objects;
    pub mod overview;
    pub mod own_frameworks;
    pub mod problems;
    pub mod providers;
    pub mod reservations;
    pub mod run_results;
    pub mod runs;
    pub mod shell;
    pub mod tables;
    pub mod tasks;
    pub mod terminal;
}

use std::path::Path;
use std::{env, fs};

use mesoscope_core::text::THIN_SPACE;

/// An expression, and the text that it makes.
type Sentence = (&'static str, String);

/// A subject: its name, and its sentences.
type Subject = (&'static str, fn() -> Vec<Sentence>);

const SUBJECTS: &[Subject] = &[
    ("agents", sentences::agents::all),
    ("amounts", sentences::amounts::all),
    ("api_errors", sentences::api_errors::all),
    ("connection", sentences::connection::all),
    ("containers", sentences::containers::all),
    ("diagnostics", sentences::diagnostics::all),
    ("dialogs", sentences::dialogs::all),
    ("eligibility", sentences::eligibility::all),
    ("events", sentences::events::all),
    ("files", sentences::files::all),
    ("log_viewer", sentences::log_viewer::all),
    ("overview", sentences::overview::all),
    ("flag_comparison", sentences::flag_comparison::all),
    ("flags", sentences::flags::all),
    ("masters", sentences::masters::all),
    ("metrics", sentences::metrics::all),
    ("objects", sentences::objects::all),
    ("own_frameworks", sentences::own_frameworks::all),
    ("problems", sentences::problems::all),
    ("providers", sentences::providers::all),
    ("reservations", sentences::reservations::all),
    ("run_results", sentences::run_results::all),
    ("runs", sentences::runs::all),
    ("shell", sentences::shell::all),
    ("tables", sentences::tables::all),
    ("tasks", sentences::tasks::all),
    ("terminal", sentences::terminal::all),
];

/// Makes a list of sentences of expressions, each of which is a text, an optional text, or a pair of texts.
macro_rules! listed {
    ($($made:expr),* $(,)?) => { vec![$((stringify!($made), $crate::Printed::printed(&$made))),*] };
}
pub(crate) use listed;

/// A text as the file has it.
trait Printed {
    fn printed(&self) -> String;
}

impl Printed for String {
    fn printed(&self) -> String {
        self.clone()
    }
}

impl Printed for &str {
    fn printed(&self) -> String {
        (*self).to_owned()
    }
}

impl<T: Printed> Printed for Option<T> {
    fn printed(&self) -> String {
        self.as_ref().map_or_else(|| "(none)".to_owned(), T::printed)
    }
}

impl<A: Printed, B: Printed> Printed for (A, B) {
    fn printed(&self) -> String {
        format!("{} | {}", self.0.printed(), self.1.printed())
    }
}

fn all() -> String {
    let subject = |(name, made): &(&str, fn() -> Vec<Sentence>)| {
        let lines: Vec<String> =
            made().into_iter().map(|(by, text)| format!("{}\n    {}\n", one_line(by), text)).collect();
        format!("# {name}\n\n{}", lines.concat())
    };
    // A thin space looks like any other in a review.
    SUBJECTS.iter().map(subject).collect::<Vec<_>>().join("\n").replace(THIN_SPACE, "~")
}

/// The expression without its line breaks, which formatting moves.
fn one_line(expression: &str) -> String {
    let text = expression.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace("( ", "(").replace(", )", ")").replace(",)", ")")
}

#[test]
fn sentences_are_as_the_file_has_them() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("sentences/sentences.txt");
    if env::var("MESOSCOPE_SENTENCES").is_ok_and(|wish| wish == "write") {
        fs::write(&path, all()).expect("the file can be written");
    }
    let (reviewed, made) = (fs::read_to_string(&path).expect("the file is there"), all());
    let differing = reviewed.lines().zip(made.lines()).find(|(reviewed, made)| reviewed != made);
    let longer = reviewed.lines().count() != made.lines().count();
    assert!(
        differing.is_none() && !longer,
        "sentences differ from tests/sentences/sentences.txt, first here: {differing:?}\n\
        Write the file with MESOSCOPE_SENTENCES=write, and review its diff.",
    );
}

/// Rules that hold for any sentence on screen.
#[test]
fn sentences_are_plain() {
    for (subject, made) in SUBJECTS {
        for (by, text) in made() {
            let sentences = text.split(['.', ';', ':', '?', '!', '|']).map(|part| part.split_whitespace().count());
            let words = sentences.max().unwrap_or(0);
            assert!(words <= WORDS, "{subject}: {by} has a sentence of {words} words: {text}");
            for old in OLD_WORDS {
                assert!(!has_word(&text, old), "{subject}: {by} says {old:?}: {text}");
            }
            let doubled = ["  ", " .", " ,", ".."].into_iter().find(|doubled| text.contains(doubled));
            assert_eq!(doubled, None, "{subject}: {by}: {text}");
        }
    }
}

/// Maximum number of words of a sentence.
const WORDS: usize = 30;
const OLD_WORDS: [&str; 7] = ["whoever", "somebody", "nobody", "stands", "anew", "1 CPUs", "1 agents"];

fn has_word(text: &str, word: &str) -> bool {
    let is_end = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
    text.match_indices(word).any(|(at, found)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        is_end(before) && is_end(text.get(at + found.len()..).and_then(|rest| rest.chars().next()))
    })
}
