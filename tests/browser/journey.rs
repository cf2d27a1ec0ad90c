//! Runs one journey: starts what it needs, and leaves a picture and the console's words where it fails.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;

use futures_util::FutureExt;
use sim::server::{Config, Server};
use thirtyfour::error::WebDriverResult;

use super::chrome::{Chrome, driver_program};
use super::gateway::Gateway;
use super::world::{Theme, World};

/// What a journey begins with.
#[derive(Debug, Default)]
pub struct Setup {
    pub cluster: Config,
    /// More flags for the executable.
    pub flags: Vec<String>,
}

pub fn journey(name: &str, body: impl AsyncFnOnce(&World) -> WebDriverResult<()>) {
    journey_with(name, Setup::default(), body);
}

pub fn journey_with(name: &str, setup: Setup, body: impl AsyncFnOnce(&World) -> WebDriverResult<()>) {
    begin(name, setup, &[], body);
}

/// Before other masters than the simulated one, in which nothing happens then.
pub fn journey_before(name: &str, masters: &[String], body: impl AsyncFnOnce(&World) -> WebDriverResult<()>) {
    let cluster = Config { rate: 0.0, ..Config::default() };
    begin(name, Setup { cluster, flags: Vec::new() }, masters, body);
}

fn begin(name: &str, setup: Setup, masters: &[String], body: impl AsyncFnOnce(&World) -> WebDriverResult<()>) {
    let Some(driver) = driver_program() else {
        assert!(std::env::var_os("CI").is_none(), "there is no chromedriver");
        eprintln!("!! {name} was LEFT OUT: there is no chromedriver");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("threads can be started").block_on(run(name, setup, masters, &driver, body));
}

async fn run(
    name: &str,
    setup: Setup,
    masters: &[String],
    driver: &Path,
    body: impl AsyncFnOnce(&World) -> WebDriverResult<()>,
) {
    let chrome = Chrome::start(driver).await.expect("chromedriver starts");
    let sim = Server::start(setup.cluster).await.expect("the simulated cluster starts");
    let masters = if masters.is_empty() { sim.master_urls() } else { masters.to_vec() };
    let gateway = Gateway::start(&masters, &setup.flags).await.expect("mesoscope starts");
    let driver = chrome.session(&[]).await.expect("chromium starts");
    let url = gateway.url();
    let world = World { sim, gateway, driver, url };
    world.theme(Theme::Light).await.expect("a theme can be set");

    let outcome = AssertUnwindSafe(body(&world)).catch_unwind().await;
    if !matches!(outcome, Ok(Ok(()))) {
        tell(name, &world).await;
    }
    // The browser ends here, whatever came of it.
    let _ = world.driver.quit().await;
    match outcome {
        Ok(outcome) => outcome.expect("the browser does as it is told"),
        Err(panic) => resume_unwind(panic),
    }
}

async fn tell(name: &str, world: &World) {
    let _ = world.screenshot(&format!("failed-{name}")).await;
    eprintln!("{name} failed at {:?}; the console said:", world.address().await.unwrap_or_default());
    for line in world.errors().await.unwrap_or_default() {
        eprintln!("  {line}");
    }
}
