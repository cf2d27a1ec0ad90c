//! Names of ten thousand characters, in containers, volumes and images: the pages stay as wide as the window, and usable.

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::hostile_names::{OWN_PORT, before};
use super::journey::journey_with;
use super::world::{Theme, World};
use crate::still;

const LONG: usize = 10_000;

fn long(letter: &str) -> String {
    letter.repeat(LONG)
}

/// A cluster of one agent, which answers at the master's port, with one task, one volume and two containers.
fn state() -> Value {
    let value = |text: &str| json!({ "value": text });
    let disk = json!({"name": "disk", "type": "SCALAR", "scalar": {"value": 1024.0},
        "reservations": [{"type": "DYNAMIC", "role": "web"}],
        "disk": {"persistence": {"id": long("v")}, "volume": {"container_path": long("p"), "mode": "RW"}}});
    let info = json!({"id": value("a"), "hostname": "node-1", "port": 9, "resources": []});
    let agent = json!({"active": true, "version": "1.11.0", "pid": format!("slave(1)@127.0.0.1:{OWN_PORT}"),
        "agent_info": info, "total_resources": [disk], "allocated_resources": []});
    let framework =
        json!({"active": true, "connected": true, "framework_info": {"id": value("f"), "name": "web", "user": "u"}});
    let image = json!({"type": "MESOS", "mesos": {"image": {"type": "DOCKER", "docker": {"name": long("i")}}}});
    let status = json!({"state": "TASK_RUNNING", "task_id": value("t"), "timestamp": 1.0, "container_status": {"container_id": value(&long("c"))}});
    let task = json!({"name": "serve", "task_id": value("t"), "framework_id": value("f"), "agent_id": value("a"),
        "state": "TASK_RUNNING", "resources": [], "container": image, "statuses": [status]});
    let outer = json!({"container_id": value(&long("c")), "framework_id": value("f"), "executor_id": value("t"),
        "executor_name": long("e"), "container_status": {}, "resource_statistics": {"timestamp": 1.0}});
    let inner = json!({"container_id": {"value": long("n"), "parent": value(&long("c"))}, "container_status": {}});
    json!({"get_agents": {"agents": [agent]}, "get_frameworks": {"frameworks": [framework]}, "get_tasks": {"tasks": [task]},
        "get_executors": {}, "get_agent": {"agent_info": info}, "get_containers": {"containers": [outer, inner]}})
}

/// The page is as wide as the window, on a desktop and on a phone, and axe finds nothing.
async fn check_fit(world: &World, name: &str) -> WebDriverResult<()> {
    for (width, height, theme) in [(1440, 900, Theme::Light), (390, 844, Theme::Dark)] {
        world.theme(theme).await?;
        world.size(width, height).await?;
        let wide = "const wide = Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll('dialog[open], [popover]:popover-open')]
            .map((one) => one.getBoundingClientRect().right)); return wide <= innerWidth + 1";
        world
            .until(&format!("{name} fits {width} px"), async || world.script(wide, []).await?.convert::<bool>())
            .await?;
        world.screenshot(&format!("long-{name}-{width}")).await?;
    }
    world.axe().await?;
    world.size(1440, 900).await
}

#[test]
fn names_of_ten_thousand_characters_fit_the_pages() {
    journey_with("long-names", still(), async |world| {
        let (_master, _gateway, url) = before(state()).await;
        world.at(&url).open("#/volumes").await?;
        world.click("button", "~Actions on vvvv").await?;
        world.find("button", "Destroy …").await?;
        check_fit(world, "volumes").await?;
        // A menu that has closed at another size opens again.
        world.at(&url).open("#/agents").await?;
        world.at(&url).open("#/volumes").await?;
        world.click("button", "~Actions on vvvv").await?;
        world.click("button", "Destroy …").await?;
        world.wait_for("All data in the volume is deleted").await?;
        check_fit(world, "destroy").await?;
        world.click("button", "Cancel").await?;

        world.at(&url).open("#/frameworks/f/tasks/t").await?;
        world.wait_for("iiii").await?;
        check_fit(world, "task").await?;
        world.at(&url).open("#/agents/a").await?;
        world.find("region", "Containers").await?;
        world.wait_for("nnnn").await?;
        check_fit(world, "agent").await?;
        assert_eq!(world.errors().await?, [""; 0]);
        Ok(())
    });
}
