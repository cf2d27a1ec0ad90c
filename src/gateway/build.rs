//! Prepares the page for embedding: a file that has a compressed copy is embedded by its copies alone, since browsers load those. Stops
//! a release build without the page: its executable would be of no use. Builds for tests need no page.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// Variable that permits a release build without the page, as for a benchmark.
const WITHOUT: &str = "MESOSCOPE_WITHOUT_PAGE";
const PAGE: &str = "../../dist";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={WITHOUT}");
    println!("cargo::rerun-if-env-changed=MESOSCOPE_PAGE_ID");
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let is_built = Path::new(PAGE).join("index.html").is_file();
    if is_built {
        println!("cargo::rerun-if-changed={PAGE}");
    } else if is_release && std::env::var_os(WITHOUT).is_none() {
        println!(
            "cargo::error=the page is not built, so the executable would have none. `cargo package-release` in the \
             checkout builds the page and the executable; with {WITHOUT}=1 it is built without its page"
        );
        return;
    }
    if let Err(error) = prepare() {
        println!("cargo::error=the page in dist/ cannot be copied for embedding: {error}");
    }
}

/// Copies the files to embed into a folder of cargo's, whose name `page.rs` has too.
fn prepare() -> io::Result<()> {
    let to = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join("page");
    if to.exists() {
        fs::remove_dir_all(&to)?;
    }
    fs::create_dir_all(&to)?;
    let mut folders = vec![PathBuf::new()];
    while let Some(inside) = folders.pop() {
        let from = Path::new(PAGE).join(&inside);
        if !from.is_dir() {
            continue;
        }
        fs::create_dir_all(to.join(&inside))?;
        for entry in fs::read_dir(&from)? {
            let entry = entry?;
            let name = inside.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(name);
            } else if !has_gzip(&entry.path()) {
                fs::copy(entry.path(), to.join(name))?;
            }
        }
    }
    Ok(())
}

/// Whether a file has a copy in gzip, from which the gateway makes the plain bytes again.
fn has_gzip(file: &Path) -> bool {
    let mut copy = file.as_os_str().to_owned();
    copy.push(".gz");
    Path::new(&copy).is_file()
}
