//! Containers of an agent: their tree by keyboard, and each change of them, from the form to the end that the agent reports.

use serde_json::Value;
use thirtyfour::error::WebDriverResult;
use thirtyfour::prelude::*;

use super::journey::{Setup, journey_before, journey_with};
use super::world::{Theme, World};
use super::writes::{send, trip};
use crate::still;
use mesoscope_tests::shared::real_mesos::Cluster;

/// The start of the name of such an executor in the simulated cluster.
const EXECUTOR: &str = "pod-";

/// Address of the page of an executor that runs a task in a nested container, and of that task.
fn places(world: &World) -> (String, String) {
    let state = world.sim.with(|sim| sim.state());
    let tasks = state["get_state"]["get_tasks"]["tasks"].as_array().expect("there are tasks").clone();
    let is_nested = |task: &Value| task.to_string().contains("\"parent\"");
    let in_pod = |task: &&Value| is_nested(task) && task["state"] == "TASK_RUNNING";
    let task = tasks.iter().find(in_pod).expect("one runs in an executor of its framework's");
    let [agent, framework, executor, task] =
        ["agent_id", "framework_id", "executor_id", "task_id"].map(|name| task[name]["value"].as_str().expect("an id"));
    (
        format!("#/agents/{agent}/frameworks/{framework}/executors/{executor}"),
        format!("#/frameworks/{framework}/tasks/{task}"),
    )
}

/// Opens the details of the row with these words.
async fn details(world: &World, words: &str) -> WebDriverResult<()> {
    let click = "const row = [...document.querySelectorAll('tr[data-row]')].find((row) => row.innerText.includes(arguments[0]));
        const button = row && [...row.querySelectorAll('button')].find((button) => button.innerText === 'Details');
        button?.click(); return !!button;";
    let clicked = async || world.script(click, [words.into()]).await?.convert::<bool>();
    world.until(&format!("the details of {words} open"), clicked).await
}

/// Opens the output of a container by the link of its row, and comes back. Its files are below those of the container around it.
async fn read_stdout(world: &World, id: &str, words: &str) -> WebDriverResult<()> {
    let stdout = "const row = [...document.querySelectorAll('tr[data-row]')].find((row) => row.innerText.includes(arguments[0]));
        return [...row.querySelectorAll('a')].find((link) => link.innerText === 'stdout').getAttribute('href')";
    let stdout: String = world.script(stdout, [id.into()]).await?.convert()?;
    world.open(&stdout).await?;
    world.wait_for(words).await?;
    world.driver.back().await?;
    world.wait_for(id).await
}

async fn launch(world: &World, id: &str, command: &str) -> WebDriverResult<()> {
    world.click("button", "Launch inside …").await?;
    world.fill("ID", id).await?;
    world.fill("Command", command).await?;
    world.wait_for("It shares the resources of the container around it").await?;
    send(world, "Launch").await?;
    world.wait_for("Applied.").await?;
    world.click("button", "Close").await
}

/// Waits for the end of a container that runs, kills it meanwhile, and sees how it ended.
async fn wait_and_kill(world: &World, id: &str) -> WebDriverResult<()> {
    details(world, id).await?;
    world.click("button", "Wait for the end").await?;
    world.wait_for("Waiting for the end").await?;
    world.click("button", "Kill …").await?;
    world.wait_for("Its processes are killed at once").await?;
    world.axe().await?;
    send(world, "Kill").await?;
    world.wait_for("Applied.").await?;
    world.click("button", "Close").await?;
    world.wait_for("Killed by SIGKILL (9)").await
}

async fn remove(world: &World, id: &str) -> WebDriverResult<()> {
    world.click("button", "Remove …").await?;
    world.wait_for("Its sandbox is deleted from the agent").await?;
    send(world, "Remove").await?;
    world.wait_for("Applied.").await?;
    world.click("button", "Close").await?;
    world.wait_gone(id).await?;
    // The focus was in the row that is gone.
    focus_is_in(world, "tr[data-row]").await
}

async fn focus_is_in(world: &World, selector: &str) -> WebDriverResult<()> {
    let is_in = "return !!document.activeElement.closest(arguments[0])";
    let is_in = async || world.script(is_in, [selector.into()]).await?.convert::<bool>();
    world.until(&format!("the focus is in {selector}"), is_in).await
}

#[test]
fn containers_of_a_real_agent_are_changed_at_the_page() {
    const POD: &str = r#"{"name": "web", "refuse_seconds": 3600, "failover_timeout": 600,
        "pods": [{"name": "pod", "tasks": [{"name": "serve", "command": "sleep 1000"}]}]}"#;
    let Some(cluster) = Cluster::start("containers_of_a_real_agent_are_changed_at_the_page") else { return };
    let _web = cluster.framework(POD);
    journey_before("containers-real", &[cluster.master()], async |world| {
        world.open("#/tasks").await?;
        world.click("link", "serve").await?;
        world.find("region", "Containers").await?;
        world.click("link", "~.local").await?;
        world.find("region", "Containers").await?;
        // The first row is the executor's container.
        details(world, "").await?;
        launch(world, "journey-1", "echo printed-1; sleep 600").await?;
        read_stdout(world, "journey-1", "printed-1").await?;
        wait_and_kill(world, "journey-1").await?;
        read_stdout(world, "journey-1", "printed-1").await?;
        details(world, "journey-1").await?;
        remove(world, "journey-1").await?;
        world.click("button", "Launch container …").await?;
        world.fill("ID", "journey-2").await?;
        world.fill("Command", "sleep 600").await?;
        world.wait_for("The master does not know its resources").await?;
        send(world, "Launch").await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        wait_and_kill(world, "journey-2").await
    });
}

#[test]
fn a_container_is_launched_waited_for_killed_and_removed() {
    journey_with("containers", still(), async |world| {
        let (executor, _) = places(world);
        world.open(&executor).await?;
        world.find("region", "Containers").await?;
        details(world, EXECUTOR).await?;
        launch(world, "journey-1", "echo printed-1; sleep 600").await?;
        read_stdout(world, "journey-1", "printed-1").await?;
        wait_and_kill(world, "journey-1").await?;
        world.axe().await?;
        world.screenshot("containers-ended").await?;
        // What it printed can be read until it is removed.
        read_stdout(world, "journey-1", "printed-1").await?;
        details(world, "journey-1").await?;
        remove(world, "journey-1").await?;
        world.open("#/my-changes").await?;
        world.wait_for("Remove container journey-1").await?;
        world.wait_for("Launch container journey-1").await?;
        world.axe().await
    });
}

#[test]
fn a_wait_that_is_cut_goes_on_until_the_container_ends() {
    journey_with("wait-cut", still(), async |world| {
        let (executor, _) = places(world);
        world.open(&executor).await?;
        details(world, EXECUTOR).await?;
        launch(world, "long-1", "sleep 1000").await?;
        world.click("button", "~Hide details of ").await?;
        details(world, "long-1").await?;
        // Both come before the container ends: the page asks again each time.
        trip(world, "once/WAIT_NESTED_CONTAINER/cut");
        trip(world, "once/WAIT_NESTED_CONTAINER/503");
        world.click("button", "Wait for the end").await?;
        let are_spent = async || Ok(world.sim.faults_left() == 0);
        world.until("both cuts have happened", are_spent).await?;
        world.wait_for("Waiting for the end").await?;
        assert!(!world.text().await?.contains("Killed by"), "nothing is said of its end yet");
        world.click("button", "Kill …").await?;
        send(world, "Kill").await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        world.wait_for("Killed by SIGKILL (9)").await
    });
}

#[test]
fn an_exit_code_is_said_plainly_and_a_refusal_in_mesos_words() {
    journey_with("containers-exit", still(), async |world| {
        let (executor, _) = places(world);
        world.open(&executor).await?;
        world.find("region", "Containers").await?;
        details(world, EXECUTOR).await?;
        launch(world, "journey-2", "exit 7").await?;
        world.click("button", "~Hide details of ").await?;
        details(world, "journey-2").await?;
        world.click("button", "Exit status").await?;
        world.wait_for("Exit code 7").await?;
        world.click("button", "~Hide details of ").await?;
        details(world, EXECUTOR).await?;
        trip(world, "once/LAUNCH_NESTED_CONTAINER/400");
        world.click("button", "Launch inside …").await?;
        world.fill("ID", "a.b").await?;
        world.wait_for("An ID must not contain slashes").await?;
        world.fill("ID", "journey-3").await?;
        world.fill("Environment", "nothing").await?;
        world.wait_for("“nothing” is not NAME=value.").await?;
        world.fill("Environment", "TOKEN=hunter2").await?;
        world.fill("Command", "true").await?;
        send(world, "Launch").await?;
        world.wait_for("Refused (400)").await?;
        assert_eq!(world.field("ID").await?.value().await?.as_deref(), Some("journey-3"), "the input stays");
        world.axe().await?;
        let kept = world.script("return JSON.stringify({...sessionStorage})", []).await?.convert::<String>()?;
        assert!(kept.contains("TOKEN") && !kept.contains("hunter2"), "the tab keeps no secret: {kept}");
        Ok(())
    });
}

#[test]
fn broken_output_is_not_the_end_of_the_process() {
    journey_with("containers-broken-output", still(), async |world| {
        let (executor, _) = places(world);
        world.open(&executor).await?;
        world.find("region", "Containers").await?;
        details(world, EXECUTOR).await?;
        for (fault, words) in [("garbage", "cannot be read further"), ("half-record", "ended within a record")] {
            trip(world, &format!("once/ATTACH_CONTAINER_OUTPUT/{fault}"));
            world.click("button", "Attach output").await?;
            world.wait_for(words).await?;
            let text = world.text().await?;
            assert!(text.contains("out1") && !text.contains("The process has ended."), "{fault}: {text}");
            assert_eq!(text.contains("1 record"), fault == "garbage", "{text}");
            world.axe().await?;
            world.click("button", "Close output").await?;
            world.wait_gone("out1").await?;
        }
        assert_eq!(world.errors().await?, [""; 0]);
        Ok(())
    });
}

#[test]
fn output_without_an_end_is_attached_and_stopped() {
    /// Letters of output that the page keeps at most.
    const KEPT: u64 = 64 << 10;
    journey_with("containers-flood", still(), async |world| {
        let (executor, _) = places(world);
        world.open(&executor).await?;
        world.find("region", "Containers").await?;
        details(world, EXECUTOR).await?;
        world.click("button", "Launch inside …").await?;
        world.fill("ID", "flood").await?;
        world.fill("Command", "yes").await?;
        world.click("checkbox", "With a terminal, so that its output can be attached").await?;
        send(world, "Launch").await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        world.click("button", "~Hide details of ").await?;
        details(world, "flood").await?;
        world.click("button", "Attach output").await?;
        world.wait_for("of older output were dropped.").await?;
        let kept = "return document.querySelector('pre.output').textContent.length";
        let kept = async || world.script(kept, []).await?.convert::<u64>();
        assert!((1..=KEPT).contains(&kept().await?), "the page keeps the end only");
        // The page is used while the output goes on.
        world.click("button", "Kill …").await?;
        send(world, "Kill").await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        world.wait_for("The process has ended.").await?;
        assert!((1..=KEPT).contains(&kept().await?), "the end of the output stays");
        world.axe().await
    });
}

#[test]
fn a_standalone_container_is_not_attached_to() {
    journey_with("containers-standalone", still(), async |world| {
        let (executor, _) = places(world);
        let agent = executor.split("/frameworks/").next().expect("it begins with the agent's address");
        world.open(agent).await?;
        world.find("region", "Containers").await?;
        world.click("button", "Launch container …").await?;
        world.fill("ID", "alone").await?;
        world.fill("Command", "sleep 600").await?;
        assert!(!world.text().await?.contains("With a terminal"), "nobody could attach to it");
        send(world, "Launch").await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        details(world, "alone").await?;
        world.wait_for("Mesos attaches to containers of executors only").await?;
        launch(world, "within", "sleep 600").await?;
        world.click("button", "~Hide details of ").await?;
        details(world, "within").await?;
        world.wait_for("Mesos attaches to containers of executors only").await?;
        for absent in ["Attach output", "Open terminal"] {
            assert!(!world.text().await?.contains(absent), "{absent}");
        }
        world.axe().await?;
        // Nor does a link to a terminal offer what Mesos refuses.
        for path in ["alone", "alone/within"] {
            world.open(&format!("{agent}/containers/{path}/terminal?exec=top")).await?;
            world.wait_for("Mesos attaches to containers of executors only").await?;
            assert!(!world.text().await?.contains("A link asks for this command"), "there is no form");
            assert_eq!(
                world
                    .script("return document.querySelectorAll('.terminal-form').length", [])
                    .await?
                    .convert::<u64>()?,
                0
            );
        }
        world.axe().await
    });
}

#[test]
fn the_tree_of_containers_is_used_by_keyboard_and_on_a_phone() {
    journey_with("containers-tree", still(), async |world| {
        let (executor, task) = places(world);
        world.open(&executor).await?;
        world.find("region", "Containers").await?;
        let rows = async || {
            world.script("return document.querySelectorAll('tr[data-row]').length", []).await?.convert::<u64>()
        };
        world.until("there are two rows", async || Ok(rows().await? == 2)).await?;
        world.script("document.querySelector('tr[data-row]').focus()", []).await?;
        world.press(Key::Left + "").await?;
        world.until("the tree is closed", async || Ok(rows().await? == 1)).await?;
        world.press(Key::Right + "").await?;
        world.until("the tree is open", async || Ok(rows().await? == 2)).await?;
        world.press(Key::Down + "").await?;
        world.press(Key::Enter + "").await?;
        world.wait_for("Resident").await?;
        for theme in [Theme::Light, Theme::Dark] {
            world.theme(theme).await?;
            for (width, height) in [(1440, 900), (390, 844)] {
                world.size(width, height).await?;
                world.axe().await?;
                world.find("region", "Containers").await?.scroll_into_view().await?;
                world.screenshot(&format!("containers-{theme:?}-{width}")).await?;
            }
        }
        world.open(&task).await?;
        let panel = world.find("region", "Containers").await?;
        let name = "return document.querySelector('tr[data-row] a[href*=\"/tasks/\"]')?.textContent ?? ''";
        let name = async || world.script(name, []).await?.convert::<String>();
        world.until("the task's container has its name", async || Ok(!name().await?.is_empty())).await?;
        let heading = "return document.querySelector('main h1').textContent";
        assert_eq!(name().await?, world.script(heading, []).await?.convert::<String>()?);
        assert!(!panel.text().await?.contains("nested"), "it is no container of unknown content");
        world.axe().await
    });
}

/// A button that is off, with the reason.
async fn is_off(world: &World, name: &str, reason: &str) -> WebDriverResult<()> {
    let button = world.find("button", name).await?;
    assert_eq!(button.attr("aria-disabled").await?.as_deref(), Some("true"), "{name}");
    let why = button.attr("aria-description").await?.unwrap_or_default();
    assert!(why.contains(reason), "{name}: {why}");
    Ok(())
}

#[test]
fn a_gateway_without_commands_launches_no_container() {
    let setup = Setup { flags: vec!["--no-exec".to_owned()], ..still() };
    journey_with("containers-no-exec", setup, async |world| {
        let (executor, _) = places(world);
        world.open(&executor).await?;
        world.find("region", "Containers").await?;
        details(world, EXECUTOR).await?;
        is_off(world, "Launch inside …", "This gateway runs no commands in containers.").await?;
        let agent = executor.split("/frameworks/").next().unwrap_or_default();
        world.open(agent).await?;
        is_off(world, "Launch container …", "This gateway runs no commands in containers.").await
    });
}

#[test]
fn containers_are_read_but_not_changed_in_a_read_only_console() {
    let setup = Setup { flags: vec!["--read-only".to_owned()], ..still() };
    journey_with("containers-read-only", setup, async |world| {
        let (executor, _) = places(world);
        world.open(&executor).await?;
        world.find("region", "Containers").await?;
        details(world, EXECUTOR).await?;
        for name in ["Launch inside …", "Kill …"] {
            is_off(world, name, "This console is served read-only.").await?;
        }
        world.click("button", "Attach output").await?;
        world.wait_for("I/O switchboard server was disabled for this container").await?;
        world.axe().await
    });
}
