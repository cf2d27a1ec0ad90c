//! JSON of agents.

use std::collections::BTreeMap;

use crate::json_out::Out;
use crate::rng::mix;
use crate::world::agent::{Agent, AgentState};
use crate::world::cluster::World;
use crate::world::resources::Amount;
use crate::write::resources::{self, Tail, by_role, by_role_and_volumes, items};
use crate::write::{provider, value};

const CAPABILITIES: &str = "[{\"type\":\"MULTI_ROLE\"},{\"type\":\"HIERARCHICAL_ROLE\"},{\"type\":\"RESERVATION_REFINEMENT\"},\
    {\"type\":\"RESOURCE_PROVIDER\"},{\"type\":\"RESIZE_VOLUME\"},{\"type\":\"AGENT_OPERATION_FEEDBACK\"},\
    {\"type\":\"AGENT_DRAINING\"},{\"type\":\"TASK_RESOURCE_LIMITS\"}]";

/// Capabilities of an agent before Mesos 1.9.
const OLD: &str = "[{\"type\":\"MULTI_ROLE\"},{\"type\":\"HIERARCHICAL_ROLE\"},{\"type\":\"RESERVATION_REFINEMENT\"},\
    {\"type\":\"RESOURCE_PROVIDER\"},{\"type\":\"RESIZE_VOLUME\"},{\"type\":\"AGENT_OPERATION_FEEDBACK\"}]";

const fn capabilities(agent: &Agent) -> &'static str {
    if agent.old { OLD } else { CAPABILITIES }
}

/// Writes an entry of GET_AGENTS.
pub(crate) fn agent(out: &mut impl Out, world: &World, agent: &Agent) {
    out.str("{\"agent_info\":");
    info(out, world, agent, true);
    state(out, world, agent);
    by_role(out, "offered_resources", offered(world, agent));
    out.all(&[",\"capabilities\":", capabilities(agent)]);
    provider::list(out, world, agent, ",\"resource_providers\":");
    drain(out, agent);
    out.str("}");
}

/// Writes the agent of AGENT_ADDED, without `checkpoint` and offers (PROTOCOL.md, "AGENT_ADDED").
pub(crate) fn added(out: &mut impl Out, world: &World, agent: &Agent) {
    out.str("{\"agent_info\":");
    info(out, world, agent, false);
    state(out, world, agent);
    out.all(&[",\"capabilities\":", capabilities(agent)]);
    provider::list(out, world, agent, ",\"resource_providers\":");
    out.str("}");
}

/// Writes an AgentInfo; the master's has `checkpoint`, an agent's own does not.
pub(crate) fn info<O: Out>(out: &mut O, world: &World, agent: &Agent, checkpoint: bool) {
    out.str("{\"hostname\":\"");
    agent.hostname(out, world.seed);
    out.str("\",\"port\":");
    out.int(u64::from(world.addresses.agent(agent.number).0));
    out.str(",\"resources\":[");
    items(out, &agent.total(world.seed), Tail::Bare, true);
    if let Some(pool) = &agent.pool {
        resources::own_disks(out, pool);
    }
    out.str("],\"attributes\":");
    attributes(out, world, agent);
    out.str(",\"id\":");
    value(out, |out| world.agent_id(out, agent.number));
    if checkpoint {
        out.str(",\"checkpoint\":true");
    }
    out.all(&[",\"domain\":{\"fault_domain\":{\"region\":{\"name\":\"", agent.region(), "\"},\"zone\":{\"name\":\""]);
    out.all(&[agent.region(), agent.zone(), "\"}}}}"]);
}

pub(crate) fn attributes(out: &mut impl Out, world: &World, agent: &Agent) {
    let machine = agent.machine(world.seed);
    out.str("[{\"name\":\"rack\",\"type\":\"TEXT\",\"text\":{\"value\":\"r");
    out.int(agent.rack());
    out.all(&["\"}},{\"name\":\"zone\",\"type\":\"TEXT\",\"text\":{\"value\":\"", agent.zone()]);
    out.all(&["\"}},{\"name\":\"class\",\"type\":\"TEXT\",\"text\":{\"value\":\"", machine.class]);
    out.str("\"}},{\"name\":\"generation\",\"type\":\"SCALAR\",\"scalar\":{\"value\":");
    out.int(3 + mix(world.seed, u64::from(agent.number)) % 5);
    out.str(".0}},{\"name\":\"vlans\",\"type\":\"RANGES\",\"ranges\":{\"range\":[{\"begin\":");
    out.int(100 + agent.rack());
    out.str(",\"end\":");
    out.int(109 + agent.rack());
    out.str("},{\"begin\":400,\"end\":404}]}}]");
}

/// Writes the fields from `active` to `allocated_resources`.
fn state(out: &mut impl Out, world: &World, agent: &Agent) {
    let bool = |yes| if yes { "true" } else { "false" };
    let (port, nth) = world.addresses.agent(agent.number);
    let active = agent.standing == AgentState::Active;
    out.all(&[",\"active\":", bool(active), ",\"deactivated\":", bool(agent.deactivated())]);
    out.all(&[",\"version\":\"", agent.version(world.seed), "\",\"pid\":\"slave("]);
    out.int(u64::from(nth));
    out.all(&[")@", &world.addresses.ip, ":"]);
    out.int(u64::from(port));
    out.str("\",\"registered_time\":");
    out.nanos(agent.registered);
    if agent.reregistered != 0 {
        out.str(",\"reregistered_time\":");
        out.nanos(agent.reregistered);
    }
    out.str(",\"total_resources\":[");
    total(out, world, agent);
    if world.has_provided(agent) {
        out.str(",");
        provider::disks(out, world, agent);
    }
    out.str("]");
    let volumes = world.volumes_in_use(|used| used.agent == agent.number);
    by_role_and_volumes(out, "allocated_resources", world.held_on_agent(agent), &volumes);
}

fn total(out: &mut impl Out, world: &World, agent: &Agent) {
    if let Some(pool) = &agent.pool {
        return resources::pool(out, pool);
    }
    let total = agent.total(world.seed);
    match agent.reserved(world.seed) {
        None => {
            items(out, &total, Tail::Unreserved, true);
        }
        Some((role, reserved)) => {
            items(out, &total.minus(&reserved), Tail::Unreserved, true);
            // Half of the disk is a persistent volume.
            let volume = Amount { disk: reserved.disk / 2, ..Amount::default() };
            resources::items(out, &reserved.minus(&volume), Tail::Reserved(role), false);
            resources::volume(out, role, agent.number, volume.disk);
        }
    }
}

fn offered(world: &World, agent: &Agent) -> BTreeMap<&'static str, Amount> {
    let mut offered: BTreeMap<&'static str, Amount> = BTreeMap::new();
    for offer in world.offers.iter().filter(|offer| offer.agent == agent.number) {
        offered.entry(world.framework(offer.framework).role(offer.role)).or_default().plus(&offer.amount);
    }
    offered
}

fn drain(out: &mut impl Out, agent: &Agent) {
    let Some(drain) = agent.draining else { return };
    let state = if agent.standing == AgentState::Drained { "DRAINED" } else { "DRAINING" };
    out.all(&[",\"drain_info\":{\"state\":\"", state, "\",\"config\":"]);
    drain_config(out, &drain);
    out.str("},\"estimated_drain_start_time\":");
    // Whole seconds, as in the recordings.
    out.nanos(drain.since / 1_000_000_000 * 1_000_000_000);
}

pub(crate) fn drain_config(out: &mut impl Out, drain: &crate::world::agent::Drain) {
    out.str("{");
    if let Some(grace) = drain.grace {
        out.str("\"max_grace_period\":");
        out.nanos(grace);
        out.str(",");
    }
    out.all(&["\"mark_gone\":", if drain.mark_gone { "true" } else { "false" }, "}"]);
}
