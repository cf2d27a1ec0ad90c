//! A browser by its driver: one of each for a journey, with a profile of its own, gone when dropped. Knows no page.

#![allow(dead_code, reason = "journeys and measurements share this, and each uses a part")]

use std::env;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use thirtyfour::prelude::*;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

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

/// A running driver; its browsers end with their sessions.
pub struct Driver {
    browser: Browser,
    process: Child,
    port: u16,
    profile: PathBuf,
}

impl Driver {
    /// `Ok(None)` where this machine has no such driver. chromedriver chooses a port that is free for IPv4; where the same
    /// one is taken for IPv6 it ends, and is started again.
    pub async fn start(browser: Browser) -> std::io::Result<Option<Driver>> {
        let Some(program) = browser.driver_program() else { return Ok(None) };
        for _ in 0..4 {
            if let Ok(driver) = Driver::start_once(browser, &program).await {
                return Ok(Some(driver));
            }
        }
        Driver::start_once(browser, &program).await.map(Some)
    }

    /// On a port that it chooses itself, and prints.
    async fn start_once(browser: Browser, program: &PathBuf) -> std::io::Result<Driver> {
        let profile = fresh_folder()?;
        let mut command = Command::new(program);
        match browser {
            Browser::Chromium => command.args(chromium::DRIVER_FLAGS),
            Browser::Firefox => command.args(firefox::DRIVER_FLAGS).arg("--profile-root").arg(&profile),
        };
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut process = command.spawn()?;
        let mut lines = BufReader::new(process.stdout.take().expect("asked for above")).lines();
        while let Some(line) = lines.next_line().await? {
            let port = match browser {
                Browser::Chromium => chromium::port_in(&line),
                Browser::Firefox => firefox::port_in(&line),
            };
            if let Some(port) = port {
                // What it says later must have somewhere to go.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(Driver { browser, process, port, profile });
            }
        }
        Err(std::io::Error::other("the driver ended before it printed its port"))
    }

    /// Starts the browser.
    pub async fn session(&self) -> WebDriverResult<WebDriver> {
        let at = format!("http://127.0.0.1:{}", self.port);
        match self.browser {
            Browser::Chromium => WebDriver::new(at, chromium::wanted(&self.profile)?).await,
            Browser::Firefox => WebDriver::new(at, firefox::wanted()?).await,
        }
    }

    /// The driver's process; the browser's are its descendants.
    pub fn pid(&self) -> Option<u32> {
        self.process.id()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.start_kill();
        let _ = std::fs::remove_dir_all(&self.profile);
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
