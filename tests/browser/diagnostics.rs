//! Diagnostics, and the page of the master: what went wrong on the way, who the masters are, and what is not known.

use serde_json::json;
use sim::server::config::Config;
use thirtyfour::prelude::*;

use super::gateway::Gateway;
use super::journey::{Setup, journey_with};
use super::scripted::{Reply, Script, Scripted, one_agent};
use super::world::World;
use crate::still;

/// An address at which no server listens.
const NOBODY: &str = "http://127.0.0.1:9";

#[test]
fn diagnostics_list_what_cannot_be_read_and_what_was_refused() {
    journey_with("diagnostics", still(), async |world| {
        let scripted = Scripted::start(|port| {
            let mut state = one_agent(port);
            state["get_agents"]["agents"][0]["total_resources"] = json!({"cpus": 4});
            Script { state, ..Script::default() }
        })
        .await;
        scripted.script.reply("GET_EXECUTORS", Reply::Refused(403, "may not see executors"));
        world.at(&scripted.url).open("#/diagnostics").await?;
        let fields = world.find("region", "Unexpected fields").await?;
        world.until("the field is named", async || Ok(fields.text().await?.contains("total_resources"))).await?;
        let polled = world.find("region", "Polled endpoints").await?;
        world.until("executors are listed", async || Ok(polled.text().await?.contains("GET_EXECUTORS"))).await?;
        world.click("button", "Refresh all").await?;
        let refused = world.find("region", "Failed reads").await?;
        let says = async || {
            let text = refused.text().await?;
            Ok(text.contains("GET_EXECUTORS") && text.contains("may not see executors"))
        };
        world.until("the refusal has Mesos' words", says).await?;
        let lost = world.find("region", "Lost connections").await?.text().await?;
        assert!(lost.contains("has not been lost"), "{lost}");
        world.axe().await?;
        world.screenshot("diagnostics-entries").await
    });
}

/// Whether the list of masters is wider than its panel.
async fn scrolls(world: &World) -> WebDriverResult<bool> {
    let script = "const list = document.querySelector('[aria-label=\"Masters, listed\"]'); return list.scrollWidth > list.clientWidth";
    world.script(script, []).await?.convert()
}

#[test]
fn masters_are_listed_with_their_states_and_fit_a_phone() {
    journey_with("masters", still(), async |world| {
        let masters = [NOBODY.to_owned(), world.sim.master_urls().swap_remove(0)];
        let gateway = Gateway::start(&masters, &[]).await.expect("mesoscope starts");
        let url = gateway.url();
        world.at(&url).open("#/master").await?;
        world.wait_for("Live").await?;
        let list = world.find("region", "Masters").await?;
        let is_known = async || {
            let text = list.text().await?;
            Ok(text.contains("Leading") && text.contains("Could not be reached"))
        };
        world.until("one leads and one does not answer", is_known).await?;
        assert!(!list.text().await?.contains("No master answers"));
        world.size(390, 844).await?;
        list.scroll_into_view().await?;
        assert!(!scrolls(world).await?, "the list fits");
        world.axe().await?;
        world.screenshot("masters-narrow").await
    });
}

#[test]
fn without_a_master_or_a_gateway_the_page_says_what_is_not_known() {
    let page = mesoscope_tests::root().join("dist");
    let setup = Setup { cluster: Config { webui_dir: Some(page), ..still().cluster }, flags: Vec::new() };
    journey_with("masters-unknown", setup, async |world| {
        let gateway = Gateway::start(&[NOBODY.to_owned()], &[]).await.expect("mesoscope starts");
        let url = gateway.url();
        world.at(&url).open("#/master").await?;
        world.wait_for("No master answers. Check that the masters run").await?;
        world.axe().await?;
        let master = world.sim.master_urls().swap_remove(0);
        world.at(&master).open("#/master").await?;
        world.wait_for("Other masters: not known").await?;
        world.wait_for("A master reports neither the other masters nor how they answer.").await?;
        world.wait_for("Leading master").await
    });
}

#[test]
fn an_attempt_to_connect_does_not_change_what_an_unreachable_master_left() {
    journey_with("attempts", still(), async |world| {
        let gateway = Gateway::start(&[NOBODY.to_owned()], &[]).await.expect("mesoscope starts");
        world.at(&gateway.url()).open("#/agents").await?;
        world.wait_for("Waiting for the master").await?;
        world.wait_for("Agents not known").await?;
        world.listen().await?;
        world.wait_said("Connecting").await?;
        world.wait_for("Disconnected").await?;
        let said: Vec<String> = world.script("return window.__said", []).await?.convert()?;
        let flips = |words: &&String| words.contains("Connecting to the master") || *words == "loading";
        assert_eq!(said.iter().find(flips), None);
        world.axe().await
    });
}
