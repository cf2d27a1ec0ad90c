//! Journeys: what a person does, in headless Chromium, before the executable and a simulated cluster.
//! What needs no browser is tested without one, elsewhere.

mod browser {
    pub mod actions;
    pub mod agents;
    pub mod axe;
    pub mod batches;
    pub mod chromium;
    pub mod chunks;
    pub mod containers;
    pub mod diagnostics;
    pub mod driver;
    pub mod events;
    pub mod files;
    pub mod find;
    pub mod firefox;
    pub mod folders;
    pub mod framework_owners;
    pub mod frameworks;
    pub mod gaps;
    pub mod gateway;
    pub mod harness;
    pub mod hostile_names;
    pub mod in_firefox;
    pub mod intermediaries;
    pub mod journey;
    pub mod line_links;
    pub mod lists;
    pub mod log_scroll;
    pub mod logs;
    pub mod long_names;
    pub mod maintenance_windows;
    pub mod meanwhile;
    pub mod odd_logs;
    pub mod own_frameworks;
    pub mod pages;
    pub mod palette;
    pub mod phone;
    pub mod providers;
    pub mod quotas;
    pub mod real;
    pub mod real_files;
    pub mod real_runs;
    pub mod real_terminal;
    pub mod reflow;
    pub mod repeated_writes;
    pub mod replay;
    pub mod reservations;
    pub mod run_forms;
    pub mod runs;
    pub mod sandboxes;
    pub mod schedule;
    pub mod scripted;
    pub mod search;
    pub mod secure;
    pub mod shared;
    pub mod shell;
    pub mod side_by_side;
    pub mod sign_in;
    pub mod tables;
    pub mod terminal;
    pub mod unknown;
    pub mod views;
    pub mod volume_menus;
    pub mod weight_editor;
    pub mod window_times;
    pub mod wire;
    pub mod world;
    pub mod writes;
}

use std::io::Write;

use browser::journey::{Setup, journey, journey_with};
use browser::world::{Theme, World};
use sim::server::config::Config;
use sim::server::fault::Fault;
use thirtyfour::prelude::*;

/// A cluster in which nothing happens by itself.
fn still() -> Setup {
    Setup { cluster: Config { rate: 0.0, ..Config::default() }, flags: Vec::new() }
}

/// The rows that the table of agents has, as its heading says.
async fn counted(world: &World) -> WebDriverResult<String> {
    let heading = world.find("heading", "~Agents").await?;
    heading.text().await
}

#[test]
fn the_page_loads_and_is_live() {
    journey("first-load", loads);
}

pub async fn loads(world: &World) -> WebDriverResult<()> {
    world.open("#/").await?;
    world.wait_for("Live").await?;
    world.wait_for("Needs attention").await?;
    assert_eq!(world.driver.title().await?, "Mesoscope");
    world.screenshot("overview").await
}

#[test]
fn a_change_appears_without_a_reload() {
    journey_with("live-change", still(), changes);
}

pub async fn changes(world: &World) -> WebDriverResult<()> {
    world.open("#/agents").await?;
    world.wait_for("Live").await?;
    world
        .until("the rows are there", async || {
            Ok(counted(world).await?.contains("of")
                || counted(world).await?.contains("100")
                || counted(world).await?.contains("99"))
        })
        .await?;
    let before = counted(world).await?;
    world.sim.with(|sim| sim.add_agent());
    world.until("one more agent is counted", async || Ok(counted(world).await? != before)).await
}

#[test]
fn the_table_is_filtered_and_sorted_by_mouse_and_keyboard() {
    journey_with("filter-and-sort", still(), filters_and_sorts);
}

pub async fn filters_and_sorts(world: &World) -> WebDriverResult<()> {
    world.open("#/agents").await?;
    world.wait_for("Live").await?;
    world.press("/").await?;
    world.press("a0005").await?;
    world.until("one agent is left", async || Ok(counted(world).await?.contains("1 of"))).await?;
    world.until("the address says so", async || Ok(world.address().await? == "#/agents?filter=a0005")).await?;
    world.click("button", "Clear filter").await?;
    world.click("button", "CPUs").await?;
    world.until("the address has the order", async || Ok(world.address().await? == "#/agents?sort=-cpus")).await?;
    world.press_until(Key::Tab, "Memory").await?;
    world.press(Key::Enter + "").await?;
    world.until("the keyboard sorts", async || Ok(world.address().await? == "#/agents?sort=-mem")).await?;
    world.press(Key::Enter + "").await?;
    world.until("and turns it", async || Ok(world.address().await? == "#/agents?sort=mem")).await
}

#[test]
fn a_master_serves_the_page_as_its_webui_dir() {
    let page = mesoscope_tests::root().join("dist");
    assert!(page.join("index.html").is_file(), "there is no page in dist/: `cargo verify` builds it");
    let setup = Setup { cluster: Config { webui_dir: Some(page), ..still().cluster }, flags: Vec::new() };
    journey_with("webui-dir", setup, async |world| {
        let master = world.sim.master_urls().swap_remove(0);
        world.at(&master).open("#/agents?filter=a0005").await?;
        world.wait_for("Live").await?;
        world.until("one agent is left", async || Ok(counted(world).await?.contains("1 of"))).await?;
        assert_eq!(world.errors().await?, Vec::<String>::new());
        Ok(())
    });
}

#[test]
fn the_machines_own_address_serves_as_well_as_loopback() {
    journey_with("own-address", still(), copies_over_plain_http);
}

pub async fn copies_over_plain_http(world: &World) -> WebDriverResult<()> {
    let Some(own) = own_address() else {
        let _ = writeln!(
            std::io::stdout(),
            "!! LEFT OUT: copying over plain http: this machine has no address but loopback"
        );
        return Ok(());
    };
    let url = format!("http://{own}:{}", world.gateway.port);
    world.at(&url).open("#/agents?filter=a0005").await?;
    world.wait_for("Live").await?;
    // Here a browser withholds its clipboard, its locks and more: the page must do without.
    assert!(!world.script("return isSecureContext", []).await?.convert::<bool>()?);
    world.click("link", "~a0005").await?;
    let facts = world.find("region", "Agent").await?;
    world.listen().await?;
    facts.find(By::Css("button[aria-label=\"Copy the agent's id\"]")).await?.click().await?;
    world.wait_said("Copied").await?;
    assert_eq!(world.errors().await?, Vec::<String>::new());
    Ok(())
}

/// The address from which this machine would speak to others. Nothing is sent.
fn own_address() -> Option<std::net::IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|own| !own.is_loopback())
}

#[test]
fn a_deep_link_keeps_its_filter() {
    journey_with("deep-link", still(), async |world| {
        world.open("#/agents?filter=a0005&sort=-mem").await?;
        world.until("one agent is left", async || Ok(counted(world).await?.contains("1 of"))).await?;
        world.click("link", "~a0005").await?;
        world.wait_for("Raw JSON").await?;
        world.screenshot("agent").await
    });
}

#[test]
fn an_address_that_leads_nowhere_helps() {
    journey_with("nowhere", still(), async |world| {
        world.open("#/nowhere").await?;
        world.wait_for("Page not found").await?;
        world.open("#/agents/no-such-agent").await?;
        world.wait_for("The master lists no agent no-such-agent").await?;
        world.open("#/slaves/x/browse?path=%2Fa").await?;
        world.wait_for("The master knows no agent 'x'").await
    });
}

#[test]
fn a_stream_that_is_cut_comes_back() {
    journey_with("reconnect", still(), async |world| {
        world.open("#/agents").await?;
        world.wait_for("Live").await?;
        world.sim.fault(Fault::Status(503));
        world.sim.fault(Fault::CloseStreams);
        world.wait_for("Data on screen is").await?;
        // It comes back by itself; "Retry now" would only be sooner.
        world.find("button", "Retry now").await?;
        world.sim.fault(Fault::None);
        world.wait_gone("Data on screen is").await?;
        world.wait_for("Live").await
    });
}

#[test]
fn ten_tabs_are_one_subscriber() {
    journey_with("ten-tabs", still(), async |world| {
        world.open("#/").await?;
        world.wait_for("Live").await?;
        for _ in 0..9 {
            world.new_tab().await?;
            world.open("#/agents").await?;
            world.wait_for("Live").await?;
        }
        assert_eq!(world.sim.subscribers(), 1);
        Ok(())
    });
}

#[test]
fn every_page_passes_axe() {
    journey_with("axe", still(), async |world| {
        for theme in [Theme::Light, Theme::Dark] {
            world.theme(theme).await?;
            for (hash, says) in [
                ("#/", "Capacity"),
                ("#/agents", "Attributes"),
                ("#/agents?filter=nothing-at-all", "No agents match"),
                ("#/frameworks", "Max share"),
                ("#/tasks", "Changed"),
                ("#/tasks?filter=state%3Arunning&sort=name", "Changed"),
                ("#/roles", "Weight"),
                ("#/offers", "Framework"),
                ("#/agents/x/browse?path=%2F", "knows no agent"),
            ] {
                world.open(hash).await?;
                world.wait_for(says).await?;
                world.axe().await?;
            }
        }
        Ok(())
    });
}

#[test]
fn the_theme_is_kept() {
    journey_with("theme", still(), keeps_the_theme);
}

pub async fn keeps_the_theme(world: &World) -> WebDriverResult<()> {
    world.open("#/").await?;
    world.wait_for("Live").await?;
    world.click("button", "~Theme: system").await?;
    world.click("button", "~Theme: light").await?;
    world.find("button", "~Theme: dark").await?;
    world.driver.refresh().await?;
    world.find("button", "~Theme: dark").await.map(drop)
}
