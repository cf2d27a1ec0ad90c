//! A terminal on a real agent, at the page: typed into, resized, interrupted, joined by a reader and by a second writer, and ended.
//! Skipped, loudly, where that Mesos cannot be.

use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::journey::journey_before;
use super::real::read;
use super::terminal::{is_size, screen, until_screen};
use super::world::World;
use mesoscope_tests::shared::real_mesos::Cluster;

const JOB: &str = r#"{"name": "job", "refuse_seconds": 3600, "tasks": [{"name": "serve", "command": "sleep 1000"}]}"#;
/// A real agent starts a container in its own time.
const PATIENCE: Duration = Duration::from_secs(40);
/// Ids of the agent's containers, the outer one before the inner one.
const CONTAINERS: &str = "const [agent, done] = arguments;
const call = { type: 'GET_CONTAINERS', get_containers: { show_nested: true } };
fetch('/agent/' + agent + '/api/v1', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(call) })
    .then((answer) => answer.json()).then((json) => done(JSON.stringify(json.get_containers.containers ?? [])));";

/// Address of the page of the task, and its agent.
async fn task(world: &World) -> WebDriverResult<(String, String)> {
    let running = async || Ok(read(world, "GET_TASKS").await?["tasks"][0]["state"] == "TASK_RUNNING");
    world.until_within(PATIENCE, "the task runs", running).await?;
    let task = read(world, "GET_TASKS").await?["tasks"][0].take();
    let id = |name: &str| task[name]["value"].as_str().expect("it has that id").to_owned();
    Ok((format!("#/frameworks/{}/tasks/{}", id("framework_id"), id("task_id")), id("agent_id")))
}

/// The container that the terminal runs in: its parent's id and its own.
async fn session(world: &World, agent: &str) -> WebDriverResult<Option<(String, String)>> {
    let text = world.driver.execute_async(CONTAINERS, vec![json!(agent)]).await?.convert::<String>()?;
    let all: Vec<Value> = serde_json::from_str(&text).expect("an answer is JSON");
    let id = |value: &Value| value.as_str().map(str::to_owned);
    let nested = |one: &Value| {
        // The parent is in the status only.
        let id_of = &one["container_status"]["container_id"];
        id(&id_of["parent"]["value"]).zip(id(&id_of["value"]))
    };
    Ok(all.iter().find_map(nested))
}

async fn open(world: &World, address: &str) -> WebDriverResult<()> {
    world.open(address).await?;
    world.click("button", "Open terminal").await?;
    world.wait_for("Ctrl+Shift+X leaves the terminal").await
}

/// Opens a shell, and waits for its prompt: keys that come before it go nowhere.
async fn open_shell(world: &World, page: &str) -> WebDriverResult<()> {
    open(world, &format!("{page}/terminal")).await?;
    world.until("there is a prompt", async || Ok(!screen(world).await?.trim().is_empty())).await
}

#[test]
fn a_terminal_on_a_real_agent_is_used_at_the_page() {
    let name = "a_terminal_on_a_real_agent_is_used_at_the_page";
    let Some(cluster) = Cluster::start_with_sessions(name) else { return };
    let _job = cluster.framework(JOB);
    journey_before("terminal-real", &[cluster.master()], async |world| {
        world.open("#/tasks").await?;
        world.wait_for("Live").await?;
        let (page, agent) = task(world).await?;
        open_shell(world, &page).await?;
        world.press("echo $((6 * 7))\n").await?;
        until_screen(world, "\n42").await?;
        size(world).await?;
        world.press("sleep 1000\n").await?;
        until_screen(world, "sleep 1000").await?;
        world.press(Key::Control + "c").await?;
        until_screen(world, "^C").await?;
        join(world, &agent).await?;
        world.press("exit 7\n").await?;
        world.wait_for("Exit code 7").await?;
        world.screenshot("terminal-real").await?;
        let is_removed = async || Ok(session(world, &agent).await?.is_none());
        world.until_within(PATIENCE, "the agent has no such container", is_removed).await?;
        dropped(world, &page, &agent).await?;
        assert_eq!(world.errors().await?, [""; 0]);
        Ok(())
    });
}

/// The process learns the size of the window, and another one when it changes.
async fn size(world: &World) -> WebDriverResult<()> {
    let printed = async || {
        world.press("clear; stty size\n").await?;
        world.until("the size is printed", async || Ok(screen(world).await?.lines().any(is_size))).await?;
        let size = screen(world).await?.lines().find(|line| is_size(line)).map(|line| line.trim().to_owned());
        WebDriverResult::Ok(size.expect("waited for above"))
    };
    let before = printed().await?;
    world.size(1000, 700).await?;
    world.until("it is another size", async || Ok(printed().await? != before)).await?;
    world.size(1440, 900).await
}

/// Other tabs join the terminal: one reads, and one would type.
async fn join(world: &World, agent: &str) -> WebDriverResult<()> {
    let (parent, own) = session(world, agent).await?.expect("the terminal has a container");
    let address = format!("#/agents/{agent}/containers/{parent}/{own}/terminal?join=1");
    let first = world.driver.window().await?;
    let writer = world.new_tab().await?;
    open(world, &address).await?;
    world.wait_for("Output only: another terminal types into this container").await?;
    world.screenshot("terminal-real-joined").await?;
    let reader = world.new_tab().await?;
    world.open(&address).await?;
    world.click("checkbox", "~Type into it").await?;
    world.click("button", "Open terminal").await?;
    world.wait_for("Ctrl+Shift+X leaves the terminal").await?;
    world.driver.switch_to_window(first.clone()).await?;
    world.press("echo $((7 * 11))\n").await?;
    for tab in [first.clone(), writer.clone(), reader.clone()] {
        world.driver.switch_to_window(tab).await?;
        until_screen(world, "77").await?;
    }
    for tab in [writer, reader] {
        world.driver.switch_to_window(tab).await?;
        world.driver.close_window().await?;
    }
    world.driver.switch_to_window(first).await
}

/// A tab that closes takes its terminal with it.
async fn dropped(world: &World, page: &str, agent: &str) -> WebDriverResult<()> {
    let first = world.driver.window().await?;
    world.new_tab().await?;
    open_shell(world, page).await?;
    world.press("echo $((6 * 7))\n").await?;
    until_screen(world, "\n42").await?;
    assert!(session(world, agent).await?.is_some());
    world.driver.close_window().await?;
    world.driver.switch_to_window(first).await?;
    let is_removed = async || Ok(session(world, agent).await?.is_none());
    world.until_within(PATIENCE, "the agent ends what nobody sees", is_removed).await
}
