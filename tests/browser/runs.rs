//! Commands on agents: a form that shows where they would run, runs that end well, fail, are killed and repeated, and their outputs.

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::journey::{Setup, journey_with};
use super::schedule::call;
use super::world::World;
use crate::still;

/// Ids of active agents with much room.
pub fn agents(world: &World, count: usize) -> Vec<String> {
    let agents = call(world, json!({ "type": "GET_AGENTS" }))["get_agents"]["agents"].take();
    let is_fit = |agent: &&Value| agent["active"] == true && free(agent) >= 1.0;
    let agents = agents.as_array().expect("agents are listed").iter().filter(is_fit);
    let ids = agents.map(|agent| agent["agent_info"]["id"]["value"].as_str().expect("an id is text").to_owned());
    let ids: Vec<String> = ids.take(count).collect();
    assert_eq!(ids.len(), count, "enough agents have room");
    ids
}

fn free(agent: &Value) -> f64 {
    let unreserved = |list: &str| -> f64 {
        let all = agent[list].as_array().into_iter().flatten();
        let cpus = all.filter(|it| it["name"] == "cpus" && it.get("reservations").is_none_or(|of| of == &json!([])));
        cpus.filter_map(|it| it["scalar"]["value"].as_f64()).sum()
    };
    unreserved("total_resources") - unreserved("allocated_resources") - unreserved("offered_resources")
}

pub fn form(ids: &[String]) -> String {
    let agents: Vec<String> = ids.iter().map(|id| format!("agent={id}")).collect();
    format!("#/run?{}", agents.join("&"))
}

/// Names of the frameworks that are registered.
pub fn frameworks(world: &World) -> Vec<String> {
    let all = call(world, json!({ "type": "GET_FRAMEWORKS" }))["get_frameworks"]["frameworks"].take();
    let names =
        all.as_array().into_iter().flatten().map(|it| it["framework_info"]["name"].as_str().unwrap_or_default());
    names.map(str::to_owned).collect()
}

/// Opens the form for these agents, fills it in, and runs it.
pub async fn run(world: &World, ids: &[String], command: &str) -> WebDriverResult<()> {
    world.open(&form(ids)).await?;
    world.fill("Command", command).await?;
    world.fill("User", "ops").await?;
    world.click("button", "~Run on").await?;
    world.until("the results are shown", async || Ok(world.address().await?.starts_with("#/runs/"))).await
}

#[test]
fn a_command_runs_on_three_agents_and_its_outputs_are_compared() {
    journey_with("run", still(), async |world| {
        let ids = agents(world, 3);
        world.open(&form(&ids)).await?;
        world.wait_for("Runs on 3 agents, which have room now.").await?;
        world.axe().await?;
        world.screenshot("run-form").await?;
        assert!(!frameworks(world).contains(&"mesoscope".to_owned()), "nothing runs before the button is pressed");
        run(world, &ids, "echo same").await?;
        world.wait_for("3 finished.").await?;
        world.wait_for("Torn down").await?;
        world.click("button", "Compare").await?;
        world.wait_for("All 3 outputs are the same.").await?;
        world.axe().await?;
        world.screenshot("run-results").await?;
        world.click("button", "Follow merged").await?;
        world.until("the outputs are logs", async || Ok(world.address().await?.contains("merged=arrival"))).await?;
        world.wait_for("same").await?;
        run(world, &ids, "hostname").await?;
        world.wait_for("3 finished.").await?;
        world.click("button", "Compare").await?;
        world.wait_for("All 3 outputs differ.").await?;
        world.wait_for("Differs from line 1 on:").await
    });
}

#[test]
fn a_command_that_fails_says_how_it_exited_and_is_run_again() {
    journey_with("run-fails", still(), async |world| {
        let ids = agents(world, 2);
        run(world, &ids, "exit 7").await?;
        world.wait_for("2 failed.").await?;
        world.fill("Filter tasks", "exit:7").await?;
        world.until("the filter is kept", async || Ok(world.address().await?.contains("filter=exit:7"))).await?;
        world.until("both are shown", async || Ok(world.all("row", "~failed").await?.len() == 2)).await?;
        world.fill("Filter tasks", "exit:8").await?;
        world.wait_for("No tasks match").await?;
        world.click("link", "Run again …").await?;
        world.wait_for("Runs on 2 agents").await?;
        assert_eq!(world.field("Command").await?.value().await?.as_deref(), Some("exit 7"));
        assert_eq!(world.field("User").await?.value().await?.as_deref(), Some("ops"));
        world.fill("Command", "true").await?;
        world.click("button", "Run on 2 agents").await?;
        world.wait_for("2 finished.").await
    });
}

#[test]
fn a_run_is_killed_once_its_effect_was_read() {
    journey_with("run-kill", still(), async |world| {
        let ids = agents(world, 2);
        run(world, &ids, "sleep infinity").await?;
        world.wait_for("2 running.").await?;
        world.click("button", "Kill …").await?;
        world.wait_for("2 tasks are killed: SIGTERM, and SIGKILL after 3").await?;
        world.axe().await?;
        world.click("button", "Keep running").await?;
        world.wait_for("2 running.").await?;
        world.click("button", "Kill …").await?;
        world.click("button", "Kill").await?;
        world.wait_for("2 killed.").await
    });
}

#[test]
fn one_task_is_killed_once_its_effect_was_read() {
    journey_with("run-kill-one", still(), async |world| {
        let ids = agents(world, 2);
        run(world, &ids, "sleep infinity").await?;
        world.wait_for("2 running.").await?;
        let kill = world.find("button", "~Kill the task on").await?;
        let label = kill.attr("aria-label").await?.expect("it is labelled");
        kill.click().await?;
        world.find("group", &label).await?;
        world.wait_for("1 task is killed: SIGTERM, and SIGKILL after 3").await?;
        world.axe().await?;
        world.screenshot("run-kill-one").await?;
        world.click("button", "Keep running").await?;
        world.wait_no("group", &label).await?;
        world.wait_for("2 running.").await?;
        world.click("button", &label).await?;
        world.click("button", "Kill").await?;
        world.wait_for("1 running, 1 killed.").await?;
        // The other one has a button still, and this one has none.
        world.wait_no("button", &label).await?;
        world.find("button", "~Kill the task on").await.map(drop)
    });
}

#[test]
fn runs_of_this_browser_are_listed_where_users_look_for_them() {
    journey_with("run-lists", still(), async |world| {
        world.open("#/run").await?;
        world.wait_for("Runs on any 1").await?;
        world.wait_no("region", "Runs of this browser").await?;
        let ids = agents(world, 2);
        run(world, &ids, "echo one").await?;
        world.wait_for("2 finished.").await?;
        run(world, &ids[..1], "exit 3").await?;
        world.wait_for("1 failed.").await?;
        for page in ["#/run", "#/own-frameworks", "#/my-changes"] {
            world.open(page).await?;
            let list = world.find("region", "Runs of this browser").await?;
            let is_listed = async || {
                let text = list.text().await?;
                let places = ["exit 3", "1 failed", "echo one", "2 finished"].map(|words| text.find(words));
                Ok(places.iter().all(Option::is_some) && places.is_sorted())
            };
            world.until(&format!("{page} lists both, the newest first"), is_listed).await?;
            world.axe().await?;
        }
        world.screenshot("run-lists").await?;
        world.click("link", "echo one").await?;
        world.until("it leads to its results", async || Ok(world.address().await?.starts_with("#/runs/"))).await?;
        world.wait_for("2 finished.").await
    });
}

#[test]
fn a_link_fills_in_the_form_and_runs_nothing() {
    journey_with("run-link", still(), async |world| {
        world.open("#/run?command=id&role=data%2Fml&count=2&filter=state%3Aactive").await?;
        world.wait_for("A link has filled in this form.").await?;
        world.wait_for("Runs on any 2 of").await?;
        assert_eq!(world.field("Command").await?.value().await?.as_deref(), Some("id"));
        assert_eq!(world.field("Role").await?.value().await?.as_deref(), Some("data/ml"));
        // A user is still missing: the button leads there.
        world.click("button", "Run on 2 agents").await?;
        world.wait_for("Enter a user that exists on the agents.").await?;
        let focused = world.script("return document.activeElement.id", []).await?.convert::<String>()?;
        assert_eq!(focused, "run-user");
        // Enter in a field runs nothing.
        world.fill("User", "ops").await?;
        world.press(Key::Enter + "").await?;
        assert!(world.address().await?.starts_with("#/run?"));
        assert!(!frameworks(world).contains(&"mesoscope".to_owned()));
        world.fill("User", "root").await?;
        world.wait_for("To run as root, choose").await?;
        world.click("field", "Run as root").await?;
        world.wait_for("As root the command may read, change and delete everything").await
    });
}

#[test]
fn a_run_that_fits_nowhere_cannot_begin() {
    journey_with("run-refused", still(), async |world| {
        let ids = agents(world, 1);
        world.open(&form(&ids)).await?;
        world.fill("Command", "true").await?;
        world.fill("User", "ops").await?;
        world.fill("CPUs", "100000").await?;
        world.wait_for("None of 1 agent can run it.").await?;
        world.wait_for("with too little in all: CPUs.").await?;
        world.fill("CPUs", "0.1").await?;
        world.fill("Role", "a//b").await?;
        world.wait_for("A role must not begin or end with a slash").await?;
        world.wait_for("Correct this first: Role.").await?;
        let button = world.find("button", "~Run on").await?;
        assert_eq!(button.attr("aria-disabled").await?.as_deref(), Some("true"));
        world.fill("Role", "no/such/role").await?;
        world.wait_for("Nothing in the cluster uses the role no/such/role yet.").await
    });
}

#[test]
fn a_run_begins_by_the_keyboard_from_the_palette() {
    journey_with("run-keys", still(), async |world| {
        world.open("#/agents").await?;
        world.wait_for("Attributes").await?;
        world.press(Key::Control + "k").await?;
        world.press("run a command").await?;
        world.find("option", "~Run a command").await?;
        world.press(Key::Enter + "").await?;
        world.until("the form is there", async || Ok(world.address().await? == "#/run")).await?;
        world.find("field", "Command").await?;
        for (field, text) in [("run-command", "hostname"), ("run-user", "ops")] {
            reach(world, field).await?;
            world.press(text).await?;
        }
        world.press_until(Key::Tab, "Run on 1 agent").await?;
        world.press(Key::Enter + "").await?;
        world.wait_for("1 finished.").await
    });
}

/// Presses Tab until the element with this id has the focus.
async fn reach(world: &World, id: &str) -> WebDriverResult<()> {
    for _ in 0..80 {
        world.press(Key::Tab + "").await?;
        if world.script("return document.activeElement.id", []).await?.convert::<String>()? == id {
            return Ok(());
        }
    }
    panic!("the focus never came to {id:?}");
}

#[test]
fn a_console_that_changes_nothing_runs_nothing() {
    for (flag, words) in [("--read-only", "--read-only"), ("--no-exec", "--no-exec")] {
        let setup = Setup { flags: vec![flag.to_owned()], ..still() };
        journey_with(&format!("run{flag}"), setup, async |world| {
            let ids = agents(world, 1);
            world.open(&form(&ids)).await?;
            world.wait_for("Runs on 1 agent").await?;
            let button = world.find("button", "Run on 1 agent").await?;
            assert_eq!(button.attr("aria-disabled").await?.as_deref(), Some("true"));
            world.wait_for(words).await?;
            button.click().await?;
            assert!(world.address().await?.starts_with("#/run?"));
            Ok(())
        });
    }
}

#[test]
fn the_form_and_the_results_fit_a_phone() {
    journey_with("run-phone", still(), async |world| {
        world.size(390, 844).await?;
        let ids = agents(world, 2);
        run(world, &ids, "hostname; exit 7").await?;
        world.wait_for("2 failed.").await?;
        let overflows = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
        assert!(!world.script(overflows, []).await?.convert::<bool>()?);
        world.axe().await?;
        world.screenshot("run-results-phone").await?;
        world.open("#/run").await?;
        world.wait_for("Runs on any 1").await?;
        assert!(!world.script(overflows, []).await?.convert::<bool>()?);
        world.axe().await?;
        world.screenshot("run-form-phone").await
    });
}
