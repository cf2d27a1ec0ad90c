//! What the master knows of the cluster: agents, frameworks, executors, tasks, roles, all of them in one GET_STATE.
//! Objects are `wire`'s, with the fields that tables need.

use serde::{Deserialize, Serialize};

use super::{Call, Master};
use crate::mesos::wire;
use crate::mesos::wire::agent::AgentInfo;
use crate::mesos::wire::field::fields;
use crate::mesos::wire::scalar::{Double, Id, Text};

/// All that the master knows, at one moment. It holds the master up for as long as it takes to write.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetState;

/// The four parts of the state. No call lists unreachable or gone agents (PROTOCOL.md, "GET_STATE").
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct State<'a> {
    #[serde(borrow)]
    pub get_tasks: Tasks<'a>,
    #[serde(borrow)]
    pub get_executors: Executors<'a>,
    #[serde(borrow)]
    pub get_frameworks: Frameworks<'a>,
    #[serde(borrow)]
    pub get_agents: Agents<'a>,
}

impl Call for GetState {
    const TYPE: &'static str = "GET_STATE";
    const READS: bool = true;
    type Reply<'a> = State<'a>;
    type To = Master;

    fn longest_answer(&self) -> u64 {
        4 << 30
    }
}

/// The agents. Resources of roles that the caller may not see are left out.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetAgents;

/// Registered agents, and those that a new master waits for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Agents<'a> {
    #[serde(borrow)]
    pub agents: Vec<wire::agent::Agent<'a>>,
    /// Plain AgentInfo (PROTOCOL.md, "GET_AGENTS").
    #[serde(borrow)]
    pub recovered_agents: Vec<AgentInfo<'a>>,
}

impl Call for GetAgents {
    const TYPE: &'static str = "GET_AGENTS";
    const READS: bool = true;
    type Reply<'a> = Agents<'a>;
    type To = Master;

    fn longest_answer(&self) -> u64 {
        // At 40,000 agents 160 MB.
        1 << 30
    }
}

/// The frameworks, as far as the caller may see them.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetFrameworks;

/// Frameworks, and the last fifty that are gone. `recovered_frameworks` is always empty and left out.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Frameworks<'a> {
    #[serde(borrow)]
    pub frameworks: Vec<wire::framework::Framework<'a>>,
    #[serde(borrow)]
    pub completed_frameworks: Vec<wire::framework::Framework<'a>>,
}

impl Call for GetFrameworks {
    const TYPE: &'static str = "GET_FRAMEWORKS";
    const READS: bool = true;
    type Reply<'a> = Frameworks<'a>;
    type To = Master;

    fn longest_answer(&self) -> u64 {
        512 << 20
    }
}

/// The executors, as far as the caller may see them.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetExecutors;

/// Those on registered agents. `orphan_executors` is always empty and left out.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Executors<'a> {
    #[serde(borrow)]
    pub executors: Vec<wire::agent::Executor<'a>>,
}

impl Call for GetExecutors {
    const TYPE: &'static str = "GET_EXECUTORS";
    const READS: bool = true;
    type Reply<'a> = Executors<'a>;
    type To = Master;

    fn longest_answer(&self) -> u64 {
        512 << 20
    }
}

/// The tasks, as far as the caller may see them.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetTasks;

/// Tasks by list (PROTOCOL.md, "GET_TASKS").
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Tasks<'a> {
    #[serde(borrow)]
    pub tasks: Vec<wire::task::Task<'a>>,
    #[serde(borrow)]
    pub unreachable_tasks: Vec<wire::task::Task<'a>>,
    #[serde(borrow)]
    pub completed_tasks: Vec<wire::task::Task<'a>>,
}

impl Call for GetTasks {
    const TYPE: &'static str = "GET_TASKS";
    const READS: bool = true;
    type Reply<'a> = Tasks<'a>;
    type To = Master;

    fn longest_answer(&self) -> u64 {
        4 << 30
    }
}

/// The roles that have frameworks, a weight, a quota or reservations.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetRoles;

/// Them, sorted by name.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Roles<'a> {
    #[serde(borrow)]
    pub roles: Vec<Role<'a>>,
}

/// A role and what it has. The old GET /roles tells more: reserved, quota consumed.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Role<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
    /// `None` if it could not be read.
    pub weight: Option<Double>,
    pub frameworks: Vec<Id<'a>>,
    /// Allocated and offered together: scalars only, no reservations (PROTOCOL.md, "GET_ROLES").
    #[serde(borrow)]
    pub resources: wire::task::Resources<'a>,
}

fields! { impl<'de> Roles<'de>; "roles" => roles }
fields! { impl<'de> Role<'de>, identified by |role| !role.name.as_str().is_empty();
    "name" => name,
    "weight" => weight,
    "frameworks" => frameworks,
    "resources" => resources,
}

impl Call for GetRoles {
    const TYPE: &'static str = "GET_ROLES";
    const READS: bool = true;
    type Reply<'a> = Roles<'a>;
    type To = Master;

    fn longest_answer(&self) -> u64 {
        64 << 20
    }
}
