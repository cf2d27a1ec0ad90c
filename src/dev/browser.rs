//! Chromium and its driver, and nginx for gateway tests: found, or installed with apt-get.
//!
//! Starts none of them.

use std::env;
use std::path::{Path, PathBuf};

use crate::run::{self, Outcome, fail, on_path, program};
use crate::steps::{Steps, warn};

const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// A browser that tests can drive.
#[derive(Clone)]
pub struct Browser {
    pub chromium: PathBuf,
    pub driver: PathBuf,
}

impl Browser {
    /// Returns `None` with a warning if no browser is found or installable. In CI that is a failure.
    pub fn ready(steps: &mut Steps) -> Outcome<Option<Browser>> {
        if find().is_none() && can_apt_install() {
            // Includes a font: without one, Chromium draws boxes.
            let packages = ["chromium", "chromium-driver", "fonts-dejavu-core"];
            steps.step("installing chromium and its driver with apt-get", |_| apt_install(&packages))?;
        }
        let browser = find();
        if browser.is_none() {
            let missing = "neither chromium nor chromedriver was found (or only one of them)";
            if env::var_os("CI").is_some() {
                return fail(missing);
            }
            warn(&format!(
                "{missing}: what needs a browser is LEFT OUT; both on PATH, or CHROME and CHROMEDRIVER, bring it back"
            ));
        }
        Ok(browser)
    }

    /// Adds the browser's paths to a command's environment.
    pub fn with_env<'a>(&self, command: &'a mut std::process::Command) -> &'a mut std::process::Command {
        command.env("CHROME", &self.chromium).env("CHROMEDRIVER", &self.driver)
    }
}

/// Finds or installs nginx, which may be outside PATH. Without it, its tests report that they are skipped; in CI they fail.
pub fn nginx(steps: &mut Steps) -> Outcome {
    let is_here = || on_path("nginx").is_some() || Path::new("/usr/sbin/nginx").is_file();
    if !is_here() && can_apt_install() {
        steps.step("installing nginx with apt-get", |_| apt_install(&["nginx"]))?;
    }
    if !is_here() {
        warn("there is no nginx: what needs one in front of the gateway is LEFT OUT");
    }
    Ok(())
}

fn find() -> Option<Browser> {
    let named = |key: &str| env::var_os(key).map(PathBuf::from).filter(|file| file.is_file());
    let installed = || CHROMIUM.iter().find_map(|name| on_path(name));
    let mac = || Some(PathBuf::from(MAC)).filter(|file| file.is_file());
    let chromium = named("CHROME").or_else(installed).or_else(mac)?;
    let driver = named("CHROMEDRIVER").or_else(|| on_path("chromedriver"))?;
    Some(Browser { chromium, driver })
}

/// Whether system packages can be installed without a prompt.
pub fn can_apt_install() -> bool {
    let is_root = || run::output(&mut program("id", &["-u"])).is_some_and(|id| id.trim() == "0");
    on_path("apt-get").is_some() && is_root()
}

pub fn apt_install(packages: &[&str]) -> Outcome {
    let apt = |args: &[&str]| run::run(program("apt-get", args).env("DEBIAN_FRONTEND", "noninteractive"));
    apt(&["update", "-q"])?;
    apt(&[&["install", "-y", "-q", "--no-install-recommends"], packages].concat())
}
