//! A quota that Mesos refuses unless it is forced: the step of its own that forces it.

use serde_json::{Value, json};
use sim::server::config::Config;
use thirtyfour::error::WebDriverResult;

use super::actions::check_appearance;
use super::journey::{Setup, journey_with};
use super::schedule::call;
use super::world::World;
use super::writes::{quota, send};
use crate::still;

/// A role that is guaranteed CPUs and may use any number, and its guarantee. It uses more than that by far.
pub fn guaranteed(world: &World) -> (String, f64) {
    let reported = call(world, json!({ "type": "GET_QUOTA" }));
    let configs = reported["get_quota"]["status"]["configs"].as_array().cloned().unwrap_or_default();
    let one = |config: &Value| {
        let is_free = config["limits"]["cpus"].is_null();
        is_free.then(|| Some((config["role"].as_str()?.to_owned(), config["guarantees"]["cpus"]["value"].as_f64()?)))?
    };
    configs.iter().find_map(one).expect("a role has a guarantee and no limit")
}

#[test]
fn a_limit_below_consumption_is_set_only_by_force() {
    journey_with("quota-force", still(), async |world| {
        let (role, guarantee) = guaranteed(world);
        let (limit, other) = (guarantee.ceil(), guarantee.ceil() + 1.0);
        let before = quota(world, &role);
        world.open("#/roles").await?;
        world.click("button", "Set quota …").await?;
        world.fill("Role", &role).await?;
        world.fill("CPUs limit", &limit.to_string()).await?;
        world.wait_for("Mesos refuses this without force:").await?;
        world.wait_for(&format!("{role} already uses ")).await?;
        world.wait_for(&format!("more than its new limit of {limit}.")).await?;
        world.wait_for("Mesos refuses this without force.").await?;
        let button = world.find("button", "Set quota").await?;
        assert_eq!(button.attr("aria-disabled").await?.as_deref(), Some("true"));
        button.click().await?;
        assert_eq!(quota(world, &role), before, "nothing was sent");

        world.click("checkbox", "Force: skip these checks").await?;
        check_appearance(world, "act-quota-force").await?;
        // Who forced one limit has not agreed to force another.
        world.fill("CPUs limit", &other.to_string()).await?;
        world.wait_for(&format!("more than its new limit of {other}.")).await?;
        world.wait_for("Mesos refuses this without force.").await?;
        world.click("checkbox", "Force: skip these checks").await?;
        send(world, "Set quota").await?;
        world.wait_for("Applied.").await?;
        assert_eq!(quota(world, &role).expect("it has a quota")["limits"]["cpus"]["value"], json!(other));
        Ok(())
    });
}

/// A cluster whose master knows no UPDATE_QUOTA.
fn old() -> Setup {
    Setup { cluster: Config { version: "1.8.1".to_owned(), ..still().cluster }, flags: Vec::new() }
}

/// What a master before 1.9 guarantees to the role.
fn guarantee(world: &World, role: &str) -> Option<Value> {
    let reported = call(world, json!({ "type": "GET_QUOTA" }));
    let infos = reported["get_quota"]["status"]["infos"].as_array().cloned().unwrap_or_default();
    infos.into_iter().find(|info| info["role"] == role).map(|info| info["guarantee"].clone())
}

async fn set_first(world: &World) -> WebDriverResult<()> {
    world.open("#/roles").await?;
    world.click("button", "Set quota …").await?;
    world.wait_for("This master runs Mesos 1.8.1.").await?;
    world.fill("Role", "journey").await?;
    world.fill("CPUs guarantee", "1.5").await?;
    world.wait_for("journey · CPUs guarantee").await
}

async fn offer_removal(world: &World) -> WebDriverResult<()> {
    world.open("#/roles/journey").await?;
    world.click("button", "Actions").await?;
    world.click("button", "Quota …").await?;
    world.wait_for("journey has a quota. This master cannot change it").await
}

#[test]
fn a_quota_of_an_old_master_is_set_then_removed_and_put_back() {
    journey_with("old-quota", old(), async |world| {
        set_first(world).await?;
        world.wait_for("SET_QUOTA").await?;
        assert!(world.all("field", "CPUs limit").await?.is_empty(), "such a master knows no limits");
        check_appearance(world, "act-old-quota").await?;
        send(world, "Set quota").await?;
        world.wait_for("Applied.").await?;
        let set = json!([{ "name": "cpus", "type": "SCALAR", "scalar": { "value": 1.5 } }]);
        assert_eq!(guarantee(world, "journey"), Some(set.clone()));
        world.click("button", "Close").await?;

        offer_removal(world).await?;
        world.wait_for("No changes yet.").await?;
        assert!(world.all("field", "CPUs guarantee").await?.is_empty(), "it cannot be changed in place");
        world.click("checkbox", "Remove the quota of journey").await?;
        world.wait_for("journey loses its guarantees and limits").await?;
        world.wait_for("REMOVE_QUOTA").await?;
        check_appearance(world, "act-old-quota-removal").await?;
        send(world, "Remove quota").await?;
        world.wait_for("Applied.").await?;
        assert_eq!(guarantee(world, "journey"), None);

        world.click("button", "Revert …").await?;
        send(world, "Revert").await?;
        world.wait_for("Applied.").await?;
        assert_eq!(guarantee(world, "journey"), Some(set));
        world.click("button", "Close").await?;
        world.open("#/my-changes").await?;
        world.wait_for("Remove the quota of journey").await
    });
}

#[test]
fn a_quota_that_another_operator_removed_is_not_removed_again() {
    journey_with("old-quota-conflict", old(), async |world| {
        set_first(world).await?;
        send(world, "Set quota").await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        offer_removal(world).await?;
        world.click("checkbox", "Remove the quota of journey").await?;
        world.wait_for("journey loses its guarantees and limits").await?;
        call(world, json!({ "type": "REMOVE_QUOTA", "remove_quota": { "role": "journey" } }));
        // A real master would abort at a second removal.
        send(world, "Remove quota").await?;
        world.wait_for("Not sent: journey has no quota. Removing it would abort the master.").await
    });
}
