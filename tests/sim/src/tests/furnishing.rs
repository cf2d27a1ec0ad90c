//! Tests of what a demonstration shows, and of the calls on it.

use std::collections::BTreeSet;

use base64::Engine;
use serde_json::{Value, json};

use super::{LATER, SECOND, ask, id, list};
use crate::answer::reply::Target;
use crate::cluster::Sim;
use crate::size::Size;
use crate::world::operation::OperationState;

fn furnished() -> Sim {
    let mut sim = Sim::new(1, Size::Small);
    sim.furnish();
    sim
}

/// Status and text of an answer.
fn send(sim: &mut Sim, target: Target, call: &Value) -> (u16, String) {
    let answer = sim.answer(target, call.to_string().as_bytes());
    (answer.status, String::from_utf8_lossy(&answer.body.into_bytes()).into_owned())
}

fn agents(sim: &mut Sim) -> Vec<Value> {
    let answer = ask(sim, Target::Master, json!({"type": "GET_AGENTS"}));
    list(&answer, "/get_agents/agents").clone()
}

fn number(agent: &Value) -> u32 {
    let id = agent["agent_info"]["id"]["value"].as_str().and_then(|id| id.rsplit_once("-S"));
    id.and_then(|(_, number)| number.parse().ok()).expect("an agent's id ends with its number")
}

/// Number of the first agent with a provider.
fn with_provider(sim: &mut Sim) -> u32 {
    let agents = agents(sim);
    number(agents.iter().find(|agent| !agent["resource_providers"].is_null()).expect("an agent has a provider"))
}

fn providers(sim: &mut Sim, agent: u32) -> Vec<Value> {
    let answer = ask(sim, Target::Agent(agent), json!({"type": "GET_RESOURCE_PROVIDERS"}));
    answer["get_resource_providers"]["resource_providers"].as_array().cloned().unwrap_or_default()
}

#[test]
fn reservations_and_volumes_of_every_kind_are_shown() {
    let mut sim = furnished();
    let all: Vec<Value> = agents(&mut sim).iter().flat_map(|agent| list(agent, "/total_resources").clone()).collect();
    let some = |pointer: &str, value: &Value| all.iter().any(|item| item.pointer(pointer) == Some(value));
    assert!(some("/reservations/0/type", &json!("STATIC")) && some("/reservations/0/type", &json!("DYNAMIC")));
    assert!(some("/disk/source/type", &json!("MOUNT")) && some("/disk/source/type", &json!("PATH")));
    assert!(all.iter().any(|item| item["reservations"].as_array().is_some_and(|stack| stack.len() == 2)));
    assert!(all.iter().any(|item| !item["shared"].is_null()));
    assert!(all.iter().any(|item| item["name"] == "ports" && !item["reservations"].is_null()));
}

#[test]
fn a_volume_that_a_task_uses_is_not_destroyed() {
    let mut sim = furnished();
    let state = sim.state();
    let is_volume = |item: &&Value| !item["disk"]["persistence"].is_null();
    let user = list(&state, "/get_state/get_tasks/tasks");
    let user = user.iter().find(|task| list(task, "/resources").iter().any(|item| is_volume(&item)));
    let user = user.expect("a task uses a volume");
    let agent = id(user, "agent_id").to_owned();
    let of = agents(&mut sim)
        .into_iter()
        .find(|it| it["agent_info"]["id"]["value"] == agent.as_str())
        .expect("it is listed");
    let used = list(user, "/resources").iter().find(is_volume).expect("it has one");
    assert!(list(&of, "/allocated_resources").contains(used), "the agent reports it as allocated");
    let total = list(&of, "/total_resources").iter();
    let volume = total.clone().find(|item| item["disk"]["persistence"]["id"] == used["disk"]["persistence"]["id"]);
    let call =
        json!({"type": "DESTROY_VOLUMES", "destroy_volumes": {"agent_id": {"value": agent}, "volumes": [volume]}});
    let refusal = "Invalid DESTROY operation: Persistent volumes in use".to_owned();
    assert_eq!(send(&mut sim, Target::Master, &call), (400, refusal));
}

#[test]
fn operations_are_in_every_state_and_the_agent_lists_its_own() {
    let mut sim = furnished();
    let answer = ask(&mut sim, Target::Master, json!({"type": "GET_OPERATIONS"}));
    let all = list(&answer, "/get_operations/operations").clone();
    let state = |one: &Value| one["latest_status"]["state"].as_str().unwrap_or_default().to_owned();
    let states: BTreeSet<String> = all.iter().map(state).collect();
    assert_eq!(states, OperationState::ALL.iter().map(|state| state.name().to_owned()).collect());
    for one in &all {
        let agent = id(one, "agent_id").rsplit_once("-S").and_then(|(_, number)| number.parse().ok());
        let own = ask(&mut sim, Target::Agent(agent.expect("a number")), json!({"type": "GET_OPERATIONS"}));
        let own = own["get_operations"]["operations"].as_array().cloned().unwrap_or_default();
        let is_known = !["UNREACHABLE", "GONE_BY_OPERATOR", "RECOVERING", "UNKNOWN", "DROPPED"]
            .iter()
            .any(|name| state(one) == format!("OPERATION_{name}"));
        assert_eq!(own.contains(one), is_known, "{one}");
    }
}

#[test]
fn nested_containers_are_four_deep_and_their_counters_grow() {
    let mut sim = furnished();
    let [agent, ..] = sim.some_pod().expect("a pod runs");
    let number = agent.rsplit_once("-S").and_then(|(_, number)| number.parse().ok()).expect("a number");
    let call = json!({"type": "GET_CONTAINERS", "get_containers": {"show_nested": true, "show_standalone": true}});
    let read = |sim: &mut Sim| ask(sim, Target::Agent(number), call.clone());
    let (before, _) = (read(&mut sim), sim.advance(LATER + 60 * SECOND));
    let after = read(&mut sim);
    let depth = |container: &Value| {
        let id = &container["container_status"]["container_id"];
        std::iter::successors(Some(id), |id| id.get("parent")).count()
    };
    let all = list(&before, "/get_containers/containers");
    assert_eq!(all.iter().map(depth).max(), Some(4));
    let later = list(&after, "/get_containers/containers");
    for name in ["cpus_user_time_secs", "cpus_nr_periods", "net_rx_bytes", "net_tx_bytes"] {
        let value = |container: &Value| container["resource_statistics"][name].as_f64();
        for (one, other) in all.iter().zip(later) {
            assert!(value(one).is_some() && value(one) <= value(other), "{name}: {one} {other}");
        }
    }
}

#[test]
fn the_output_of_a_nested_container_is_in_the_sandbox_around_it_until_it_is_removed() {
    let mut sim = furnished();
    let [agent, framework, executor, ..] = sim.some_pod().expect("a pod runs");
    let number = agent.rsplit_once("-S").and_then(|(_, number)| number.parse().ok()).expect("a number");
    let to = Target::Agent(number);
    let containers = ask(&mut sim, to, json!({"type": "GET_CONTAINERS", "get_containers": {"show_nested": true}}));
    let run = list(&containers, "/get_containers/containers")
        .iter()
        .find(|it| {
            it["executor_id"]["value"] == executor.as_str()
                && it["container_status"]["container_id"]["parent"].is_null()
        })
        .expect("its container")["container_id"]
        .clone();
    let outer = json!({"value": "outer", "parent": run});
    let inner = json!({"value": "inner", "parent": outer});
    for (id, command, terminal) in [
        (&outer, "echo printed-outer; sleep 5; echo later >&2; sleep 600", Value::Null),
        (&inner, "echo printed-inner", json!({"type": "MESOS", "tty_info": {}})),
    ] {
        let fields = json!({"container_id": id, "command": {"value": command}, "container": terminal});
        let launch = json!({"type": "LAUNCH_NESTED_CONTAINER", "launch_nested_container": fields});
        assert_eq!(send(&mut sim, to, &launch).0, 200);
    }
    let virtual_root = format!("/frameworks/{framework}/executors/{executor}/runs/latest");
    let run_id = run["value"].as_str().expect("an id");
    let real_root = format!("/var/lib/mesos/slaves/{agent}/frameworks/{framework}/executors/{executor}/runs/{run_id}");
    let read = |sim: &mut Sim, path: &str| {
        let answer = send(sim, to, &json!({"type": "READ_FILE", "read_file": {"path": path, "offset": 0}}));
        let body: Value = serde_json::from_str(&answer.1).unwrap_or_default();
        let data = base64::engine::general_purpose::STANDARD
            .decode(body["read_file"]["data"].as_str().unwrap_or_default())
            .expect("base64");
        (answer.0, String::from_utf8(data).expect("text"))
    };
    let path = |root: &str, rest: &str| format!("{root}/containers/outer/{rest}");
    for root in [&virtual_root, &real_root] {
        let check = |sim: &mut Sim, rest: &str, expected: &str| {
            assert_eq!(read(sim, &path(root, rest)), (200, expected.to_owned()), "{root} {rest}");
        };
        check(&mut sim, "stdout", "printed-outer\n");
        check(&mut sim, "containers/inner/stdout", "printed-inner\r\n");
        check(&mut sim, "containers/inner/stderr", "");
    }
    sim.advance(LATER + 60 * SECOND);
    assert_eq!(read(&mut sim, &path(&real_root, "stderr")), (200, "later\n".to_owned()));
    let listed = ask(&mut sim, to, json!({"type": "LIST_FILES", "list_files": {"path": path(&virtual_root, "")}}));
    let infos = list(&listed, "/list_files/file_infos");
    let names: Vec<&str> = infos.iter().filter_map(|it| it["path"].as_str()?.rsplit('/').next()).collect();
    assert_eq!(names, ["containers", "stderr", "stdout"]);
    let remove = json!({"type": "REMOVE_NESTED_CONTAINER", "remove_nested_container": {"container_id": inner}});
    assert_eq!(send(&mut sim, to, &remove).0, 200);
    assert_eq!(read(&mut sim, &path(&virtual_root, "containers/inner/stdout")).0, 404);
    assert_eq!(read(&mut sim, &path(&virtual_root, "stdout")).0, 200);
}

#[test]
fn a_standalone_container_is_not_attached_to_and_keeps_what_is_nested_in_it() {
    let mut sim = furnished();
    let to = Target::Agent(0);
    let outer = json!({"value": "alone"});
    let inner = json!({"value": "within", "parent": outer});
    let command = json!({"value": "sleep 600"});
    let terminal = json!({"type": "MESOS", "tty_info": {}});
    let launch = |id: &Value| {
        let fields = json!({"container_id": id, "command": command, "container": terminal});
        json!({"type": "LAUNCH_CONTAINER", "launch_container": fields})
    };
    assert_eq!(send(&mut sim, to, &launch(&outer)).0, 200);
    assert_eq!(send(&mut sim, to, &launch(&inner)).0, 200);
    sim.advance(LATER + 60 * SECOND);
    for (id, name) in [(&outer, "alone"), (&inner, "alone.within")] {
        let attach = json!({"type": "ATTACH_CONTAINER_OUTPUT", "attach_container_output": {"container_id": id}});
        assert_eq!(send(&mut sim, to, &attach), (404, format!("Container {name} cannot be found")));
    }
    assert_eq!(send(&mut sim, to, &launch(&inner)).0, 202, "it still runs");
    let session = json!({"container_id": {"value": "shell", "parent": outer}, "command": command});
    let session = json!({"type": "LAUNCH_NESTED_CONTAINER_SESSION", "launch_nested_container_session": session});
    assert_eq!(send(&mut sim, to, &session), (404, "Container alone.shell cannot be found".to_owned()));
}

#[test]
fn a_provider_is_stopped_before_it_is_marked_gone() {
    let mut sim = furnished();
    let agent = with_provider(&mut sim);
    let to = Target::Agent(agent);
    let id = providers(&mut sim, agent)[0]["resource_provider_info"]["id"].clone();
    let gone =
        json!({"type": "MARK_RESOURCE_PROVIDER_GONE", "mark_resource_provider_gone": {"resource_provider_id": id}});
    let (status, words) = send(&mut sim, to, &gone);
    assert!(status == 500 && words.ends_with("as gone: Resource provider has resources"), "{status} {words}");
    let named = json!({"type": "org.apache.mesos.rp.local.storage", "name": "local_ssd"});
    let remove = json!({"type": "REMOVE_RESOURCE_PROVIDER_CONFIG", "remove_resource_provider_config": named});
    assert_eq!(send(&mut sim, to, &remove).0, 200);
    let known = providers(&mut sim, agent);
    assert!(known.len() == 1 && known[0]["total_resources"].is_null(), "it is known, without disks");
    assert_eq!(send(&mut sim, to, &gone), (200, String::new()));
    assert_eq!(providers(&mut sim, agent), [Value::Null; 0]);
}

#[test]
fn a_configuration_is_added_updated_and_refused_as_mesos_does() {
    let mut sim = furnished();
    let agent = with_provider(&mut sim);
    let config = |name: &str, role: &str, service: &str| {
        json!({
            "type": "org.apache.mesos.rp.local.storage",
            "name": name,
            "default_reservations": [{"type": "DYNAMIC", "role": role}],
            "storage": {"plugin": {
                "type": "org.apache.mesos.csi.lvm", "name": "more", "containers": [{"services": [service]}]
            }}
        })
    };
    let mut write = |verb: &str, info: Value| {
        let call = json!({
            "type": format!("{verb}_RESOURCE_PROVIDER_CONFIG"),
            format!("{}_resource_provider_config", verb.to_lowercase()): {"info": info}
        });
        send(&mut sim, Target::Agent(agent), &call)
    };
    let node = "NODE_SERVICE";
    assert_eq!(write("UPDATE", config("hdd", "a", node)).0, 409);
    assert_eq!(write("ADD", config("hdd", "a", node)).0, 200);
    assert_eq!(write("ADD", config("hdd", "b", node)).0, 409);
    assert_eq!(write("UPDATE", config("hdd", "b", node)).0, 200);
    assert_eq!(write("UPDATE", config("local_ssd", "c", node)).0, 200);
    assert!(write("ADD", config("hdd", "a", "CONTROLLER_SERVICE")).1.ends_with(": NODE_SERVICE not found"));
    assert!(write("ADD", config("h-d", "a", node)).1.ends_with("does not follow Java package naming convention"));
    let infos: Vec<Value> = providers(&mut sim, agent).iter().map(|it| it["resource_provider_info"].clone()).collect();
    let roles = infos.iter().map(|info| info["default_reservations"][0]["role"].clone()).collect::<Vec<_>>();
    assert_eq!(roles, ["c", "b"]);
    assert!(infos.iter().all(|info| info["id"]["value"].is_string()));
}
