//! A real Mesos 1.11.0, changed by a user at the page: each change is checked by the master's own answers. An agent that is taken down
//! there never returns, so that comes last. Skipped, loudly, where that Mesos cannot be.

use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::actions::choose;
use super::journey::journey_before;
use super::world::World;
use super::writes::send;
use mesoscope_tests::shared::real_mesos::Cluster;

/// A framework with a task on each of two agents, which take their time to end.
const WEB: &str = r#"{"name": "web", "roles": ["dev"], "refuse_seconds": 3600, "failover_timeout": 600,
    "capabilities": ["MULTI_ROLE", "RESERVATION_REFINEMENT", "PARTITION_AWARE"], "tasks": [
    {"name": "one", "agent": "agent1.local", "cpus": 0.25, "mem": 48, "command": "while date; do sleep 1; done"},
    {"name": "two", "agent": "agent2.local", "cpus": 0.25, "mem": 48, "command": "while date; do sleep 1; done"}]}"#;
/// What a real cluster does takes its time.
const PATIENCE: Duration = Duration::from_secs(40);
const READ: &str = "const [name, done] = arguments;
fetch('/api/v1', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ type: name }) })
    .then((answer) => answer.json()).then((json) => done(JSON.stringify(json[name.toLowerCase()] ?? {})));";

/// What the master says, past the page.
pub async fn read(world: &World, call: &str) -> WebDriverResult<Value> {
    let text = world.driver.execute_async(READ, vec![json!(call)]).await?.convert::<String>()?;
    Ok(serde_json::from_str(&text).expect("an answer is JSON"))
}

async fn agent(world: &World, host: &str) -> WebDriverResult<Value> {
    let reported = read(world, "GET_AGENTS").await?;
    let agents = reported["agents"].as_array().cloned().unwrap_or_default();
    Ok(agents.into_iter().find(|agent| agent["agent_info"]["hostname"] == host).unwrap_or_default())
}

/// Opens the agent's page, and the form of what is to be done to it.
async fn propose(world: &World, host: &str, verb: &str) -> WebDriverResult<()> {
    let id = agent(world, host).await?["agent_info"]["id"]["value"].as_str().expect("it is listed").to_owned();
    world.open(&format!("#/agents/{id}")).await?;
    world.wait_for("Raw JSON").await?;
    choose(world, verb).await
}

async fn sent(world: &World, button: &str, says: &str) -> WebDriverResult<()> {
    send(world, button).await?;
    let is_said = async || Ok(world.text().await?.contains(says));
    world.until_within(PATIENCE, &format!("{button}: {says}"), is_said).await?;
    world.click("button", "Close").await
}

const DONE: &str = "Applied.";

#[test]
fn a_real_cluster_is_changed_at_the_page() {
    let Some(cluster) = Cluster::start("a_real_cluster_is_changed_at_the_page") else { return };
    let _web = cluster.framework(WEB);
    journey_before("real", &[cluster.master()], async |world| {
        world.open("#/tasks").await?;
        world.wait_for("Live").await?;
        let run = async || Ok(world.text().await?.matches("running").count() >= 2);
        world.until_within(PATIENCE, "both tasks run", run).await?;
        world.screenshot("real-tasks").await?;
        policy(world).await?;
        reservations(world).await?;
        agents(world).await?;
        schedule(world).await?;
        teardown(world).await?;
        maintenance(world).await
    });
}

async fn policy(world: &World) -> WebDriverResult<()> {
    world.open("#/roles").await?;
    world.click("button", "Set quota …").await?;
    world.fill("Role", "journey").await?;
    world.fill("CPUs guarantee", "1.5").await?;
    world.fill("Memory limit", "2 GiB").await?;
    world.wait_for("journey · CPUs guarantee").await?;
    sent(world, "Set quota", DONE).await?;
    let reported = read(world, "GET_QUOTA").await?;
    let configs = reported["status"]["configs"].as_array().cloned().unwrap_or_default();
    let set = configs.iter().find(|config| config["role"] == "journey").expect("it has a quota");
    assert_eq!(set["guarantees"]["cpus"]["value"], 1.5);
    assert_eq!(set["limits"]["mem"]["value"], 2048.0);

    world.open("#/roles?filter=dev").await?;
    world.click("checkbox", "Select dev").await?;
    world.click("button", "Weight …").await?;
    world.fill("~dev", "2.5").await?;
    world.wait_for("dev · weight").await?;
    sent(world, "Set weights", DONE).await?;
    assert_eq!(read(world, "GET_WEIGHTS").await?, json!({ "weight_infos": [{ "role": "dev", "weight": 2.5 }] }));
    Ok(())
}

/// Resources of an agent that are reserved for the role `journey`: names and amounts, and ids of volumes.
async fn reserved(world: &World, host: &str) -> WebDriverResult<Vec<(String, f64, String)>> {
    let resources = agent(world, host).await?["total_resources"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = |one: &Value| {
        let amount = one["scalar"]["value"].as_f64().unwrap_or_default();
        (text(&one["name"]), amount, text(&one["disk"]["persistence"]["id"]))
    };
    Ok(resources.iter().filter(|one| one["reservations"][0]["role"] == "journey").map(of).collect())
}

async fn reservations(world: &World) -> WebDriverResult<()> {
    let host = "agent3.local";
    let id = agent(world, host).await?["agent_info"]["id"]["value"].as_str().expect("it is listed").to_owned();
    let part = |name: &str, amount: f64, volume: &str| (name.to_owned(), amount, volume.to_owned());
    world.open(&format!("#/agents/{id}")).await?;
    world.click("button", "Reserve …").await?;
    world.fill("Role", "journey").await?;
    world.fill("CPUs, amount", "0.5").await?;
    world.fill("Disk, amount", "1 GiB").await?;
    world.wait_for("CPUs, reserved for journey").await?;
    sent(world, "Reserve", DONE).await?;
    assert_eq!(reserved(world, host).await?, [part("cpus", 0.5, ""), part("disk", 1024.0, "")]);
    world.click("button", "Create volume …").await?;
    world.fill("ID", "db").await?;
    world.fill("Disk, amount", "512 MiB").await?;
    world.wait_for("Volume db, reserved for journey").await?;
    sent(world, "Create volume", DONE).await?;
    world.wait_for("db at data").await?;
    world.screenshot("real-volume").await?;
    assert!(reserved(world, host).await?.contains(&part("disk", 512.0, "db")));
    world.click("button", "Destroy …").await?;
    world.fill("~Type", "db").await?;
    sent(world, "Destroy", DONE).await?;
    world.wait_gone("db at data").await?;
    world.click("button", "Unreserve …").await?;
    world.wait_for("The resources are unreserved again").await?;
    sent(world, "Unreserve", DONE).await?;
    assert_eq!(reserved(world, host).await?, []);
    Ok(())
}

async fn agents(world: &World) -> WebDriverResult<()> {
    propose(world, "agent3.local", "Deactivate").await?;
    sent(world, "Deactivate", DONE).await?;
    assert_eq!(agent(world, "agent3.local").await?["deactivated"], true);
    propose(world, "agent3.local", "Reactivate").await?;
    sent(world, "Reactivate", DONE).await?;
    assert_ne!(agent(world, "agent3.local").await?["deactivated"], true);

    propose(world, "agent2.local", "Drain").await?;
    world.wait_for("1 live task").await?;
    world.fill("Grace period in seconds", "2").await?;
    world.wait_for("2 s grace period").await?;
    sent(world, "Drain", DONE).await?;
    assert_eq!(agent(world, "agent2.local").await?["drain_info"]["state"], "DRAINED");
    propose(world, "agent2.local", "Reactivate").await?;
    sent(world, "Reactivate", DONE).await?;
    assert!(agent(world, "agent2.local").await?["drain_info"].is_null());
    Ok(())
}

async fn schedule(world: &World) -> WebDriverResult<()> {
    world.open("#/maintenance").await?;
    world.wait_for("Nothing is scheduled").await?;
    world.click("button", "New window").await?;
    world.find("region", "~Window ").await?;
    world.field("Add agents by filter").await?.send_keys("agent3").await?;
    world.click("button", "~Add agent3").await?;
    world.wait_for("not sent yet").await?;
    world.click("button", "Review …").await?;
    world.wait_for("machine starts draining").await?;
    world.screenshot("real-schedule").await?;
    sent(world, "Schedule", DONE).await?;
    let reported = read(world, "GET_MAINTENANCE_SCHEDULE").await?;
    let machines = &reported["schedule"]["windows"][0]["machine_ids"];
    assert_eq!(machines, &json!([{ "hostname": "agent3.local", "ip": "127.0.0.1" }]));
    Ok(())
}

async fn teardown(world: &World) -> WebDriverResult<()> {
    world.open("#/frameworks").await?;
    world.click("link", "web").await?;
    world.click("button", "Tear down …").await?;
    world.fill("~Type", "web").await?;
    sent(world, "Tear down", DONE).await?;
    let reported = read(world, "GET_FRAMEWORKS").await?;
    assert_eq!(reported["completed_frameworks"][0]["framework_info"]["name"], "web");
    Ok(())
}

async fn maintenance(world: &World) -> WebDriverResult<()> {
    world.open("#/maintenance").await?;
    world.click("button", "Start maintenance on this machine …").await?;
    world.fill("~Type", "agent3.local").await?;
    sent(world, "Start maintenance", DONE).await?;
    let down = json!([{ "hostname": "agent3.local", "ip": "127.0.0.1" }]);
    assert_eq!(read(world, "GET_MAINTENANCE_STATUS").await?["status"]["down_machines"], down);
    assert!(agent(world, "agent3.local").await?.is_null());
    world.click("button", "Stop maintenance on this machine …").await?;
    sent(world, "Stop maintenance", DONE).await?;
    assert_eq!(read(world, "GET_MAINTENANCE_STATUS").await?["status"], json!({}));
    Ok(())
}
