//! Calls of a master.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::answer::call::Call;
use crate::answer::reply::{Answer, Body};
use crate::answer::reserve::Operation;
use crate::answer::{files, fixed, logging, maintenance, metrics, old_quota, operate, policy, reserve};
use crate::cluster::Sim;
use crate::json_out::Out;
use crate::pieces::Part;
use crate::world::cluster::World;
use crate::world::resources::Amount;
use crate::write;

pub(super) fn answer(sim: &mut Sim, call: &Call) -> Answer {
    let world = &*sim.world;
    match call.kind {
        "SUBSCRIBE" => Answer { status: 200, body: Body::Stream },
        "GET_HEALTH" => Answer::value(&json!({"type": "GET_HEALTH", "get_health": {"healthy": true}})),
        "GET_FLAGS" => fixed::master_flags(world),
        "GET_VERSION" => fixed::version(&world.version),
        "GET_METRICS" => metrics::master(world),
        "GET_LOGGING_LEVEL" => logging::get(&sim.logging, world.now),
        "SET_LOGGING_LEVEL" => logging::set(&mut sim.logging, call, world.now),
        "LIST_FILES" => files::list(call, &files::master(world)),
        "READ_FILE" => files::read(call, &files::master(world)),
        "GET_STATE" => Answer::pieces(sim.pieces(Part::State)),
        "GET_AGENTS" => Answer::pieces(sim.pieces(Part::Agents)),
        "GET_FRAMEWORKS" => Answer::pieces(sim.pieces(Part::Frameworks)),
        "GET_EXECUTORS" => Answer::pieces(sim.pieces(Part::Executors)),
        "GET_TASKS" => Answer::pieces(sim.pieces(Part::Tasks)),
        "GET_OPERATIONS" => operations(world),
        "GET_ROLES" => roles(world),
        "GET_WEIGHTS" => policy::weights(world),
        "GET_QUOTA" => policy::quota(world),
        "GET_MASTER" => master(world),
        "GET_MAINTENANCE_STATUS" => maintenance::status(world),
        "GET_MAINTENANCE_SCHEDULE" => maintenance::schedule(world),
        "UPDATE_WEIGHTS" => policy::update_weights(sim, call),
        "UPDATE_QUOTA" => policy::update_quota(sim, call),
        "SET_QUOTA" => old_quota::set(sim, call),
        "REMOVE_QUOTA" => old_quota::remove(sim, call),
        "UPDATE_MAINTENANCE_SCHEDULE" => maintenance::update(sim, call),
        "START_MAINTENANCE" => maintenance::start(sim, call),
        "STOP_MAINTENANCE" => maintenance::stop(sim, call),
        "DRAIN_AGENT" => operate::drain(sim, call),
        "DEACTIVATE_AGENT" => operate::deactivate(sim, call),
        "REACTIVATE_AGENT" => operate::reactivate(sim, call),
        "MARK_AGENT_GONE" => operate::mark_gone(sim, call),
        "TEARDOWN" => operate::teardown(sim, call),
        "RESERVE_RESOURCES" => reserve::answer(sim, call, Operation::Reserve),
        "UNRESERVE_RESOURCES" => reserve::answer(sim, call, Operation::Unreserve),
        "CREATE_VOLUMES" => reserve::answer(sim, call, Operation::Create),
        "DESTROY_VOLUMES" => reserve::answer(sim, call, Operation::Destroy),
        "GROW_VOLUME" => reserve::answer(sim, call, Operation::Grow),
        "SHRINK_VOLUME" => reserve::answer(sim, call, Operation::Shrink),
        _ => Answer::not_implemented(),
    }
}

fn operations(world: &World) -> Answer {
    Answer::json(|out| {
        out.str("{\"type\":\"GET_OPERATIONS\",\"get_operations\":{");
        if !world.operations.is_empty() {
            out.str("\"operations\":");
            write::list(out, &world.operations, |out, one| write::operation::operation(out, world, one));
        }
        out.str("}}");
    })
}

fn roles(world: &World) -> Answer {
    let mut roles: BTreeMap<&str, (Vec<u32>, Amount)> = BTreeMap::new();
    let held = world.held_by_framework();
    for framework in world.frameworks.iter().filter(|framework| framework.listed()) {
        for (place, role) in framework.kind().roles.iter().enumerate() {
            let entry = roles.entry(role).or_default();
            entry.0.push(framework.number);
            entry.1.plus(&held[framework.number as usize][place]);
        }
    }
    for offer in &world.offers {
        roles.entry(world.framework(offer.framework).role(offer.role)).or_default().1.plus(&offer.amount);
    }
    for role in world.policy.weights.keys().chain(world.policy.quotas.keys()) {
        roles.entry(role).or_default();
    }
    let pools = world.agents.iter().filter(|agent| agent.listed()).filter_map(|agent| agent.pool.as_ref());
    for role in pools.flat_map(|pool| pool.0.iter().filter_map(|item| item.role())) {
        roles.entry(role).or_default();
    }
    // Ancestors in the role hierarchy are listed too.
    let below: Vec<&str> = roles.keys().copied().collect();
    for (role, end) in below.iter().flat_map(|role| role.match_indices('/').map(move |(end, _)| (*role, end))) {
        roles.entry(&role[..end]).or_default();
    }
    let entries: Vec<Value> =
        roles.iter().map(|(name, (frameworks, amount))| role(world, name, frameworks, amount)).collect();
    Answer::value(&json!({"type": "GET_ROLES", "get_roles": {"roles": entries}}))
}

/// A role; scalars are sorted by name, and empty lists are absent (PROTOCOL.md, "GET_ROLES").
fn role(world: &World, name: &str, frameworks: &[u32], amount: &Amount) -> Value {
    let weight = world.policy.weights.get(name).copied().unwrap_or(1.0);
    let mut role = json!({"name": name, "weight": weight});
    let ids: Vec<Value> = frameworks.iter().map(|number| json!({"value": world.framework_id_text(*number)})).collect();
    if !ids.is_empty() {
        role["frameworks"] = Value::Array(ids);
    }
    let all =
        [("cpus", amount.cpus), ("disk", amount.disk * 1000), ("gpus", amount.gpus * 1000), ("mem", amount.mem * 1000)];
    let some: Vec<Value> =
        all.iter().filter(|(_, value)| *value > 0).map(|(name, value)| scalar(name, *value)).collect();
    if !some.is_empty() {
        role["resources"] = Value::Array(some);
    }
    role
}

fn scalar(name: &str, thousandths: u64) -> Value {
    json!({"name": name, "type": "SCALAR", "scalar": {"value": double(thousandths)}})
}

fn double(thousandths: u64) -> f64 {
    thousandths as f64 / 1000.0
}

pub(crate) fn master(world: &World) -> Answer {
    Answer::json(|out| {
        let (ip, port) = (&world.addresses.ip, u64::from(world.addresses.master));
        out.all(&["{\"type\":\"GET_MASTER\",\"get_master\":{\"master_info\":{\"id\":\"", &world.id, "\",\"ip\":"]);
        out.int(u64::from(little_endian(ip)));
        out.str(",\"port\":");
        out.int(port);
        out.all(&[",\"pid\":\"master@", ip, ":"]);
        out.int(port);
        // Uses the address, since a page or gateway may connect to the leader by this name.
        out.all(&[
            "\",\"hostname\":\"",
            ip,
            "\",\"version\":\"",
            &world.version,
            "\",\"address\":{\"hostname\":\"",
            ip,
            "\",\"ip\":\"",
            ip,
        ]);
        out.str("\",\"port\":");
        out.int(port);
        out.str("},\"domain\":{\"fault_domain\":{\"region\":{\"name\":\"eu-west\"},\"zone\":{\"name\":\"eu-westa\"}}}");
        out.str(",\"capabilities\":[{\"type\":\"AGENT_UPDATE\"},{\"type\":\"AGENT_DRAINING\"},{}]},\"start_time\":");
        out.seconds(world.started);
        out.str(",\"elected_time\":");
        out.seconds(world.elected);
        out.str("}}");
    })
}

/// MasterInfo.ip is the address' bytes as a little-endian number.
fn little_endian(ip: &str) -> u32 {
    ip.parse::<std::net::Ipv4Addr>().map_or(0, |address| u32::from_le_bytes(address.octets()))
}
