//! `cargo package-release`: one optimised executable with the page inside, in an archive with its handbook and its checksum.
//!
//! Publishes nothing.

use std::fs;
use std::path::{Path, PathBuf};

use crate::page::Page;
use crate::run::{self, CommandError, Outcome, cargo, fail, on_path, program};
use crate::steps::{Steps, note};
use crate::tools::{self, Tools};

/// Maximum size of the executable in bytes.
const BUDGET: u64 = 15 * 1000 * 1000;
/// Target of static executables.
const STATIC: &str = "x86_64-unknown-linux-musl";
/// What the archive has besides the executable.
const FILES: [(&str, &str); 2] = [("src/gateway/README.md", "README.md"), ("LICENSE", "LICENSE")];
const PACKAGING: &str = "src/gateway/packaging";

pub fn package() -> Outcome {
    let mut steps = Steps::new();
    tools::wasm_target(&mut steps)?;
    let tools = Tools::ready(&mut steps)?;
    let page = Page::ready(&mut steps, &tools)?;
    let (host, installed) = targets()?;
    let target = target(&host, &installed, on_path("musl-gcc").is_some());
    let executable =
        steps.step(&format!("building the executable for {target} (about 6 minutes)"), |_| build(&page, &target))?;
    let archive = steps.step("packing it", |_| pack(&executable, &target))?;
    steps.summary();
    println!("\n{}", archive.display());
    Ok(())
}

/// The target of this machine, and all that are installed.
fn targets() -> Outcome<(String, Vec<String>)> {
    let rustc = run::output(&mut program("rustc", &["--version", "--verbose"])).unwrap_or_default();
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned);
    let host = host.ok_or_else(|| CommandError("`rustc --version --verbose` names no host".to_owned()))?;
    let folder = run::output(&mut program("rustc", &["--print", "sysroot"])).unwrap_or_default();
    let installed = fs::read_dir(Path::new(folder.trim()).join("lib/rustlib"));
    let names = installed.into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    Ok((host, names.collect()))
}

/// Selects the static target where it and its compiler for C are installed, and this machine's own otherwise.
fn target(host: &str, installed: &[String], has_compiler: bool) -> String {
    let is_linux = host.starts_with("x86_64-") && host.contains("linux");
    let is_static = is_linux && has_compiler && installed.iter().any(|name| name == STATIC);
    if is_static { STATIC.to_owned() } else { host.to_owned() }
}

fn build(page: &Page, target: &str) -> Outcome<PathBuf> {
    let mut build =
        cargo(&["build", "--locked", "--profile", "packaged", "--package", "mesoscope", "--target", target]);
    if target == STATIC {
        build.env("CC_x86_64_unknown_linux_musl", "musl-gcc");
    }
    run::run(build.env("MESOSCOPE_PAGE_ID", page.id()))?;
    let executable = run::target().join(target).join("packaged").join("mesoscope");
    let size = read(&executable, fs::metadata(&executable))?.len();
    note(&format!("{size} B; the budget is {BUDGET}"));
    if size > BUDGET { fail(format!("the executable is {} B over its budget", size - BUDGET)) } else { Ok(executable) }
}

/// Makes the archive, and a file with its checksum. Returns the archive's path.
fn pack(executable: &Path, target: &str) -> Outcome<PathBuf> {
    let folder = run::target().join("package-release");
    let name = format!("mesoscope-{}-{target}", env!("CARGO_PKG_VERSION"));
    let inside = folder.join(&name);
    if folder.exists() {
        read(&folder, fs::remove_dir_all(&folder))?;
    }
    read(&inside, fs::create_dir_all(inside.join("packaging")))?;
    for place in [inside.join("mesoscope"), folder.join("mesoscope")] {
        read(&place, fs::copy(executable, &place))?;
    }
    for (from, to) in FILES {
        read(Path::new(from), fs::copy(from, inside.join(to)))?;
    }
    for entry in read(Path::new(PACKAGING), fs::read_dir(PACKAGING))?.flatten() {
        read(&entry.path(), fs::copy(entry.path(), inside.join("packaging").join(entry.file_name())))?;
    }
    let archive = format!("{name}.tar.gz");
    run::run(program("tar", &["--create", "--gzip", "--file", &archive, &name]).current_dir(&folder))?;
    let sum = run::output(program("sha256sum", &[&archive]).current_dir(&folder))
        .or_else(|| run::output(program("shasum", &["--algorithm", "256", &archive]).current_dir(&folder)));
    let sum = sum.ok_or_else(|| CommandError("neither sha256sum nor shasum is installed".to_owned()))?;
    let checksum = folder.join(format!("{archive}.sha256"));
    read(&checksum, fs::write(&checksum, sum))?;
    Ok(folder.join(archive))
}

fn read<T>(path: &Path, result: std::io::Result<T>) -> Outcome<T> {
    result.map_err(|error| CommandError(format!("{}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_is_static_where_that_can_be_built() {
        let (gnu, both) = ("x86_64-unknown-linux-gnu", ["x86_64-unknown-linux-gnu".to_owned(), STATIC.to_owned()]);
        assert_eq!(target(gnu, &both, true), STATIC);
        assert_eq!(target(gnu, &both, false), gnu);
        assert_eq!(target(gnu, &both[..1], true), gnu);
        assert_eq!(target("aarch64-apple-darwin", &both, true), "aarch64-apple-darwin");
    }

    #[test]
    fn the_files_of_the_archive_are_there() {
        let checkout = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        for (file, _) in FILES {
            assert!(checkout.join(file).is_file(), "{file}");
        }
        assert!(checkout.join(PACKAGING).join("mesoscope.service").is_file());
    }
}
