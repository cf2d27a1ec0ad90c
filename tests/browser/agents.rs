//! What only an agent knows: its own part of its page, the pages of what runs on it, and what they say when it is silent.

use serde_json::{Value, json};
use sim::answer::reply::Target;
use sim::server::config::Config;
use sim::server::fault::Fault;
use thirtyfour::error::WebDriverResult;

use super::journey::{Setup, journey_with};
use super::schedule::call;
use super::world::{Theme, World};
use super::writes::{send, trip};

fn still() -> Setup {
    Setup { cluster: Config { rate: 0.0, ..Config::default() }, flags: Vec::new() }
}

/// A framework's own executor that runs a task: the ids of its agent, of its framework and its own.
struct Place {
    agent: String,
    framework: String,
    executor: String,
    task: String,
}

impl Place {
    fn of(world: &World) -> Self {
        let state = world.sim.with(|sim| sim.state());
        let tasks = state["get_state"]["get_tasks"]["tasks"].as_array().expect("there are tasks").clone();
        let runs = |task: &&Value| task["executor_id"]["value"].is_string() && task["state"] == "TASK_RUNNING";
        let task = tasks.iter().find(runs).expect("one of them runs in an executor of its framework's");
        let id = |name: &str| task[name]["value"].as_str().expect("it has that id").to_owned();
        let (agent, framework) = (id("agent_id"), id("framework_id"));
        Place { agent, framework, executor: id("executor_id"), task: id("task_id") }
    }

    fn number(&self) -> u32 {
        let number = self.agent.rsplit_once("-S").and_then(|(_, number)| number.parse().ok());
        number.expect("an agent's id ends with its number")
    }

    fn address(&self) -> String {
        format!("#/agents/{}", self.agent)
    }

    fn framework_address(&self) -> String {
        format!("{}/frameworks/{}", self.address(), self.framework)
    }

    fn executor_address(&self) -> String {
        format!("{}/executors/{}", self.framework_address(), self.executor)
    }
}

/// Brings the part of that name into the picture, where there is one.
async fn show(world: &World, name: &str) -> WebDriverResult<()> {
    match world.all("region", name).await?.first() {
        Some(part) => part.scroll_into_view().await,
        None => Ok(()),
    }
}

#[test]
fn an_agent_tells_what_only_it_knows() {
    journey_with("agent-own", still(), async |world| {
        let place = Place::of(world);
        world.open(&place.address()).await?;
        world.find("region", "Containers").await?;
        world.find("link", &place.executor).await?;
        world.wait_for("Version and build").await?;
        // The second reading comes after two seconds, and tells how much is used.
        world.wait_gone("measuring").await?;
        show(world, "Containers").await?;
        world.screenshot("agent-own").await?;
        let asked = world.all("button", "Show").await?.swap_remove(0);
        assert_eq!(asked.attr("aria-expanded").await?.as_deref(), Some("false"));
        asked.click().await?;
        world.field("Filter flags and metrics").await?.send_keys("slave/tasks_running").await?;
        world.find("cell", "slave/tasks_running").await?;
        assert_eq!(world.errors().await?, Vec::<String>::new());
        Ok(())
    });
}

#[test]
fn an_agent_that_contradicts_the_master_is_heard() {
    journey_with("agent-contrary", still(), async |world| {
        world.open("#/").await?;
        world.wait_for("Live").await?;
        let task = world.sim.with(|sim| sim.lose_update()).expect("a task runs");
        let state = world.sim.with(|sim| sim.state());
        let ended = state["get_state"]["get_tasks"]["completed_tasks"].as_array().expect("it ended").clone();
        let reported =
            ended.iter().find(|reported| reported["task_id"]["value"] == task.as_str()).expect("it is among them");
        let framework = reported["framework_id"]["value"].as_str().expect("it has one").to_owned();
        world.open(&format!("#/frameworks/{framework}/tasks/{task}")).await?;
        world.find("region", "The agent reports otherwise").await?;
        world.wait_for("The agent reports failed since").await?;
        world.wait_for("The master reports running. An update may have been lost.").await?;
        world.axe().await
    });
}

#[test]
fn an_agents_own_clock_dates_what_it_reports() {
    journey_with("agent-clock", still(), async |world| {
        let task = world.sim.with(|sim| {
            sim.set_agents_clock(-900);
            sim.add_task().expect("an agent has room")
        });
        let state = world.sim.with(|sim| sim.state());
        let tasks = state["get_state"]["get_tasks"]["tasks"].as_array().expect("there are tasks").clone();
        let reported = tasks.iter().find(|reported| reported["task_id"]["value"] == task.as_str()).expect("it runs");
        let id = |name: &str| reported[name]["value"].as_str().expect("it has that id").to_owned();
        world.open(&format!("#/frameworks/{}/tasks/{task}", id("framework_id"))).await?;
        world.wait_for("Sandbox").await?;
        world.wait_gone("15\u{202f}min").await?;
        world.open(&format!("#/agents/{}", id("agent_id"))).await?;
        world.wait_for("The agent's clock is 15\u{202f}min behind the master's.").await?;
        world.axe().await
    });
}

#[test]
fn an_agent_logs_more_for_a_while() {
    journey_with("agent-logging", still(), async |world| {
        let place = Place::of(world);
        let level = |target: Target| {
            let answer = world.sim.with(|sim| sim.answer(target, br#"{"type":"GET_LOGGING_LEVEL"}"#));
            let answer: Value = serde_json::from_slice(&answer.body.into_bytes()).expect("an answer is JSON");
            answer["get_logging_level"]["level"].clone()
        };
        world.open(&place.address()).await?;
        world.wait_for("0 (default)").await?;
        world.click("button", "Actions").await?;
        world.click("button", "Set logging level …").await?;
        world.wait_for("current 0").await?;
        world.fill("~Log verbosity", "3").await?;
        world.fill("Minutes", "5").await?;
        trip(world, "once/SET_LOGGING_LEVEL/403");
        send(world, "Set").await?;
        world.wait_for("Refused (403)").await?;
        assert_eq!(level(Target::Agent(place.number())), 0);
        send(world, "Retry").await?;
        world.wait_for("Applied.").await?;
        assert_eq!(level(Target::Agent(place.number())), 3);
        assert_eq!(level(Target::Master), 0, "the master's is another");
        world.click("button", "Close").await?;
        world.wait_for("3, reverts after 4").await?;
        world.axe().await
    });
}

#[test]
fn an_agent_shows_its_resource_providers() {
    journey_with("agent-providers", still(), async |world| {
        let reported = call(world, json!({ "type": "GET_AGENTS" }));
        let agents = reported["get_agents"]["agents"].as_array().cloned().unwrap_or_default();
        let id = |it: &Value| it["agent_info"]["id"]["value"].as_str().unwrap_or_default().to_owned();
        let with = agents.iter().find(|it| it["resource_providers"].is_array()).expect("one has a resource provider");
        let without = agents.iter().find(|it| !it["resource_providers"].is_array()).expect("one has none");
        world.open(&format!("#/agents/{}", id(with))).await?;
        let panel = world.find("region", "Resource providers and images").await?;
        for words in [
            "Name\nlocal_ssd",
            "Type\norg.apache.mesos.rp.local.storage",
            "Storage plugin\norg.apache.mesos.csi.lvm local",
            "Default reservations\ndynamic storage",
            "400 GiB",
            "RAW, profile fast",
            "MOUNT ./csi/org.apache.mesos.csi.lvm/local/mounts/vol-",
        ] {
            let says = async || Ok(panel.text().await?.contains(words));
            world.until(&format!("the panel says {words:?}"), says).await?;
        }
        panel.scroll_into_view().await?;
        world.axe().await?;
        world.screenshot("agent-providers").await?;
        world.open(&format!("#/agents/{}", id(without))).await?;
        world.wait_for("No resource providers: all resources are the agent's own.").await
    });
}

#[test]
fn an_agent_that_is_silent_is_said_to_be() {
    journey_with("agent-silent", still(), async |world| {
        let place = Place::of(world);
        world.open(&place.address()).await?;
        world.find("region", "Containers").await?;
        world.sim.fault(Fault::StopAgent(place.number()));
        world.click("button", "Refresh").await?;
        world.wait_for("Data of the last answer is shown").await?;
        world.find("region", "Containers").await?;
        world.reload().await?;
        world.find("region", "No answer").await?;
        world.wait_no("region", "Containers").await?;
        world.find("region", "Reservations and volumes").await?;
        world.axe().await?;
        show(world, "No answer").await?;
        world.screenshot("agent-silent").await?;
        world.open(&place.executor_address()).await?;
        world.find("region", "No answer").await?;
        world.find("region", "Running tasks").await.map(drop)
    });
}

#[test]
fn a_master_that_serves_the_page_has_no_way_to_agents() {
    let page = mesoscope_tests::root().join("dist");
    let setup = Setup { cluster: Config { webui_dir: Some(page), ..still().cluster }, flags: Vec::new() };
    journey_with("agent-webui-dir", setup, async |world| {
        let place = Place::of(world);
        let master = world.sim.master_urls().swap_remove(0);
        world.at(&master).open(&place.address()).await?;
        world.wait_for("This page cannot call agents").await?;
        world.find("region", "Executors").await?;
        // A terminal needs the gateway, too.
        world.at(&master).open(&format!("#/frameworks/{}/tasks/{}/terminal", place.framework, place.task)).await?;
        world.click("button", "Open terminal").await?;
        world.wait_for("This page needs the gateway to open terminals.").await?;
        world.wait_for("Start the mesoscope gateway with --master, and open its page.").await?;
        world.axe().await
    });
}

#[test]
fn an_executor_is_reached_by_its_address_and_left_by_its_names() {
    journey_with("executor", still(), async |world| {
        let place = Place::of(world);
        world.open(&place.executor_address()).await?;
        world.find("heading", &place.executor).await?;
        world.find("region", "Running tasks").await?;
        world.find("region", "Containers").await?;
        world.screenshot("executor").await?;
        let there =
            world.script("return [...document.querySelectorAll('main a')].map((a) => a.getAttribute('href'))", []);
        let there: Vec<String> = there.await?.convert()?;
        let task = format!("#/frameworks/{}/tasks/{}", place.framework, place.task);
        for link in [place.framework_address(), place.address(), format!("{}/browse", place.executor_address()), task] {
            assert!(there.contains(&link), "no {link} among {there:?}");
        }
        world.open(&place.framework_address()).await?;
        world.click("link", &place.executor).await?;
        world.find("heading", &place.executor).await?;
        world.open("#/agents/no-such/frameworks/f/executors/e").await?;
        world.wait_for("The master lists no agent no-such").await?;
        world.open(&format!("{}/frameworks/f/executors/e", place.address())).await?;
        world.wait_for("Executor not found").await
    });
}

#[test]
fn executors_are_a_table_too() {
    journey_with("executors", still(), async |world| {
        let place = Place::of(world);
        world.open(&format!("#/executors?filter=id%3A{}&sort=-cpus", place.executor)).await?;
        let heading = world.find("heading", "~Executors").await?;
        world.until("one is left", async || Ok(heading.text().await?.contains("1 of"))).await?;
        world.click("link", &place.executor).await?;
        world.find("heading", &place.executor).await?;
        world.open("#/operations").await?;
        world.wait_for("No operations").await
    });
}

#[test]
fn agent_pages_pass_axe() {
    journey_with("agents-axe", still(), async |world| {
        let place = Place::of(world);
        for theme in [Theme::Light, Theme::Dark] {
            world.theme(theme).await?;
            for (hash, says, name) in [
                (place.address(), "Version and build", "agent"),
                (place.framework_address(), "Containers", "agent-framework"),
                (place.executor_address(), "Containers", "executor"),
                ("#/executors".to_owned(), place.executor.as_str(), "executors"),
                ("#/operations".to_owned(), "No operations", "operations"),
            ] {
                for (width, height) in [(1440, 900), (390, 844)] {
                    world.size(width, height).await?;
                    world.open(&hash).await?;
                    world.wait_for(says).await?;
                    world.axe().await?;
                    show(world, "Containers").await?;
                    world.screenshot(&format!("own-{name}-{theme:?}-{width}")).await?;
                }
            }
        }
        Ok(())
    });
}
