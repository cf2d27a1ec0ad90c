//! Runs one journey: starts what it needs, and leaves a picture and the console's words where it fails.

use std::io::Write;
use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt;
use sim::server::Server;
use sim::server::config::Config;
use thirtyfour::prelude::*;

use super::driver::{Browser, Driver};
use super::gateway::Gateway;
use super::shared::{BrowserContext, SharedBrowser};
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
    begin(Browser::Chromium, name, setup, &[], body);
}

/// In another browser than Chromium.
pub fn journey_in(browser: Browser, name: &str, setup: Setup, body: impl AsyncFnOnce(&World) -> WebDriverResult<()>) {
    begin(browser, name, setup, &[], body);
}

/// Before other masters than the simulated one, in which nothing happens then.
pub fn journey_before(name: &str, masters: &[String], body: impl AsyncFnOnce(&World) -> WebDriverResult<()>) {
    let cluster = Config { rate: 0.0, ..Config::default() };
    begin(Browser::Chromium, name, Setup { cluster, flags: Vec::new() }, masters, body);
}

fn begin(
    browser: Browser,
    name: &str,
    setup: Setup,
    masters: &[String],
    body: impl AsyncFnOnce(&World) -> WebDriverResult<()>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("threads can be started").block_on(run(browser, name, setup, masters, body));
}

async fn run(
    browser: Browser,
    name: &str,
    setup: Setup,
    masters: &[String],
    body: impl AsyncFnOnce(&World) -> WebDriverResult<()>,
) {
    let outcome = match browser {
        Browser::Chromium => {
            let Some(shared) = SharedBrowser::take().await.expect("the browser starts") else {
                return leave_out(browser, name);
            };
            let context = shared.open_context().await.expect("a browser context can be opened");
            let world = world(browser, shared.session.clone(), Some(context), setup, masters).await;
            let outcome = walk(name, &world, body).await;
            let is_healthy = matches!(outcome, Ok(Ok(())));
            shared.give_back(world.context, is_healthy).await;
            outcome
        }
        Browser::Firefox => {
            let Some(process) = Driver::start(browser).expect("the driver starts") else {
                return leave_out(browser, name);
            };
            let session = process.session(&[]).await.expect("the browser starts");
            let world = world(browser, session, None, setup, masters).await;
            // Its own bars are part of the size that it is started with.
            world.size(1440, 900).await.expect("a size can be set");
            let outcome = walk(name, &world, body).await;
            let _ = world.driver.quit().await;
            outcome
        }
    };
    match outcome {
        Ok(outcome) => outcome.expect("the journey ends well"),
        Err(panic) => resume_unwind(panic),
    }
}

async fn world(
    browser: Browser,
    driver: WebDriver,
    context: Option<BrowserContext>,
    setup: Setup,
    masters: &[String],
) -> World {
    let sim = Server::start(setup.cluster).await.expect("the simulated cluster starts");
    let masters = if masters.is_empty() { sim.master_urls() } else { masters.to_vec() };
    let gateway = Gateway::start(&masters, &setup.flags).await.expect("mesoscope starts");
    let url = gateway.url();
    let world = World { sim, gateway, driver, context, url, browser };
    world.theme(Theme::Light).await.expect("a theme can be set");
    world
}

async fn walk(
    name: &str,
    world: &World,
    body: impl AsyncFnOnce(&World) -> WebDriverResult<()>,
) -> std::thread::Result<WebDriverResult<()>> {
    let outcome = AssertUnwindSafe(body(world)).catch_unwind().await;
    if !matches!(outcome, Ok(Ok(()))) {
        tell(name, world).await;
    }
    outcome
}

/// Not by println!, which a test that passes swallows. `cargo verify` repeats the line at its end.
fn leave_out(browser: Browser, name: &str) {
    let missing = format!("{browser:?} or its driver is not on this machine");
    assert!(std::env::var_os("CI").is_none(), "{missing}");
    let _ = writeln!(std::io::stdout(), "!! LEFT OUT: the journey {name}: {missing}");
}

async fn tell(name: &str, world: &World) {
    let _ = world.screenshot(&format!("failed-{name}")).await;
    eprintln!("{name} failed at {:?}; the console said:", world.address().await.unwrap_or_default());
    for line in world.errors().await.unwrap_or_default() {
        eprintln!("  {line}");
    }
}
