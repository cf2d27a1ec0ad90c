//! Menus of the rows of reservations and volumes, and the commands on them in the palette.

use serde_json::{Value, json};
use sim::server::config::Config;
use thirtyfour::prelude::*;

use super::actions::type_confirmation;
use super::journey::{Setup, journey_with};
use super::reservations::{plain_agent, reserved};
use super::schedule::call;
use super::world::World;
use super::writes::send;
use crate::still;

/// Reserves disk of the agent for a role, and creates a volume of a part of it.
fn make_volume(world: &World, agent: &str, role: &str, id: &str) {
    let disk = |mebibytes: u32, disk: Value| {
        json!([{"name": "disk", "type": "SCALAR", "scalar": {"value": mebibytes}, "disk": disk,
                "reservations": [{"type": "DYNAMIC", "role": role}]}])
    };
    let agent_id = json!({ "value": agent });
    let mut whole = disk(4096, json!(null));
    whole[0].as_object_mut().expect("a resource").remove("disk");
    call(world, json!({"type": "RESERVE_RESOURCES", "reserve_resources": {"agent_id": agent_id, "resources": whole}}));
    let persistent = json!({"persistence": {"id": id}, "volume": {"container_path": "data", "mode": "RW"}});
    let volumes = disk(1024, persistent);
    call(world, json!({"type": "CREATE_VOLUMES", "create_volumes": {"agent_id": agent_id, "volumes": volumes}}));
}

/// Names of the menu's buttons, those that cannot be pressed after a dash.
async fn choices(world: &World) -> WebDriverResult<Vec<String>> {
    let script = "return [...document.querySelectorAll('#menu-row .act-choice button')].map((one) =>
        (one.getAttribute('aria-disabled') ? '- ' : '') + one.textContent.trim())";
    world.script(script, []).await?.convert()
}

async fn menu_has(world: &World, names: &[&str]) -> WebDriverResult<()> {
    world.until(&format!("the menu has {names:?}"), async || Ok(choices(world).await? == names)).await
}

#[test]
fn a_volume_is_resized_and_destroyed_from_the_menu_of_its_row() {
    journey_with("volume-row-menu", still(), async |world| {
        let id = plain_agent(world);
        make_volume(world, &id, "journey", "db-1");
        world.open("#/volumes?filter=volume%3Adb-1").await?;
        world.click("button", "~Actions on db-1 of journey on ").await?;
        menu_has(world, &["Resize …", "Destroy …"]).await?;
        world.axe().await?;
        world.screenshot("volume-row-menu").await?;
        world.click("button", "Resize …").await?;
        world.fill("New size", "2 GiB").await?;
        send(world, "Resize").await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        world.wait_gone("Applied.").await?;

        // By the keyboard: the active row's menu gets the focus, and Escape gives it back.
        world.script("document.querySelector('.grid').focus()", []).await?;
        world.press(Key::Down + "").await?;
        world.press(Key::Shift + Key::F10).await?;
        menu_has(world, &["Resize …", "Destroy …"]).await?;
        let is_in = async |selector: &str| {
            let script = "return !!document.activeElement.closest(arguments[0])";
            world.script(script, [json!(selector)]).await?.convert::<bool>()
        };
        world.until("the focus is in the menu", async || is_in("#menu-row").await).await?;
        world.press(Key::Escape + "").await?;
        world.until("the focus is in the table", async || is_in(".grid").await).await?;

        world.size(390, 844).await?;
        world.screenshot("volume-row-menu-narrow").await?;
        world.click("button", "~Actions on db-1 of journey on ").await?;
        world.click("button", "Destroy …").await?;
        type_confirmation(world, "Destroy", "db-1").await?;
        send(world, "Destroy").await?;
        world.wait_for("Applied.").await?;
        assert!(!reserved(world, &id, "journey").iter().any(|one| one["disk"]["persistence"].is_object()));
        world.click("button", "Close").await?;
        // The row from which it was destroyed is gone.
        world.until("the focus is in the table", async || is_in(".grid").await).await
    });
}

#[test]
fn volumes_that_are_destroyed_together_are_each_named() {
    journey_with("volumes-bulk", still(), async |world| {
        let id = plain_agent(world);
        make_volume(world, &id, "journey", "db-1");
        make_volume(world, &id, "journey", "db-2");
        world.open("#/volumes?filter=volume%3Adb-").await?;
        world.wait_for("db-2").await?;
        world.script("document.querySelectorAll('.grid .tick').forEach((tick) => tick.click())", []).await?;
        // The bar's buttons are drawn again for the second row.
        world.wait_for("2 selected").await?;
        for volume in ["db-1", "db-2"] {
            world.find("checkbox", &format!("~Select {volume} of journey on ")).await?;
        }
        world.click("button", "Destroy …").await?;
        world.find("dialog", "~Destroy 2 volumes").await?;
        for volume in ["db-1", "db-2"] {
            world.wait_for(&format!("Destroy volume {volume} on ")).await?;
        }
        world.wait_for("All data in the volumes is deleted").await?;
        world.axe().await?;
        // The form has no field of its own: typing confirms at once.
        let confirms = "return document.activeElement.matches('dialog[open] footer input')";
        let is_there = async || world.script(confirms, []).await?.convert::<bool>();
        world.until("the focus is in the field that confirms", is_there).await?;
        type_confirmation(world, "Destroy", "2 volumes").await?;
        send(world, "Destroy").await?;
        let is_volume = |one: &Value| one["disk"]["persistence"].is_object();
        let is_left = || reserved(world, &id, "journey").iter().any(is_volume);
        world.until("both are destroyed", async || Ok(!is_left())).await
    });
}

#[test]
fn the_focus_goes_to_the_next_row_when_a_volume_is_destroyed() {
    journey_with("volume-focus", still(), async |world| {
        let id = plain_agent(world);
        make_volume(world, &id, "journey", "db-1");
        make_volume(world, &id, "journey", "db-2");
        world.open(&format!("#/agents/{id}")).await?;
        world.wait_for("db-2 at data").await?;
        let destroy = "const row = [...document.querySelectorAll('.pool-table tbody tr')].find((row) => row.innerText.includes('db-1'));
            const button = [...row.querySelectorAll('button')].find((button) => button.innerText.startsWith('Destroy'));
            button.focus(); button.click();";
        world.script(destroy, []).await?;
        type_confirmation(world, "Destroy", "db-1").await?;
        send(world, "Destroy").await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        let row = "return document.activeElement.closest('tr')?.innerText ?? ''";
        let is_there = async || Ok(world.script(row, []).await?.convert::<String>()?.contains("db-2"));
        world.until("the focus is in the row of the other volume", is_there).await
    });
}

#[test]
fn what_is_impossible_in_a_row_says_why() {
    let furnished = Setup { cluster: Config { is_furnished: true, ..still().cluster }, flags: Vec::new() };
    journey_with("volume-row-reasons", furnished, async |world| {
        world.open("#/volumes?filter=kind%3Astatic").await?;
        world.click("button", "~Actions on ").await?;
        world.wait_for("A static reservation comes from the agent's flag --resources").await?;
        assert!(choices(world).await?.contains(&"- Unreserve …".to_owned()));
        world.press(Key::Escape + "").await?;
        world.wait_gone("A static reservation comes").await?;
        world.open("#/volumes?filter=kind%3Avolume%20used%3Ayes").await?;
        world.wait_for("shared-5").await?;
        world.wait_for("shared volume").await?;
        world.click("button", "~Actions on ").await?;
        world.wait_for("Tasks use the volume.").await?;
        // The form of a volume in use names its tasks.
        assert_eq!(choices(world).await?, ["- Resize …", "Destroy …"]);
        Ok(())
    });
}

#[test]
fn reservations_and_volumes_are_changed_from_the_palette() {
    journey_with("volume-palette", still(), async |world| {
        let id = plain_agent(world);
        make_volume(world, &id, "journey", "db-1");
        world.open(&format!("#/agents/{id}")).await?;
        world.wait_for("db-1 at data").await?;
        let run = async |typed: &str, command: &str, target: &str| {
            world.press(Key::Control + "k").await?;
            world.field("Search everything").await?.send_keys(typed).await?;
            world.click("option", &format!("~{command}")).await?;
            world.click("option", &format!("~{target}")).await
        };
        let close = async || {
            world.click("button", "Cancel").await?;
            world.wait_no("button", "Cancel").await
        };
        run("grow", "Resize a volume", "db-1").await?;
        world.find("heading", "~Resize volume db-1").await?;
        world.field("New size").await?;
        close().await?;
        run("destroy volume", "Destroy a volume", "db-1").await?;
        world.find("heading", "~Destroy volume db-1").await?;
        close().await?;
        run("create volume", "Create a volume of reserved disk", "journey").await?;
        world.find("heading", "~Create volume").await?;
        world.wait_for("reserved for journey").await?;
        close().await?;
        run("unreserve", "Unreserve a reservation", "journey").await?;
        world.find("heading", "~Unreserve resources").await?;
        world.fill("Disk, amount", "1 GiB").await?;
        send(world, "Unreserve").await?;
        world.wait_for("Applied.").await?;
        let left: f64 = reserved(world, &id, "journey").iter().filter_map(|one| one["scalar"]["value"].as_f64()).sum();
        assert!((left - 3072.0).abs() < 0.5, "{left}");
        Ok(())
    });
}
