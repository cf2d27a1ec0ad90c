//! JSON of frameworks, their offers and resource sums.

use serde_json::Value;

use crate::json_out::Out;
use crate::world::cluster::{Offer, World};
use crate::world::framework::Framework;
use crate::world::resources::Amount;
use crate::write::resources::{Tail, allocated_items, by_role_and_volumes, items};
use crate::write::value;

/// Writes an entry of GET_FRAMEWORKS, live or completed; `held` are the resources of its live tasks by role.
pub(crate) fn framework(out: &mut impl Out, world: &World, framework: &Framework, held: &[Amount]) {
    let kind = framework.kind();
    out.str("{\"framework_info\":");
    info(out, world, framework);
    flags(out, framework);
    // Both are absent while it is recovered (PROTOCOL.md, "GET_FRAMEWORKS").
    if !framework.recovered {
        out.str(",\"registered_time\":");
        out.nanos(framework.registered);
        out.str(",\"reregistered_time\":");
        out.nanos(framework.reregistered);
    }
    if !framework.live() {
        out.str(",\"unregistered_time\":");
        out.nanos(framework.unregistered);
    }
    let mut offered = vec![Amount::default(); kind.roles.len()];
    let mut reserved = Vec::new();
    let offers: Vec<&Offer> = world.offers.iter().filter(|offer| offer.framework == framework.number).collect();
    if !offers.is_empty() {
        out.str(",\"offers\":");
        super::list(out, &offers, |out, one| offer(out, world, one));
        for one in offers {
            offered[usize::from(one.role)].plus(&one.amount);
            reserved.extend(one.reserved.iter().map(|item| (item, framework.role(one.role))));
        }
    }
    let asked = if framework.live() { world.unanswered(framework.number) } else { Vec::new() };
    if !asked.is_empty() {
        out.str(",\"inverse_offers\":");
        super::list(out, &asked, |out, one| inverse_offer(out, world, framework, *one));
    }
    let volumes = world.volumes_in_use(|used| used.framework == framework.number);
    let sums = kind.roles.iter().copied().zip(held.iter().copied());
    by_role_and_volumes(out, "allocated_resources", sums, &volumes);
    by_role_and_volumes(out, "offered_resources", kind.roles.iter().copied().zip(offered), &reserved);
    out.all(&[",\"offer_constraints\":", kind.offer_constraints, "}"]);
}

/// Writes the framework of FRAMEWORK_ADDED and FRAMEWORK_UPDATED (PROTOCOL.md, "FRAMEWORK_ADDED").
pub(crate) fn announced(out: &mut impl Out, world: &World, framework: &Framework) {
    out.str("{\"framework_info\":");
    info(out, world, framework);
    flags(out, framework);
    let (registered, reregistered) =
        if framework.recovered { (0, 0) } else { (framework.registered, framework.reregistered) };
    out.str(",\"registered_time\":");
    out.nanos(registered);
    out.str(",\"reregistered_time\":");
    out.nanos(reregistered);
    out.str(",\"unregistered_time\":{\"nanoseconds\":0}}");
}

fn flags(out: &mut impl Out, framework: &Framework) {
    let bool = |yes| if yes { "true" } else { "false" };
    out.all(&[
        ",\"active\":",
        bool(framework.active),
        ",\"connected\":",
        bool(framework.connected),
        ",\"recovered\":",
        bool(framework.recovered),
    ]);
}

/// Writes a FrameworkInfo.
pub(crate) fn info<O: Out>(out: &mut O, world: &World, framework: &Framework) {
    let kind = framework.kind();
    if let Some(client) = &framework.client {
        return client_info(out, world, framework, &client.info);
    }
    out.all(&["{\"user\":\"", kind.user, "\",\"name\":"]);
    out.quoted(&framework.name);
    out.str(",\"id\":");
    value(out, |out| world.framework_id(out, framework.number));
    out.str(",\"failover_timeout\":");
    out.int(kind.failover_hours * 3600);
    out.all(&[".0,\"checkpoint\":", if kind.checkpoint { "true" } else { "false" }, ",\"roles\":"]);
    super::list(out, kind.roles, |out, role| out.quoted(role));
    out.all(&[",\"hostname\":\"", &framework.name, ".example\",\"principal\":\"", kind.user]);
    out.all(&[
        "\",\"webui_url\":\"http://",
        &framework.name,
        ".example:8080/\",\"capabilities\":[{\"type\":\"MULTI_ROLE\"}",
    ]);
    if kind.partition_aware {
        out.str(",{\"type\":\"PARTITION_AWARE\"}");
    }
    if kind.reported_of_killing {
        out.str(",{\"type\":\"TASK_KILLING_STATE\"}");
    }
    out.str(",{\"type\":\"RESERVATION_REFINEMENT\"}");
    out.all(&["],\"labels\":{\"labels\":[{\"key\":\"team\",\"value\":\"", kind.user]);
    out.str("\"},{\"key\":\"revision\",\"value\":\"");
    out.int(u64::from(framework.revision));
    out.str("\"}]}}");
}

/// Writes a FrameworkInfo as a client gave it, with its id after the name.
fn client_info<O: Out>(out: &mut O, world: &World, framework: &Framework, info: &Value) {
    let fields = info.as_object().into_iter().flatten();
    for (place, (name, field)) in fields.enumerate() {
        out.all(&[if place == 0 { "{" } else { "," }, "\"", name, "\":", &field.to_string()]);
        if name == "name" {
            out.str(",\"id\":");
            value(out, |out| world.framework_id(out, framework.number));
        }
    }
    out.str("}");
}

/// Writes an inverse offer: a request to leave an agent before it becomes unavailable, forever without a duration.
fn inverse_offer<O: Out>(
    out: &mut O,
    world: &World,
    framework: &Framework,
    (agent, start, duration): (u32, i64, Option<i64>),
) {
    out.str("{\"id\":");
    value(out, |out| {
        out.all(&[&world.id, "-O"]);
        let own = world.inverse.get(&(framework.number, agent)).map(|inverse| inverse.number);
        out.int(own.unwrap_or(INVERSE + u64::from(framework.number) * 100_000 + u64::from(agent)));
    });
    out.str(",\"framework_id\":");
    value(out, |out| world.framework_id(out, framework.number));
    out.str(",\"agent_id\":");
    value(out, |out| world.agent_id(out, agent));
    out.str(",\"unavailability\":");
    unavailability(out, start, duration);
    out.str("}");
}

fn unavailability(out: &mut impl Out, start: i64, duration: Option<i64>) {
    out.str("{\"start\":");
    out.nanos(start);
    if let Some(duration) = duration {
        out.str(",\"duration\":");
        out.nanos(duration);
    }
    out.str("}");
}

/// First number of inverse offers, beyond those of offers. Mesos numbers both in one sequence.
const INVERSE: u64 = 1_000_000_000;

pub(crate) fn offer<O: Out>(out: &mut O, world: &World, offer: &Offer) {
    let framework = world.framework(offer.framework);
    let agent = world.agent(offer.agent);
    let (port, nth) = world.addresses.agent(offer.agent);
    let role = framework.role(offer.role);
    out.str("{\"id\":");
    value(out, |out| {
        out.all(&[&world.id, "-O"]);
        out.int(offer.number);
    });
    out.str(",\"framework_id\":");
    value(out, |out| world.framework_id(out, framework.number));
    out.str(",\"agent_id\":");
    value(out, |out| world.agent_id(out, offer.agent));
    out.str(",\"hostname\":\"");
    agent.hostname(out, world.seed);
    out.str("\",\"url\":{\"scheme\":\"http\",\"address\":{\"hostname\":\"");
    agent.hostname(out, world.seed);
    out.all(&["\",\"ip\":\"", &world.addresses.ip, "\",\"port\":"]);
    out.int(u64::from(port));
    out.str("},\"path\":\"/slave(");
    out.int(u64::from(nth));
    out.str(")\"},\"resources\":[");
    let has_items = items(out, &offer.amount, Tail::Allocated(role), true);
    allocated_items(out, offer.reserved.iter().map(|item| (item, role)), !has_items);
    out.str("],\"attributes\":");
    super::agent::attributes(out, world, agent);
    if let Some(window) = world.window_of(offer.agent).filter(|_| framework.is_clients()) {
        out.str(",\"unavailability\":");
        unavailability(out, window.start, window.duration);
    }
    out.all(&[",\"allocation_info\":{\"role\":\"", role, "\"}}"]);
}
