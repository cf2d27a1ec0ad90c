//! Journeys: what a person does, in headless Chromium, before the executable and a simulated cluster.
//! What needs no browser is tested without one, elsewhere.

mod browser {
    pub mod axe;
    pub mod chrome;
    pub mod find;
    pub mod gateway;
    pub mod harness;
    pub mod journey;
    pub mod world;
}

use browser::journey::{Setup, journey, journey_with};
use browser::world::{Theme, World};
use sim::server::{Config, Fault};
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
    journey("first-load", async |world| {
        world.open("#/").await?;
        world.wait_for("Live").await?;
        world.wait_for("Needs attention").await?;
        assert_eq!(world.driver.title().await?, "Mesoscope");
        world.screenshot("overview").await
    });
}

#[test]
fn a_change_appears_without_a_reload() {
    journey_with("live-change", still(), async |world| {
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
    });
}

#[test]
fn the_table_is_filtered_and_sorted_by_mouse_and_keyboard() {
    journey_with("filter-and-sort", still(), async |world| {
        world.open("#/agents").await?;
        world.wait_for("Live").await?;
        world.press("/").await?;
        world.press("a0005").await?;
        world.until("one agent is left", async || Ok(counted(world).await?.contains("1 of"))).await?;
        assert_eq!(world.address().await?, "#/agents?filter=a0005");
        world.click("button", "Clear the filter").await?;
        world.click("button", "CPUs").await?;
        world.until("the address has the order", async || Ok(world.address().await? == "#/agents?sort=-cpus")).await
    });
}

#[test]
fn a_deep_link_keeps_its_filter() {
    journey_with("deep-link", still(), async |world| {
        world.open("#/agents?filter=a0005&sort=-mem").await?;
        world.until("one agent is left", async || Ok(counted(world).await?.contains("1 of"))).await?;
        world.click("link", "~a0005").await?;
        world.wait_for("As the master tells it").await?;
        world.screenshot("agent").await
    });
}

#[test]
fn an_address_that_leads_nowhere_helps() {
    journey_with("nowhere", still(), async |world| {
        world.open("#/nowhere").await?;
        world.wait_for("Nothing is here").await?;
        world.open("#/agents/no-such-agent").await?;
        world.wait_for("The master knows no agent no-such-agent").await?;
        world.open("#/slaves/x/browse?path=%2Fa").await?;
        world.wait_for("This page is not built yet").await
    });
}

#[test]
fn a_stream_that_is_cut_comes_back() {
    journey_with("reconnect", still(), async |world| {
        world.open("#/agents").await?;
        world.wait_for("Live").await?;
        world.sim.fault(Fault::Status(503));
        world.sim.fault(Fault::CloseStreams);
        world.wait_for("What is shown is").await?;
        world.sim.fault(Fault::None);
        // It comes back by itself; "Retry now" would only be sooner.
        world.find("button", "Retry now").await?;
        world.wait_gone("What is shown is").await?;
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
fn nothing_stands_in_the_way_of_anyone() {
    journey_with("axe", still(), async |world| {
        for theme in [Theme::Light, Theme::Dark] {
            world.theme(theme).await?;
            for (hash, says) in [
                ("#/", "Capacity"),
                ("#/agents", "Attributes"),
                ("#/agents?filter=nothing-at-all", "No agent matches"),
                ("#/agents/no-such-agent", "knows no agent"),
                ("#/frameworks", "not built yet"),
                ("#/trouble", "Connection"),
                ("#/nowhere", "Nothing is here"),
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
    journey_with("theme", still(), async |world| {
        world.open("#/").await?;
        world.wait_for("Live").await?;
        world.click("button", "~Theme: system").await?;
        world.click("button", "~Theme: light").await?;
        world.find("button", "~Theme: dark").await?;
        world.driver.refresh().await?;
        world.find("button", "~Theme: dark").await.map(drop)
    });
}
