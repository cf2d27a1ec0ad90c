//! What the master knows of the cluster: agents, frameworks, executors, tasks, roles, all of them in one GET_STATE.
//! Objects are `wire`'s, with the fields that tables need.

use serde::Serialize;

use super::{Call, LeadingMaster};
use crate::mesos::wire;
use crate::mesos::wire::agent::AgentInfo;
use crate::mesos::wire::field::fields;
use crate::mesos::wire::scalar::{Double, Id, Text};

/// All that the master knows, at one moment. It holds the master up for as long as it takes to write.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetState;

/// The four parts of the state. No call lists unreachable or gone agents (PROTOCOL.md, "GET_STATE").
#[derive(Debug, Default)]
pub struct StateReply<'a> {
    /// Tasks in the form of GET_TASKS.
    pub get_tasks: TasksReply<'a>,
    /// Executors in the form of GET_EXECUTORS.
    pub get_executors: ExecutorsReply<'a>,
    /// Frameworks in the form of GET_FRAMEWORKS.
    pub get_frameworks: FrameworksReply<'a>,
    /// Agents in the form of GET_AGENTS.
    pub get_agents: AgentsReply<'a>,
}

fields! { impl<'de> StateReply<'de>; "get_tasks" => get_tasks, "get_executors" => get_executors, "get_frameworks" => get_frameworks, "get_agents" => get_agents }

impl Call for GetState {
    const TYPE: &'static str = "GET_STATE";
    const READS: bool = true;
    type Reply<'a> = StateReply<'a>;
    type To = LeadingMaster;

    fn longest_answer(&self) -> u64 {
        4 << 30
    }
}

/// The agents. Resources of roles that the caller may not see are left out.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetAgents;

/// Registered agents, and those that a new master waits for.
#[derive(Debug, Default)]
pub struct AgentsReply<'a> {
    /// Registered agents, connected or not; unreachable and gone agents are absent.
    pub agents: Vec<wire::agent::ReportedAgent<'a>>,
    /// Plain AgentInfo (PROTOCOL.md, "GET_AGENTS").
    pub recovered_agents: Vec<AgentInfo<'a>>,
}

fields! { impl<'de> AgentsReply<'de>; "agents" => agents, "recovered_agents" => recovered_agents }

impl Call for GetAgents {
    const TYPE: &'static str = "GET_AGENTS";
    const READS: bool = true;
    type Reply<'a> = AgentsReply<'a>;
    type To = LeadingMaster;

    fn longest_answer(&self) -> u64 {
        // At 40,000 agents 160 MB.
        1 << 30
    }
}

/// The frameworks, as far as the caller may see them.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetFrameworks;

/// Frameworks, and the last fifty that are gone. `recovered_frameworks` is always empty and left out.
#[derive(Debug, Default)]
pub struct FrameworksReply<'a> {
    /// Frameworks that have not ended, connected or not.
    pub frameworks: Vec<wire::framework::ReportedFramework<'a>>,
    /// The latest frameworks that have ended, at most fifty by default.
    pub completed_frameworks: Vec<wire::framework::ReportedFramework<'a>>,
}

fields! { impl<'de> FrameworksReply<'de>; "frameworks" => frameworks, "completed_frameworks" => completed_frameworks }

impl Call for GetFrameworks {
    const TYPE: &'static str = "GET_FRAMEWORKS";
    const READS: bool = true;
    type Reply<'a> = FrameworksReply<'a>;
    type To = LeadingMaster;

    fn longest_answer(&self) -> u64 {
        512 << 20
    }
}

/// The executors, as far as the caller may see them.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetExecutors;

/// The answer to GET_EXECUTORS. `orphan_executors` is always empty and left out.
#[derive(Debug, Default)]
pub struct ExecutorsReply<'a> {
    /// Executors on registered agents; command executors are absent.
    pub executors: Vec<wire::agent::ReportedExecutor<'a>>,
}

fields! { impl<'de> ExecutorsReply<'de>; "executors" => executors }

impl Call for GetExecutors {
    const TYPE: &'static str = "GET_EXECUTORS";
    const READS: bool = true;
    type Reply<'a> = ExecutorsReply<'a>;
    type To = LeadingMaster;

    fn longest_answer(&self) -> u64 {
        512 << 20
    }
}

/// The tasks, as far as the caller may see them.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetTasks;

/// Tasks by list (PROTOCOL.md, "GET_TASKS").
#[derive(Debug, Default)]
pub struct TasksReply<'a> {
    /// Tasks that have not ended, or whose end is not acknowledged.
    pub tasks: Vec<wire::task::ReportedTask<'a>>,
    /// Tasks on agents that the master cannot reach.
    pub unreachable_tasks: Vec<wire::task::ReportedTask<'a>>,
    /// The latest tasks that have ended, as far as the master keeps them.
    pub completed_tasks: Vec<wire::task::ReportedTask<'a>>,
}

fields! { impl<'de> TasksReply<'de>; "tasks" => tasks, "unreachable_tasks" => unreachable_tasks, "completed_tasks" => completed_tasks }

impl Call for GetTasks {
    const TYPE: &'static str = "GET_TASKS";
    const READS: bool = true;
    type Reply<'a> = TasksReply<'a>;
    type To = LeadingMaster;

    fn longest_answer(&self) -> u64 {
        4 << 30
    }
}

/// The roles that have frameworks, a weight, a quota or reservations.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetRoles;

/// The answer to GET_ROLES.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RolesReply<'a> {
    /// Roles in the order of their names; parents of a nested role with a weight are among them.
    pub roles: Vec<RoleInfo<'a>>,
}

/// A role with its weight and use. The old GET /roles reports more: reserved, quota consumed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoleInfo<'a> {
    /// The role's name, as `eng/dev`; `*` for the default role.
    pub name: Text<'a>,
    /// The role's weight, 1 by default; `None` if it could not be read.
    pub weight: Option<Double>,
    /// Ids of the frameworks that are subscribed with the role.
    pub frameworks: Vec<Id<'a>>,
    /// Allocated and offered resources together: scalars only, no reservations (PROTOCOL.md, "GET_ROLES").
    pub resources: wire::resource::Resources<'a>,
}

fields! { impl<'de> RolesReply<'de>; "roles" => roles }
fields! { impl<'de> RoleInfo<'de>, identified by |role| !role.name.as_str().is_empty();
    "name" => name,
    "weight" => weight,
    "frameworks" => frameworks,
    "resources" => resources,
}

impl Call for GetRoles {
    const TYPE: &'static str = "GET_ROLES";
    const READS: bool = true;
    type Reply<'a> = RolesReply<'a>;
    type To = LeadingMaster;

    fn longest_answer(&self) -> u64 {
        64 << 20
    }
}
