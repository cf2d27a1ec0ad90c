//! Tools that build and check the page, in pinned versions, installed once for all checkouts of this machine.
//!
//! Changes no other installation, except for the toolchain's wasm target and components.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, CommandError, Outcome, cargo, fail, on_path, program};
use crate::steps::{Steps, note};

/// Version 0.22 needs a newer rustc than this project's.
const TRUNK: &str = "0.21.14";
/// Version required by .trunk.toml.
const BINARYEN: &str = "132";
/// Splits the page's wasm into chunks.
const WASM_SPLIT: &str = "0.2.4";
/// Accessibility checker of the browser journeys.
const AXE: &str = "4.14.1";
/// WebDriver of Firefox for the browser journeys.
const GECKODRIVER: &str = "0.37.1";

pub const WASM: &str = "wasm32-unknown-unknown";

/// Location of the tools.
pub struct Tools {
    root: PathBuf,
    /// Folder of the tool that splits wasm. Apart from the others, so that its version changes none of them.
    splitter: PathBuf,
}

impl Tools {
    /// Installs what is missing.
    pub fn ready(steps: &mut Steps) -> Outcome<Tools> {
        let bindgen = locked("wasm-bindgen")?;
        let cache = cache()?;
        let root = cache.join(format!("tools-trunk-{TRUNK}-bindgen-{bindgen}-binaryen-{BINARYEN}"));
        let tools = Tools { root, splitter: cache.join(format!("wasm-split-{WASM_SPLIT}")) };
        fs::create_dir_all(&tools.root).map_err(|error| CommandError(format!("{}: {error}", tools.root.display())))?;
        tools.npm(steps)?;
        install(steps, &tools.root, "trunk", &format!("trunk@{TRUNK}"), &["--locked"])?;
        // Without --locked, since its lock file is older than its requirements.
        install(steps, &tools.root, "wasm-bindgen", &format!("wasm-bindgen-cli@{bindgen}"), &[])?;
        let split = format!("wasm_split_cli_support@{WASM_SPLIT}");
        fs::create_dir_all(&tools.splitter)
            .map_err(|error| CommandError(format!("{}: {error}", tools.splitter.display())))?;
        install(steps, &tools.splitter, "wasm-split-cli", &split, &["--locked", "--features", "build-binary"])?;
        Ok(tools)
    }

    /// Puts the tools first on a command's PATH.
    pub fn with_env<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        self.with_path(command, None)
    }

    /// Puts a folder and the tools first on a command's PATH, and names the wasm-bindgen behind the one of that folder.
    pub fn with_bindgen_of<'a>(&self, folder: &Path, command: &'a mut Command) -> &'a mut Command {
        command.env("MESOSCOPE_BINDGEN", self.root.join("bin/wasm-bindgen"));
        self.with_path(command, Some(folder))
    }

    fn with_path<'a>(&self, command: &'a mut Command, first: Option<&Path>) -> &'a mut Command {
        let mut path: Vec<PathBuf> = first.map(Path::to_owned).into_iter().collect();
        path.extend([self.root.join("bin"), self.splitter.join("bin"), self.root.join("node_modules/.bin")]);
        path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        command.env("PATH", env::join_paths(path).unwrap_or_else(|_| OsString::from("/usr/bin:/bin")))
    }

    pub fn axe(&self) -> PathBuf {
        self.root.join("node_modules/axe-core/axe.min.js")
    }

    /// Path of Firefox's driver, installed if missing. In its own folder, since only `cargo verify` needs it.
    pub fn geckodriver(&self, steps: &mut Steps) -> Outcome<PathBuf> {
        let root = cache()?.join(format!("geckodriver-{GECKODRIVER}"));
        fs::create_dir_all(&root).map_err(|error| CommandError(format!("{}: {error}", root.display())))?;
        install(steps, &root, "geckodriver", &format!("geckodriver@{GECKODRIVER}"), &["--locked"])?;
        Ok(root.join("bin/geckodriver"))
    }

    fn npm(&self, steps: &mut Steps) -> Outcome {
        if on_path("node").is_none() || on_path("npm").is_none() {
            return fail("node and npm are needed (20 or newer): https://nodejs.org, or your system's own packages");
        }
        let wanted = [("binaryen", format!("{BINARYEN}.0.0")), ("axe-core", AXE.to_owned())];
        if wanted.iter().all(|(name, version)| self.has_package(name, version)) {
            return Ok(());
        }
        steps.step(&format!("installing binaryen {BINARYEN} and axe-core {AXE} from npm (about 5 s)"), |_| {
            let root = self.root.to_string_lossy().into_owned();
            let packages = wanted.map(|(name, version)| format!("{name}@{version}"));
            let mut npm = program("npm", &["install", "--no-audit", "--no-fund", "--prefix", &root]);
            run::run(npm.args(packages))
        })
    }

    fn has_package(&self, name: &str, version: &str) -> bool {
        let manifest = self.root.join("node_modules").join(name).join("package.json");
        let text = fs::read_to_string(manifest).unwrap_or_default();
        text.contains(&format!("\"version\": \"{version}\""))
    }
}

/// Installs a program from crates.io into `root/bin`, if missing.
fn install(steps: &mut Steps, root: &Path, binary: &str, package: &str, flags: &[&str]) -> Outcome {
    if root.join("bin").join(binary).is_file() {
        return Ok(());
    }
    steps.step(&format!("installing {package} (one to three minutes, once)"), |_| {
        let mut install = cargo(&["install", "--no-default-features", "--root"]);
        install.arg(root).arg(package).args(flags);
        if !std::io::stderr().is_terminal() {
            install.arg("--quiet");
        }
        // The tools are not hot: low optimisation halves their build time at no noticeable cost, least for mere wrappers.
        let level = if matches!(binary, "wasm-bindgen" | "wasm-split-cli") { "1" } else { "0" };
        for (key, value) in [("LTO", "off"), ("OPT_LEVEL", level), ("CODEGEN_UNITS", "16"), ("DEBUG", "0")] {
            install.env(format!("CARGO_PROFILE_RELEASE_{key}"), value);
        }
        let build = root.join(format!("build-{}", std::process::id()));
        install.env("CARGO_TARGET_DIR", &build);
        // Runs in the cache's folder, so that this project's .cargo/config.toml does not apply.
        run::run(install.current_dir(root))?;
        // Most of a gigabyte; a folder that cannot be removed costs only space.
        let _ = fs::remove_dir_all(build);
        Ok(())
    })
}

/// Installs the wasm target's standard library.
pub fn wasm_target(steps: &mut Steps) -> Outcome {
    let folder = run::output(&mut program("rustc", &["--print", "target-libdir", "--target", WASM]));
    if folder.is_some_and(|folder| Path::new(folder.trim()).is_dir()) {
        return Ok(());
    }
    if on_path("rustup").is_none() {
        return fail(format!(
            "rustc has no standard library for {WASM}, and there is no rustup to add it: https://rustup.rs"
        ));
    }
    steps.step(&format!("adding the target {WASM}"), |_| run::run(&mut program("rustup", &["target", "add", WASM])))
}

/// Installs rustfmt and clippy, which a minimal rustup lacks.
pub fn components(steps: &mut Steps) -> Outcome {
    for (command, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if run::output(&mut cargo(&[command, "--version"])).is_none() {
            let name = format!("adding the component {component}");
            steps.step(&name, |_| run::run(&mut program("rustup", &["component", "add", component])))?;
        }
    }
    Ok(())
}

/// Version of a crate in Cargo.lock. The page's glue code and its generator must have equal versions.
fn locked(name: &str) -> Outcome<String> {
    let lock = fs::read_to_string("Cargo.lock").map_err(|error| CommandError(format!("Cargo.lock: {error}")))?;
    version_in(&lock, name).ok_or_else(|| CommandError(format!("Cargo.lock does not name {name}")))
}

fn version_in(lock: &str, name: &str) -> Option<String> {
    let (_, entry) = lock.split_once(&format!("\nname = \"{name}\"\nversion = \""))?;
    Some(entry.split_once('"')?.0.to_owned())
}

/// Cache folder outside the checkout, so that a second clone finds the tools.
fn cache() -> Outcome<PathBuf> {
    let folder = match (env::var_os("XDG_CACHE_HOME"), env::var_os("HOME")) {
        (Some(cache), _) if Path::new(&cache).is_absolute() => PathBuf::from(cache),
        (_, Some(home)) => PathBuf::from(home).join(".cache"),
        (_, None) => return fail("neither HOME nor XDG_CACHE_HOME is set, so there is no place for the tools"),
    };
    Ok(folder.join("mesoscope"))
}

pub fn say_where(tools: &Tools) {
    note(&format!("tools: {}", tools.root.display()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_not_confused_with_its_prefix() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in(lock, "leptos"), None);
    }
}
