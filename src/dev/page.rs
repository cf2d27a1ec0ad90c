//! The page: built by trunk in release, compressed, checked for size, and embedded into the executable.
//!
//! Does nothing if nothing changed.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::content_hash::{content_hash, files};
use crate::run::{self, CommandError, Outcome, cargo, fail, program};
use crate::steps::{Steps, note};
use crate::tools::Tools;

/// Sources of the page; their hash is its build id.
const SOURCES: [&str; 10] = [
    "src",
    "src/dev/split.js",
    "src/dev/styles.js",
    "style",
    "public",
    "index.html",
    "Cargo.toml",
    "Cargo.lock",
    ".trunk.toml",
    ".cargo/config.toml",
];
const NOT_THE_PAGE: [&str; 2] = ["src/gateway", "src/dev"];
const COMPRESSED: [&str; 7] = ["html", "js", "css", "wasm", "svg", "json", "webmanifest"];
/// Minimum size in bytes for compression: below, a compressed copy saves no packet.
const WORTH_COMPRESSING: u64 = 1024;

/// Maximum brotli bytes of the files that a browser loads before the first row: all but chunks and the terminal emulator.
const FIRST_BUDGET: u64 = 1220 * 1000;
/// Maximum brotli bytes of all files.
const BUDGET: u64 = 2515 * 1000;

/// A built page.
pub struct Page {
    /// Hash of `dist/`; the executable is rebuilt when it changes.
    id: String,
}

impl Page {
    /// Builds `dist/`, unless it is up to date.
    pub fn ready(steps: &mut Steps, tools: &Tools) -> Outcome<Page> {
        let sources = read(content_hash(&SOURCES, &NOT_THE_PAGE))?;
        let note_of_last = run::target().join("page.stamp");
        let last = fs::read_to_string(&note_of_last).unwrap_or_default();
        let made = read(content_hash(&["dist"], &[]))?;
        if last == format!("{sources} {made}") {
            note("the page is up to date");
            return Ok(Page { id: made });
        }
        let compiler = run::output(&mut program("rustc", &["--version"])).unwrap_or_default();
        let compiler = compiler.split(' ').nth(1).unwrap_or("unknown");
        let kept = run::target().join("page").join(format!("{sources}-{compiler}"));
        if kept.is_dir() {
            note("the page was built before");
            read(copy(&kept, Path::new("dist")))?;
        } else {
            steps.step("building the page (trunk, release; about 4 minutes when nothing is built yet)", |_| {
                build(tools, &sources)
            })?;
            steps.step("compressing it", |_| compress())?;
            read(keep(&kept))?;
        }
        let made = read(content_hash(&["dist"], &[]))?;
        fs::write(&note_of_last, format!("{sources} {made}"))
            .map_err(|error| CommandError(format!("{}: {error}", note_of_last.display())))?;
        Ok(Page { id: made })
    }

    /// Builds the release executable with the page embedded.
    pub fn embed(&self, steps: &mut Steps) -> Outcome<PathBuf> {
        steps.step("building the executable `mesoscope` with the page inside (release; about 2 minutes when nothing is built yet)", |_| {
            let mut build = cargo(&["build", "--release", "--package", "mesoscope"]);
            // Cargo does not track dist/, but it tracks this variable, which the gateway reads at compile time.
            run::run(build.env("MESOSCOPE_PAGE_ID", &self.id))?;
            Ok(run::target().join("release").join("mesoscope"))
        })
    }

    pub fn id(&self) -> &str {
        &self.id
    }
}

fn build(tools: &Tools, sources: &str) -> Outcome {
    // Hashed files of an earlier build would be embedded too.
    if Path::new("dist").exists() {
        fs::remove_dir_all("dist").map_err(|error| CommandError(format!("dist: {error}")))?;
    }
    let mut trunk = program("trunk", &["build", "--release", "--public-url", "./"]);
    // Trunk needs no downloads: its tools are on PATH. It rejects NO_COLOR=1, a value that others accept.
    trunk.env("TRUNK_OFFLINE", "true").env("TRUNK_SKIP_VERSION_CHECK", "true").env_remove("NO_COLOR");
    trunk.env("MESOSCOPE_BUILD", sources);
    run::run(cargo(&["fetch", "--quiet", "--locked"]).env_remove("RUSTFLAGS"))?;
    let (cutter, chunks) = (absolute("split")?, absolute("chunks")?);
    write_cutter(&cutter)?;
    // src/app/build.rs reads it too: the code may be cut.
    trunk.env("MESOSCOPE_SPLIT", "yes").env("MESOSCOPE_CHUNKS", &chunks);
    run::run(tools.with_bindgen_of(&cutter, &mut trunk))?;
    for chunk in read(files(&[&chunks.to_string_lossy()], &[]))? {
        let name = chunk.file_name().unwrap_or_default();
        read(fs::copy(&chunk, Path::new("dist/assets").join(name)))?;
    }
    // The wasm gets the build id by the environment, the page's inline worker script by this replacement.
    let index = Path::new("dist/index.html");
    let html = read(fs::read_to_string(index))?;
    read(fs::write(index, html.replace("%BUILD%", sources)))
}

/// Keeps the built page in cargo's target folder, in place of an older one: another checkout with this target folder takes it.
fn keep(kept: &Path) -> io::Result<()> {
    let Some(pages) = kept.parent() else { return Ok(()) };
    let unfinished = pages.join("unfinished");
    if pages.exists() {
        fs::remove_dir_all(pages)?;
    }
    copy(Path::new("dist"), &unfinished)?;
    fs::rename(unfinished, kept)
}

/// Copies a folder in place of another.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    for file in files(&[&from.to_string_lossy()], &[])? {
        let copy = to.join(file.strip_prefix(from).unwrap_or(&file));
        fs::create_dir_all(copy.parent().unwrap_or(to))?;
        fs::copy(&file, copy)?;
    }
    Ok(())
}

/// Writes the program that trunk starts as wasm-bindgen: it cuts the wasm into chunks before.
fn write_cutter(folder: &Path) -> Outcome {
    let program = folder.join("wasm-bindgen");
    read(fs::create_dir_all(folder))?;
    read(fs::write(&program, include_str!("split.js")))?;
    read(fs::set_permissions(&program, fs::Permissions::from_mode(0o755)))
}

/// A folder in cargo's target folder.
fn absolute(name: &str) -> Outcome<PathBuf> {
    read(std::path::absolute(run::target().join(name)))
}

fn compress() -> Outcome {
    let mut worth = Vec::new();
    for file in read(files(&["dist"], &[]))? {
        let kind = file.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        if COMPRESSED.contains(&kind) && size(&file) > WORTH_COMPRESSING {
            worth.push(file);
        }
    }
    run::run(program("node", &["-e", include_str!("compress.js"), "--"]).args(&worth))
}

/// Brotli bytes of the page's files.
#[derive(Clone, Copy, Default)]
pub struct Download {
    /// Those that a browser loads before the first row.
    pub first: u64,
    pub all: u64,
}

impl Download {
    /// Sums the files of `dist/` and passes each on: its path, its bytes as they are sent, and whether it is loaded later.
    pub fn of_dist(mut each: impl FnMut(&Path, u64, bool)) -> Outcome<Download> {
        let mut download = Download::default();
        for file in read(files(&["dist"], &[]))?.iter().filter(|file| !compressed_copy(file)) {
            let (bytes, later) = (as_sent(file), is_loaded_later(file));
            each(file, bytes, later);
            download.all += bytes;
            download.first += if later { 0 } else { bytes };
        }
        Ok(download)
    }
}

/// Prints the download size of a first visit and of all files, and fails above a budget.
pub fn check_size() -> Outcome<u64> {
    let download = Download::of_dist(|file, bytes, later| {
        let later = if later { ", loaded later" } else { "" };
        note(&format!("{bytes:>9} B  {} ({} B){later}", file.display(), size(file)));
    })?;
    let Download { first, all: sum } = download;
    note(&format!("{first:>9} B  brotli, before the first row; the budget is {FIRST_BUDGET}"));
    note(&format!("{sum:>9} B  brotli, in all; the budget is {BUDGET}"));
    match (first.saturating_sub(FIRST_BUDGET), sum.saturating_sub(BUDGET)) {
        (0, 0) => Ok(sum),
        (0, over) => fail(format!("the page is {over} B over its budget")),
        (over, _) => fail(format!("what a first visit loads is {over} B over its budget")),
    }
}

/// Whether a file is loaded when it is needed: the chunks beside the main parts, which trunk names `*_bg.wasm`, and the terminal.
fn is_loaded_later(file: &Path) -> bool {
    let name = file.to_string_lossy();
    name.contains("/terminal/") || name.ends_with(".wasm") && !name.ends_with("_bg.wasm")
}

fn compressed_copy(file: &Path) -> bool {
    file.extension().is_some_and(|kind| kind == "br" || kind == "gz")
}

fn as_sent(file: &Path) -> u64 {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    let brotli = PathBuf::from(name);
    if brotli.is_file() { size(&brotli) } else { size(file) }
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |data| data.len())
}

fn read<T>(result: io::Result<T>) -> Outcome<T> {
    result.map_err(|error| CommandError(format!("the page's files cannot be read: {error}")))
}
