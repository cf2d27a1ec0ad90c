//! Reservations and persistent volumes: made, seen, reverted, resized and destroyed from the pages; what is refused.

use serde_json::{Value, json};
use sim::server::config::Config;
use thirtyfour::prelude::*;

use super::actions::{agent, check_appearance, free, type_confirmation};
use super::journey::{Setup, journey_with};
use super::schedule::call;
use super::world::World;
use super::writes::{send, trip};
use crate::still;

/// Resources of an agent that are reserved for a role, as the master reports them.
pub fn reserved(world: &World, id: &str, role: &str) -> Vec<Value> {
    let resources = agent(world, id).map(|agent| agent["total_resources"].clone()).unwrap_or_default();
    let is_of_role = |resource: &&Value| {
        let layers = resource["reservations"].as_array().map_or(&[][..], Vec::as_slice);
        layers.last().is_some_and(|layer| layer["role"] == role)
    };
    resources.as_array().into_iter().flatten().filter(is_of_role).cloned().collect()
}

/// An agent without reservations: its id.
pub fn plain_agent(world: &World) -> String {
    let is_plain = |id: &String| {
        let resources = agent(world, id).map(|agent| agent["total_resources"].to_string()).unwrap_or_default();
        !resources.contains("\"reservations\"")
    };
    free(world).into_iter().map(|(id, _)| id).rev().find(is_plain).expect("one has no reservations")
}

/// Closes the dialog of an action that was applied.
async fn close(world: &World) -> WebDriverResult<()> {
    world.wait_for("Applied.").await?;
    world.click("button", "Close").await?;
    world.wait_gone("Applied.").await
}

#[test]
fn resources_are_reserved_seen_and_reverted() {
    journey_with("reserve", still(), async |world| {
        let id = plain_agent(world);
        world.open(&format!("#/agents/{id}")).await?;
        world.click("button", "Reserve …").await?;
        world.fill("Role", "journey").await?;
        world.fill("CPUs, amount", "1.5").await?;
        world.fill("Memory, amount", "0.5 GiB").await?;
        world.click("button", "Pick free ports:").await?;
        world.wait_for("CPUs, reserved for journey").await?;
        world.wait_for("Only frameworks in journey").await?;
        check_appearance(world, "act-reserve").await?;
        send(world, "Reserve").await?;
        close(world).await?;
        world.wait_for("1.5 CPUs, 512 MiB memory").await?;
        let names = |all: Vec<Value>| all.iter().map(|one| one["name"].clone()).collect::<Vec<_>>();
        assert_eq!(names(reserved(world, &id, "journey")), ["cpus", "mem", "ports"]);
        world.axe().await?;
        world.screenshot("agent-reserved").await?;
        world.open("#/my-changes").await?;
        world.wait_for("Reserve 1.5 CPUs, 512 MiB memory").await?;
        world.click("button", "Revert …").await?;
        world.wait_for("The resources are unreserved again").await?;
        send(world, "Revert").await?;
        // The list behind the dialog says that the first change was applied.
        world.until("nothing is reserved", async || Ok(reserved(world, &id, "journey").is_empty())).await
    });
}

#[test]
fn a_volume_is_created_resized_and_destroyed() {
    journey_with("volumes-made", still(), async |world| {
        let id = plain_agent(world);
        let disk = json!({"name": "disk", "type": "SCALAR", "scalar": {"value": 4096},
                          "reservations": [{"type": "DYNAMIC", "role": "journey"}]});
        call(
            world,
            json!({"type": "RESERVE_RESOURCES", "reserve_resources": {"agent_id": {"value": id}, "resources": [disk]}}),
        );
        world.open(&format!("#/agents/{id}")).await?;
        world.click("button", "Create volume …").await?;
        world.fill("ID", "db/1").await?;
        world.wait_for("must not contain slashes").await?;
        world.fill("ID", "db-1").await?;
        world.fill("Disk, amount", "1 GiB").await?;
        world.wait_for("Volume db-1, reserved for journey").await?;
        check_appearance(world, "act-volume").await?;
        send(world, "Create volume").await?;
        close(world).await?;
        world.wait_for("db-1 at data").await?;
        world.click("button", "Unreserve …").await?;
        world.wait_for("1 volume stays reserved: destroy it first").await?;
        check_appearance(world, "act-unreserve").await?;
        world.click("button", "Cancel").await?;
        world.click("button", "Resize …").await?;
        world.wait_for("at most 4 GiB").await?;
        world.fill("New size", "1.5 GiB").await?;
        send(world, "Resize").await?;
        close(world).await?;
        world.wait_for("1.5 GiB disk").await?;
        world.open("#/volumes?filter=volume%3Adb-1").await?;
        let (_, host) = free(world).into_iter().find(|(other, _)| *other == id).expect("it is active");
        world.click("checkbox", &format!("Select db-1 of journey on {host}")).await?;
        world.click("button", "Destroy …").await?;
        world.wait_for("All data in the volume is deleted").await?;
        type_confirmation(world, "Destroy", "db-1").await?;
        send(world, "Destroy").await?;
        close(world).await?;
        assert_eq!(reserved(world, &id, "journey").len(), 1, "its disk stays reserved");
        Ok(())
    });
}

#[test]
fn a_volume_in_use_names_its_tasks_and_is_not_destroyed() {
    let furnished = Setup { cluster: Config { is_furnished: true, ..still().cluster }, flags: Vec::new() };
    journey_with("volume-in-use", furnished, async |world| {
        let state = world.sim.with(|sim| sim.state());
        let tasks = state["get_state"]["get_tasks"]["tasks"].as_array().cloned().unwrap_or_default();
        let volume = |task: &Value| {
            let resources = task["resources"].as_array()?;
            let disk = resources.iter().find(|resource| resource["disk"]["persistence"].is_object())?;
            disk["disk"]["persistence"]["id"].as_str().map(str::to_owned)
        };
        let (task, volume) = tasks.iter().find_map(|task| Some((task, volume(task)?))).expect("a task uses a volume");
        let (agent, name) = (task["agent_id"]["value"].as_str(), task["name"].as_str());
        world
            .open(&format!("#/volumes?filter=volume%3A%3D{volume}%20agent%3A%3D{}", agent.expect("it has one")))
            .await?;
        world.click("checkbox", "~Select ").await?;
        world.click("button", "Destroy …").await?;
        world.wait_for("Mesos changes only volumes that are not in use.").await?;
        world.find("link", name.expect("it has a name")).await?;
        world.axe().await?;
        world.screenshot("act-volume-in-use").await?;
        let button = world.find("button", "Destroy").await?;
        assert_eq!(button.attr("aria-disabled").await?.as_deref(), Some("true"));
        Ok(())
    });
}

#[test]
fn a_refused_reservation_keeps_what_was_typed() {
    journey_with("reserve-refused", still(), async |world| {
        let id = plain_agent(world);
        world.open(&format!("#/agents/{id}")).await?;
        world.click("button", "Reserve …").await?;
        world.fill("Role", "journey").await?;
        world.fill("CPUs, amount", "1000").await?;
        world.wait_for("too much").await?;
        world.wait_for("Not enough is free").await?;
        world.fill("CPUs, amount", "1").await?;
        world.wait_for("CPUs, reserved for journey").await?;
        trip(world, "once/RESERVE_RESOURCES/409");
        send(world, "Reserve").await?;
        world.wait_for("Refused (409)").await?;
        assert_eq!(world.field("CPUs, amount").await?.value().await?.as_deref(), Some("1"));
        send(world, "Retry").await?;
        world.wait_for("Applied.").await?;
        assert_eq!(reserved(world, &id, "journey").len(), 1);
        Ok(())
    });
}

#[test]
fn what_was_refused_is_not_called_unsent_and_another_action_opens_beside_it() {
    journey_with("refused-beside", still(), async |world| {
        let id = plain_agent(world);
        world.open(&format!("#/agents/{id}")).await?;
        world.click("button", "Reserve …").await?;
        world.fill("Role", "journey").await?;
        world.fill("CPUs, amount", "1").await?;
        world.wait_for("CPUs, reserved for journey").await?;
        trip(world, "once/RESERVE_RESOURCES/409");
        send(world, "Reserve").await?;
        world.wait_for("Refused (409)").await?;
        world.press(Key::Escape + "").await?;
        world.find("button", "~Refused").await?;
        world.wait_no("button", "~Not sent").await?;
        world.click("button", "Launch container …").await?;
        world.find("dialog", "~Launch a standalone container").await?;
        world.axe().await?;
        world.press(Key::Escape + "").await?;
        world.click("button", "~Refused").await?;
        assert_eq!(world.field("Role").await?.value().await?.as_deref(), Some("journey"));
        Ok(())
    });
}

#[test]
fn a_read_only_console_reserves_nothing() {
    let read_only = Setup { flags: vec!["--read-only".to_owned()], ..still() };
    journey_with("reserve-read-only", read_only, async |world| {
        let id = plain_agent(world);
        world.open(&format!("#/agents/{id}")).await?;
        let button = world.find("button", "Reserve …").await?;
        assert_eq!(button.attr("aria-disabled").await?.as_deref(), Some("true"));
        Ok(())
    });
}
