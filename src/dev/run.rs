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

/// Number of tests that may need a second try.
const MAX_SECOND_TRIES: usize = 5;
/// Lines of a failed test's panic in the summary, from its beginning and from its end, and characters of each.
const FIRST_LINES: usize = 6;
const LAST_LINES: usize = 16;
const LINE_LENGTH: usize = 200;

/// Test counts, parsed from the output of test runners.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    passed: u64,
    failed: u64,
    /// Tests that report themselves skipped, which the runner counts as passed.
    skipped_tests: u64,
    /// Reasons of skipped tests and checks: what this machine lacks.
    pub skipped: Vec<String>,
    /// Tests that failed.
    pub failures: Vec<Failure>,
    /// Tests that failed at first and passed when run once more; they count as passed.
    pub second_tries: Vec<Failure>,
    /// Index of the failed test whose output is being read.
    quoted: Option<usize>,
}

/// A failed test, and the lines that it printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    name: String,
    lines: Vec<String>,
}

impl Failure {
    /// Name of the test and its panic, shortened: a panic of a journey holds the whole text of the page.
    pub fn report(&self) -> String {
        let panic = self.lines.iter().position(|line| line.contains(" panicked at ")).unwrap_or_default();
        let is_worth = |line: &&String| !line.trim().is_empty() && !line.starts_with("note: run with ");
        let lines = self.lines.iter().skip(panic).take_while(|line| *line != "stack backtrace:");
        let lines: Vec<&String> = lines.filter(is_worth).collect();
        let omitted = lines.len().saturating_sub(FIRST_LINES + LAST_LINES);
        let mut report = format!("  {}", self.name);
        for (nth, line) in lines.iter().enumerate() {
            if omitted > 0 && nth == FIRST_LINES {
                report.push_str(&format!("\n    ({omitted} more lines)"));
            }
            if omitted == 0 || nth < FIRST_LINES || nth >= FIRST_LINES + omitted {
                report.push_str("\n    ");
                report.extend(line.chars().take(LINE_LENGTH));
            }
        }
        report
    }
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

    /// Parses an output line: counts a test result, or records a failure or a skip.
    fn read(&mut self, line: &str) {
        if let Some((passed, failed)) = test_result(line) {
            self.passed += passed;
            self.failed += failed;
        }
        if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            self.failures.push(Failure { name: name.to_owned(), lines: Vec::new() });
        } else if let Some(name) = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----")) {
            self.quoted = self.failures.iter().rposition(|failure| failure.name == name);
        } else if line == "failures:" || line.starts_with("test result: ") {
            self.quoted = None;
        } else if let Some(failure) = self.quoted.and_then(|at| self.failures.get_mut(at)) {
            failure.lines.push(line.to_owned());
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

/// Runs a test target. A test that fails is run once more, alone, after the others: on a busy machine a browser fails by chance.
/// Fails if one fails again, or if more tests than a few need it. `command` takes the arguments for the test runner.
pub fn run_tests_with_second_try(
    command: impl Fn(&[&str]) -> Command,
    selection: &[&str],
    tally: &mut Tally,
) -> Outcome {
    let (failed_before, known) = (tally.failed, tally.failures.len());
    let outcome = run_tests(&mut command(selection), tally);
    let failures = tally.failures.split_off(known);
    // A runner that crashed has not reported all its tests.
    let is_complete = tally.failed - failed_before == failures.len() as u64;
    if outcome.is_ok()
        || failures.is_empty()
        || !is_complete
        || tally.second_tries.len() + failures.len() > MAX_SECOND_TRIES
    {
        tally.failures.extend(failures);
        return outcome;
    }
    let mut outcome = Ok(());
    for failure in failures {
        println!("\nsecond try, alone: {}", failure.name);
        let (passed, failed) = (tally.passed, tally.failed - 1);
        let again = run_tests(&mut command(&["--exact", &failure.name]), tally);
        if again.is_ok() && tally.passed == passed + 1 {
            tally.failed -= 1;
            tally.second_tries.push(failure);
        } else {
            // It counts once.
            tally.failed = failed + 1;
            let name = failure.name.clone();
            tally.failures.push(Failure { name: format!("{name} (first try)"), ..failure });
            outcome = again.and_then(|()| fail(format!("the second try did not run {name}")));
        }
    }
    outcome
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

    /// Output of libtest for tests of which these fail, with these lines of their panic.
    fn failing(passed: u64, failures: &[(&str, &[&str])]) -> String {
        let mut lines: Vec<String> = failures.iter().map(|(name, _)| format!("test {name} ... FAILED")).collect();
        lines.extend(["".to_owned(), "failures:".to_owned(), "".to_owned()]);
        for (name, panic) in failures {
            lines.extend([format!("---- {name} stdout ----"), "the console said:".to_owned(), "".to_owned()]);
            lines.push(format!("thread '{name}' (7) panicked at tests/world.rs:1:2:"));
            lines.extend(panic.iter().map(|line| (*line).to_owned()));
            lines.push("note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace".to_owned());
            lines.extend(["stack backtrace:".to_owned(), "   0: main".to_owned()]);
        }
        lines.extend(["".to_owned(), "failures:".to_owned()]);
        lines.extend(failures.iter().map(|(name, _)| format!("    {name}")));
        lines.push(format!("test result: FAILED. {passed} passed; {} failed; 0 ignored", failures.len()));
        lines.join("\n")
    }

    fn reports(failures: &[Failure]) -> Vec<String> {
        failures.iter().map(Failure::report).collect()
    }

    #[test]
    fn a_failed_test_is_reported_by_its_panic() {
        let mut tally = Tally::default();
        let output = failing(3, &[("a::b", &["waited in vain", "", "Live"]), ("c", &["no"])]);
        output.lines().for_each(|line| tally.read(line));
        let b = "  a::b\n    thread 'a::b' (7) panicked at tests/world.rs:1:2:\n    waited in vain\n    Live";
        let c = "  c\n    thread 'c' (7) panicked at tests/world.rs:1:2:\n    no";
        assert_eq!(reports(&tally.failures), [b, c]);
    }

    #[test]
    fn a_long_panic_is_shortened() {
        let lines: Vec<String> = (0..30).map(|nth| format!("{nth}{}", "x".repeat(300))).collect();
        let report = Failure { name: "a".to_owned(), lines }.report();
        let lines: Vec<&str> = report.lines().collect();
        let starts: Vec<String> = lines.iter().map(|line| line.trim().trim_end_matches('x').to_owned()).collect();
        assert_eq!(starts.join(" "), "a 0 1 2 3 4 5 (8 more lines) 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29");
        assert!(lines.iter().all(|line| line.len() <= LINE_LENGTH + 4));
    }

    /// Runs tests that print `first`, and then, each alone, the output that `again` has for it.
    fn try_twice(tally: &mut Tally, first: &str, again: impl Fn(&str) -> String) -> bool {
        let print = |output: &str| {
            let script = "printf '%s\\n' \"$1\"; case \"$1\" in *FAILED*) exit 101;; esac";
            program("sh", &["-c", script, "sh", output])
        };
        let command = |args: &[&str]| match args {
            ["--exact", name] => print(&again(name)),
            _ => print(first),
        };
        run_tests_with_second_try(command, &["--skip", "x"], tally).is_ok()
    }

    const ONE_PASSED: &str = "test result: ok. 1 passed; 0 failed; 0 ignored";

    #[test]
    fn a_test_that_passes_at_the_second_try_counts_as_passed_and_is_named() {
        let mut tally = Tally::default();
        assert!(try_twice(&mut tally, &failing(3, &[("a", &["once"]), ("b", &["too"])]), |_| ONE_PASSED.to_owned()));
        assert_eq!(tally.line(), "5 passed, 0 failed");
        assert_eq!(tally.failures, []);
        let once = |name: &str, why: &str| {
            format!("  {name}\n    thread '{name}' (7) panicked at tests/world.rs:1:2:\n    {why}")
        };
        assert_eq!(reports(&tally.second_tries), [once("a", "once"), once("b", "too")]);
        let four: [(&str, &[&str]); 4] = [("c", &[]), ("d", &[]), ("e", &[]), ("f", &[])];
        assert!(!try_twice(&mut tally, &failing(0, &four), |_| ONE_PASSED.to_owned()), "six are too many");
        assert_eq!((tally.line().as_str(), tally.failures.len()), ("5 passed, 4 failed", 4));
    }

    #[test]
    fn more_failures_than_a_few_are_final() {
        let mut tally = Tally::default();
        let names: Vec<String> = (0..=MAX_SECOND_TRIES).map(|nth| format!("t{nth}")).collect();
        let many: Vec<(&str, &[&str])> = names.iter().map(|name| (name.as_str(), &[][..])).collect();
        assert!(!try_twice(&mut tally, &failing(3, &many), |_| ONE_PASSED.to_owned()));
        assert_eq!((tally.line().as_str(), tally.failures.len()), ("3 passed, 6 failed", 6));
    }

    #[test]
    fn a_test_that_fails_again_has_failed() {
        let mut tally = Tally::default();
        assert!(!try_twice(&mut tally, &failing(3, &[("a", &["once"])]), |name| failing(0, &[(name, &["twice"])])));
        assert_eq!(tally.line(), "3 passed, 1 failed");
        let names: Vec<&str> = tally.failures.iter().map(|failure| failure.name.as_str()).collect();
        assert_eq!(names, ["a", "a (first try)"]);
    }

    #[test]
    fn a_second_try_that_runs_nothing_is_none() {
        let mut tally = Tally::default();
        let nothing = "test result: ok. 0 passed; 0 failed; 0 ignored";
        assert!(!try_twice(&mut tally, &failing(3, &[("a", &[])]), |_| nothing.to_owned()));
        assert_eq!((tally.line().as_str(), tally.failures.len()), ("3 passed, 1 failed", 1));
    }

    #[test]
    fn a_runner_that_crashes_gets_no_second_try() {
        let mut tally = Tally::default();
        assert!(!try_twice(&mut tally, "test a ... FAILED", |_| ONE_PASSED.to_owned()));
        assert_eq!((tally.failures.len(), tally.second_tries.len()), (1, 0));
    }
}
