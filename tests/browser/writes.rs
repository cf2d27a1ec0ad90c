//! Changes to the cluster: quotas, weights, agents, frameworks. What is refused, lost, or done by another user; the journal, and the
//! read-only switch.

use std::time::Duration;

use serde_json::{Value, json};
use sim::server::config::Config;
use thirtyfour::prelude::*;

use super::journey::{Setup, journey_with};
use super::schedule::call;
use super::world::World;
use crate::still;

pub fn quota(world: &World, role: &str) -> Option<Value> {
    let reported = call(world, json!({ "type": "GET_QUOTA" }));
    let configs = reported["get_quota"]["status"]["configs"].as_array().cloned().unwrap_or_default();
    configs.into_iter().find(|config| config["role"] == role)
}

pub fn trip(world: &World, name: &str) {
    world.sim.fault(name.parse().expect("a fault of that name"));
}

/// Clicks the button that sends, once it can: the current state must be known, and what will change.
pub async fn send(world: &World, name: &str) -> WebDriverResult<()> {
    world.click("button", name).await
}

/// Opens the form of a new role's quota, and types one.
pub async fn type_quota(world: &World, role: &str) -> WebDriverResult<()> {
    world.open("#/roles").await?;
    world.click("button", "Set quota …").await?;
    // Nothing is wrong before anything is typed, and no role has an empty name.
    world.wait_for("Enter a role and at least one amount.").await?;
    assert!(!world.text().await?.contains("No framework uses"), "there is no role yet");
    world.fill("Role", role).await?;
    world.fill("CPUs guarantee", "1.5").await?;
    world.fill("Memory limit", "2 GiB").await?;
    world.wait_for(&format!("{role} · CPUs guarantee")).await
}

#[test]
fn a_quota_is_typed_while_the_cluster_moves() {
    let lively = Setup { cluster: Config { rate: 40.0, ..Config::default() }, flags: Vec::new() };
    journey_with("quota", lively, async |world| {
        type_quota(world, "journey").await?;
        world.find("button", "Set quota").await?;
        world.fill("Memory guarantee", "512").await?;
        world.wait_for("journey · memory guarantee").await?;
        world.axe().await?;
        world.screenshot("act-quota").await?;
        // The field still has the focus, and Enter sends.
        world.press(Key::Enter + "").await?;
        world.wait_for("Applied.").await?;
        assert!(!world.text().await?.contains("already has a quota"), "the form is gone");
        let set = quota(world, "journey").expect("it has a quota");
        assert_eq!(set["guarantees"], json!({ "cpus": { "value": 1.5 }, "mem": { "value": 512.0 } }));
        assert_eq!(set["limits"], json!({ "mem": { "value": 2048.0 } }));
        Ok(())
    });
}

#[test]
fn a_field_says_what_is_wrong_with_it_and_nothing_is_sent() {
    journey_with("quota-faults", still(), async |world| {
        type_quota(world, "journey").await?;
        world.fill("CPUs guarantee", "lots").await?;
        let field = world.field("CPUs guarantee").await?;
        world.until("it is marked", async || Ok(field.attr("aria-invalid").await?.is_some())).await?;
        let by = field.attr("aria-describedby").await?.expect("what describes it");
        let says = world.script("return document.getElementById(arguments[0]).innerText", [json!(by)]).await?;
        assert_ne!(says.convert::<String>()?, "");
        world.press(Key::Enter + "").await?;
        world.wait_for("“lots” is not an amount.").await?;
        world.axe().await?;
        assert_eq!(quota(world, "journey"), None);
        Ok(())
    });
}

#[test]
fn refusals_are_reported_and_what_was_typed_stays() {
    journey_with("refusals", still(), async |world| {
        type_quota(world, "journey").await?;
        for status in [400, 401, 403, 404, 409] {
            trip(world, &format!("once/UPDATE_QUOTA/{status}"));
            let again = if status == 400 { "Set quota" } else { "Retry" };
            send(world, again).await?;
            world.wait_for(&format!("Refused ({status})")).await?;
            world.find("button", "Retry").await?;
            assert_eq!(quota(world, "journey"), None);
        }
        world.axe().await?;
        world.screenshot("act-refused").await?;
        assert_eq!(world.field("Memory limit").await?.value().await?.as_deref(), Some("2 GiB"));
        send(world, "Retry").await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        world.open("#/my-changes").await?;
        world.wait_for("Refused (409)").await?;
        world.axe().await
    });
}

#[test]
fn a_change_whose_answer_is_lost_is_looked_up() {
    let page = mesoscope_tests::root().join("dist");
    let setup = Setup { cluster: Config { webui_dir: Some(page), ..still().cluster }, flags: Vec::new() };
    journey_with("lost-answer", setup, async |world| {
        let master = world.sim.master_urls().swap_remove(0);
        world.at(&master).open("#/roles").await?;
        world.click("button", "Set quota …").await?;
        world.fill("Role", "journey").await?;
        world.fill("CPUs limit", "3").await?;
        world.wait_for("journey · CPUs limit").await?;
        trip(world, "once/UPDATE_QUOTA/hang-after");
        send(world, "Set quota").await?;
        let done = async || Ok(world.text().await?.contains("Applied."));
        world.until_within(Duration::from_secs(40), "it is looked up, and was done", done).await?;
        assert!(quota(world, "journey").is_some());
        Ok(())
    });
}

#[test]
fn a_weight_that_nobody_touched_is_left_alone() {
    journey_with("weights", still(), async |world| {
        for (role, weight) in [("journey", 1.0), ("other", 1.0)] {
            call(world, weights(role, weight));
        }
        world.open("#/roles?filter=journey").await?;
        world.click("checkbox", "Select journey").await?;
        world.open("#/roles?filter=other").await?;
        world.click("checkbox", "Select other").await?;
        world.click("button", "Weight …").await?;
        world.fill("~journey", "2").await?;
        world.wait_for("journey · weight").await?;
        // Meanwhile another user gives the other one more.
        call(world, weights("other", 3.0));
        send(world, "Set weights").await?;
        world.wait_for("Applied.").await?;
        let reported = call(world, json!({ "type": "GET_WEIGHTS" }))["get_weights"]["weight_infos"].clone();
        let of = |role: &str| {
            reported
                .as_array()
                .into_iter()
                .flatten()
                .find(|info| info["role"] == role)
                .map(|info| info["weight"].clone())
        };
        assert_eq!((of("journey"), of("other")), (Some(json!(2.0)), Some(json!(3.0))));
        Ok(())
    });
}

fn weights(role: &str, weight: f64) -> Value {
    json!({ "type": "UPDATE_WEIGHTS", "update_weights": { "weight_infos": [{ "role": role, "weight": weight }] } })
}

#[test]
fn what_was_typed_outlasts_escape_and_the_journal_a_reload() {
    journey_with("kept", still(), async |world| {
        type_quota(world, "journey").await?;
        world.press(Key::Escape + "").await?;
        world.wait_no("button", "Set quota").await?;
        world.click("button", "Not sent: Set quota").await?;
        assert_eq!(world.field("Memory limit").await?.value().await?.as_deref(), Some("2 GiB"));
        send(world, "Set quota").await?;
        world.wait_for("Applied.").await?;
        world.press(Key::Escape + "").await?;
        world.wait_no("button", "~Not sent").await?;
        world.open("#/my-changes").await?;
        world.reload().await?;
        world.wait_for("Quota of journey").await?;
        world.wait_for("Applied.").await?;
        world.axe().await?;
        world.screenshot("journal").await?;
        world.click("button", "Revert …").await?;
        send(world, "Revert").await?;
        let is_back = async || Ok(quota(world, "journey") == Some(json!({ "role": "journey" })));
        world.until("it has none again", is_back).await
    });
}

#[test]
fn another_action_opens_at_once_beside_forms_with_unsent_input() {
    journey_with("two-forms", still(), async |world| {
        type_quota(world, "journey").await?;
        world.press(Key::Escape + "").await?;
        world.find("button", "Not sent: Set quota").await?;
        world.open("#/agents").await?;
        world.select(".grid .tick").await?.click().await?;
        world.wait_for("1 selected").await?;
        world.click("button", "Drain …").await?;
        world.find("button", "Drain").await?;
        assert!(!world.text().await?.contains("unsent"), "the other form is not in the way");
        world.click("field", "Mark gone when drained (permanent)").await?;
        world.press(Key::Escape + "").await?;
        world.find("button", "~Not sent: Drain").await?;
        world.axe().await?;
        world.screenshot("two-forms").await?;

        // Each comes back with its own input, and leaves alone.
        world.click("button", "Not sent: Set quota").await?;
        assert_eq!(world.field("Memory limit").await?.value().await?.as_deref(), Some("2 GiB"));
        world.click("button", "Cancel").await?;
        world.wait_no("button", "Not sent: Set quota").await?;
        world.click("button", "~Not sent: Drain").await?;
        let gone = world.field("Mark gone when drained (permanent)").await?;
        assert_eq!(gone.prop("checked").await?.as_deref(), Some("true"));
        world.click("button", "Cancel").await?;
        world.wait_no("button", "~Not sent").await?;
        let dialogs = world.script("return document.querySelectorAll('dialog.act').length", []).await?;
        assert_eq!(dialogs.json(), &json!(0), "no form is left behind");
        Ok(())
    });
}

#[test]
fn the_read_only_switch_holds_in_all_tabs() {
    journey_with("read-only", still(), async |world| {
        world.open("#/roles").await?;
        let first = world.driver.window().await?;
        world.find("button", "Set quota …").await?;
        world.new_tab().await?;
        world.open("#/my-changes").await?;
        world.click("checkbox", "~Read-only mode").await?;
        world.driver.switch_to_window(first).await?;
        let button = world.find("button", "Set quota …").await?;
        world
            .until("it is disabled", async || Ok(button.attr("aria-disabled").await?.as_deref() == Some("true")))
            .await?;
        world.axe().await
    });
}
