//! Tables in their own right: the tree of roles, and the tasks of one framework on its page.

use super::journey::journey_with;
use super::tables::table;
use super::world::{Theme, World};
use crate::still;
use thirtyfour::prelude::*;

/// As it looks wide and narrow, light and dark.
async fn pictures(world: &World, name: &str) -> WebDriverResult<()> {
    world.screenshot(name).await?;
    world.size(390, 844).await?;
    world.screenshot(&format!("{name}-narrow")).await?;
    world.size(1440, 900).await?;
    world.theme(Theme::Dark).await?;
    world.screenshot(&format!("{name}-dark")).await?;
    world.theme(Theme::Light).await
}

#[test]
fn roles_fold_and_lead_to_their_tasks() {
    journey_with("roles", still(), async |world| {
        table(world, "#/roles").await?;
        world.axe().await?;
        pictures(world, "roles").await?;
        world.click("button", "~below data").await?;
        world
            .until("the address keeps it", async || Ok(world.address().await? == "#/roles?filter=-role:data%2F*"))
            .await?;
        world.until("what stands below is gone", async || Ok(!world.text().await?.contains("streams"))).await?;
        world.axe().await?;
        world.screenshot("roles-folded").await?;
        world.click("button", "~below data").await?;
        world.wait_for("streams").await?;
        world.click("button", "Tasks").await?;
        world.wait_for("data/streams").await?;
        world.click("link", "data").await?;
        world.until("its page", async || Ok(world.address().await? == "#/roles/data")).await?;
        let live = world.find("region", "Role").await?.find(By::XPath(".//dt[. = 'Live tasks']/..//a")).await?;
        live.click().await?;
        world.until("its tasks", async || Ok(world.address().await?.starts_with("#/tasks?filter=role:data%2F"))).await
    });
}

#[test]
fn a_frameworks_page_lists_its_tasks() {
    journey_with("framework-tasks", still(), async |world| {
        table(world, "#/frameworks").await?;
        world.click("link", "marathon").await?;
        world.find("grid", "Tasks").await?;
        world.axe().await?;
        pictures(world, "framework").await?;
        world.script("document.querySelector(\".within\").scrollIntoView({ block: \"end\" })", []).await?;
        pictures(world, "framework-tasks").await?;
        world.click("button", "~Completed").await?;
        world
            .until("its completed tasks", async || {
                Ok(world
                    .script("return document.querySelector('[role=grid] tbody').innerText", [])
                    .await?
                    .convert::<String>()?
                    .contains("finished"))
            })
            .await?;
        world.click("link", "With a filter").await?;
        world.until("the same in the table", async || Ok(world.address().await?.contains("list:completed"))).await
    });
}
