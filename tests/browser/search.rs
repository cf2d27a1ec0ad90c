//! The search from everywhere.

use thirtyfour::prelude::*;

use super::journey::journey_with;
use crate::still;

#[test]
fn anything_is_found_from_anywhere_by_keys_alone() {
    journey_with("search", still(), async |world| {
        world.open("#/maintenance").await?;
        world.wait_for("Live").await?;
        world.press(Key::Control + "k").await?;
        world.field("Search everything").await?.send_keys("a0005").await?;
        world.find("option", "~a0005").await?;
        world.axe().await?;
        world.screenshot("search").await?;
        world.press(Key::Enter + "").await?;
        world.until("the agent's page is there", async || Ok(world.address().await?.starts_with("#/agents/"))).await?;
        world.wait_for("a0005").await?;

        world.click("button", "Search").await?;
        world.field("Search everything").await?.send_keys("roles").await?;
        world.find("option", "~Roles").await?;
        world.press(Key::Enter + "").await?;
        world.until("a page is found by its name", async || Ok(world.address().await? == "#/roles")).await?;
        world.wait_no("field", "Search everything").await?;

        // A task by a part of its id, a role, a label, a framework that was misspelt, and an address.
        let state = world.sim.with(|sim| sim.state());
        let task = state.pointer("/get_state/get_tasks/tasks/7").cloned().unwrap_or_default();
        let id = task["task_id"]["value"].as_str().expect("it has an id").to_owned();
        let part = id.chars().skip(id.chars().count() - 9).collect::<String>();
        for (typed, found, there) in [
            (part.as_str(), "~task", "#/frameworks/"),
            ("data/ml", "~role", "#/roles/data"),
            ("owner=ads", "~task", "#/frameworks/"),
            ("marathn", "~framework", "#/frameworks/"),
        ] {
            world.click("button", "Search").await?;
            world.field("Search everything").await?.send_keys(typed).await?;
            world.find("option", found).await?;
            let option = world.find("option", found).await?;
            option.click().await?;
            world.until(typed, async || Ok(world.address().await?.starts_with(there))).await?;
        }

        // What can be done from anywhere is found as well.
        world.click("button", "Search").await?;
        world.field("Search everything").await?.send_keys("new quo").await?;
        world.find("option", "~New quota").await?;
        world.press(Key::Enter + "").await?;
        world.find("button", "Set quota").await?;
        world.press(Key::Escape + "").await?;

        world.click("button", "Search").await?;
        world.field("Search everything").await?.send_keys("<img src=x>").await?;
        world.wait_for("No matches").await?;
        world.press(Key::Escape + "").await?;
        world.wait_no("field", "Search everything").await
    });
}
