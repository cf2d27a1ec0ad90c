//! Chromium by its driver: one of each for a journey, with a profile of its own, gone when dropped. Knows no page.

#![allow(dead_code, reason = "journeys and measurements share this, and each uses a part")]

use std::env;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use thirtyfour::LoggingPrefsLogLevel;
use thirtyfour::prelude::*;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// What keeps it quiet, quick and alike everywhere. Nothing is fetched but what a journey asks for.
const FLAGS: [&str; 15] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--window-size=1440,900",
];

/// The driver to start, where there is one.
pub fn driver_program() -> Option<PathBuf> {
    let on_path = || {
        env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join("chromedriver")).find(|file| file.is_file())
    };
    env::var_os("CHROMEDRIVER").map(PathBuf::from).filter(|file| file.is_file()).or_else(on_path)
}

/// A running driver; its browsers end with their sessions.
pub struct Chrome {
    process: Child,
    port: u16,
    profile: PathBuf,
}

impl Chrome {
    /// Its own choice of a port is one for IPv4; where that one is taken for IPv6 it ends, and is started again.
    pub async fn start(program: &Path) -> std::io::Result<Chrome> {
        for _ in 0..4 {
            if let Ok(chrome) = Chrome::start_once(program).await {
                return Ok(chrome);
            }
        }
        Chrome::start_once(program).await
    }

    /// On a port that it chooses itself, and tells.
    async fn start_once(program: &Path) -> std::io::Result<Chrome> {
        let mut command = Command::new(program);
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut process = command.spawn()?;
        let mut lines = BufReader::new(process.stdout.take().expect("asked for above")).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some(port) = port_in(&line) {
                // What it says later must have somewhere to go.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(Chrome { process, port, profile: fresh_folder() });
            }
        }
        Err(std::io::Error::other("chromedriver ended before it told its port"))
    }

    pub async fn session(&self, more_flags: &[&str]) -> WebDriverResult<WebDriver> {
        let mut wanted = DesiredCapabilities::chrome();
        for flag in FLAGS.iter().chain(more_flags) {
            wanted.add_arg(flag)?;
        }
        wanted.add_arg(&format!("--user-data-dir={}", self.profile.display()))?;
        if let Ok(chromium) = env::var("CHROME") {
            wanted.set_binary(&chromium)?;
        }
        wanted.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        WebDriver::new(format!("http://127.0.0.1:{}", self.port), wanted).await
    }

    /// The driver's process; the browser's are its descendants.
    pub fn pid(&self) -> Option<u32> {
        self.process.id()
    }
}

impl Drop for Chrome {
    fn drop(&mut self) {
        let _ = self.process.start_kill();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

/// `ChromeDriver was started successfully on port 34567.`
fn port_in(line: &str) -> Option<u16> {
    line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
}

fn fresh_folder() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    env::temp_dir().join(format!("mesoscope-browser-{}-{number}", std::process::id()))
}
