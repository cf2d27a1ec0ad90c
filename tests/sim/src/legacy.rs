//! `/state` and `/metrics/snapshot` of a master, which the stock web UI reads. They are older than the v1 API.
//!
//! Each object is translated from its v1 form, with the fields that Mesos writes (src/common/http.cpp and
//! src/master/readonly_handler.cpp). No server is here: tests/measure puts them behind one.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::answer::reply::Target;
use crate::cluster::Sim;
use crate::json_out::Out;
use crate::world::cluster::World;
use crate::world::framework::Framework;
use crate::world::resources::Amount;
use crate::world::task::Task;
use crate::write;

impl Sim {
    /// Body of GET `/metrics/snapshot`: values by name.
    pub fn legacy_metrics(&mut self) -> Vec<u8> {
        let answer = self.v1_answer("{\"type\":\"GET_METRICS\",\"get_metrics\":{}}");
        let named = items(&answer["get_metrics"]["metrics"]).iter();
        let named = named.filter_map(|metric| Some((metric["name"].as_str()?.to_owned(), metric["value"].clone())));
        Value::Object(named.collect()).to_string().into_bytes()
    }

    /// Body of GET `/state`. It names `port` as the leader's, which the UI asks from then on.
    pub fn legacy_state(&mut self, port: u16) -> Vec<u8> {
        let mut out = Vec::new();
        open(&mut out, &self.legacy_master(port));
        let world = &*self.world;
        out.str(",\"slaves\":");
        write::list(&mut out, world.agents.iter().filter(|agent| agent.listed()), |out, one| {
            out.str(&agent(&v1(|out| write::agent::agent(out, world, one))).to_string());
        });
        let held = world.held_by_framework();
        let tasks = TasksByFramework::of(world);
        out.str(",\"frameworks\":");
        write::list(&mut out, world.frameworks.iter().filter(|one| one.listed()), |out, one| {
            let held = held.get(one.number as usize).map_or(&[][..], Vec::as_slice);
            framework(out, world, one, held, &tasks);
        });
        out.str(",\"completed_frameworks\":");
        write::list(&mut out, &world.completed_frameworks, |out, number| {
            framework(out, world, world.framework(*number), &[], &TasksByFramework::default());
        });
        out.str(",\"recovered_slaves\":[],\"orphan_tasks\":[],\"unregistered_frameworks\":[]}");
        out
    }

    /// Fields of the master itself.
    fn legacy_master(&mut self, port: u16) -> Value {
        let metrics: Value = serde_json::from_slice(&self.legacy_metrics()).unwrap_or_default();
        let flags = self.v1_answer("{\"type\":\"GET_FLAGS\"}");
        let flags = items(&flags["get_flags"]["flags"]).iter();
        let flags: Map<_, _> =
            flags.filter_map(|flag| Some((flag["name"].as_str()?.to_owned(), flag["value"].clone()))).collect();
        let answer = self.v1_answer("{\"type\":\"GET_MASTER\"}");
        let master = &answer["get_master"];
        let info = &master["master_info"];
        let (host, id) = (&info["hostname"], &info["id"]);
        let pid = format!("master@{}:{port}", self.world.addresses.ip);
        json!({
            "version": info["version"], "start_time": master["start_time"], "elected_time": master["elected_time"],
            "build_date": "2020-12-01 00:00:00", "build_time": 1_606_780_800.0, "build_user": "builder",
            "id": id, "pid": pid, "hostname": host, "domain": info["domain"], "leader": pid,
            "leader_info": {"id": id, "pid": pid, "port": port, "hostname": host, "domain": info["domain"]},
            "activated_slaves": metrics["master/slaves_active"],
            "deactivated_slaves": metrics["master/slaves_inactive"],
            "unreachable_slaves": metrics["master/slaves_unreachable"],
            "cluster": flags["cluster"], "flags": flags,
        })
    }

    fn v1_answer(&mut self, call: &str) -> Value {
        let body = self.answer(Target::Master, call.as_bytes()).body.into_bytes();
        serde_json::from_slice(&body).expect("what the writer writes is JSON")
    }
}

/// Tasks that are not completed, by framework number.
#[derive(Default)]
struct TasksByFramework<'a> {
    live: BTreeMap<u32, Vec<&'a Task>>,
    unreachable: BTreeMap<u32, Vec<&'a Task>>,
}

impl<'a> TasksByFramework<'a> {
    fn of(world: &'a World) -> TasksByFramework<'a> {
        let mut tasks = TasksByFramework::default();
        world.tasks.live().for_each(|task| tasks.live.entry(task.framework).or_default().push(task));
        world.tasks.unreachable().for_each(|task| tasks.unreachable.entry(task.framework).or_default().push(task));
        tasks
    }
}

/// Writes a framework with its tasks and executors.
fn framework(out: &mut Vec<u8>, world: &World, framework: &Framework, held: &[Amount], tasks: &TasksByFramework) {
    open(out, &framework_head(&v1(|out| write::framework::framework(out, world, framework, held))));
    let live = tasks.live.get(&framework.number).map_or(&[][..], Vec::as_slice);
    let unreachable = tasks.unreachable.get(&framework.number).map_or(&[][..], Vec::as_slice);
    let each = |out: &mut Vec<u8>, one: &Task| {
        out.str(&task(&v1(|out| write::task::task(out, world, one))).to_string());
    };
    out.str(",\"tasks\":");
    write::list(out, live, |out, one| each(out, one));
    out.str(",\"unreachable_tasks\":");
    write::list(out, unreachable, |out, one| each(out, one));
    out.str(",\"completed_tasks\":");
    write::list(out, &framework.completed, each);
    out.str(",\"executors\":");
    write::list(out, live.iter().filter(|task| write::executor::listed(world, task)), |out, one| {
        out.str(&executor(&v1(|out| write::executor::of_master(out, world, one))).to_string());
    });
    out.str("}");
}

fn framework_head(v1: &Value) -> Value {
    let info = &v1["framework_info"];
    let (used, offered) = (items(&v1["allocated_resources"]), items(&v1["offered_resources"]));
    let again = (v1["registered_time"] != v1["reregistered_time"]).then(|| seconds(&v1["reregistered_time"]));
    present(json!({
        "id": info["id"]["value"], "name": info["name"], "used_resources": sums(used),
        "offered_resources": sums(offered), "capabilities": types(&info["capabilities"]),
        "hostname": info["hostname"], "webui_url": info["webui_url"], "active": v1["active"],
        "connected": v1["connected"], "recovered": v1["recovered"], "user": info["user"],
        "failover_timeout": info["failover_timeout"], "checkpoint": info["checkpoint"],
        "registered_time": seconds(&v1["registered_time"]), "unregistered_time": seconds(&v1["unregistered_time"]),
        "principal": info["principal"], "resources": sums(used.iter().chain(offered)), "reregistered_time": again,
        "roles": info["roles"], "offers": items(&v1["offers"]).iter().map(offer).collect::<Vec<_>>(),
        "labels": info["labels"]["labels"], "offer_constraints": v1["offer_constraints"],
    }))
}

fn offer(v1: &Value) -> Value {
    json!({
        "id": v1["id"]["value"], "framework_id": v1["framework_id"]["value"], "allocation_info": v1["allocation_info"],
        "slave_id": v1["agent_id"]["value"], "resources": sums(items(&v1["resources"])),
    })
}

fn executor(v1: &Value) -> Value {
    let info = &v1["executor_info"];
    let resources = items(&info["resources"]);
    let command = present(json!({
        "shell": info["command"]["shell"], "value": info["command"]["value"],
        "argv": items(&info["command"]["arguments"]), "uris": [],
    }));
    present(json!({
        "executor_id": info["executor_id"]["value"], "name": info["name"].as_str().unwrap_or_default(),
        "framework_id": info["framework_id"]["value"], "command": command, "resources": sums(resources),
        "role": resources.first().map(|first| &first["allocation_info"]["role"]), "labels": info["labels"]["labels"],
        "type": info["type"], "slave_id": v1["agent_id"]["value"],
    }))
}

fn task(v1: &Value) -> Value {
    let resources = items(&v1["resources"]);
    present(json!({
        "id": v1["task_id"]["value"], "name": v1["name"], "framework_id": v1["framework_id"]["value"],
        "executor_id": v1["executor_id"]["value"].as_str().unwrap_or_default(), "slave_id": v1["agent_id"]["value"],
        "state": v1["state"], "resources": sums(resources),
        "role": resources.first().map(|first| &first["allocation_info"]["role"]),
        "statuses": items(&v1["statuses"]).iter().map(status).collect::<Vec<_>>(), "user": v1["user"],
        "labels": v1["labels"]["labels"], "discovery": v1["discovery"], "container": v1["container"],
        "health_check": v1["health_check"],
    }))
}

fn status(v1: &Value) -> Value {
    let container = v1.get("container_status").map(|of| {
        present(json!({
            "container_id": of["container_id"], "network_infos": of["network_infos"], "cgroup_info": of["cgroup_info"],
        }))
    });
    present(json!({
        "state": v1["state"], "timestamp": v1["timestamp"], "labels": v1["labels"]["labels"],
        "container_status": container, "healthy": v1["healthy"],
    }))
}

fn agent(v1: &Value) -> Value {
    let info = &v1["agent_info"];
    let mut reserved: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    items(&v1["total_resources"]).iter().for_each(|one| reserved.entry(role(one)).or_default().push(one));
    let unreserved = reserved.remove("*").unwrap_or_default();
    let reserved: Map<_, _> = reserved.into_iter().map(|(role, of)| (role.to_owned(), sums(of))).collect();
    let attributes = items(&info["attributes"]).iter();
    let attributes: Map<_, _> =
        attributes.filter_map(|one| Some((one["name"].as_str()?.to_owned(), attribute(one)))).collect();
    let again = v1.get("reregistered_time").map(seconds);
    present(json!({
        "id": info["id"]["value"], "hostname": info["hostname"], "port": info["port"], "attributes": attributes,
        "domain": info["domain"], "pid": v1["pid"], "registered_time": seconds(&v1["registered_time"]),
        "reregistered_time": again, "resources": sums(items(&v1["total_resources"])),
        "used_resources": sums(items(&v1["allocated_resources"])),
        "offered_resources": sums(items(&v1["offered_resources"])), "reserved_resources": reserved,
        "unreserved_resources": sums(unreserved), "active": v1["active"], "deactivated": v1["deactivated"],
        "version": v1["version"], "capabilities": types(&v1["capabilities"]), "drain_info": v1["drain_info"],
        "estimated_drain_start_time_seconds": v1.get("estimated_drain_start_time").map(seconds),
    }))
}

/// Role that a resource is reserved for; `*` if none.
fn role(resource: &Value) -> &str {
    let refined = items(&resource["reservations"]).last();
    refined.and_then(|last| last["role"].as_str()).or_else(|| resource["role"].as_str()).unwrap_or("*")
}

fn attribute(of: &Value) -> Value {
    match of["type"].as_str() {
        Some("SCALAR") => of["scalar"]["value"].clone(),
        Some("RANGES") => format!("[{}]", ranges(of).join(", ")).into(),
        _ => of["text"]["value"].clone(),
    }
}

/// Resources as one number or text by name, summed.
fn sums<'a>(resources: impl IntoIterator<Item = &'a Value>) -> Value {
    let mut numbers = BTreeMap::from([("cpus", 0.0), ("gpus", 0.0), ("mem", 0.0), ("disk", 0.0)]);
    let mut texts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for resource in resources {
        let name = resource["name"].as_str().unwrap_or_default();
        match resource["scalar"]["value"].as_f64() {
            Some(amount) => *numbers.entry(name).or_default() += amount,
            None => texts.entry(name).or_default().extend(ranges(resource)),
        }
    }
    let numbers = numbers.into_iter().map(|(name, number)| (name.to_owned(), number.into()));
    let texts = texts.into_iter().map(|(name, of)| (name.to_owned(), format!("[{}]", of.join(", ")).into()));
    Value::Object(numbers.chain(texts).collect())
}

/// `31000-31005` for each range.
fn ranges(of: &Value) -> Vec<String> {
    items(&of["ranges"]["range"]).iter().map(|range| format!("{}-{}", range["begin"], range["end"])).collect()
}

/// Names of capabilities.
fn types(capabilities: &Value) -> Vec<&Value> {
    items(capabilities).iter().filter_map(|one| one.get("type")).collect()
}

fn seconds(time: &Value) -> f64 {
    time["nanoseconds"].as_f64().unwrap_or_default() / 1e9
}

/// Elements of a list; none if it is absent.
fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

/// An object without the fields that are absent in the v1 form.
fn present(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|_, field| !field.is_null());
    }
    object
}

fn v1(write: impl FnOnce(&mut Vec<u8>)) -> Value {
    let mut bytes = Vec::new();
    write(&mut bytes);
    serde_json::from_slice(&bytes).expect("what the writer writes is JSON")
}

/// Writes an object without its closing brace.
fn open(out: &mut Vec<u8>, object: &Value) {
    let text = object.to_string();
    out.str(text.strip_suffix('}').unwrap_or(&text));
}
