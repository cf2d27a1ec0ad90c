//! Progress output: the current step, and the duration of each.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use crate::run::{Outcome, Tally};

/// Steps of one command in order, with durations and test counts.
pub struct Steps {
    started: Instant,
    done: Vec<(String, Duration)>,
    pub tally: Tally,
}

impl Steps {
    pub fn new() -> Self {
        Self { started: Instant::now(), done: Vec::new(), tally: Tally::default() }
    }

    /// Runs a step under its heading. A failed step ends the command, so the summary keeps only its name.
    pub fn step<T>(&mut self, name: &str, work: impl FnOnce(&mut Tally) -> Outcome<T>) -> Outcome<T> {
        eprintln!("\n{}", strong(&format!("== {name}")));
        let from = Instant::now();
        let outcome = work(&mut self.tally);
        let took = from.elapsed();
        let word = if outcome.is_ok() { "done" } else { "FAILED" };
        eprintln!("   {word} in {}", seconds(took));
        self.done.push((name.to_owned(), took));
        outcome
    }

    /// Prints the failed tests, then every step and its duration. The record of CI keeps only the end of the output.
    pub fn summary(&self) {
        if !self.tally.failures.is_empty() {
            println!("\nFailed:");
            self.tally.failures.iter().for_each(|failure| println!("{}", failure.report()));
        }
        println!();
        for (name, took) in &self.done {
            println!("{:>9}  {name}", seconds(*took));
        }
        println!("{:>9}  in all", seconds(self.started.elapsed()));
        if !self.tally.second_tries.is_empty() {
            println!("\nPassed only at the second try:");
            self.tally.second_tries.iter().for_each(|failure| println!("{}", failure.report()));
        }
        if !self.tally.skipped.is_empty() {
            println!("\nSkipped on this machine:");
            self.tally.skipped.iter().for_each(|what| println!("  {what}"));
        }
    }
}

pub fn note(words: &str) {
    eprintln!("   {words}");
}

/// Prints a prominent warning.
pub fn warn(words: &str) {
    eprintln!("\n{}\n", strong(&format!("!! {words}")));
}

fn strong(words: &str) -> String {
    if std::io::stderr().is_terminal() { format!("\x1b[1m{words}\x1b[0m") } else { words.to_owned() }
}

pub fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    if whole < 60 { format!("{:.1} s", time.as_secs_f64()) } else { format!("{} m {:02} s", whole / 60, whole % 60) }
}
