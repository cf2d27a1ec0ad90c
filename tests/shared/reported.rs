//! What only reads tell, and tell whole: what the copy holds of it against the master's answers of now.

use mesoscope_core::base::units::Quantities;
use mesoscope_core::cluster::Cluster;
use mesoscope_core::cluster::role::MachineMode;
use mesoscope_core::cluster::unknown::Unknown;
use mesoscope_core::mesos::calls;
use mesoscope_core::mesos::calls::maintenance::GetMaintenanceSchedule;
use mesoscope_core::mesos::calls::quota::GetQuota;
use serde_json::Value;

use super::same::report;

/// `ask` gives the body of the master's answer to a call without arguments.
pub fn check(cluster: &Cluster, mut ask: impl FnMut(&str) -> String) -> Result<(), String> {
    let mut differences = Vec::new();
    let mut same = |what: &str, mut here: Vec<String>, mut there: Vec<String>| {
        here.sort();
        there.sort();
        if here != there {
            differences.push(format!("{what}: read {here:?}, the master says {there:?}"));
        }
    };
    let answer = content(&ask("GET_ROLES"));
    same("roles", roles_held(cluster), items(&answer, "roles").map(role_reported).collect());
    let answer = content(&ask("GET_WEIGHTS"));
    let weights = cluster
        .weights()
        .iter()
        .flat_map(|weights| weights.iter())
        .map(|(role, weight)| format!("{role} {weight}"))
        .collect();
    let reported =
        items(&answer, "weight_infos").map(|info| format!("{} {}", text(info, "/role"), number(info, "/weight")));
    same("weights", weights, reported.collect());
    let answer = content(&ask("GET_OPERATIONS"));
    let operations = cluster
        .operations()
        .unwrap_or_default()
        .iter()
        .map(|one| format!("{} {} {}", one.id, one.kind, one.state))
        .collect();
    same("operations", operations, items(&answer, "operations").map(operation_reported).collect());
    let answer = content(&ask("GET_MAINTENANCE_STATUS"));
    same("machines", machines_held(cluster), machines_reported(&answer["status"]));

    let body = ask("GET_QUOTA");
    let quota = calls::reply::<GetQuota>(&body).map_err(|error| error.to_string())?.0.status;
    same("quotas", vec![format!("{:?}", cluster.quota())], vec![format!("{:?}", Ok::<_, Unknown>(quota))]);
    let body = ask("GET_MAINTENANCE_SCHEDULE");
    let schedule = calls::reply::<GetMaintenanceSchedule>(&body).map_err(|error| error.to_string())?.0.schedule;
    same("the schedule", vec![format!("{:?}", cluster.schedule())], vec![format!("{:?}", Ok::<_, Unknown>(schedule))]);
    report(differences)
}

fn roles_held(cluster: &Cluster) -> Vec<String> {
    let line = |role: &mesoscope_core::cluster::role::ReportedRole| {
        let mut frameworks: Vec<&str> = role.frameworks.iter().map(|id| id.as_str()).collect();
        frameworks.sort_unstable();
        format!("{} {} {frameworks:?} {:?}", role.name, role.weight.unwrap_or_default(), role.resources)
    };
    cluster.roles_reported().unwrap_or_default().iter().map(line).collect()
}

fn role_reported(role: &Value) -> String {
    let mut frameworks: Vec<&str> = items(role, "frameworks").map(|id| text(id, "/value")).collect();
    frameworks.sort_unstable();
    let resources = items(role, "resources");
    let resources: Quantities =
        resources.map(|one| Quantities::of(text(one, "/name"), number(one, "/scalar/value"))).sum();
    format!("{} {} {frameworks:?} {resources:?}", text(role, "/name"), number(role, "/weight"))
}

fn operation_reported(operation: &Value) -> String {
    let of = |path: &str| text(operation, path);
    format!("{} {} {}", of("/info/id/value"), of("/info/type"), of("/latest_status/state"))
}

fn machines_held(cluster: &Cluster) -> Vec<String> {
    let line = |machine: &mesoscope_core::cluster::role::Machine| {
        let mode = if machine.mode == MachineMode::Down { "down" } else { "draining" };
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        format!("{} {} {mode}", part(&machine.id.hostname), part(&machine.id.ip))
    };
    cluster.machines().unwrap_or_default().iter().map(line).collect()
}

fn machines_reported(status: &Value) -> Vec<String> {
    let line = |id: &Value, mode: &str| format!("{} {} {mode}", text(id, "/hostname"), text(id, "/ip"));
    let draining = items(status, "draining_machines").map(|machine| line(&machine["id"], "draining"));
    draining.chain(items(status, "down_machines").map(|id| line(id, "down"))).collect()
}

/// An answer's content; nothing where Mesos leaves its key out (PROTOCOL.md, "JSON").
fn content(body: &str) -> Value {
    let answer: Value = serde_json::from_str(body).expect("an answer is JSON");
    let key = text(&answer, "/type").to_lowercase();
    answer[key.as_str()].clone()
}

fn items<'a>(value: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    value[list].as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

fn number(value: &Value, path: &str) -> f64 {
    value.pointer(path).and_then(Value::as_f64).unwrap_or_default()
}
