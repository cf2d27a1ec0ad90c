//! What journeys need to know of Firefox: how it is started, and what its own scripts set and tell, as it has no devtools
//! protocol of Chromium's.

#![allow(dead_code, reason = "journeys and measurements share this, and each uses a part")]

use std::env;
use std::path::PathBuf;

use hyper::Method;
use serde_json::{Value, json};
use thirtyfour::common::capabilities::firefox::FirefoxPreferences;
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{FirefoxCapabilities, RequestData, SessionId};

use super::driver::on_path;

/// With access to the browser's own scripts, by which the theme is set and the console read.
pub const DRIVER_FLAGS: [&str; 4] = ["--port", "0", "--allow-system-access", "--log=info"];

/// Debian's, or the name elsewhere.
pub fn program() -> Option<PathBuf> {
    let named = env::var_os("FIREFOX").map(PathBuf::from);
    named.or_else(|| on_path("firefox-esr")).or_else(|| on_path("firefox"))
}

pub fn wanted() -> WebDriverResult<FirefoxCapabilities> {
    let mut wanted = DesiredCapabilities::firefox();
    wanted.set_headless()?;
    if let Some(firefox) = program() {
        wanted.set_firefox_binary(&firefox.to_string_lossy())?;
    }
    let mut preferences = FirefoxPreferences::new();
    preferences.set("ui.prefersReducedMotion", 1)?;
    // On every screen a pixel of a picture is one of the page's.
    preferences.set("layout.css.devPixelsPerPx", "1.0")?;
    wanted.set_preferences(preferences)?;
    Ok(wanted)
}

/// `1699999999999 geckodriver INFO Listening on 127.0.0.1:34567`
pub fn port_in(line: &str) -> Option<u16> {
    line.split_once("Listening on ")?.1.rsplit_once(':')?.1.trim().parse().ok()
}

/// The page's size. Fails below what a window of Firefox can be, 450 px wide.
pub async fn size(driver: &WebDriver, width: u32, height: u32) -> WebDriverResult<()> {
    // The bars around the page are known once it is drawn, so that the first answer may be another.
    let mut is = [0, 0];
    for _ in 0..5 {
        let frame = driver.execute("return [outerWidth - innerWidth, outerHeight - innerHeight]", vec![]).await?;
        let [right, below] = frame.convert::<[u32; 2]>()?;
        driver.set_window_rect(0, 0, width + right, height + below).await?;
        is = driver.execute("return [innerWidth, innerHeight]", vec![]).await?.convert()?;
        if is == [width, height] {
            return Ok(());
        }
    }
    panic!("the page is {is:?}, though [{width}, {height}] was asked for");
}

pub async fn prefer(driver: &WebDriver, scheme: &str) -> WebDriverResult<()> {
    let value = if scheme == "dark" { 0 } else { 1 };
    let set = "Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', arguments[0])";
    privileged(driver, set, vec![json!(value)]).await.map(drop)
}

/// Errors of scripts, of the content security policy, and what the page and its worker wrote to the console as an error.
/// The browser's own are of other addresses.
pub async fn errors(driver: &WebDriver) -> WebDriverResult<Vec<String>> {
    const READ: &str = "
        const own = (file) => /^https?:/.test(file);
        const thrown = Services.console.getMessageArray()
            .filter((it) => it instanceof Ci.nsIScriptError && !(it.flags & Ci.nsIScriptError.warningFlag) && own(it.sourceName))
            .map((it) => it.errorMessage);
        const written = Cc['@mozilla.org/consoleAPI-storage;1'].getService(Ci.nsIConsoleAPIStorage).getEvents()
            .filter((it) => it.level === 'error' && own(it.filename))
            .map((it) => it.arguments.map(String).join(' '));
        return [...thrown, ...written];";
    privileged(driver, READ, vec![]).await?.convert()
}

/// Runs as a script of the browser, not of the page.
async fn privileged(driver: &WebDriver, script: &str, args: Vec<Value>) -> WebDriverResult<ScriptRet> {
    driver.handle().cmd(Context("chrome")).await?;
    let result = driver.execute(script, args).await;
    driver.handle().cmd(Context("content")).await?;
    result
}

/// Whose scripts run from now on. thirtyfour has no such command.
#[derive(Debug)]
struct Context(&'static str);

impl FormatRequestData for Context {
    fn format_request(&self, session: &SessionId) -> RequestData {
        RequestData::new(Method::POST, format!("/session/{session}/moz/context")).add_body(json!({ "context": self.0 }))
    }
}
