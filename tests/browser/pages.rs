//! Every page: as it looks in light and dark, wide and narrow, to axe, and with what it tells; in its empty, loading and
//! forbidden states too.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sim::server::fault::Fault;
use thirtyfour::error::WebDriverError;
use thirtyfour::prelude::*;

use super::journey::journey_with;
use super::schedule::call;
use super::tables::table;
use super::world::{Theme, World};
use crate::still;

/// Addresses of one thing of each kind, by the kind.
struct Things(BTreeMap<&'static str, String>);

impl Things {
    /// Found in the state as the simulated cluster tells it; of offers and operations there are some then.
    async fn of(world: &World) -> WebDriverResult<Self> {
        world.sim.with(|sim| sim.start_operation()).expect("an operation can be begun");
        assert!(world.sim.with(|sim| sim.make_offer()), "an offer can be made");
        let state = world.sim.with(|sim| sim.state());
        let tasks = state.pointer("/get_state/get_tasks/tasks").and_then(Value::as_array).cloned().unwrap_or_default();
        let in_pod = |task: &&Value| task["state"] == "TASK_RUNNING" && task["executor_id"]["value"].is_string();
        let task = tasks.iter().find(in_pod).expect("one runs in an executor of its framework's");
        let id = |name: &str| task[name]["value"].as_str().expect("it has that id").to_owned();
        let [agent, framework, executor, task] = ["agent_id", "framework_id", "executor_id", "task_id"].map(id);
        let place = format!("#/agents/{agent}/frameworks/{framework}");
        let mut things = BTreeMap::from([
            ("agent", format!("#/agents/{agent}")),
            ("framework", format!("#/frameworks/{framework}")),
            ("task", format!("#/frameworks/{framework}/tasks/{task}")),
            ("agent-framework", place.clone()),
            ("executor", format!("{place}/executors/{executor}")),
            ("folder", format!("{place}/executors/{executor}/tasks/{task}/browse")),
            ("file", format!("{place}/executors/{executor}/tasks/{task}/browse?path=stdout")),
            ("role", "#/roles/data%2Fml".to_owned()),
        ]);
        for (name, all) in [("offer", "#/offers?filter=kind%3Aoffer"), ("operation", "#/operations")] {
            world.open(all).await?;
            let link = "return document.querySelector('[role=grid] tbody a')?.getAttribute('href')";
            let there = async || world.script(link, []).await?.convert::<Option<String>>();
            world.until(&format!("there is an {name}"), async || Ok(there().await?.is_some())).await?;
            things.insert(name, there().await?.expect("waited for above"));
        }
        Ok(Self(things))
    }

    fn at(&self, kind: &str) -> &str {
        &self.0[kind]
    }
}

/// Pages that are no tables, each with words that only it has.
fn pages(things: &Things) -> Vec<(&'static str, String, &'static str)> {
    let mut all: Vec<(&str, String, &str)> = vec![
        ("overview", "#/".into(), "Capacity"),
        ("maintenance", "#/maintenance".into(), "Inverse offers"),
        ("master", "#/master".into(), "build user"),
        ("diagnostics", "#/diagnostics".into(), "Polled endpoints"),
        ("my-changes", "#/my-changes".into(), "My changes"),
        ("help", "#/help".into(), "state:failed,lost"),
        ("unknown", "#/nowhere".into(), "Page not found"),
        ("unknown-agent", "#/agents/no-such-agent".into(), "lists no agent"),
        ("unknown-task", "#/frameworks/x/tasks/y".into(), "lists no task"),
        ("unknown-role", "#/roles/no-such-role".into(), "lists no role"),
        ("empty", "#/tasks?filter=state%3Arunning%20rakc%3Ar1".into(), "no field rakc"),
    ];
    let reported = [
        ("agent", "Raw JSON"),
        ("framework", "Raw JSON"),
        ("task", "History"),
        ("agent-framework", "Framework on this agent"),
        ("executor", "Running tasks"),
        ("role", "Raw JSON (GET_ROLES)"),
        ("offer", "Raw JSON"),
        ("operation", "Raw JSON"),
        ("folder", "stderr"),
        ("file", "stdout"),
    ];
    all.extend(reported.map(|(name, says)| (name, things.at(name).to_owned(), says)));
    all
}

#[test]
fn every_page_passes_axe_in_both_themes_and_widths() {
    journey_with("pages", still(), async |world| {
        let things = Things::of(world).await?;
        for (theme, width, height) in
            [(Theme::Light, 1440, 900), (Theme::Dark, 1440, 900), (Theme::Dark, 390, 844), (Theme::Light, 390, 844)]
        {
            world.theme(theme).await?;
            world.size(width, height).await?;
            // Two ways have each theme and each width.
            let is_audited = (theme == Theme::Light) == (width == 1440);
            for (name, hash, says) in pages(&things) {
                world.open(&hash).await?;
                world.wait_for(says).await?;
                world.wait_for("Live").await?;
                let over = "return document.documentElement.scrollWidth - innerWidth";
                let over: i64 = world.script(over, []).await?.convert()?;
                assert!(over <= 0, "{name} is {over} px too wide at {width}");
                if is_audited {
                    world.axe().await?;
                }
                world.screenshot(&format!("{name}-{theme:?}-{width}")).await?;
            }
        }
        assert_eq!(world.errors().await?, Vec::<String>::new());
        Ok(())
    });
}

#[test]
fn what_is_not_there_yet_is_waited_for_in_words() {
    journey_with("loading", still(), async |world| {
        world.open("#/").await?;
        world.wait_for("Live").await?;
        let things = Things::of(world).await?;
        world.sim.fault(Fault::Silence);
        world.theme(Theme::Dark).await?;
        for (name, hash, says) in [
            // A call reads the agents beside the stream.
            ("agent", things.at("agent"), "partial data"),
            ("task", things.at("task"), "Loading task"),
            ("framework", things.at("framework"), "Loading framework"),
            ("executor", things.at("executor"), "Loading"),
            ("overview", "#/", "Connecting"),
            ("agents", "#/agents", "Connecting"),
        ] {
            world.open("#/nowhere").await?;
            world.reload().await?;
            world.open(hash).await?;
            world.wait_for(says).await?;
            let text = world.text().await?;
            for none in ["Tasks\n0", "Frameworks\n0", "Live tasks\n0", "0\nrunning", "No framework has"] {
                assert!(!text.contains(none), "{none:?} is not known yet: {text}");
            }
            world.axe().await?;
            world.screenshot(&format!("loading-{name}")).await?;
        }
        Ok(())
    });
}

#[test]
fn a_master_that_lets_nobody_in_is_said_to_do_so() {
    journey_with("forbidden-all", still(), async |world| {
        world.sim.fault(Fault::Status(403));
        for (name, width, height) in [("wide", 1440, 900), ("narrow", 390, 844)] {
            world.size(width, height).await?;
            for hash in ["#/", "#/tasks", "#/master", "#/maintenance"] {
                world.open(hash).await?;
                world.wait_for("403").await?;
                if hash == "#/tasks" {
                    world.wait_for("Waiting for the master").await?;
                    world.wait_for("Tasks not known").await?;
                }
                world.axe().await?;
                world.screenshot(&format!("forbidden-{}-{name}", hash.trim_start_matches("#/"))).await?;
            }
        }
        Ok(())
    });
}

/// Opens the panel of that name, and gives what it shows.
async fn shown(world: &World, panel: &str) -> WebDriverResult<String> {
    let panel = world.find("region", panel).await?;
    panel.find(By::Css("button[aria-expanded]")).await?.click().await?;
    let text = async || Ok::<_, WebDriverError>(panel.find_all(By::Css("pre")).await?);
    world.until("its JSON is there", async || Ok(!text().await?.is_empty())).await?;
    panel.text().await
}

#[test]
fn offers_operations_and_roles_have_pages_of_their_own() {
    journey_with("entries", still(), async |world| {
        let things = Things::of(world).await?;
        world.open(things.at("offer")).await?;
        world.find("region", "Resources").await?;
        assert!(shown(world, "Raw JSON").await?.contains("allocation_info"));
        world.open(things.at("operation")).await?;
        world.wait_for("pending").await?;
        assert!(shown(world, "Raw JSON").await?.contains("latest_status"));
        world.click("link", "Operations").await?;
        world.until("back to all", async || Ok(world.address().await? == "#/operations")).await?;

        table(world, "#/roles?filter=role:data").await?;
        world.click("link", "data").await?;
        world.until("its page", async || Ok(world.address().await? == "#/roles/data")).await?;
        world.click("link", "data/ml").await?;
        world.find("heading", "data/ml").await?;
        let reported = shown(world, "Raw JSON (GET_ROLES)").await?;
        assert!(reported.contains("\"weight\": 1.5"), "{reported}");
        let row = "return document.querySelectorAll('[role=grid] tbody [role=row]').length";
        world.until("its tasks", async || Ok(world.script(row, []).await?.convert::<i64>()? > 2)).await?;
        world.click("button", "Actions").await?;
        world.find("button", "~Quota").await?;
        assert_eq!(world.errors().await?, Vec::<String>::new());
        Ok(())
    });
}

#[test]
fn inverse_offers_stand_beside_offers() {
    journey_with("inverse-offers", still(), async |world| {
        // A window for all machines: some framework never answers.
        let reported = call(world, json!({"type": "GET_AGENTS"}));
        let agents = reported["get_agents"]["agents"].as_array().expect("there are agents");
        let machine = |agent: &Value| {
            let ip = agent["pid"].as_str()?.split_once('@')?.1.split_once(':')?.0.to_owned();
            Some(json!({"hostname": agent["agent_info"]["hostname"], "ip": ip}))
        };
        let machines: Vec<Value> = agents.iter().filter_map(machine).collect();
        let start = json!({"nanoseconds": 4_000_000_000_000_000_000_i64});
        let window = json!({"machine_ids": machines, "unavailability": {"start": start}});
        let update = json!({"schedule": {"windows": [window]}});
        call(world, json!({"type": "UPDATE_MAINTENANCE_SCHEDULE", "update_maintenance_schedule": update}));
        table(world, "#/offers?filter=kind%3Ainverse").await?;
        world.click("link", "inverse").await?;
        world.wait_for("asks the framework to leave the agent").await?;
        assert!(shown(world, "Raw JSON").await?.contains("unavailability"));
        world.axe().await
    });
}

#[test]
fn an_empty_table_offers_to_leave_out_what_empties_it() {
    journey_with("blame", still(), async |world| {
        world.open("#/agents?filter=state:active%20rakc:r1%20ams").await?;
        world.wait_for("no field rakc in these agents").await?;
        world.axe().await?;
        world.click("button", "Remove").await?;
        world
            .until("the rest is asked for", async || Ok(world.address().await? == "#/agents?filter=state:active%20ams"))
            .await?;
        world.find("link", "~.ams.example").await.map(drop)
    });
}

#[test]
fn a_task_tells_its_whole_history() {
    journey_with("task-page", still(), async |world| {
        let id = world.sim.with(|sim| sim.fail_task()).expect("a task runs");
        let state = world.sim.with(|sim| sim.state());
        let tasks = state.pointer("/get_state/get_tasks").expect("there are tasks");
        let lists = ["tasks", "completed_tasks"].iter().filter_map(|list| tasks[list].as_array()).flatten();
        let task = lists.clone().find(|task| task["task_id"]["value"] == id.as_str()).expect("the state has it");
        let framework = task["framework_id"]["value"].as_str().expect("it has one");
        world.open(&format!("#/frameworks/{framework}/tasks/{}", id.replace('/', "%2F"))).await?;
        let history = world.find("group", "History of the task").await?.text().await?;
        for word in ["failed", "running", "exited with status 1"] {
            assert!(history.contains(word), "{word}: {history}");
        }
        for (panel, words) in [("Task", "Executor"), ("Container, network, labels", "Labels"), ("Resources", "cpus")] {
            let reported = world.find("region", panel).await?.text().await?;
            assert!(reported.contains(words), "{panel}: {reported}");
        }
        let container: String = world
            .script(
                "return document.querySelector('[aria-label=\"History of the task\"] tbody tr td:last-child').title",
                [],
            )
            .await?
            .convert()?;
        assert_eq!(container.len(), 36, "{container}");
        assert!(shown(world, "Raw JSON").await?.contains("TASK_FAILED"));
        Ok(())
    });
}

#[test]
fn a_failed_tasks_page_begins_with_why_it_failed() {
    journey_with("task-failed", still(), async |world| {
        let id = world.sim.with(|sim| sim.fail_task()).expect("a task runs");
        let framework = world.sim.with(|sim| sim.state())["get_state"]["get_tasks"]["completed_tasks"]
            .as_array()
            .and_then(|tasks| tasks.iter().find(|task| task["task_id"]["value"] == id.as_str()))
            .and_then(|task| task["framework_id"]["value"].as_str().map(str::to_owned));
        let framework = framework.expect("the state has the task");
        world.open(&format!("#/frameworks/{framework}/tasks/{}", id.replace('/', "%2F"))).await?;
        world.wait_for("ConnectionError").await?;
        let first = "return document.querySelector('main section, main dl').getAttribute('aria-label')";
        assert_eq!(world.script(first, []).await?.convert::<String>()?, "Failure");
        let failure = world.find("region", "Failure").await?.text().await?;
        for words in ["failed", "Command exited with status 1", "Exit status", "of stderr"] {
            assert!(failure.contains(words), "{words}: {failure}");
        }
        let empty = "return [...document.querySelectorAll('main dd')].some(value => value.innerText.trim() === '–')";
        assert!(!world.script(empty, []).await?.convert::<bool>()?, "empty values are left out");
        world.axe().await?;
        world.screenshot("task-failed").await?;
        // An agent that does not answer is named as the cause.
        world.sim.fault("call/READ_FILE/503".parse().expect("a fault of that name"));
        world.click("button", "Refresh").await?;
        world.wait_for("The agent cannot be reached").await?;
        // Its framework's own executor gives no reason: the message is looked for instead.
        world.click("link", "Same message elsewhere").await?;
        world.until("the filter has the message", async || Ok(world.address().await?.contains("message"))).await?;
        world.find("link", "stderr").await.map(drop)
    });
}

#[test]
fn an_agents_page_tells_what_runs_there() {
    journey_with("agent-page", still(), async |world| {
        let things = Things::of(world).await?;
        world.open(things.at("agent")).await?;
        world.find("grid", "Tasks").await?;
        world.find("group", "Frameworks on this agent").await?;
        world.wait_for(" in use").await?;
        world.wait_for("Tasks since then").await?;
        let frameworks = world.find("group", "Frameworks on this agent").await?.text().await?;
        assert!(frameworks.contains(" / "), "what is used of what is allocated: {frameworks}");
        world.click("button", "~Completed").await?;
        world.click("link", "Open in Tasks").await?;
        world
            .until("in the table", async || {
                let address = world.address().await?;
                Ok(address.starts_with("#/tasks?filter=agent.id:%3D") && address.contains("list:completed"))
            })
            .await
    });
}

#[test]
fn a_problem_leads_to_what_it_is_about() {
    journey_with("problems", still(), async |world| {
        world.sim.with(|sim| sim.fail_task());
        world.open("#/").await?;
        world.find("region", "Needs attention").await?;
        for (words, there) in [
            ("~1 task failed in 10 min", "#/tasks?filter=state:failed%20changed%3C10m"),
            ("~agents deactivated", "#/agents?filter=state:deactivated"),
        ] {
            world.click("link", words).await?;
            world.until(there, async || Ok(world.address().await?.starts_with(there))).await?;
            world.find("grid", "").await?;
            world.driver.back().await?;
            world.find("region", "Needs attention").await?;
        }
        let reason =
            world.script("return document.querySelector('.groups a').getAttribute('href')", [json!(0)]).await?;
        world.open(&reason.convert::<String>()?).await?;
        world.until("its tasks", async || Ok(world.all("row", "").await?.len() > 1)).await
    });
}

#[test]
fn links_of_the_stock_ui_lead_where_they_always_led() {
    journey_with("stock-links", still(), async |world| {
        let things = Things::of(world).await?;
        let agent = things.at("agent").to_owned();
        let slave = agent.replace("#/agents/", "#/slaves/");
        let (framework, executor) = (things.at("agent-framework"), things.at("executor"));
        let there = |address: &str| address.replace("#/agents/", "#/slaves/");
        for (address, says) in [
            ("#/slaves".to_owned(), "Attributes"),
            ("#/slaves/".to_owned(), "Attributes"),
            ("#/agents/".to_owned(), "Attributes"),
            ("#/frameworks/".to_owned(), "Max share"),
            ("#/roles/".to_owned(), "Weight"),
            ("#/offers/".to_owned(), "Memory"),
            ("#/maintenance/".to_owned(), "Responses"),
            (slave.clone(), "Reported by the agent"),
            (format!("{slave}/"), "Reported by the agent"),
            (there(framework), "Framework on this agent"),
            (format!("{}/", there(executor)), "Running tasks"),
            (format!("{}/browse", there(executor)), "stdout"),
            (format!("{slave}/browse?path=%2Fnowhere"), "Not found"),
            (format!("{}/", things.at("framework")), "Failover timeout"),
        ] {
            world.open(&address).await?;
            world.until(&format!("{address}: {says}"), async || Ok(world.text().await?.contains(says))).await?;
        }
        Ok(())
    });
}

#[test]
fn a_table_is_walked_by_keys() {
    journey_with("table-keys", still(), async |world| {
        table(world, "#/tasks?sort=name").await?;
        let chosen =
            "return Number(document.querySelector('[role=grid] [data-active]')?.getAttribute('aria-rowindex') ?? 0)";
        let at = async || world.script(chosen, []).await?.convert::<i64>();
        world.script("document.querySelector('[role=grid]').focus()", []).await?;
        world.press(Key::End + "").await?;
        world.until("the last row", async || Ok(at().await? > 1000)).await?;
        let last = at().await?;
        world.press(Key::PageUp + "").await?;
        world.until("a page up", async || Ok((last - 60..last - 5).contains(&at().await?))).await?;
        world.press(Key::Home + "").await?;
        world.until("the first row", async || Ok((1..=2).contains(&at().await?))).await?;
        world.press(Key::PageDown + "").await?;
        world.until("a page down", async || Ok(at().await? > 5)).await?;
        world.listen().await?;
        world.press(Key::Control + Key::Shift + "c").await?;
        world.wait_said("Copied").await?;
        world.press(Key::Enter + "").await?;
        world.wait_for("History").await
    });
}

#[test]
fn every_table_takes_its_filter_letter_by_letter() {
    journey_with("filter-keys", still(), async |world| {
        for (name, typed) in [
            ("volumes", "persist"),
            ("roles", "data"),
            ("offers", "mara"),
            ("executors", "pod"),
            ("frameworks", "mara"),
        ] {
            table(world, &format!("#/{name}")).await?;
            world.press("/").await?;
            for letter in typed.chars() {
                world.press(letter.to_string()).await?;
            }
            let there = format!("#/{name}?filter={typed}");
            world.until(&there, async || Ok(world.address().await? == there)).await?;
        }
        Ok(())
    });
}

#[test]
fn the_feed_is_held_and_let_go() {
    journey_with("feed", still(), async |world| {
        world.open("#/").await?;
        world.wait_for("Live").await?;
        world.sim.with(|sim| sim.add_task());
        world.until("it moves", async || Ok(!world.all("listitem", "").await?.is_empty())).await?;
        let newest = async || {
            world.script("return document.querySelector('.feed li')?.innerText ?? ''", []).await?.convert::<String>()
        };
        world.until("there is a line", async || Ok(!newest().await?.is_empty())).await?;
        world.click("button", "Pause").await?;
        let before = newest().await?;
        world.sim.with(|sim| sim.fail_task());
        world.wait_for("1 task failed in 10 min").await?;
        assert_eq!(newest().await?, before, "it is held");
        world.click("button", "Resume").await?;
        world.until("it goes on", async || Ok(newest().await? != before)).await?;
        world.field("Filter the events").await?.send_keys("state:failed role:zzz").await?;
        world.wait_for("No event matches").await
    });
}

#[test]
fn the_map_is_narrowed_and_opened_by_keys() {
    journey_with("map-keys", still(), async |world| {
        world.open("#/").await?;
        world.wait_for("Live").await?;
        let all = "~Map of 1";
        world.field("Agents on the map").await?.send_keys("zone:a").await?;
        world.until("fewer are left", async || Ok(world.all("group", all).await?.is_empty())).await?;
        let map = world.find("group", "~Map of").await?;
        map.send_keys(Key::Right + "").await?;
        world.find("link", "~.example").await?;
        map.send_keys(Key::Enter + "").await?;
        world.until("the agent's page", async || Ok(world.address().await?.starts_with("#/agents/"))).await?;
        world.open("#/").await?;
        world.field("Agents on the map").await?.send_keys("zone:nowhere").await?;
        world.wait_for("No agents match this filter").await
    });
}
