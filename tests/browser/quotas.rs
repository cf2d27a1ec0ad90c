//! A quota that Mesos refuses unless it is forced: the step of its own that forces it.

use serde_json::{Value, json};

use super::acts::seen;
use super::journey::journey_with;
use super::schedule::call;
use super::world::World;
use super::writes::{quota, send};
use crate::still;

/// A role that is not nested, and the CPUs that it consumes: some.
fn consuming(world: &World) -> (String, f64) {
    let told = call(world, json!({ "type": "GET_ROLES" }));
    let cpus = |role: &Value| {
        let resources = role["resources"].as_array()?.iter();
        resources.filter(|resource| resource["name"] == "cpus").find_map(|cpus| cpus["scalar"]["value"].as_f64())
    };
    let roles = told["get_roles"]["roles"].as_array().cloned().unwrap_or_default();
    let one = |role: &Value| Some((role["name"].as_str()?.to_owned(), cpus(role)?));
    let is_fit = |(name, cpus): &(String, f64)| !name.contains('/') && name != "*" && *cpus > 2.0;
    roles.iter().filter_map(one).find(is_fit).expect("a role consumes something")
}

#[test]
fn a_limit_below_consumption_is_set_only_by_force() {
    journey_with("quota-force", still(), async |world| {
        let (role, consumed) = consuming(world);
        let (limit, other) = ((consumed - 2.0).floor(), (consumed - 1.0).floor());
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
