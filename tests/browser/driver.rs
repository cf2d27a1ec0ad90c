//! A browser by its driver, with a profile of its own. Both end when dropped, or with this process. Knows no page.

#![allow(dead_code, reason = "journeys and measurements share this, and each uses a part")]

use std::env;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{io, thread};

use thirtyfour::prelude::*;

use super::{chromium, firefox};

/// The browsers that journeys run in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    Chromium,
    Firefox,
}

impl Browser {
    /// The driver to start; `None` where this machine has none.
    pub fn driver_program(self) -> Option<PathBuf> {
        let (variable, name) = match self {
            Browser::Chromium => ("CHROMEDRIVER", "chromedriver"),
            Browser::Firefox => ("GECKODRIVER", "geckodriver"),
        };
        let named = env::var_os(variable).map(PathBuf::from).filter(|file| file.is_file());
        let found = named.or_else(|| on_path(name)).or_else(|| installed(name))?;
        // A driver without its browser starts nothing; chromedriver's package brings the browser.
        let has_browser = self != Browser::Firefox || firefox::program().is_some();
        has_browser.then_some(found)
    }
}

/// A running driver and its browsers, in a process group of their own.
pub struct Driver {
    browser: Browser,
    process: Child,
    guard: Child,
    port: u16,
    profile: PathBuf,
}

/// Ends a process group and deletes its profile as soon as the standard input ends. This process may be killed, and a browser
/// outlives its driver.
const GUARD: &str = r#"
    read -r _
    kill -s TERM -- "-$1"
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        kill -s 0 -- "-$1" || break
        sleep 0.1
    done
    kill -s KILL -- "-$1"
    rm -rf "$2""#;

impl Driver {
    /// `Ok(None)` where this machine has no such driver. chromedriver chooses a port that is free for IPv4; where the same
    /// one is taken for IPv6 it ends, and is started again.
    pub fn start(browser: Browser) -> io::Result<Option<Driver>> {
        let Some(program) = browser.driver_program() else { return Ok(None) };
        for _ in 0..4 {
            if let Ok(driver) = Driver::start_once(browser, &program) {
                return Ok(Some(driver));
            }
        }
        Driver::start_once(browser, &program).map(Some)
    }

    /// On a port that it chooses itself, and prints.
    fn start_once(browser: Browser, program: &Path) -> io::Result<Driver> {
        let profile = fresh_folder()?;
        let mut command = Command::new(program);
        match browser {
            Browser::Chromium => command.args(chromium::DRIVER_FLAGS),
            Browser::Firefox => command.args(firefox::DRIVER_FLAGS).arg("--profile-root").arg(&profile),
        };
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        let mut process = command.spawn()?;
        let mut lines = BufReader::new(process.stdout.take().expect("asked for above")).lines();
        let mut guard = Command::new("sh");
        guard.args(["-c", GUARD, "sh", &process.id().to_string()]).arg(&profile).process_group(0);
        let guard = guard.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut driver = Driver { browser, process, guard, port: 0, profile };
        let port = |line: String| match browser {
            Browser::Chromium => chromium::port_in(&line),
            Browser::Firefox => firefox::port_in(&line),
        };
        let printed = lines.by_ref().map_while(Result::ok).find_map(port);
        driver.port = printed.ok_or_else(|| io::Error::other("the driver ended before it printed its port"))?;
        // What it says later must have somewhere to go.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Ok(driver)
    }

    /// Starts the browser. The flags are Chromium's.
    pub async fn session(&self, flags: &[&str]) -> WebDriverResult<WebDriver> {
        let at = format!("http://127.0.0.1:{}", self.port);
        match self.browser {
            Browser::Chromium => WebDriver::new(at, chromium::wanted(&self.profile, flags)?).await,
            Browser::Firefox => WebDriver::new(at, firefox::wanted()?).await,
        }
    }

    /// The driver's process; the browser's are its descendants.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    pub fn profile(&self) -> &Path {
        &self.profile
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.process.wait();
        let _ = self.guard.wait();
    }
}

pub fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Where `cargo verify` keeps it, for a plain `cargo test`.
fn installed(name: &str) -> Option<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")))?;
    let folders = std::fs::read_dir(cache.join("mesoscope")).ok()?.filter_map(Result::ok);
    folders.map(|folder| folder.path().join("bin").join(name)).filter(|file| file.is_file()).max()
}

fn fresh_folder() -> std::io::Result<PathBuf> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = env::temp_dir().join(format!("mesoscope-browser-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
