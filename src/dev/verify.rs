//! `cargo verify`: everything that CI runs, ordered to fail early. Stops at the first failure.
//!
//! Only runs the tests; knows nothing of what they check.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::browser::{self, Browser};
use crate::firefox::Firefox;
use crate::page::{self, Page};
use crate::run::{self, CommandError, Outcome, Tally, cargo, on_path, program};
use crate::steps::{Steps, warn};
use crate::tools::{self, Tools, WASM};

/// The journeys run in a later step, after what they need.
const JOURNEYS: &str = "browser";
/// Shared test code, no test.
const SHARED: &str = "lib";
/// Test targets of the package that embeds the page, and the module that is no target.
const NEED_THE_PAGE: [&str; 4] = [JOURNEYS, "gateway", "real", SHARED];
/// Module of the tests that run in Firefox.
const IN_FIREFOX: &str = "in_firefox::";
const FUZZ_SECONDS: &str = "5";
/// Seed of property tests.
const SEED: &str = "PROPTEST_RNG_SEED";

pub fn verify() -> Outcome {
    let mut steps = Steps::new();
    let outcome = all(&mut steps);
    steps.summary();
    // Printed here and not by the caller, so that the count is the last line.
    let outcome = outcome.map_err(|CommandError(why)| {
        println!("\nverify stopped: {why}");
        CommandError(String::new())
    });
    println!("{}", steps.tally.line());
    outcome
}

fn all(steps: &mut Steps) -> Outcome {
    tools::components(steps)?;
    steps.step("format", |_| run::run(&mut cargo(&["fmt", "--all", "--check"])))?;
    tools::wasm_target(steps)?;
    lint(steps)?;

    let browser = Browser::ready(steps)?;
    browser::nginx(steps)?;
    let tools = Tools::ready(steps)?;
    tools::say_where(&tools);
    let firefox = Firefox::ready(steps, &tools)?;
    // The page's compilers run one after the other, each on one core.
    let mut beside = compile_beside()?;
    let page = Page::ready(steps, &tools);
    // Ended here and not killed: its compilers would go on writing.
    let _ = beside.wait();
    let page = page?;
    steps.step("what a first visit downloads", |_| page::check_size())?;

    steps.step("tests: core, simulator, gateway, tidy", |tally| native_tests(tally, &page))?;
    if let Some(browser) = browser {
        steps.step("tests: the page's own, as wasm in Chromium", |tally| wasm_tests(tally, &tools, &browser))?;
        steps.step("tests: journeys in Chromium", |tally| {
            let command = |args: &[&str]| {
                let mut command = journeys(&page, &tools, args);
                browser.with_env(&mut command);
                command
            };
            run::run_tests_with_second_try(command, &["--skip", IN_FIREFOX], tally)
        })?;
    }
    if let Some(firefox) = firefox {
        steps.step("tests: journeys in Firefox", |tally| {
            let command = |args: &[&str]| {
                let mut command = journeys(&page, &tools, args);
                firefox.with_env(&mut command);
                command
            };
            run::run_tests_with_second_try(command, &[IN_FIREFOX], tally)
        })?;
    }
    advisories(steps)?;
    fuzz(steps)
}

/// Checks dependencies against the local advisory database, without fetching it. tests/tidy.rs checks the rest of .deny.toml.
fn advisories(steps: &mut Steps) -> Outcome {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let database = home.map(|home| home.join("advisory-dbs")).filter(|folder| folder.is_dir());
    if database.is_none() || on_path("cargo-deny").is_none() {
        let missing = "advisories of dependencies: there is no cargo-deny with a database of them";
        warn(&format!("LEFT OUT: {missing}"));
        steps.tally.skipped.push(missing.to_owned());
        return Ok(());
    }
    steps.step("advisories", |_| run::run(&mut cargo(&["deny", "--offline", "check", "--disable-fetch", "advisories"])))
}

fn lint(steps: &mut Steps) -> Outcome {
    steps.step("clippy, native", |_| run::run(&mut cargo(&["clippy", "--all-targets", "--", "-D", "warnings"])))?;
    steps.step("clippy, wasm", |_| {
        let page = ["clippy", "--target", WASM, "--package", "mesoscope-app", "--package", "mesoscope-worker"];
        run::run(cargo(&page).args(["--", "-D", "warnings"]))
    })
}

/// Command for the journeys, with arguments for their runner.
///
/// They start the executable that the tests before them built, with the page inside. All packages are selected as for those
/// tests: with one alone, dependencies have other features and are compiled again.
fn journeys(page: &Page, tools: &Tools, args: &[&str]) -> Command {
    let mut journeys = cargo(&["test", "--test", JOURNEYS, "--"]);
    with_page(&mut journeys, page).env("MESOSCOPE_AXE", tools.axe()).args(args);
    journeys
}

/// Starts to compile what the native tests need and the page does not change. Errors appear when the tests are compiled.
fn compile_beside() -> Outcome<Child> {
    let mut build = cargo(&["test", "--quiet", "--no-run"]);
    for name in test_files("tests")?.iter().filter(|name| !NEED_THE_PAGE.contains(&name.as_str())) {
        build.args(["--test", name]);
    }
    build.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    build.spawn().map_err(|error| CommandError(format!("cargo does not start: {error}")))
}

/// Runs all tests except the journeys. Each is named, since cargo cannot exclude one.
fn native_tests(tally: &mut Tally, page: &Page) -> Outcome {
    let mut names = test_files("tests")?;
    names.retain(|name| name != JOURNEYS && name != SHARED);
    let command = |args: &[&str]| {
        // A second try needs the results of all targets.
        let mut tests = cargo(&["test", "--no-fail-fast", "--lib", "--bins"]);
        names.iter().for_each(|name| _ = tests.args(["--test", name]));
        // Fixed seed: a change must not fail for a random case. `cargo test` alone uses a new seed per run.
        if std::env::var_os(SEED).is_none() {
            tests.env(SEED, "1");
        }
        with_page(&mut tests, page).arg("--").args(args);
        tests
    };
    run::run_tests_with_second_try(command, &[], tally)
}

fn test_files(folder: &str) -> Outcome<Vec<String>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for entry in entries {
        let path: PathBuf = entry.map_err(|error| CommandError(format!("{folder}: {error}")))?.path();
        if path.extension().is_some_and(|kind| kind == "rs") {
            names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

/// Embeds the page into the executable that the tests start. Cargo does not track dist/, but this variable.
fn with_page<'a>(command: &'a mut Command, page: &Page) -> &'a mut Command {
    let built = run::target().join("debug").join("mesoscope");
    let executable = std::path::absolute(&built).unwrap_or(built);
    command.env("MESOSCOPE_PAGE_ID", page.id()).env("MESOSCOPE_EXE", executable)
}

fn wasm_tests(tally: &mut Tally, tools: &Tools, browser: &Browser) -> Outcome {
    let mut tests = cargo(&["test", "--target", WASM, "--package", "mesoscope-app", "--package", "mesoscope-worker"]);
    tests.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
    // They are few and short: to optimise the page's libraries for them would take longer.
    tests.env("CARGO_PROFILE_DEV_OPT_LEVEL", "0");
    run::run_tests(browser.with_env(tools.with_env(&mut tests)), tally)
}

/// Fuzzes each target for a few seconds, if cargo-fuzz and a nightly toolchain exist.
///
/// Otherwise tests/fuzz.rs, which ran before, covers these functions with a seeded generator.
fn fuzz(steps: &mut Steps) -> Outcome {
    let nightly = run::output(&mut program("rustup", &["run", "nightly", "cargo", "--version"])).is_some();
    if !nightly || on_path("cargo-fuzz").is_none() {
        warn("no nightly toolchain with cargo-fuzz: the fuzz targets ran only as an ordinary test");
        return Ok(());
    }
    for target in test_files("tests/fuzz/targets")? {
        steps.step(&format!("fuzz: {target}, {FUZZ_SECONDS} s"), |_| {
            let run = ["run", "nightly", "cargo", "fuzz", "run", "--fuzz-dir", "tests/fuzz", &target];
            run::run(program("rustup", &run).args(["--", &format!("-max_total_time={FUZZ_SECONDS}")]))
        })?;
    }
    Ok(())
}
