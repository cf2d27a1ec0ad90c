//! Many agents at once: rolled through, stopped, gone on with, and what another user did to some of them meanwhile.

use std::time::Duration;

use serde_json::json;
use thirtyfour::prelude::*;

use super::actions::{agent, check_appearance, free};
use super::journey::journey_with;
use super::schedule::call;
use super::world::World;
use super::writes::{send, trip};
use crate::still;

/// Longer than an answer that never comes.
const LONG: Duration = Duration::from_secs(40);

/// Agents that are marked in the table, in the order in which a run takes them.
async fn marked(world: &World, count: usize) -> WebDriverResult<Vec<(String, String)>> {
    let mut some: Vec<_> = free(world).into_iter().take(count).collect();
    some.sort();
    for (_, host) in &some {
        world.open(&format!("#/agents?filter={host}")).await?;
        world.click("checkbox", &format!("Select {host}")).await?;
    }
    world.wait_for(&format!("{count} selected")).await?;
    Ok(some)
}

fn number(id: &str) -> &str {
    id.rsplit_once('-').expect("an agent's id ends with its number").1
}

/// Live tasks on these agents, as `59 live tasks of 14 frameworks on 3 agents`.
fn killed(world: &World, agents: &[&str]) -> String {
    let state = world.sim.with(|sim| sim.state());
    let tasks = state["get_state"]["get_tasks"]["tasks"].as_array().cloned().unwrap_or_default();
    let is_there = |task: &&serde_json::Value| agents.contains(&task["agent_id"]["value"].as_str().unwrap_or_default());
    let tasks: Vec<_> = tasks.iter().filter(is_there).collect();
    let frameworks: std::collections::BTreeSet<String> =
        tasks.iter().map(|task| task["framework_id"]["value"].to_string()).collect();
    format!("{} live tasks of {} frameworks on {} agents", tasks.len(), frameworks.len(), agents.len())
}

fn drain_state(world: &World, id: &str) -> String {
    let agent = agent(world, id).expect("it is there");
    agent["drain_info"]["state"].as_str().unwrap_or("none").to_owned()
}

#[test]
fn a_roll_drains_one_after_the_other_and_stops_at_a_failure() {
    journey_with("roll", still(), async |world| {
        let three = marked(world, 3).await?;
        trip(world, &format!("once/DRAIN_AGENT/503/{}", number(&three[1].0)));
        world.click("button", "Drain …").await?;
        world.find("checkbox", "~Rolling").await?;
        world.fill("Grace period in seconds", "1").await?;
        let ids: Vec<&str> = three.iter().map(|(id, _)| id.as_str()).collect();
        world.wait_for(&format!("{} will be killed, each within 1 s.", killed(world, &ids))).await?;
        world.wait_for("Estimate: ").await?;
        world.wait_for("Mesos knows only frameworks' offer constraints").await?;
        check_appearance(world, "act-bulk-drain").await?;
        send(world, "Drain").await?;
        let stopped = async || Ok(!world.all("button", "Resume").await?.is_empty());
        world.until_within(LONG, "it stops", stopped).await?;
        world.wait_for("Refused (503)").await?;
        // The second began only when the first was drained, and the third never did.
        let states: Vec<String> = three.iter().map(|(id, _)| drain_state(world, id)).collect();
        assert_eq!(states, ["DRAINED", "none", "none"]);
        check_appearance(world, "act-roll").await?;
        send(world, "Resume").await?;
        let all = async || Ok(three.iter().all(|(id, _)| drain_state(world, id) == "DRAINED"));
        world.until_within(LONG, "all are drained", all).await?;
        world.wait_for("3 of 3").await
    });
}

#[test]
fn a_batch_is_stopped_and_resumed() {
    journey_with("run-stopped", still(), async |world| {
        let three = marked(world, 3).await?;
        let closed =
            || three.iter().filter(|(id, _)| agent(world, id).is_some_and(|it| it["deactivated"] == true)).count();
        world.click("button", "Deactivate …").await?;
        world.fill("Requests at a time", "1").await?;
        trip(world, "once/DEACTIVATE_AGENT/hang-after");
        send(world, "Deactivate").await?;
        world.click("button", "Stop after current").await?;
        let stopped = async || Ok(!world.all("button", "Resume").await?.is_empty());
        world.until_within(LONG, "it has stopped", stopped).await?;
        assert_eq!(closed(), 1);
        world.wait_for("1 of 3").await?;
        send(world, "Resume").await?;
        world.until("all are", async || Ok(closed() == 3)).await
    });
}

#[test]
fn what_another_user_did_to_one_of_many_is_in_its_row() {
    journey_with("run-conflict", still(), async |world| {
        let two = marked(world, 2).await?;
        let (id, host) = &two[0];
        world.click("button", "Deactivate …").await?;
        world.find("button", "Deactivate").await?;
        world.wait_for("Requests at a time").await?;
        let ready = async || Ok(world.text().await?.contains("active"));
        world.until("what stands is told", ready).await?;
        let button = world.find("button", "Deactivate").await?;
        world.until("it can be sent", async || Ok(button.attr("aria-disabled").await?.is_none())).await?;
        let body = json!({ "agent_id": { "value": id }, "max_grace_period": { "seconds": 600 } });
        // One that nobody can reach goes on draining.
        trip(world, &format!("stop-agent-{}", number(id).trim_start_matches('S')));
        call(world, json!({ "type": "DRAIN_AGENT", "drain_agent": body }));
        button.click().await?;
        world.wait_for("Another user changed this meanwhile").await?;
        world.wait_for(&format!("{host}: active → ")).await?;
        world.find("button", "Send anyway").await?;
        world
            .until("the other is done", async || {
                Ok(agent(world, &two[1].0).is_some_and(|agent| agent["deactivated"] == true))
            })
            .await?;
        world.axe().await
    });
}
