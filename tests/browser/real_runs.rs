//! Commands on a real Mesos 1.11.0, run at the page: how they end, what is refused, a cut stream, two tabs, and a teardown. Skipped,
//! loudly, where that Mesos cannot be.

use std::process::Command;

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::journey::journey_before;
use super::real::read;
use super::wire::Wire;
use super::world::World;
use mesoscope_tests::shared::real_mesos::Cluster;

/// The user that runs this test: a kit that does not run as root can switch to no other.
async fn choose_user(world: &World) -> WebDriverResult<()> {
    let name = Command::new("id").arg("-un").output().expect("there is a user").stdout;
    match String::from_utf8_lossy(&name).trim() {
        "root" => {
            world.click("field", "Run as root").await?;
            world.wait_for("As root the command may read, change and delete everything").await
        }
        user => world.fill("User", user).await,
    }
}

/// Opens the form, and fills it in.
async fn fill(world: &World, form: &str, command: &str) -> WebDriverResult<()> {
    world.open(form).await?;
    world.fill("Command", command).await?;
    choose_user(world).await
}

/// Runs the command of the form.
async fn begin(world: &World) -> WebDriverResult<()> {
    world.click("button", "~Run on").await?;
    world.until("the results are shown", async || Ok(world.address().await?.starts_with("#/runs/"))).await
}

async fn run(world: &World, form: &str, command: &str) -> WebDriverResult<()> {
    fill(world, form, command).await?;
    begin(world).await
}

/// The frameworks that are registered: id and name.
async fn frameworks(world: &World) -> WebDriverResult<Vec<(String, String)>> {
    let reported = read(world, "GET_FRAMEWORKS").await?;
    let all = reported["frameworks"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(all.iter().map(|it| (text(&it["framework_info"]["id"]["value"]), text(&it["framework_info"]["name"]))).collect())
}

async fn until_torn_down(world: &World) -> WebDriverResult<()> {
    world.wait_for("Torn down").await?;
    world.until("the master has no framework", async || Ok(frameworks(world).await?.is_empty())).await
}

#[test]
fn commands_are_run_on_a_real_cluster_at_the_page() {
    let Some(cluster) = Cluster::start("commands_are_run_on_a_real_cluster_at_the_page") else { return };
    let wire = Wire::to(cluster.port);
    let master = format!("http://127.0.0.1:{}/master", wire.port);
    journey_before("real-runs", &[master], async |world| {
        each_agent(world).await?;
        failure(world).await?;
        kill(world).await?;
        refusals(world).await?;
        cut(world, &wire).await?;
        two_tabs(world).await?;
        teardown(world).await
    });
}

/// `echo` on each of the three agents.
async fn each_agent(world: &World) -> WebDriverResult<()> {
    world.open("#/agents").await?;
    world.wait_for("Live").await?;
    let agents = read(world, "GET_AGENTS").await?["agents"].take();
    let id = |agent: &Value| agent["agent_info"]["id"]["value"].as_str().map(|id| format!("agent={id}"));
    let ids: Vec<String> = agents.as_array().into_iter().flatten().filter_map(id).collect();
    assert_eq!(ids.len(), 3);
    fill(world, &format!("#/run?{}", ids.join("&")), "echo hello-$((1 + 1))").await?;
    world.wait_for("Runs on 3 agents, which have room now.").await?;
    begin(world).await?;
    world.wait_for("3 finished.").await?;
    until_torn_down(world).await?;
    for agent in ["agent1.local", "agent2.local", "agent3.local"] {
        world.find("row", &format!("~{agent}")).await?;
    }
    world.screenshot("real-runs").await?;
    let results = world.address().await?;
    world.click("button", "Follow merged").await?;
    world.wait_for("hello-2").await?;
    world.open(&results).await
}

async fn failure(world: &World) -> WebDriverResult<()> {
    run(world, "#/run", "echo broken >&2; exit 7").await?;
    world.wait_for("1 failed.").await?;
    world.wait_for("Command exited with status 7").await?;
    until_torn_down(world).await
}

async fn kill(world: &World) -> WebDriverResult<()> {
    run(world, "#/run", "sleep 1000").await?;
    world.wait_for("1 running.").await?;
    world.click("button", "Kill …").await?;
    world.wait_for("1 task is killed: SIGTERM, and SIGKILL after 3").await?;
    world.click("button", "Kill").await?;
    world.wait_for("1 killed.").await?;
    until_torn_down(world).await
}

/// Puts a text into a field that nobody would type.
async fn paste(world: &World, id: &str, script: &str) -> WebDriverResult<()> {
    let put = format!(
        "const field = document.getElementById(arguments[0]); field.value = {script};
        field.dispatchEvent(new Event('input', {{ bubbles: true }}))"
    );
    world.script(&put, vec![json!(id)]).await.map(drop)
}

/// Commands that are too large for Linux, and for the gateway.
async fn refusals(world: &World) -> WebDriverResult<()> {
    fill(world, "#/run", "true").await?;
    paste(world, "run-command", "'true # ' + 'x'.repeat(128 << 10)").await?;
    world.wait_for("A command has at most 128 KiB.").await?;
    world.wait_for("Correct this first: Command.").await?;
    world.fill("Command", "true").await?;
    world.fill("Role", "dev/..").await?;
    world.wait_for("Correct this first: Role.").await?;
    world.fill("Role", "*").await?;
    paste(world, "run-environment", "'LONG=' + 'x'.repeat(9 << 20)").await?;
    begin(world).await?;
    world.wait_for("A request has at most 8 MiB.").await?;
    world.wait_for("1 failed.").await?;
    until_torn_down(world).await
}

/// The stream is cut, and subscribed again within the failover timeout.
async fn cut(world: &World, wire: &Wire) -> WebDriverResult<()> {
    run(world, "#/run", "sleep 1000").await?;
    world.wait_for("1 running.").await?;
    let before = frameworks(world).await?;
    assert_eq!(before.len(), 1);
    wire.cut();
    world.wait_for("Connection lost").await?;
    world.screenshot("real-runs-cut").await?;
    wire.mend();
    world.wait_for("Subscribed").await?;
    world.wait_for("1 running.").await?;
    assert_eq!(frameworks(world).await?, before);
    assert!(!world.text().await?.contains("The stream ID"), "a call that came too late is no refusal");
    Ok(())
}

/// Another tab has the same run, and ends it.
async fn two_tabs(world: &World) -> WebDriverResult<()> {
    let results = world.address().await?;
    let first = world.driver.window().await?;
    let second = world.new_tab().await?;
    world.open(&results).await?;
    world.wait_for("1 running.").await?;
    assert_eq!(frameworks(world).await?.len(), 1, "both tabs have one framework");
    world.click("button", "Kill …").await?;
    world.click("button", "Kill").await?;
    world.wait_for("1 killed.").await?;
    world.driver.switch_to_window(first.clone()).await?;
    world.wait_for("1 killed.").await?;
    until_torn_down(world).await?;
    world.driver.switch_to_window(second).await?;
    world.driver.close_window().await?;
    world.driver.switch_to_window(first).await
}

async fn teardown(world: &World) -> WebDriverResult<()> {
    run(world, "#/run?count=2", "trap '' TERM; while :; do sleep 0.1; done").await?;
    world.wait_for("2 running.").await?;
    world.open("#/own-frameworks").await?;
    world.click("button", "Tear down …").await?;
    world.wait_for("The master removes the framework and kills 2 tasks:").await?;
    world.screenshot("real-runs-teardown").await?;
    world.click("button", "Tear down").await?;
    until_torn_down(world).await?;
    let reported = read(world, "GET_TASKS").await?;
    assert!(reported["tasks"].as_array().is_none_or(Vec::is_empty), "{reported}");
    Ok(())
}

#[test]
fn a_role_that_a_real_master_does_not_list_is_explained() {
    let name = "a_role_that_a_real_master_does_not_list_is_explained";
    let Some(cluster) = Cluster::start_with_variables(name, &[("MESOS_ROLES", "dev")]) else { return };
    journey_before("real-runs-role", &[cluster.master()], async |world| {
        run(world, "#/run?role=ops", "true").await?;
        world.wait_for("Refused").await?;
        world.wait_for("This master accepts listed roles only. Run the command with one of those.").await?;
        world.screenshot("real-runs-role").await?;
        assert_eq!(frameworks(world).await?, []);
        run(world, "#/run?role=dev", "true").await?;
        world.wait_for("1 finished.").await?;
        until_torn_down(world).await
    });
}
