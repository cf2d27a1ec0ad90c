//! Forms of reservations while the cluster changes: an effect that does not come or comes late, resources that another user takes,
//! an agent that goes, and a batch on more agents than a screen has rows.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::actions::agent;
use super::journey::journey_with;
use super::reservations::{plain_agent, reserved};
use super::schedule::call;
use super::world::World;
use super::writes::{send, trip};
use crate::still;

/// Longer than the time after which a missing effect is reported, or many agents take.
const LONG: Duration = Duration::from_secs(60);

/// Another user reserves that many CPUs of the agent.
fn reserve(world: &World, agent: &str, role: &str, cpus: f64) {
    let cpus = json!({"name": "cpus", "type": "SCALAR", "scalar": {"value": cpus},
                      "reservations": [{"type": "DYNAMIC", "role": role}]});
    let body = json!({"agent_id": {"value": agent}, "resources": [cpus]});
    call(world, json!({"type": "RESERVE_RESOURCES", "reserve_resources": body}));
}

/// Opens the form, and types what shall be reserved for `journey`.
async fn type_reservation(world: &World, agent: &str, cpus: &str) -> WebDriverResult<()> {
    world.open(&format!("#/agents/{agent}")).await?;
    world.click("button", "Reserve …").await?;
    world.fill("Role", "journey").await?;
    world.fill("CPUs, amount", cpus).await?;
    world.wait_for("CPUs, reserved for journey").await
}

async fn typed(world: &World) -> WebDriverResult<(String, String)> {
    let value = async |field| Ok::<_, WebDriverError>(world.field(field).await?.value().await?.unwrap_or_default());
    Ok((value("Role").await?, value("CPUs, amount").await?))
}

#[test]
fn an_accepted_reservation_without_an_effect_is_said_and_seen_when_it_comes_late() {
    journey_with("no-effect-yet", still(), async |world| {
        let id = plain_agent(world);
        type_reservation(world, &id, "1").await?;
        trip(world, "once/RESERVE_RESOURCES/ignore");
        send(world, "Reserve").await?;
        world.wait_for("Accepted (202); waiting for the cluster to confirm").await?;
        let words = "Accepted, no effect seen yet.";
        let is_said = async || Ok(world.text().await?.contains(words));
        world.until_within(LONG, "it is said", is_said).await?;
        world.wait_for("the resources are in use or went into an offer meanwhile").await?;
        world.axe().await?;
        world.screenshot("act-no-effect-yet").await?;
        assert!(reserved(world, &id, "journey").is_empty());
        world.click("button", "Close").await?;
        world.open("#/my-changes").await?;
        world.wait_for(words).await?;
        // Now the agent does it.
        reserve(world, &id, "journey", 1.0);
        world.until_within(LONG, "My changes shows it", async || Ok(!is_said().await?)).await?;
        world.wait_for("Applied.").await
    });
}

#[test]
fn amounts_stay_when_another_user_takes_the_resources_meanwhile() {
    journey_with("amount-taken", still(), async |world| {
        let id = plain_agent(world);
        type_reservation(world, &id, "1").await?;
        let button = world.find("button", "Reserve").await?;
        world.until("it can be sent", async || Ok(button.attr("aria-disabled").await?.is_none())).await?;
        reserve(world, &id, "other", 0.5);
        button.click().await?;
        world.wait_for("Another user changed this meanwhile").await?;
        assert_eq!(typed(world).await?, ("journey".to_owned(), "1".to_owned()));
        assert!(reserved(world, &id, "journey").is_empty(), "nothing was sent");
        // All of it: the form says so, and keeps what was typed.
        let state = agent(world, &id).expect("it is there");
        let sum = |list: &str| -> f64 {
            let of = |one: &&Value| one["name"] == "cpus" && one["reservations"].is_null();
            let all = state[list].as_array().map_or(&[][..], Vec::as_slice);
            all.iter().filter(of).filter_map(|one| one["scalar"]["value"].as_f64()).sum()
        };
        reserve(world, &id, "other", sum("total_resources") - sum("allocated_resources"));
        world.until_within(LONG, "nothing is left", async || Ok(world.text().await?.contains("too much"))).await?;
        assert_eq!(typed(world).await?, ("journey".to_owned(), "1".to_owned()));
        world.axe().await?;
        world.screenshot("act-amount-taken").await
    });
}

#[test]
fn a_form_says_that_its_agent_is_gone_and_keeps_what_was_typed() {
    journey_with("agent-goes", still(), async |world| {
        let id = plain_agent(world);
        type_reservation(world, &id, "1").await?;
        call(world, json!({"type": "MARK_AGENT_GONE", "mark_agent_gone": {"agent_id": {"value": id}}}));
        // Mesos does not tell an agent that is gone from an unreachable one.
        let words = "The master cannot reach it.";
        world.until_within(LONG, "the form says so", async || Ok(world.text().await?.contains(words))).await?;
        let button = world.find("button", "Reserve").await?;
        assert_eq!(button.attr("aria-disabled").await?.as_deref(), Some("true"));
        assert_eq!(world.field("Role").await?.value().await?.as_deref(), Some("journey"));
        world.axe().await?;
        world.screenshot("act-agent-goes").await?;
        world.click("button", "Cancel").await?;
        world.wait_no("field", "Role").await
    });
}

#[test]
fn more_than_fifty_agents_are_reserved_at_once_and_a_refused_one_is_tried_again() {
    journey_with("reserve-many", still(), async |world| {
        world.open("#/agents?filter=state%3Aactive%20free.cpus%3E0.5").await?;
        world.driver.query(By::Css(".grid .tick")).first().await?.click().await?;
        world.click("button", "~Select all ").await?;
        let selected = async || {
            let words = world.driver.find(By::Css(".marked b")).await?.text().await?;
            Ok::<usize, WebDriverError>(words.split(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0))
        };
        world.until("many are selected", async || Ok(selected().await? > 50)).await?;
        let count = selected().await?;
        world.click("button", "Reserve …").await?;
        world.fill("Role", "journey").await?;
        world.fill("CPUs, amount", "0.25").await?;
        world.wait_for(&format!("Reserve resources on {count} agents")).await?;
        trip(world, "once/RESERVE_RESOURCES/409");
        send(world, "Reserve").await?;
        let ended = async || Ok(world.text().await?.contains(&format!("{count} of {count} finished, 1 failed")));
        world.until_within(LONG, "all but one are done", ended).await?;
        world.wait_for("Refused (409)").await?;
        let done = || {
            let reported = call(world, json!({ "type": "GET_AGENTS" }));
            let agents = reported["get_agents"]["agents"].as_array().cloned().unwrap_or_default();
            let ids = agents.iter().filter_map(|agent| agent["agent_info"]["id"]["value"].as_str().map(str::to_owned));
            ids.filter(|id| !reserved(world, id, "journey").is_empty()).collect::<BTreeSet<String>>()
        };
        assert_eq!(done().len(), count - 1);
        world.screenshot("act-reserve-many").await?;
        send(world, "Retry").await?;
        world.until_within(LONG, "all are done", async || Ok(done().len() == count)).await?;
        let total: f64 = done()
            .iter()
            .flat_map(|id| reserved(world, id, "journey"))
            .filter_map(|one| one["scalar"]["value"].as_f64())
            .sum();
        assert!((total - count as f64 * 0.25).abs() < 0.001, "each once: {total}");
        Ok(())
    });
}
