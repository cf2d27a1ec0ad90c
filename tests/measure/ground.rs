//! What is measured on: a simulated cluster, the executable, a line to it, and a fresh browser.

use std::error::Error;
use std::time::Duration;

use serde_json::json;
use sim::server::Server;
use sim::server::config::Config;
use sim::size::Size;
use thirtyfour::prelude::*;

use super::driver::{Browser, Driver};
use super::gateway::Gateway;
use super::pace::Line;

pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// As long as the largest cluster may take to arrive over the slowest line.
const PATIENCE: Duration = Duration::from_secs(300);

/// Chromium starts pages of its own first: its address bar is one.
const CALM: Duration = Duration::from_secs(4);

pub struct Ground {
    sim: Server,
    gateway: Gateway,
    line: Option<Line>,
    chrome: Driver,
    driver: WebDriver,
    pub url: String,
}

impl Ground {
    /// Over loopback, or over a line of so many bytes a second.
    pub async fn new(size: Size, bytes_a_second: Option<u64>) -> Outcome<Ground> {
        let sim = Server::start(Config { size, rate: 0.0, ..Config::default() }).await?;
        // Over a line it must compress, though the browser is on this machine.
        let flags: &[&str] = if bytes_a_second.is_some() { &["--compress", "always"] } else { &[] };
        let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
        let gateway = Gateway::start(&sim.master_urls(), &flags).await?;
        let line = match bytes_a_second {
            Some(pace) => Some(Line::start(gateway.port, pace).await?),
            None => None,
        };
        let url = line.as_ref().map_or_else(|| gateway.url(), Line::url);
        let chrome = Driver::start(Browser::Chromium)?.ok_or("there is no chromedriver")?;
        let driver = chrome.session(&[]).await?;
        driver.set_script_timeout(PATIENCE).await?;
        driver.set_page_load_timeout(PATIENCE).await?;
        tokio::time::sleep(CALM).await;
        Ok(Ground { sim, gateway, line, chrome, driver, url })
    }

    /// The page's tab, with the probe in it before the page's own scripts.
    pub async fn tab(&self) -> Outcome<Tab> {
        let probe = json!({ "source": include_str!("probe.js") });
        self.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", probe).await?;
        Ok(Tab { driver: self.driver.clone(), url: self.url.clone() })
    }

    pub fn chrome_pid(&self) -> Option<u32> {
        Some(self.chrome.pid())
    }

    pub fn gateway_pid(&self) -> Option<u32> {
        self.gateway.pid()
    }

    /// Events a second from now on.
    pub fn rate(&self, events: f64) {
        self.sim.with(|sim| sim.set_rate(events));
    }

    /// The address of a pod's folder, without its end.
    pub fn sandbox(&self) -> Option<String> {
        let [agent, framework, executor, task] = self.sim.with(|sim| sim.some_pod())?;
        let path = format!("/frameworks/{framework}/executors/{executor}/runs/latest/tasks/{task}");
        Some(format!("#/agents/{agent}/browse?path={}", path.replace('/', "%2F")))
    }

    pub fn bytes_over_the_line(&self) -> Option<u64> {
        self.line.as_ref().map(Line::bytes)
    }

    pub async fn end(self) -> Outcome {
        Ok(self.driver.quit().await?)
    }
}

/// The page, as scripts see it.
pub struct Tab {
    pub driver: WebDriver,
    pub url: String,
}

impl Tab {
    /// What the script hands to `done`, a function that it is given.
    pub async fn wait(&self, script: &str) -> Outcome<serde_json::Value> {
        let script = format!("const done = arguments[0]; {script}");
        Ok(self.driver.execute_async(script, Vec::new()).await?.json().clone())
    }

    pub async fn run(&self, script: &str) -> Outcome<serde_json::Value> {
        Ok(self.driver.execute(script, Vec::new()).await?.json().clone())
    }
}
