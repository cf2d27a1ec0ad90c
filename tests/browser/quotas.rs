//! A quota that Mesos refuses unless it is forced: the step of its own that forces it.

use serde_json::{Value, json};

use super::acts::seen;
use super::journey::journey_with;
use super::schedule::call;
use super::world::World;
use super::writes::{quota, send};
use crate::still;

/// A role that is guaranteed CPUs and may use any number, and its guarantee. It uses more than that by far.
fn guaranteed(world: &World) -> (String, f64) {
    let told = call(world, json!({ "type": "GET_QUOTA" }));
    let configs = told["get_quota"]["status"]["configs"].as_array().cloned().unwrap_or_default();
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
        world.click("button", "New quota …").await?;
        world.fill("Role", &role).await?;
        world.fill("Limit of cpus", &limit.to_string()).await?;
        world.wait_for("Mesos refuses this unless it is forced:").await?;
        world.wait_for(&format!("{role} consumes ")).await?;
        world.wait_for(&format!("more than its new limit of {limit}.")).await?;
        world.wait_for("Mesos would refuse this without force.").await?;
        let button = world.find("button", "Set quota").await?;
        assert_eq!(button.attr("aria-disabled").await?.as_deref(), Some("true"));
        button.click().await?;
        assert_eq!(quota(world, &role), before, "nothing was sent");

        world.click("checkbox", "Force it past these checks").await?;
        seen(world, "act-quota-force").await?;
        // Who forced one limit has not agreed to force another.
        world.fill("Limit of cpus", &other.to_string()).await?;
        world.wait_for(&format!("more than its new limit of {other}.")).await?;
        world.wait_for("Mesos would refuse this without force.").await?;
        world.click("checkbox", "Force it past these checks").await?;
        send(world, "Set quota").await?;
        world.wait_for("Done: the cluster shows it.").await?;
        assert_eq!(quota(world, &role).expect("it has a quota")["limits"]["cpus"]["value"], json!(other));
        Ok(())
    });
}
