//! Stops a release build without the page: its executable would be of no use. Builds for tests need no page.

use std::path::Path;

/// Variable that permits a release build without the page, as for a benchmark.
const WITHOUT: &str = "MESOSCOPE_WITHOUT_PAGE";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={WITHOUT}");
    println!("cargo::rerun-if-env-changed=MESOSCOPE_PAGE_ID");
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if !is_release || std::env::var_os(WITHOUT).is_some() {
        return;
    }
    if Path::new("../../dist/index.html").is_file() {
        println!("cargo::rerun-if-changed=../../dist/index.html");
    } else {
        println!(
            "cargo::error=the page is not built, so the executable would have none. `cargo package-release` in the \
             checkout builds the page and the executable; with {WITHOUT}=1 it is built without its page"
        );
    }
}
