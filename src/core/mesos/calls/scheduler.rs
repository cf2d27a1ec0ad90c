//! Calls of the scheduler API (PROTOCOL.md, "Scheduler calls"; include/mesos/v1/scheduler/scheduler.proto). Sends nothing.
//!
//! The framework's id is an argument of printing: a call without one cannot be built, and neither can a SUBSCRIBE whose two ids differ.

use serde::Serialize;
use serde_json::{Map, Value};

use super::LONGEST_REFUSAL;
use super::answer::{Content, Expected};
use super::resource::Resource;
use super::task_info::{KillPolicy, TaskInfo, as_value};
use super::values::Valued;
use crate::base::ids::{AgentId, ExecutorId, FrameworkId, OfferId, Role, TaskId};
use crate::mesos::wire::encoded::WireEncoding;

/// Path of the scheduler API, below a master's or the gateway's base.
pub const SCHEDULER_PATH: &str = "api/v1/scheduler";

/// Header that the answer to SUBSCRIBE has, and that each later call must have.
pub const STREAM_ID_HEADER: &str = "Mesos-Stream-Id";

/// Expected answer to SUBSCRIBE.
pub const STREAM_ANSWER: Expected = Expected {
    call: "SUBSCRIBE",
    content: Content::Records,
    longest: u64::MAX,
    may_lack_key: false,
    parts: &[],
    accept: WireEncoding::Json,
};

/// Expected answer to any other call: 202 without a body. Only UPDATE_FRAMEWORK, which no scheduler here sends, is answered 200.
pub const CALL_ANSWER: Expected = Expected {
    call: "",
    content: Content::Accepted,
    longest: LONGEST_REFUSAL,
    may_lack_key: false,
    parts: &[],
    accept: WireEncoding::Json,
};

/// A scheduler's description of its framework, without its id.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FrameworkDescription {
    /// User that tasks run as unless their command names another.
    pub user: String,
    /// Name for people.
    pub name: String,
    /// Roles that it wants offers for.
    pub roles: Vec<Role>,
    /// Seconds that its tasks go on after its stream has ended.
    pub failover_timeout: f64,
    /// Whether its tasks survive a restart of their agent.
    pub checkpoint: bool,
    /// What it can handle.
    pub capabilities: Vec<FrameworkCapability>,
}

/// Something that a framework can handle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FrameworkCapability {
    /// Mesos' name for it, as `MULTI_ROLE`.
    #[serde(rename = "type")]
    pub kind: String,
}

impl FrameworkDescription {
    /// Names of the capabilities that this product's frameworks have. GPU_RESOURCES and REGION_AWARE are for offers of agents that other
    /// frameworks never see (PROTOCOL.md, "Scheduler capabilities").
    pub const CAPABILITIES: [&str; 6] = [
        "MULTI_ROLE",
        "RESERVATION_REFINEMENT",
        "PARTITION_AWARE",
        "TASK_KILLING_STATE",
        "GPU_RESOURCES",
        "REGION_AWARE",
    ];

    fn with_id(&self, id: Option<&FrameworkId>) -> Value {
        let mut framework = as_value(self);
        if let (Some(id), Value::Object(fields)) = (id, &mut framework) {
            fields.insert("id".to_owned(), as_value(&Valued { value: id }));
        }
        framework
    }

    /// Those capabilities as they are sent.
    pub fn capabilities() -> Vec<FrameworkCapability> {
        Self::CAPABILITIES.map(|kind| FrameworkCapability { kind: kind.to_owned() }).into()
    }
}

/// SUBSCRIBE: opens the stream of events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SchedulerSubscription {
    /// The framework.
    pub framework: FrameworkDescription,
    /// Whether it takes the place of another scheduler that is connected. Only masters before Mesos 0.28 read it: later ones always do
    /// so.
    pub force: bool,
    /// Roles that get no offers before REVIVE.
    pub suppressed_roles: Vec<Role>,
}

impl SchedulerSubscription {
    /// The request's body. Without an id it makes a new framework; an id is written to both of its places.
    pub fn request(&self, id: Option<&FrameworkId>) -> Vec<u8> {
        let mut arguments = Map::new();
        arguments.insert("framework_info".to_owned(), self.framework.with_id(id));
        if self.force {
            arguments.insert("force".to_owned(), true.into());
        }
        if !self.suppressed_roles.is_empty() {
            arguments.insert("suppressed_roles".to_owned(), as_value(&self.suppressed_roles));
        }
        envelope("SUBSCRIBE", id, Some(Value::Object(arguments)))
    }
}

/// A call of a subscribed scheduler. Each is answered 202 before it takes effect; what fails later comes as an event.
#[derive(Clone, Debug, PartialEq)]
pub enum SchedulerCall {
    /// TEARDOWN: ends the framework with all its tasks, and the stream without an event.
    Teardown,
    /// ACCEPT: launches tasks with the resources of offers.
    Accept(AcceptOffers),
    /// DECLINE: gives offers back.
    Decline(DeclineOffers),
    /// REVIVE: clears filters and ends SUPPRESS.
    Revive(OfRoles),
    /// SUPPRESS: no offers, please.
    Suppress(OfRoles),
    /// KILL: ends a task.
    Kill(KillTask),
    /// SHUTDOWN: ends an executor with all its tasks.
    Shutdown(ShutDownExecutor),
    /// ACKNOWLEDGE: a status update was received.
    Acknowledge(AcknowledgeUpdate),
    /// RECONCILE: asks for the states of tasks, which come as updates.
    Reconcile(ReconcileTasks),
    /// MESSAGE: bytes for an executor.
    Message(MessageToExecutor),
    /// REQUEST: asks for resources. Mesos' own allocator ignores it.
    Request(RequestResources),
    /// ACCEPT_INVERSE_OFFERS: the agents may go into maintenance.
    AcceptInverseOffers(AnswerInverseOffers),
    /// DECLINE_INVERSE_OFFERS: the agents are still needed.
    DeclineInverseOffers(AnswerInverseOffers),
    /// UPDATE_FRAMEWORK: replaces its description, since Mesos 1.9. Its user and `checkpoint` stay as they are.
    UpdateFramework(UpdateFramework),
}

impl SchedulerCall {
    /// Mesos' name of the call.
    pub const fn mesos_type(&self) -> &'static str {
        match self {
            Self::Teardown => "TEARDOWN",
            Self::Accept(_) => "ACCEPT",
            Self::Decline(_) => "DECLINE",
            Self::Revive(_) => "REVIVE",
            Self::Suppress(_) => "SUPPRESS",
            Self::Kill(_) => "KILL",
            Self::Shutdown(_) => "SHUTDOWN",
            Self::Acknowledge(_) => "ACKNOWLEDGE",
            Self::Reconcile(_) => "RECONCILE",
            Self::Message(_) => "MESSAGE",
            Self::Request(_) => "REQUEST",
            Self::AcceptInverseOffers(_) => "ACCEPT_INVERSE_OFFERS",
            Self::DeclineInverseOffers(_) => "DECLINE_INVERSE_OFFERS",
            Self::UpdateFramework(_) => "UPDATE_FRAMEWORK",
        }
    }

    /// The request's body.
    pub fn request(&self, framework: &FrameworkId) -> Vec<u8> {
        envelope(self.mesos_type(), Some(framework), self.arguments(framework))
    }

    /// `None` for a call that has no arguments, or none this time.
    fn arguments(&self, framework: &FrameworkId) -> Option<Value> {
        Some(match self {
            Self::Teardown => return None,
            Self::Revive(of) | Self::Suppress(of) if of.roles.is_empty() => return None,
            Self::Revive(of) | Self::Suppress(of) => as_value(of),
            Self::Accept(offers) => as_value(&AcceptJson::from(offers)),
            Self::Decline(offers) => as_value(offers),
            Self::Kill(task) => as_value(task),
            Self::Shutdown(executor) => as_value(executor),
            Self::Acknowledge(update) => as_value(update),
            Self::Reconcile(tasks) => as_value(tasks),
            Self::Message(message) => as_value(message),
            Self::Request(resources) => as_value(resources),
            Self::AcceptInverseOffers(offers) | Self::DeclineInverseOffers(offers) => as_value(offers),
            Self::UpdateFramework(update) => update.arguments(framework),
        })
    }
}

fn envelope(kind: &str, framework: Option<&FrameworkId>, arguments: Option<Value>) -> Vec<u8> {
    let mut call = Map::new();
    call.insert("type".to_owned(), kind.into());
    if let Some(framework) = framework {
        call.insert("framework_id".to_owned(), as_value(&Valued { value: framework }));
    }
    if let Some(arguments) = arguments {
        call.insert(kind.to_ascii_lowercase(), arguments);
    }
    Value::Object(call).to_string().into_bytes()
}

/// Offers of one agent, and the tasks that they are for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AcceptOffers {
    /// Offers that are used up, whatever of them the tasks take.
    pub offer_ids: Vec<Valued<OfferId>>,
    /// Tasks to launch. Without any, the offers are declined.
    pub tasks: Vec<TaskInfo>,
    /// How long what the tasks leave is not offered again.
    pub filters: Option<OfferFilters>,
}

#[derive(Serialize)]
struct AcceptJson<'a> {
    offer_ids: &'a [Valued<OfferId>],
    operations: Vec<LaunchOperation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filters: Option<OfferFilters>,
}

#[derive(Serialize)]
struct LaunchOperation<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    launch: LaunchedTasks<'a>,
}

#[derive(Serialize)]
struct LaunchedTasks<'a> {
    task_infos: &'a [TaskInfo],
}

impl<'a> From<&'a AcceptOffers> for AcceptJson<'a> {
    fn from(offers: &'a AcceptOffers) -> Self {
        let launch = LaunchOperation { kind: "LAUNCH", launch: LaunchedTasks { task_infos: &offers.tasks } };
        let operations = if offers.tasks.is_empty() { Vec::new() } else { vec![launch] };
        Self { offer_ids: &offers.offer_ids, operations, filters: offers.filters }
    }
}

/// How long resources are not offered again.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize)]
pub struct OfferFilters {
    /// Seconds; Mesos takes 5 where no filter is given.
    pub refuse_seconds: f64,
}

impl OfferFilters {
    /// A filter of that many seconds.
    pub const fn seconds(refuse_seconds: f64) -> Self {
        Self { refuse_seconds }
    }
}

/// Offers that are given back.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DeclineOffers {
    /// The offers.
    pub offer_ids: Vec<Valued<OfferId>>,
    /// How long they are not made again; `None` for 5 seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filters: Option<OfferFilters>,
}

/// Inverse offers that are answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AnswerInverseOffers {
    /// The inverse offers.
    pub inverse_offer_ids: Vec<Valued<OfferId>>,
    /// How long they are not made again; `None` for 5 seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filters: Option<OfferFilters>,
}

/// A new description of a framework.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UpdateFramework {
    /// The whole description: what it lacks is taken away.
    pub framework: FrameworkDescription,
    /// Roles that get no offers before REVIVE.
    pub suppressed_roles: Vec<Role>,
}

impl UpdateFramework {
    fn arguments(&self, id: &FrameworkId) -> Value {
        let mut arguments = Map::new();
        arguments.insert("framework_info".to_owned(), self.framework.with_id(Some(id)));
        if !self.suppressed_roles.is_empty() {
            arguments.insert("suppressed_roles".to_owned(), as_value(&self.suppressed_roles));
        }
        Value::Object(arguments)
    }
}

/// Roles that a call is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OfRoles {
    /// The roles; all of the framework's if empty.
    pub roles: Vec<Role>,
}

/// A task to end.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct KillTask {
    /// The task.
    pub task_id: Valued<TaskId>,
    /// Its agent; `None` if not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<Valued<AgentId>>,
    /// How it is killed; `None` for the task's own policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kill_policy: Option<KillPolicy>,
}

/// An executor to end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ShutDownExecutor {
    /// The executor.
    pub executor_id: Valued<ExecutorId>,
    /// Its agent.
    pub agent_id: Valued<AgentId>,
}

/// A status update that was received.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AcknowledgeUpdate {
    /// Agent that sends the update.
    pub agent_id: Valued<AgentId>,
    /// Task that it is about.
    pub task_id: Valued<TaskId>,
    /// The update's own id, in base64 as it came.
    pub uuid: String,
}

/// Tasks whose state is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReconcileTasks {
    /// The tasks; all that the master knows of the framework if empty.
    pub tasks: Vec<ReconciledTask>,
}

/// A task whose state is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReconciledTask {
    /// The task.
    pub task_id: Valued<TaskId>,
    /// Its agent. After a failover the master answers when the agent has come back; without it, an unknown task has to wait for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<Valued<AgentId>>,
}

/// Bytes for an executor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MessageToExecutor {
    /// Agent of the executor.
    pub agent_id: Valued<AgentId>,
    /// The executor.
    pub executor_id: Valued<ExecutorId>,
    /// The bytes, in base64.
    pub data: String,
}

/// Resources that are asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RequestResources {
    /// What is asked for.
    pub requests: Vec<ResourceRequest>,
}

/// Resources that are asked for on one agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ResourceRequest {
    /// The agent; `None` for any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<Valued<AgentId>>,
    /// The resources.
    pub resources: Vec<Resource>,
}
