//! A day of a cluster, in half a minute: what its frameworks and its operators do, and after each the copy against the master.

use mesoscope_core::cluster::Cluster;
use mesoscope_core::cluster::agent::DrainState;
use mesoscope_core::cluster::task::MasterTaskList;
use mesoscope_core::mesos::wire::encoded::WireEncoding;
use mesoscope_core::mesos::wire::state::TaskState;
use serde_json::{Value, json};

use super::console::Console;
use super::executable::Gateway;
use super::operator::Operator;
use mesoscope_tests::shared::real_mesos;

/// Offers that are declined come back after an hour, so that they do not come and go while the copy is compared.
const WEB: &str = r#"{"name": "web", "roles": ["dev"], "refuse_seconds": 3600, "failover_timeout": 600,
    "tasks": [{"name": "serve", "command": "sleep 1000", "count": 4}],
    "pods": [{"name": "pod", "tasks": [{"name": "left", "command": "sleep 1000"}, {"name": "right", "command": "sleep 1000"}]}]}"#;
const JOBS: &str = r#"{"name": "jobs", "roles": ["batch"], "refuse_seconds": 3600, "failover_timeout": 600,
    "capabilities": ["MULTI_ROLE", "RESERVATION_REFINEMENT"],
    "tasks": [{"name": "good", "command": "true", "count": 3}, {"name": "bad", "command": "exit 3", "count": 2}]}"#;
const BRIEF: &str = r#"{"name": "brief", "roles": ["brief"], "refuse_seconds": 3600, "failover_timeout": 1}"#;

#[tokio::test]
async fn the_copy_of_a_real_cluster_is_exact() {
    copy_a_day("the_copy_of_a_real_cluster_is_exact", WireEncoding::Json).await;
}

#[tokio::test]
async fn the_copy_of_a_real_cluster_in_protobuf_is_exact() {
    copy_a_day("the_copy_of_a_real_cluster_in_protobuf_is_exact", WireEncoding::Protobuf).await;
}

async fn copy_a_day(test: &str, encoding: WireEncoding) {
    let Some(cluster) = real_mesos::Cluster::start(test) else { return };
    let gateway = Gateway::before(&[&cluster.master()]).await;
    let operator = Operator { at: gateway.at.clone() };
    let mut console = Console::new(operator.clone(), encoding);
    console.until("three agents", |copy| copy.agents().count() == 3).await;
    console.agrees("the beginning").await;

    tasks(&cluster, &mut console, &operator).await;
    agents(&mut console, &operator).await;
    policy(&mut console, &operator).await;
    resources(&mut console, &operator).await;
    another_stream(&mut console).await;
    frameworks(&cluster, &mut console, &operator).await;
    console.frameworks_have_ended();
    another_stream(&mut console).await;
}

async fn another_stream(console: &mut Console) {
    console.lose_stream();
    console.until("the old copy is replaced", |copy| copy.master().is_ok() && !copy.arriving()).await;
    console.agrees("another stream").await;
}

/// Tasks run, end, fail, and are killed.
async fn tasks(cluster: &real_mesos::Cluster, console: &mut Console, operator: &Operator) {
    cluster.framework(WEB);
    console.until("six tasks that run", |copy| running(copy) == 6).await;
    console.agrees("tasks and a pod that run").await;
    cluster.framework(JOBS);
    console
        .until("three tasks that finished, and two that failed", |copy| {
            (ended(copy, TaskState::Finished), ended(copy, TaskState::Failed)) == (3, 2)
        })
        .await;
    console.agrees("tasks that ended").await;

    let state = operator.content("GET_STATE").await;
    let tasks = state["get_tasks"]["tasks"].as_array().expect("there are tasks").iter();
    let containers = tasks.map(|task| (task, &task["statuses"][1]["container_status"]["container_id"]));
    let nested = |(_, container): &(&Value, &Value)| container["parent"].is_object();
    let (task, container) = containers.clone().find(nested).unwrap_or_else(|| panic!("there is no pod: {state}"));
    let agent = task["agent_id"]["value"].as_str().expect("it has an agent");
    operator.write_to(agent, "KILL_NESTED_CONTAINER", json!({"container_id": container})).await;
    console.until("a pod that has ended", |copy| running(copy) == 4).await;
    console.agrees("a container that was killed").await;
}

/// Agents are deactivated, reactivated, drained.
async fn agents(console: &mut Console, operator: &Operator) {
    let agent = json!({"agent_id": {"value": agent(console.shown(), "agent1.local")}});
    operator.write("DEACTIVATE_AGENT", agent.clone()).await;
    console.agrees("an agent that is deactivated").await;
    operator.write("REACTIVATE_AGENT", agent).await;
    console.agrees("an agent that is reactivated").await;

    let busy = console.shown().agents().max_by_key(|agent| agent.tasks).expect("there are agents").id.clone();
    operator.write("DRAIN_AGENT", json!({"agent_id": {"value": busy}, "max_grace_period": {"seconds": 1}})).await;
    console.agrees("an agent that drains").await;
    let drained = |copy: &Cluster| copy.agent(&busy).is_some_and(|agent| agent.drain == Some(DrainState::Drained));
    console.until("an agent that is drained", drained).await;
    console.agrees("an agent that is drained").await;
    operator.write("REACTIVATE_AGENT", json!({"agent_id": {"value": busy}})).await;
    console.agrees("a drained agent that is reactivated").await;
}

/// Quota, weights, and the maintenance schedule.
async fn policy(console: &mut Console, operator: &Operator) {
    let quota = json!({"role": "dev", "guarantees": {"cpus": {"value": 1}}, "limits": {"cpus": {"value": 8}}});
    operator.write("UPDATE_QUOTA", json!({"force": true, "quota_configs": [quota]})).await;
    operator.write("UPDATE_WEIGHTS", json!({"weight_infos": [{"role": "dev", "weight": 2.5}]})).await;
    let window = json!({
        "machine_ids": [{"hostname": "agent3.local", "ip": "127.0.0.1"}],
        "unavailability": {"start": {"nanoseconds": 4_000_000_000_000_000_000_i64}, "duration": {"nanoseconds": 3_600_000_000_000_i64}},
    });
    operator.write("UPDATE_MAINTENANCE_SCHEDULE", json!({"schedule": {"windows": [window]}})).await;
    console.agrees("a quota, a weight, and a window of maintenance").await;
    let copy = console.shown();
    let quota = copy.quota().map(|quota| quota.configs().len());
    let (weights, machines) = (copy.weights().map(|all| all.len()), copy.machines().map(<[_]>::len));
    let windows = copy.schedule().map(|schedule| schedule.windows.len());
    assert_eq!((weights, windows, machines, quota), (Ok(1), Ok(1), Ok(1), Ok(1)));
}

/// Resources are reserved, a volume is created, and both go.
async fn resources(console: &mut Console, operator: &Operator) {
    let agent = agent(console.shown(), "agent1.local");
    let disk = |value: f64| json!({"name": "disk", "type": "SCALAR", "scalar": {"value": value}, "reservations": [{"type": "DYNAMIC", "role": "data"}]});
    let mut volume = disk(64.0);
    volume["disk"] = json!({"persistence": {"id": "v1"}, "volume": {"mode": "RW", "container_path": "data"}});
    let resources = |what: Value| json!({"agent_id": {"value": agent}, "resources": [what]});
    let volumes = json!({"agent_id": {"value": agent}, "volumes": [volume]});
    operator.write("RESERVE_RESOURCES", resources(disk(64.0))).await;
    console.agrees("a reservation").await;
    operator.write("CREATE_VOLUMES", volumes.clone()).await;
    console.agrees("a volume").await;
    operator.write("DESTROY_VOLUMES", volumes).await;
    operator.write("UNRESERVE_RESOURCES", resources(disk(64.0))).await;
    console.agrees("a volume destroyed, a reservation undone").await;
}

/// One disconnects and stays, one disconnects and is removed, one is torn down.
async fn frameworks(cluster: &real_mesos::Cluster, console: &mut Console, operator: &Operator) {
    let (idle, brief) = (r#"{"name": "idle", "offers": "hold", "failover_timeout": 600}"#, BRIEF);
    let (idle, brief) = (cluster.framework(idle), cluster.framework(brief));
    console.until("four frameworks", |copy| copy.frameworks().count() == 4).await;
    console.agrees("a framework that holds offers").await;
    idle.kill();
    brief.kill();
    console.until("a framework that was removed", |copy| completed(copy) == ["brief"]).await;
    let gone = |copy: &Cluster| copy.frameworks().any(|framework| framework.name == "idle" && !framework.connected);
    console.until("a framework that is disconnected", gone).await;
    console.agrees("frameworks that disconnected").await;

    let web = console.shown().frameworks().find(|framework| framework.name == "web").expect("it runs").id.clone();
    operator.write("TEARDOWN", json!({"framework_id": {"value": web}})).await;
    console.until("a framework that was torn down", |copy| completed(copy) == ["brief", "web"]).await;
    console.agrees("a framework that was torn down").await;
    assert_eq!(running(console.shown()), 0);
}

fn running(copy: &Cluster) -> usize {
    copy.tasks().filter(|task| task.section == MasterTaskList::Live && task.state == TaskState::Running).count()
}

fn ended(copy: &Cluster, state: TaskState) -> usize {
    copy.tasks().filter(|task| task.section == MasterTaskList::Completed && task.state == state).count()
}

fn completed(copy: &Cluster) -> Vec<&str> {
    copy.completed_frameworks().map(|framework| framework.name.as_str()).collect()
}

fn agent(copy: &Cluster, hostname: &str) -> String {
    copy.agents().find(|agent| agent.hostname == hostname).expect("it is there").id.0.clone()
}
