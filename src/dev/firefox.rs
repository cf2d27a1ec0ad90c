//! Firefox and its driver: found, or installed with apt-get; the driver in a pinned version.
//!
//! Starts neither of them.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::browser::{apt_install, can_apt_install};
use crate::run::{Outcome, fail, on_path};
use crate::steps::{Steps, warn};
use crate::tools::Tools;

/// Debian's name, then the usual one.
const FIREFOX: [&str; 2] = ["firefox-esr", "firefox"];
const MAC: &str = "/Applications/Firefox.app/Contents/MacOS/firefox";

/// A Firefox that tests can drive.
pub struct Firefox {
    firefox: PathBuf,
    driver: PathBuf,
}

impl Firefox {
    /// Returns `None` with a warning if Firefox is neither found nor installable. In CI that is a failure.
    pub fn ready(steps: &mut Steps, tools: &Tools) -> Outcome<Option<Firefox>> {
        if find().is_none() && can_apt_install() {
            steps.step("installing firefox-esr with apt-get", |_| apt_install(&["firefox-esr"]))?;
        }
        let Some(firefox) = find() else {
            let missing = "Firefox was not found";
            if env::var_os("CI").is_some() {
                return fail(missing);
            }
            warn(&format!(
                "{missing}: the journeys in Firefox are LEFT OUT; firefox on PATH, or FIREFOX, brings them back"
            ));
            return Ok(None);
        };
        let driver = match named("GECKODRIVER") {
            Some(driver) => driver,
            None => tools.geckodriver(steps)?,
        };
        Ok(Some(Firefox { firefox, driver }))
    }

    /// Adds the paths to a command's environment.
    pub fn with_env<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("FIREFOX", &self.firefox).env("GECKODRIVER", &self.driver)
    }
}

fn find() -> Option<PathBuf> {
    let installed = || FIREFOX.iter().find_map(|name| on_path(name));
    let mac = || Some(PathBuf::from(MAC)).filter(|file| file.is_file());
    named("FIREFOX").or_else(installed).or_else(mac)
}

fn named(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|file| file.is_file())
}
