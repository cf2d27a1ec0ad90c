//! What is measured on: a simulated cluster, the executable before it, and browsers that have just started.

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

/// A figure, or `None` after a line that says why there is none: the others are measured all the same.
pub fn reported<T>(what: &str, outcome: Outcome<T>) -> Option<T> {
    outcome.inspect_err(|why| eprintln!("  {what}: {why}")).ok()
}

pub struct Ground {
    sim: Server,
    gateway: Gateway,
}

impl Ground {
    pub async fn new(size: Size) -> Outcome<Ground> {
        let sim = Server::start(Config { size, rate: 0.0, ..Config::default() }).await?;
        let gateway = Gateway::start(&sim.master_urls(), &[]).await?;
        Ok(Ground { sim, gateway })
    }

    pub fn url(&self) -> String {
        self.gateway.url()
    }

    pub fn gateway_pid(&self) -> Option<u32> {
        self.gateway.pid()
    }

    /// A line of so many bytes a second to a gateway of its own, which compresses though the browser is on this machine.
    pub async fn slow_line(&self, bytes_a_second: u64) -> Outcome<(Gateway, Line)> {
        let flags = ["--compress", "always"].map(str::to_owned);
        let gateway = Gateway::start(&self.sim.master_urls(), &flags).await?;
        let line = Line::start(gateway.port, bytes_a_second).await?;
        Ok((gateway, line))
    }

    /// Events a second from now on.
    pub fn rate(&self, events: f64) {
        self.sim.with(|sim| sim.set_rate(events));
    }

    /// What a master on that port answers to the stock UI: its state and its metrics.
    pub fn legacy(&self, port: u16) -> (Vec<u8>, Vec<u8>) {
        self.sim.with(|sim| (sim.legacy_state(port), sim.legacy_metrics()))
    }

    /// The address of a pod's folder, without its end.
    pub fn sandbox(&self) -> Option<String> {
        let [agent, framework, executor, task] = self.sim.with(|sim| sim.some_pod())?;
        let path = format!("/frameworks/{framework}/executors/{executor}/runs/latest/tasks/{task}");
        Some(format!("#/agents/{agent}/browse?path={}", path.replace('/', "%2F")))
    }
}

/// A tab of a browser that has just started, with a fresh profile. Ends when dropped.
pub struct Tab {
    pub driver: WebDriver,
    chrome: Driver,
}

impl Tab {
    /// An empty tab; each document in it gets the probe before its own scripts.
    pub async fn open() -> Outcome<Tab> {
        let chrome = Driver::start(Browser::Chromium)?.ok_or("there is no chromedriver")?;
        let driver = chrome.session(&[]).await?;
        driver.set_script_timeout(PATIENCE).await?;
        driver.set_page_load_timeout(PATIENCE).await?;
        let probe = json!({ "source": include_str!("probe.js") });
        driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", probe).await?;
        Ok(Tab { driver, chrome })
    }

    pub fn chrome_pid(&self) -> Option<u32> {
        Some(self.chrome.pid())
    }

    /// What the script hands to `done`, a function that it is given.
    pub async fn wait(&self, script: &str) -> Outcome<serde_json::Value> {
        let script = format!("const done = arguments[0]; {script}");
        Ok(self.driver.execute_async(script, Vec::new()).await?.json().clone())
    }

    pub async fn run(&self, script: &str) -> Outcome<serde_json::Value> {
        Ok(self.driver.execute(script, Vec::new()).await?.json().clone())
    }

    pub async fn end(self) -> Outcome {
        Ok(self.driver.quit().await?)
    }
}
