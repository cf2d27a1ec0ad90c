//! What clients of the scheduler API gave: descriptions of their frameworks, and the tasks that they launched.

use serde_json::{Map, Value, json};

use crate::catalog::{ExecutorKind, FrameworkKind, TaskIdScheme};
use crate::script::Script;
use crate::time::SECOND;
use crate::world::resources::Ports;

/// Framework of a client.
#[derive(Clone, Debug)]
pub(crate) struct ClientFramework {
    /// Its id, if another master has given it.
    pub(crate) foreign_id: Option<String>,
    /// FrameworkInfo without its id, in Mesos' order and with Mesos' default values.
    pub(crate) info: Value,
    /// Its roles now. Those of the framework's kind also have earlier ones, which tasks may still use.
    pub(crate) roles: Vec<String>,
    /// Whether it is offered agents with GPUs: GPU_RESOURCES.
    pub(crate) has_gpus: bool,
    /// Whether it is offered agents of other regions: REGION_AWARE.
    pub(crate) is_region_aware: bool,
}

/// Task of a client.
#[derive(Clone, Debug)]
pub(crate) struct LaunchedTask {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Resources as in its Task.
    pub(crate) resources: Value,
    /// Fields of its Task after `status_update_uuid`, in Mesos' order.
    pub(crate) rest: Map<String, Value>,
    pub(crate) ports: Ports,
    pub(crate) script: Script,
    /// Names of the files that were fetched.
    pub(crate) files: Vec<String>,
    /// Time when its command started.
    pub(crate) started: Option<i64>,
    /// Time when its command ended.
    pub(crate) ended: Option<i64>,
}

/// Inverse offer to a framework about an agent.
#[derive(Clone, Debug)]
pub(crate) struct InverseOffer {
    pub(crate) number: u64,
    /// When the window was set of which it is.
    pub(crate) since: i64,
    /// ACCEPT or DECLINE, and when.
    pub(crate) answer: Option<(&'static str, i64)>,
    /// End of the filter that an answer sets.
    pub(crate) until: i64,
}

/// Fields of a FrameworkInfo in Mesos' order.
const FIELDS: [&str; 12] = [
    "user",
    "name",
    "id",
    "failover_timeout",
    "checkpoint",
    "role",
    "roles",
    "hostname",
    "principal",
    "webui_url",
    "capabilities",
    "labels",
];

impl ClientFramework {
    /// Reads a FrameworkInfo. Its roles are valid.
    pub(crate) fn new(given: &Value, foreign_id: Option<String>) -> ClientFramework {
        let mut info = Map::new();
        for name in FIELDS.into_iter().filter(|name| *name != "id") {
            let default = match name {
                "failover_timeout" => json!(0.0),
                "checkpoint" => json!(false),
                _ => Value::Null,
            };
            let value = given.get(name).filter(|value| !value.is_null()).cloned().unwrap_or(default);
            match name {
                _ if value.is_null() => {}
                "failover_timeout" => drop(info.insert(name.to_owned(), json!(value.as_f64().unwrap_or_default()))),
                _ => drop(info.insert(name.to_owned(), value)),
            }
        }
        let info = Value::Object(info);
        let has = |name: &str| capabilities(&info).any(|kind| kind == name);
        let roles = match has("MULTI_ROLE") {
            true => list(&info, "roles").filter_map(Value::as_str).map(str::to_owned).collect(),
            false => vec![info["role"].as_str().unwrap_or("*").to_owned()],
        };
        let (has_gpus, is_region_aware) = (has("GPU_RESOURCES"), has("REGION_AWARE"));
        ClientFramework { foreign_id, info, roles, has_gpus, is_region_aware }
    }

    pub(crate) fn has(&self, capability: &str) -> bool {
        capabilities(&self.info).any(|kind| kind == capability)
    }

    /// Nanoseconds after which it is removed when its stream has ended.
    pub(crate) fn failover_timeout(&self) -> i64 {
        let seconds = self.info["failover_timeout"].as_f64().unwrap_or_default().max(0.0);
        (seconds * SECOND as f64) as i64
    }

    /// Its kind, with the roles of an earlier one first: tasks refer to roles by place.
    ///
    /// Kinds live forever. A simulated cluster is short-lived, and has few clients.
    pub(crate) fn kind(&self, earlier: &[&'static str]) -> &'static FrameworkKind {
        let forever = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
        let new = self.roles.iter().filter(|role| !earlier.contains(&role.as_str()));
        let roles: Vec<&'static str> = earlier.iter().copied().chain(new.map(|role| forever(role))).collect();
        Box::leak(Box::new(FrameworkKind {
            name: "client",
            user: forever(self.info["user"].as_str().unwrap_or_default()),
            roles: roles.leak(),
            jobs: &["task"],
            image: "none",
            runner: ExecutorKind::Command,
            ids: TaskIdScheme::Uuid,
            partition_aware: self.has("PARTITION_AWARE"),
            failover_hours: 0,
            serves: false,
            reported_of_killing: self.has("TASK_KILLING_STATE"),
            checkpoint: self.info["checkpoint"] == true,
            offer_constraints: "{}",
        }))
    }
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn capabilities(info: &Value) -> impl Iterator<Item = &str> {
    list(info, "capabilities").filter_map(|it| it["type"].as_str())
}
