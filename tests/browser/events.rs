//! The table of events: it fills as the cluster changes, its filters narrow it, and its rows open what changed.

use thirtyfour::prelude::*;

use super::journey::journey_with;
use super::tables::{matched, table};
use super::world::World;
use crate::still;

async fn counts(world: &World, hash: &str, expected: &str) -> WebDriverResult<()> {
    world.open(hash).await?;
    world.until(&format!("{hash} has {expected}"), async || Ok(matched(world, "Events").await? == expected)).await
}

/// The texts of the first row's cells.
async fn first(world: &World) -> WebDriverResult<String> {
    let script = "return document.querySelector('[role=grid] tbody tr[aria-rowindex]')?.innerText ?? ''";
    world.script(script, []).await?.convert()
}

#[test]
fn events_fill_are_filtered_and_lead_to_their_objects() {
    journey_with("events", still(), async |world| {
        world.open("#/events").await?;
        world.wait_for("No changes yet").await?;
        world.wait_for("Changes without an event in Mesos are found by comparing reads.").await?;
        world.axe().await?;
        world.sim.with(|sim| sim.fail_task()).expect("a task fails");
        world.sim.with(|sim| sim.add_agent());
        world.sim.with(|sim| sim.update_framework()).expect("a framework subscribes again");
        world.wait_for("re-registered").await?;
        world.until("three changed", async || Ok(matched(world, "Events").await? == "3")).await?;
        world.axe().await?;
        world.screenshot("events").await?;

        counts(world, "#/events?filter=kind%3Aframework", "1").await?;
        assert!(first(world).await?.contains("re-registered"));
        counts(world, "#/events?filter=state%3Afailed%20changed%3C10m", "1").await?;
        counts(world, "#/events?filter=changed%3E10m", "0").await?;
        world.wait_for("No events match").await?;
        counts(world, "#/events?filter=kind%3Aagent", "1").await?;
        let agent = world.script("return document.querySelector('[role=grid] tbody a').innerText", []).await?;
        let agent = agent.convert::<String>()?.trim_start_matches("agent ").to_owned();
        counts(world, &format!("#/events?filter=object%3A{agent}"), "1").await?;
        world.click("link", &format!("agent {agent}")).await?;
        world.find("heading", &format!("~{agent}")).await?;
        let title = format!("Agent {agent} · Mesoscope");
        world.until("the title has the host", async || Ok(world.driver.title().await? == title)).await
    });
}

#[test]
fn a_flood_of_events_draws_only_what_is_on_screen() {
    journey_with("events-flood", still(), async |world| {
        table(world, "#/tasks").await?;
        world.sim.with(|sim| sim.burst(3000));
        world.open("#/events?filter=kind%3Atask").await?;
        let all = async || Ok(matched(world, "Events").await?.parse::<u32>().is_ok_and(|number| number >= 2500));
        world.until("they are all there", all).await?;
        let rows = "return document.querySelectorAll('[role=grid] tbody tr').length";
        let rows: u32 = world.script(rows, []).await?.convert()?;
        assert!((10..150).contains(&rows), "{rows} rows are drawn");
        world.find("button", "~failed").await?;
        Ok(())
    });
}
