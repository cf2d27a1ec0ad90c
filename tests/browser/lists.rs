//! Tables in their own right: the tree of roles, and the tasks of one framework on its page.

use super::journey::{Setup, journey_with};
use super::tables::{matched, table};
use super::world::{Theme, World};
use crate::still;
use sim::server::config::Config;
use sim::size::Size;
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
        world.size(390, 844).await?;
        let fit = "return [...document.querySelectorAll('td .branch')].every((name) =>
            name.getBoundingClientRect().right <= name.closest('td').getBoundingClientRect().right - 8)";
        let fit = async || world.script(fit, []).await?.convert::<bool>();
        world.until("names of nested roles are not swallowed", fit).await?;
        world.size(1440, 900).await?;
        world.click("button", "~of data").await?;
        world
            .until("the address keeps it", async || Ok(world.address().await? == "#/roles?filter=-role:data%2F*"))
            .await?;
        world.until("what stands below is gone", async || Ok(!world.text().await?.contains("streams"))).await?;
        world.axe().await?;
        world.screenshot("roles-folded").await?;
        world.click("button", "~of data").await?;
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
        world.click("link", "Open in Tasks").await?;
        world.until("the same in the table", async || Ok(world.address().await?.contains("list:completed"))).await
    });
}

/// Scroll position of the table, the name in its active row, and what has the focus.
async fn place(world: &World) -> WebDriverResult<(i64, String, String)> {
    let script = "const row = document.querySelector('tr[data-active]');
        return [Math.round(document.querySelector('.grid-box').scrollTop), row ? row.querySelector('a').innerText : '', document.activeElement.getAttribute('role') ?? '']";
    world.script(script, []).await?.convert()
}

#[test]
fn back_returns_to_the_row_that_one_came_from() {
    let setup = Setup { cluster: Config { rate: 0.0, size: Size::Medium, ..Config::default() }, flags: Vec::new() };
    journey_with("list-return", setup, async |world| {
        table(world, "#/agents").await?;
        matched(world, "Agents").await?;
        world.script("document.querySelector('.grid-box').scrollTop = 3001", []).await?;
        let in_sight = "const box = document.querySelector('.grid-box').getBoundingClientRect();
            const rows = [...document.querySelectorAll('.grid tbody tr[role=row]')].filter((row) => row.getBoundingClientRect().top > box.top + 100);
            return rows.length > 4 ? rows[2].querySelector('a').innerText : ''";
        let host = async || world.script(in_sight, []).await?.convert::<String>();
        world.until("rows are in sight", async || Ok(!host().await?.is_empty())).await?;
        let host = host().await?;
        world.click("checkbox", &format!("Select {host}")).await?;
        world.wait_for("1 selected").await?;
        world.click("link", &host).await?;
        world.find("heading", &host).await?;
        world.driver.back().await?;
        world
            .until("the row is where it was", async || {
                Ok(place(world).await? == (3001, host.clone(), "grid".to_owned()))
            })
            .await?;
        world.wait_for("1 selected").await?;
        // Another order begins at its top, and going back from it returns as well.
        world.click("button", "Clear").await?;
        world.click("button", "Tasks").await?;
        world.until("at the top", async || Ok(place(world).await?.0 == 0)).await?;
        world.driver.back().await?;
        world.until("the same place", async || Ok(place(world).await?.0 == 3001)).await
    });
}

#[test]
fn selecting_a_row_moves_none() {
    journey_with("selection", still(), async |world| {
        for (width, height) in [(1440, 900), (390, 844)] {
            world.size(width, height).await?;
            for (address, table_name) in [("#/agents", "Agents"), ("#/frameworks", "Frameworks"), ("#/roles", "Roles")]
            {
                table(world, address).await?;
                matched(world, table_name).await?;
                let tops = "return [...document.querySelectorAll('.grid tbody tr[role=row]')].slice(0, 3).map((row) => Math.round(row.getBoundingClientRect().top))";
                let tops = async || world.script(tops, []).await?.convert::<Vec<i64>>();
                let before = tops().await?;
                world.script("document.querySelector('.grid .tick').click()", []).await?;
                world.wait_for("1 selected").await?;
                assert_eq!(tops().await?, before, "{address} at {width}");
                world.axe().await?;
                world.screenshot(&format!("selection-{table_name}-{width}")).await?;
                world.click("button", "Clear").await?;
            }
        }
        Ok(())
    });
}

#[test]
fn a_menu_closes_when_the_focus_leaves_it() {
    journey_with("menu-focus", still(), async |world| {
        table(world, "#/tasks").await?;
        world.click("button", "Columns").await?;
        let menu = world.find("region", "Columns").await?;
        world.script("document.querySelector('input.filter, .filter input').focus()", []).await?;
        world.until("it is closed", async || Ok(!menu.is_displayed().await?)).await?;
        let focused = world.driver.active_element().await?;
        assert_eq!(focused.tag_name().await?, "input", "the focus stays where the user went");
        Ok(())
    });
}
