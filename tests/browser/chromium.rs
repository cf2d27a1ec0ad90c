//! What journeys need to know of Chromium: how it is started, and what its devtools set and tell.

#![allow(dead_code, reason = "journeys and measurements share this, and each uses a part")]

use std::env;
use std::path::Path;

use serde_json::{Value, json};
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, LoggingPrefsLogLevel};

pub const DRIVER_FLAGS: [&str; 1] = ["--port=0"];

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

/// With more flags than the usual ones.
pub fn wanted(profile: &Path, more: &[&str]) -> WebDriverResult<ChromeCapabilities> {
    let mut wanted = DesiredCapabilities::chrome();
    for flag in FLAGS.iter().chain(more) {
        wanted.add_arg(flag)?;
    }
    wanted.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    if let Ok(chromium) = env::var("CHROME") {
        wanted.set_binary(&chromium)?;
    }
    // A gateway with TLS shows a certificate that nobody has issued.
    wanted.accept_insecure_certs(true)?;
    wanted.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    Ok(wanted)
}

/// `ChromeDriver was started successfully on port 34567.`
pub fn port_in(line: &str) -> Option<u16> {
    line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
}

pub async fn devtools(driver: &WebDriver, method: &str, params: Value) -> WebDriverResult<Value> {
    driver.cdp().send_raw(method, params).await
}

/// The page's size, smaller than any window may be too.
pub async fn size(driver: &WebDriver, width: u32, height: u32) -> WebDriverResult<()> {
    let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    devtools(driver, "Emulation.setDeviceMetricsOverride", size).await.map(drop)
}

/// Motion is reduced too, so that pictures are alike.
pub async fn prefer(driver: &WebDriver, scheme: &str) -> WebDriverResult<()> {
    let scheme = json!({ "name": "prefers-color-scheme", "value": scheme });
    let motion = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
    devtools(driver, "Emulation.setEmulatedMedia", json!({ "features": [scheme, motion] })).await.map(drop)
}

/// What the page wrote to the console as an error.
pub async fn errors(driver: &WebDriver) -> WebDriverResult<Vec<String>> {
    let log = driver.browser_log().await?;
    let severe = log.into_iter().filter(|entry| format!("{:?}", entry.level).eq_ignore_ascii_case("severe"));
    Ok(severe.map(|entry| entry.message).collect())
}
