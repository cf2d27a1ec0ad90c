//! The master's calls.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::answer::call::Call;
use crate::answer::{Answer, Body, files, fixed, metrics, operate};
use crate::names::{QUOTAS, WEIGHTS};
use crate::out::Out;
use crate::pieces::Part;
use crate::sim::Sim;
use crate::world::World;
use crate::world::birth::SECOND;
use crate::world::resources::Amount;
use crate::write;

/// The logging level, and until when it holds.
#[derive(Debug, Default)]
pub(crate) struct Logging {
    level: i64,
    until: i64,
}

impl Logging {
    pub(crate) fn set(&mut self, call: &Call, now: i64) -> Answer {
        let duration = call.fields.get("duration").and_then(|duration| duration.get("nanoseconds"));
        self.level = call.int("level").unwrap_or(0);
        self.until = now.saturating_add(duration.and_then(super::call::int).unwrap_or(0));
        Answer::done()
    }

    pub(crate) fn get(&self, now: i64) -> Answer {
        let level = if now < self.until { self.level } else { 0 };
        Answer::value(&json!({"type": "GET_LOGGING_LEVEL", "get_logging_level": {"level": level}}))
    }
}

pub(super) fn answer(sim: &mut Sim, call: &Call) -> Answer {
    let world = &*sim.world;
    match call.kind {
        "SUBSCRIBE" => Answer { status: 200, body: Body::Stream },
        "GET_HEALTH" => Answer::value(&json!({"type": "GET_HEALTH", "get_health": {"healthy": true}})),
        "GET_FLAGS" => fixed::master_flags(world),
        "GET_VERSION" => fixed::version("1.11.0"),
        "GET_METRICS" => metrics::master(world),
        "GET_LOGGING_LEVEL" => sim.logging.get(world.now),
        "SET_LOGGING_LEVEL" => sim.logging.set(call, world.now),
        "LIST_FILES" => files::list(call, &files::master(world)),
        "READ_FILE" => files::read(call, &files::master(world)),
        "GET_STATE" => Answer::pieces(sim.pieces(Part::State)),
        "GET_AGENTS" => Answer::pieces(sim.pieces(Part::Agents)),
        "GET_FRAMEWORKS" => Answer::pieces(sim.pieces(Part::Frameworks)),
        "GET_EXECUTORS" => Answer::pieces(sim.pieces(Part::Executors)),
        "GET_TASKS" => Answer::pieces(sim.pieces(Part::Tasks)),
        "GET_OPERATIONS" => operations(world),
        "GET_ROLES" => roles(world),
        "GET_WEIGHTS" => weights(world),
        "GET_QUOTA" => quota(world),
        "GET_MASTER" => master(world),
        "GET_MAINTENANCE_STATUS" => maintenance_status(world),
        "GET_MAINTENANCE_SCHEDULE" => maintenance_schedule(world),
        "DRAIN_AGENT" => operate::drain(sim, call),
        "DEACTIVATE_AGENT" => operate::deactivate(sim, call),
        "REACTIVATE_AGENT" => operate::reactivate(sim, call),
        "MARK_AGENT_GONE" => operate::mark_gone(sim, call),
        "TEARDOWN" => operate::teardown(sim, call),
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

/// Whether the roles of the table exist here: a tiny cluster has no weights and no quota.
fn has_policy(world: &World) -> bool {
    world.agents.len() >= 10
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
        roles.entry(world.framework(offer.framework).role(0)).or_default().1.plus(&offer.amount);
    }
    if has_policy(world) {
        for role in WEIGHTS.iter().map(|(role, _)| role).chain(QUOTAS.iter().map(|(role, ..)| role)) {
            roles.entry(role).or_default();
        }
    }
    let entries: Vec<Value> =
        roles.iter().map(|(name, (frameworks, amount))| role(world, name, frameworks, amount)).collect();
    Answer::value(&json!({"type": "GET_ROLES", "get_roles": {"roles": entries}}))
}

/// One role; the scalars are in the order of their names, and lists without items are absent (PROTOCOL B3).
fn role(world: &World, name: &str, frameworks: &[u32], amount: &Amount) -> Value {
    let weight =
        WEIGHTS.iter().find(|(role, _)| has_policy(world) && *role == name).map_or(1000, |(_, weight)| *weight);
    let mut role = json!({"name": name, "weight": double(weight)});
    let ids: Vec<Value> =
        frameworks.iter().map(|number| json!({"value": format!("{}-{number:04}", world.id)})).collect();
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

fn weights(world: &World) -> Answer {
    if !has_policy(world) {
        return Answer::value(&json!({"type": "GET_WEIGHTS"}));
    }
    let infos: Vec<Value> =
        WEIGHTS.iter().map(|(role, weight)| json!({"weight": double(*weight), "role": role})).collect();
    Answer::value(&json!({"type": "GET_WEIGHTS", "get_weights": {"weight_infos": infos}}))
}

fn quota(world: &World) -> Answer {
    if !has_policy(world) {
        return Answer::value(&json!({"type": "GET_QUOTA", "get_quota": {"status": {}}}));
    }
    let total = metrics::total(world);
    let part = |share: u64| (total.cpus / 1000 * share / 1000 * 1000, total.mem * share / 1000 * 1000);
    let (mut infos, mut configs) = (Vec::new(), Vec::new());
    for (role, guarantee, limit) in QUOTAS {
        let (mut info, mut config) = (json!({"role": role}), json!({"role": role}));
        if *guarantee > 0 {
            let (cpus, mem) = part(*guarantee);
            info["guarantee"] = json!([scalar("cpus", cpus), scalar("mem", mem)]);
            config["guarantees"] = json!({"mem": {"value": double(mem)}, "cpus": {"value": double(cpus)}});
        }
        if *limit > 0 {
            let (cpus, mem) = part(*limit);
            config["limits"] = json!({"mem": {"value": double(mem)}, "cpus": {"value": double(cpus)}});
        }
        infos.push(info);
        configs.push(config);
    }
    Answer::value(&json!({"type": "GET_QUOTA", "get_quota": {"status": {"infos": infos, "configs": configs}}}))
}

fn master(world: &World) -> Answer {
    Answer::json(|out| {
        let (ip, port) = (&world.addresses.ip, u64::from(world.addresses.master));
        out.all(&["{\"type\":\"GET_MASTER\",\"get_master\":{\"master_info\":{\"id\":\"", &world.id, "\",\"ip\":"]);
        out.int(u64::from(little_endian(ip)));
        out.str(",\"port\":");
        out.int(port);
        out.all(&[",\"pid\":\"master@", ip, ":"]);
        out.int(port);
        // The address, since a page or a gateway may go to the leader by this name.
        out.all(&[
            "\",\"hostname\":\"",
            ip,
            "\",\"version\":\"1.11.0\",\"address\":{\"hostname\":\"",
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

/// MasterInfo.ip is the address' bytes read as a little-endian number.
fn little_endian(ip: &str) -> u32 {
    ip.parse::<std::net::Ipv4Addr>().map_or(0, |address| u32::from_le_bytes(address.octets()))
}

/// The machines of a window that begins tomorrow.
fn scheduled(world: &World) -> Vec<Value> {
    let numbers = if has_policy(world) { 4..6 } else { 0..0 };
    let hostname = |number: u32| {
        let mut text = Vec::new();
        world.agent(number).hostname(&mut text, world.seed);
        String::from_utf8_lossy(&text).into_owned()
    };
    numbers.map(|number| json!({"hostname": hostname(number), "ip": world.addresses.ip})).collect()
}

fn maintenance_status(world: &World) -> Answer {
    let machines: Vec<Value> = scheduled(world).into_iter().map(|id| json!({"id": id})).collect();
    let status = if machines.is_empty() { json!({}) } else { json!({"draining_machines": machines}) };
    Answer::value(&json!({"type": "GET_MAINTENANCE_STATUS", "get_maintenance_status": {"status": status}}))
}

fn maintenance_schedule(world: &World) -> Answer {
    let machines = scheduled(world);
    // A master found here has been up for forty days at most: the window is still to come.
    let unavailability = json!({
        "start": {"nanoseconds": world.started + 41 * 24 * 3600 * SECOND},
        "duration": {"nanoseconds": 4 * 3600 * SECOND},
    });
    let schedule = match machines.is_empty() {
        true => json!({}),
        false => json!({"windows": [{"machine_ids": machines, "unavailability": unavailability}]}),
    };
    Answer::value(&json!({"type": "GET_MAINTENANCE_SCHEDULE", "get_maintenance_schedule": {"schedule": schedule}}))
}
