//! Child processes: start, environment and errors.
//!
//! Knows no specific program. Hand-written: `xshell` takes time to compile before the first output, and does not pass output on
//! line by line.

use std::ffi::OsString;
use std::fmt;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a command failed, for its user. Empty if already printed.
#[derive(Debug)]
pub struct CommandError(pub String);

pub type Outcome<T = ()> = Result<T, CommandError>;

impl fmt::Display for CommandError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

pub fn fail<T>(why: impl Into<String>) -> Outcome<T> {
    Err(CommandError(why.into()))
}

/// Test counts, parsed from the output of test runners.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    passed: u64,
    failed: u64,
    /// Tests that report themselves skipped, which the runner counts as passed.
    skipped_tests: u64,
    /// Reasons of skipped tests and checks: what this machine lacks.
    pub skipped: Vec<String>,
}

impl Tally {
    /// Summary line of a run.
    pub fn line(&self) -> String {
        let passed = self.passed.saturating_sub(self.skipped_tests);
        let skipped = self.skipped.len();
        format!(
            "{passed} passed, {} failed{}",
            self.failed,
            if skipped > 0 { format!(", {skipped} skipped") } else { String::new() }
        )
    }

    /// Parses an output line: counts a test result, or records a skip.
    fn read(&mut self, line: &str) {
        if let Some((passed, failed)) = test_result(line) {
            self.passed += passed;
            self.failed += failed;
        }
        // A test that bypasses the runner's capture may print in the middle of a line.
        if let Some((_, what)) = line.split_once("!! LEFT OUT: ") {
            self.skipped.push(what.trim().to_owned());
            self.skipped_tests += 1;
        }
    }
}

/// The cargo that runs this command.
pub fn cargo(args: &[&str]) -> Command {
    let mut command = child(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args);
    command
}

pub fn program(name: &str, args: &[&str]) -> Command {
    let mut command = child(name.into());
    command.args(args);
    command
}

/// Creates a command without the variables of `cargo run`.
///
/// Cargo and rustc would take its package and binary variables for their own and rebuild everything.
fn child(name: OsString) -> Command {
    let mut command = Command::new(name);
    let ours = |key: &str| {
        ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"].iter().any(|prefix| key.starts_with(prefix))
    };
    for (key, _) in std::env::vars_os() {
        if key.to_str().is_some_and(ours) {
            command.env_remove(key);
        }
    }
    command
}

/// Runs a command to its end with inherited output.
pub fn run(command: &mut Command) -> Outcome {
    let status = command.stdin(Stdio::null()).status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { fail(format!("`{}` failed: {status}", shown(command))) }
}

/// Standard output of a command, if it starts and succeeds.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command, passes its output on and counts its tests, also if it fails.
pub fn run_tests(command: &mut Command, tally: &mut Tally) -> Outcome {
    let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child = started.map_err(|error| cannot_start(command, &error))?;
    let stdout = child.stdout.take().expect("asked for above");
    for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        tally.read(&line);
    }
    let status = child.wait().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { fail(format!("`{}` failed: {status}", shown(command))) }
}

/// Parses `test result: ok. 12 passed; 0 failed; ...`, as libtest and wasm-bindgen's runner print it.
fn test_result(line: &str) -> Option<(u64, u64)> {
    let (_, counts) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
    let of = |word: &str| {
        let part = counts.split("; ").find(|part| part.ends_with(word))?;
        part.split(' ').next()?.parse().ok()
    };
    Some((of("passed")?, of("failed")?))
}

fn cannot_start(command: &Command, error: &std::io::Error) -> CommandError {
    CommandError(format!("`{}` does not start: {error}", shown(command)))
}

fn shown(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let mut words = vec![name.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|arg| arg.to_string_lossy().into_owned()));
    words.join(" ")
}

/// Path of a program on PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[&str], line: &str, skipped: &[&str]) {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read(line));
        assert_eq!(
            (tally.line().as_str(), tally.skipped),
            (line, skipped.iter().map(|what| (*what).to_owned()).collect())
        );
    }

    #[test]
    fn results_of_both_runners_count() {
        let libtest = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        check(&[libtest], "12 passed, 0 failed", &[]);
        check(
            &[libtest, "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 filtered out"],
            "15 passed, 2 failed",
            &[],
        );
        check(&["test result: ok", "test a::b ... ok"], "0 passed, 0 failed", &[]);
    }

    #[test]
    fn a_test_that_was_skipped_is_none_that_passed() {
        let result = "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        let skips = ["test a::b ... !! LEFT OUT: b: no Firefox", "ok", result];
        check(&skips, "2 passed, 0 failed, 1 skipped", &["b: no Firefox"]);
        check(&["!! LEFT OUT: c: no python2.7", result], "2 passed, 0 failed, 1 skipped", &["c: no python2.7"]);
    }
}
