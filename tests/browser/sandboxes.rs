//! Which run's sandbox is shown: by a container, by an executor whose id was used again, by a task of it.

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::files::Pod;
use super::journey::journey_with;
use super::schedule::call;
use super::world::World;
use crate::still;

/// A task that runs under the id of one that ended on the same agent, and the containers of both.
struct Twice {
    agent: String,
    framework: String,
    executor: String,
    task: String,
    container: String,
    older: String,
}

impl Twice {
    fn of(world: &World) -> Self {
        let ended: Vec<String> = world.sim.with(|sim| {
            let one = |_| {
                let id = sim.finish_task()?;
                sim.repeat_task();
                Some(id)
            };
            (0..60).filter_map(one).collect()
        });
        let reported = call(world, json!({ "type": "GET_TASKS" }));
        let list = |name: &str| reported["get_tasks"][name].as_array().cloned().unwrap_or_default();
        let completed = list("completed_tasks");
        let pair = |task: &Value| {
            let older = completed.iter().find(|older| {
                ["task_id", "framework_id", "agent_id"].iter().all(|key| older[*key] == task[*key])
                    && container(older) != container(task)
            })?;
            let id = |key: &str| task[key]["value"].as_str().map(str::to_owned);
            let name = id("task_id").filter(|name| ended.contains(name) && !name.contains("rotate-keys"))?;
            Some(Twice {
                agent: id("agent_id")?,
                framework: id("framework_id")?,
                // Mesos' own executor for a command has its task's id.
                executor: id("executor_id").unwrap_or_else(|| name.clone()),
                task: name,
                container: container(task)?,
                older: container(older)?,
            })
        };
        list("tasks").iter().find_map(pair).expect("an id is used again where it was")
    }
}

/// The container of its executor.
fn container(task: &Value) -> Option<String> {
    let last = task["statuses"].as_array()?.last()?;
    let own = &last["container_status"]["container_id"];
    let outer = if own["parent"].is_object() { &own["parent"] } else { own };
    outer["value"].as_str().map(str::to_owned)
}

async fn leads_to(world: &World, run: &str) -> WebDriverResult<()> {
    let end = format!("%2Fruns%2F{run}");
    world.until(&format!("the run {run}"), async || Ok(world.address().await?.contains(&end))).await?;
    world.wait_for("Following").await
}

#[test]
fn each_run_of_an_executor_has_its_own_sandbox() {
    journey_with("sandboxes-runs", still(), async |world| {
        let Twice { agent, framework, executor, task, container, older } = Twice::of(world);
        let executor = format!("#/agents/{agent}/frameworks/{framework}/executors/{executor}");
        // As the stock web UI links to them: the latest run of the executor, and the run that the task is in.
        world.open(&format!("{executor}/browse?path=stderr")).await?;
        leads_to(world, "latest").await?;
        world.open(&format!("{executor}/tasks/{task}/browse?path=stderr")).await?;
        leads_to(world, &container).await?;
        // The executor's page has the older run beside it.
        world.open(&executor).await?;
        world.wait_for("Older runs").await?;
        let row = format!(
            "const run = [...document.querySelectorAll('.run')].find((run) => run.querySelector('[title=\"{older}\"]'));
             const link = run && [...run.querySelectorAll('a')].find((link) => link.textContent.includes('stderr'));
             if (link) link.click();
             return !!link"
        );
        world.until("the older run is there", async || world.script(&row, []).await?.convert()).await?;
        leads_to(world, &older).await?;
        world.axe().await
    });
}

#[test]
fn a_container_leads_to_its_own_run() {
    journey_with("files-run", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&format!("#/agents/{}", pod.agent)).await?;
        world.wait_for("CPUs in use").await?;
        world.axe().await?;
        let first = "const row = document.querySelector('[aria-label=\"Containers, listed\"] tbody tr'); row.querySelectorAll('.links a')[1].click(); return row.querySelector('[title]').title";
        world.script(first, []).await?;
        world
            .until("the run itself", async || {
                let address = world.address().await?;
                Ok(address.contains("/browse?path=%2Fvar%2Flib%2Fmesos%2Fslaves%2F") && address.ends_with("%2Fstdout"))
            })
            .await?;
        world.wait_for("Following").await
    });
}
