//! The palette beside other dialogs and the browser's Back; danger in menus; keys and units in tables.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use thirtyfour::error::WebDriverResult;
use thirtyfour::prelude::*;

use super::journey::journey_with;
use super::quotas::guaranteed;
use super::schedule::call;
use super::world::World;
use crate::still;

const SEARCH: &str = "Search everything";

/// Opens the page, and waits for the rows of its table.
async fn table(world: &World, hash: &str) -> WebDriverResult<()> {
    world.open(hash).await?;
    world.until("it has rows", async || Ok(!world.driver.find_all(By::Css(".grid td a")).await?.is_empty())).await
}

async fn at(world: &World, hash: &str) -> WebDriverResult<()> {
    world.until(hash, async || Ok(world.address().await? == hash)).await
}

async fn palette(world: &World, typed: &str) -> WebDriverResult<()> {
    world.press(Key::Control + "k").await?;
    world.field(SEARCH).await?.send_keys(typed).await
}

#[test]
fn back_closes_the_palette_and_the_dialog_that_it_opened() {
    journey_with("palette-back", still(), async |world| {
        table(world, "#/agents").await?;
        table(world, "#/roles").await?;
        palette(world, "agents").await?;
        world.driver.back().await?;
        world.wait_no("field", SEARCH).await?;
        at(world, "#/roles").await?;

        // A form that the palette opens has the same entry of the history.
        palette(world, "new quota").await?;
        world.find("option", "~New quota").await?;
        world.click("option", "~New quota").await?;
        world.field("Role").await?;
        world.wait_no("field", SEARCH).await?;
        world.driver.back().await?;
        world.wait_no("field", "Role").await?;
        at(world, "#/roles").await?;

        // Closed by Escape, it leaves no entry behind.
        palette(world, "agents").await?;
        world.press(Key::Escape + "").await?;
        world.wait_no("field", SEARCH).await?;
        world.until("its entry is gone", async || Ok(is_unmarked(world).await?)).await?;
        world.driver.back().await?;
        at(world, "#/agents").await
    });
}

#[test]
fn back_and_forward_pass_the_entry_of_a_closed_dialog() {
    journey_with("dialog-forward", still(), async |world| {
        table(world, "#/roles").await?;
        for _ in 0..2 {
            world.click("button", "Set quota …").await?;
            world.field("Role").await?;
            world.press(Key::Escape + "").await?;
            world.wait_no("field", "Role").await?;
        }
        world.script("location.hash = '#/offers'", []).await?;
        at(world, "#/offers").await?;
        for _ in 0..2 {
            world.driver.back().await?;
            at(world, "#/roles").await?;
            world.driver.forward().await?;
            at(world, "#/offers").await?;
        }
        Ok(())
    });
}

#[test]
fn the_focus_returns_to_the_menu_or_the_button_that_opened_a_dialog() {
    journey_with("dialog-focus", still(), async |world| {
        let focused = "return document.activeElement?.textContent.trim() ?? ''";
        let has_focus = async |name: &str| {
            let is_it = async || Ok(world.script(focused, []).await?.convert::<String>()?.starts_with(name));
            world.until(&format!("{name} has the focus"), is_it).await
        };
        table(world, "#/agents").await?;
        world.select(".grid td a").await?.click().await?;
        world.click("button", "Actions").await?;
        world.click("button", "Drain …").await?;
        world.field("~Grace period").await?;
        world.press(Key::Escape + "").await?;
        has_focus("Actions").await?;

        world.open("#/roles").await?;
        world.click("button", "Set quota …").await?;
        world.fill("Role", "journey").await?;
        world.press(Key::Escape + "").await?;
        has_focus("Set quota").await?;
        world.click("button", "Not sent: Set quota").await?;
        world.field("Role").await?;
        world.press(Key::Escape + "").await?;
        has_focus("Not sent: Set quota").await
    });
}

#[test]
fn logs_are_compared_from_the_palette_beside_an_open_one() {
    journey_with("palette-compare", still(), async |world| {
        table(world, "#/agents").await?;
        palette(world, "compare").await?;
        world.find("option", "~Open a log first").await?;
        world.press(Key::Escape + "").await?;
        let id = world.sim.with(|sim| sim.state())["get_state"]["get_agents"]["agents"][0]["agent_info"]["id"]["value"]
            .as_str()
            .expect("an agent has an id")
            .to_owned();
        world.open(&format!("#/agents/{id}/browse?path=%2Fslave%2Flog")).await?;
        world.find("button", "Compare").await?;
        palette(world, "compare").await?;
        world.click("option", "~Compare with another log").await?;
        let focused = "return document.activeElement?.id === 'beside-tasks'";
        world
            .until("the field of the menu has the focus", async || world.script(focused, []).await?.convert::<bool>())
            .await
    });
}

#[test]
fn the_palette_starts_over_however_soon_it_is_opened_again() {
    journey_with("palette-again", still(), async |world| {
        table(world, "#/agents").await?;
        palette(world, "weight of a role data").await?;
        world.click("option", "~Edit the weight of a role").await?;
        world.field("~Edit the weight of a role").await?;
        // Before the browser reports that it was closed.
        let again = "document.querySelector('dialog.search').close();
            window.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true }))";
        world.script(again, []).await?;
        world.press("dark").await?;
        world.find("option", "~Dark theme").await?;
        assert_eq!(world.field(SEARCH).await?.value().await?.as_deref(), Some("dark"));
        Ok(())
    });
}

async fn is_unmarked(world: &World) -> WebDriverResult<bool> {
    Ok(world.script("return !String(history.state).startsWith('dialog')", []).await?.json() == &json!(true))
}

#[test]
fn weights_of_roles_are_edited_from_the_palette() {
    journey_with("palette-weights", still(), async |world| {
        table(world, "#/agents").await?;
        palette(world, "edit weights of all").await?;
        world.click("option", "~Edit the weights of all roles").await?;
        at(world, "#/roles").await?;
        world.field("Weight of ads").await?;
        world.click("button", "Discard").await?;
        palette(world, "weight of a role data").await?;
        world.click("option", "~Edit the weight of a role").await?;
        world.click("option", "~data/ml").await?;
        world.field("~data/ml").await?;
        Ok(())
    });
}

/// The texts of the elements, and whether each is in the colour of danger.
async fn dangers(world: &World, selector: &str) -> WebDriverResult<Value> {
    let script = "const probe = document.body.appendChild(document.createElement('i'));
        probe.style.setProperty('color', 'var(--bad)');
        const bad = getComputedStyle(probe).color;
        probe.remove();
        const all = [...document.querySelectorAll(arguments[0])];
        return all.filter((one) => getComputedStyle(one).color === bad).map((one) => one.textContent.trim());";
    Ok(world.script(script, [json!(selector)]).await?.json().clone())
}

#[test]
fn what_kills_tasks_is_red_in_menus_in_the_palette_and_for_selected_rows() {
    journey_with("danger", still(), async |world| {
        table(world, "#/agents").await?;
        world.select(".grid .tick").await?.click().await?;
        world.find("button", "Drain …").await?;
        assert_eq!(dangers(world, ".marked .button").await?, json!(["Drain …", "Mark gone …"]));

        palette(world, "").await?;
        world.find("option", "~Drain an agent").await?;
        let danger = ["Drain an agent …", "Tear down a framework …", "Mark an agent gone …", "Destroy a volume …"];
        assert_eq!(dangers(world, "[role=option] > b").await?, json!(danger));
        world.press(Key::Escape + "").await?;

        world.select(".grid td a").await?.click().await?;
        world.click("button", "Actions").await?;
        world.find("button", "Drain …").await?;
        assert_eq!(dangers(world, ".act-choice button").await?, json!(["Drain …", "Mark gone …"]));
        world.screenshot("danger-menu").await
    });
}

#[test]
fn keys_open_pages_from_the_rows_of_a_table() {
    journey_with("keys-in-table", still(), async |world| {
        table(world, "#/agents").await?;
        world.script("document.querySelector('.grid').focus()", []).await?;
        world.press(Key::Down + "").await?;
        world.press("gt").await?;
        at(world, "#/tasks").await?;

        // Other letters go to the filter.
        table(world, "#/agents").await?;
        world.script("document.querySelector('.grid').focus()", []).await?;
        world.press("a1").await?;
        world.until("the filter has them", async || Ok(world.address().await?.contains("filter=a1"))).await?;
        // What the box offers is above the rows, until it loses the focus.
        world.script("document.activeElement.blur()", []).await?;

        // A row's checkbox is no field for text.
        table(world, "#/agents").await?;
        world.select(".grid .tick").await?.click().await?;
        world.press("gr").await?;
        at(world, "#/roles").await
    });
}

#[test]
fn a_column_of_sizes_has_one_unit() {
    journey_with("units", still(), async |world| {
        let units = "const heads = [...document.querySelectorAll('.grid th')];
            const sizes = heads.map((head, at) => [head.textContent, at]).filter(([title]) => /memory|disk/i.test(title));
            const cells = ([, at]) => [...document.querySelectorAll(`.grid [role=row] > td:nth-child(${at + 1})`)];
            const unit = (cell) => cell.textContent.match(/[KMGTP]iB/g) ?? [];
            return sizes.map((size) => [...new Set(cells(size).flatMap(unit))].join()).filter(Boolean);";
        for (hash, unit) in [("#/roles", "GiB"), ("#/tasks", "MiB"), ("#/frameworks", "GiB"), ("#/executors", "MiB")] {
            table(world, hash).await?;
            let found = world.script(units, []).await?.json().clone();
            let found: BTreeSet<String> = serde_json::from_value(found).expect("units by column");
            assert_eq!(found, BTreeSet::from([unit.to_owned()]), "{hash}");
        }
        Ok(())
    });
}

#[test]
fn the_quota_form_suggests_roles_and_takes_others() {
    journey_with("quota-roles", still(), async |world| {
        let (role, _) = guaranteed(world);
        world.open("#/roles").await?;
        world.click("button", "Set quota …").await?;
        world.fill("Role", &role[..1]).await?;
        let names = "return [...document.querySelectorAll('datalist option')].map((option) => option.value)";
        let suggested = async || -> WebDriverResult<Vec<Value>> {
            Ok(world.script(names, []).await?.json().as_array().cloned().unwrap_or_default())
        };
        let is_nested = |name: &Value| name.as_str().unwrap_or("/").contains('/');
        world.until("the role is suggested", async || Ok(suggested().await?.contains(&json!(role)))).await?;
        world.until("no nested role is", async || Ok(!suggested().await?.iter().any(is_nested))).await?;
        world.fill("Role", "journey").await?;
        world.fill("CPUs limit", "2").await?;
        world.wait_for("journey · CPUs limit").await?;
        world.axe().await
    });
}

/// Tears a framework down, past the page.
fn tear_down(world: &World, id: &str) {
    call(world, json!({ "type": "TEARDOWN", "teardown": { "framework_id": { "value": id } } }));
}

/// Name and id of each target, and the index of the chosen one, or -1.
async fn targets(world: &World) -> WebDriverResult<(Vec<(String, String)>, i64)> {
    let script = "const all = [...document.querySelectorAll('[role=option]')];
        const rows = all.map((one) => [one.querySelector('b').innerText, one.querySelector('.mono')?.innerText ?? '']);
        return [rows, all.findIndex((one) => one.ariaSelected === 'true')];";
    world.script(script, []).await?.convert()
}

#[test]
fn the_chosen_target_is_followed_and_no_other_takes_its_place() {
    journey_with("palette-target", still(), async |world| {
        table(world, "#/agents").await?;
        palette(world, "tear down").await?;
        world.find("option", "~Tear down a framework").await?;
        world.press(Key::Enter + "").await?;
        world.until("frameworks are listed", async || Ok(targets(world).await?.0.len() > 4)).await?;
        world.press(Key::Down + "").await?;
        world.press(Key::Down + "").await?;
        let (rows, at) = targets(world).await?;
        assert_eq!(at, 2);
        let (chosen, first) = (rows[2].clone(), rows[0].1.clone());

        tear_down(world, &first);
        world.until("the first is gone", async || Ok(targets(world).await?.0.iter().all(|row| row.1 != first))).await?;
        let (rows, at) = targets(world).await?;
        assert_eq!((at, &rows[1]), (1, &chosen), "the same framework is chosen");

        tear_down(world, &chosen.1);
        let words = format!("{} is no longer listed. Choose another.", chosen.0);
        world.wait_for(&words).await?;
        world.press(Key::Enter + "").await?;
        assert_eq!(targets(world).await?.1, -1, "Enter chooses nothing");
        world.axe().await?;
        world.press(Key::Down + "").await?;
        let (rows, at) = targets(world).await?;
        assert_eq!(at, 0);
        world.press(Key::Enter + "").await?;
        world.find("heading", &format!("~{}", rows[0].0)).await?;
        Ok(())
    });
}
