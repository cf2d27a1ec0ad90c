//! Tasks and their statuses (include/mesos/v1/mesos.proto).

use serde::de::{MapAccess, SeqAccess};

use super::encoded::Encoded;
use super::field::{FieldValue, FromAnyJson, Misfits, each, fields};
use super::json_form::JsonForm;
use super::protobuf::containers::CONTAINER_STATUS;
use super::raw_field::RawObject;
use super::resource::Resources;
use super::scalar::{Double, Id, Name, Text};
use super::state::TaskState;
use super::time::Time;
use crate::base::units::Timestamp;

/// A task as the master holds it. An example of the official page has only half of its fields, so all have defaults.
#[derive(Clone, Debug, Default)]
pub struct ReportedTask<'a> {
    /// Display name that the framework gave the task; may be empty.
    pub name: Text<'a>,
    /// The task's id, unique in its framework among active tasks.
    pub task_id: Id<'a>,
    /// The framework that the task belongs to.
    pub framework_id: Id<'a>,
    /// The task's executor; `None` for a task of the command executor.
    pub executor_id: Option<Id<'a>>,
    /// The agent that the task was launched on.
    pub agent_id: Id<'a>,
    /// State of the task in the master's view.
    pub state: TaskState,
    /// Resources that are allocated to the task.
    pub resources: Resources<'a>,
    /// Statuses of the task that the master keeps, reduced to its ends.
    pub statuses: Statuses<'a>,
    /// Labels that the framework gave the task.
    pub labels: LabelsText,
}

fields! { impl<'de> ReportedTask<'de>, identified by |task| task.task_id.has_identity() && task.framework_id.has_identity();
    "name" => name,
    "task_id" => task_id,
    "framework_id" => framework_id,
    "executor_id" => executor_id,
    "agent_id" => agent_id,
    "state" => state,
    "resources" => resources,
    "statuses" => statuses,
    "labels" => labels,
}

/// Labels in one text, each as `key=value`, or as its key alone if it has no value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelsText(pub String);

/// Separator of two labels in a text: no label has it.
const BETWEEN: char = '\u{1f}';

impl LabelsText {
    /// The labels of such a text.
    pub fn split(text: &str) -> impl Iterator<Item = &str> {
        text.split(BETWEEN).filter(|label| !label.is_empty())
    }
}

#[derive(Default)]
struct LabelList<'a> {
    labels: Vec<ReportedLabel<'a>>,
}

fields! { impl<'de> LabelList<'de>; "labels" => labels }

#[derive(Default)]
struct ReportedLabel<'a> {
    key: Text<'a>,
    value: Text<'a>,
}

fields! { impl<'de> ReportedLabel<'de>;
    "key" => key,
    "value" => value,
}

impl<'de> FromAnyJson<'de> for LabelsText {
    const EXPECTED: JsonForm = JsonForm::Object;

    fn of_map<A: MapAccess<'de>>(map: A, misfits: &mut Misfits) -> Result<FieldValue<Self>, A::Error> {
        let list = LabelList::of_map(map, misfits)?;
        Ok(list.map(|list| Self::of(&list.labels)))
    }
}

impl LabelsText {
    fn of(labels: &[ReportedLabel<'_>]) -> Self {
        let mut text = String::new();
        for ReportedLabel { key, value } in labels {
            if !text.is_empty() {
                text.push(BETWEEN);
            }
            let parts = [key.as_str(), if value.as_str().is_empty() { "" } else { "=" }, value.as_str()];
            parts.into_iter().flat_map(|part| part.split(BETWEEN)).for_each(|part| text.push_str(part));
        }
        Self(text)
    }
}

/// First and last of a task's statuses, which is all that tables need.
#[derive(Clone, Debug, Default)]
pub struct Statuses<'a> {
    /// Time of the first status; `None` if unknown.
    pub first: Option<Timestamp>,
    /// Time of the first status TASK_RUNNING; `None` if there is none.
    pub running: Option<Timestamp>,
    /// The newest status; `None` if there is none yet.
    pub last: Option<TaskStatus<'a>>,
    /// Of the newest that tells any.
    container: Option<RawObject<'a>>,
}

impl Statuses<'_> {
    /// Container of the newest status that names one; empty if none does.
    pub fn container(&self) -> TaskContainer<'_> {
        container(self.container)
    }
}

/// One status of a task.
#[derive(Clone, Debug, Default)]
pub struct TaskStatus<'a> {
    /// The task that the status is about.
    pub task_id: Id<'a>,
    /// The state that the status reports.
    pub state: TaskState,
    /// The agent that the task is on; empty if not reported.
    pub agent_id: Id<'a>,
    /// The executor that runs the task, with the task's own id for a command task; `None` if not reported.
    pub executor_id: Option<Id<'a>>,
    /// Text for people, from the status' source.
    pub message: Option<Text<'a>>,
    /// Reason with its prefix, as `REASON_COMMAND_EXECUTOR_FAILED`.
    pub reason: Option<Name<'a>>,
    /// Sender with its prefix, as `SOURCE_EXECUTOR`.
    pub source: Option<Name<'a>>,
    /// Result of the health check; `None` without one.
    pub healthy: Option<bool>,
    /// Time of the status in seconds since 1970.
    pub timestamp: Option<Double>,
    /// Time at which the agent became unreachable; `None` on all other statuses.
    pub unreachable_time: Option<Time>,
    /// Read separately and rarely: of a task's many statuses only the newest matters.
    pub(super) container_status: Option<RawObject<'a>>,
}

fields! { impl<'de> TaskStatus<'de>;
    "task_id" => task_id,
    "state" => state,
    "agent_id" => agent_id,
    "executor_id" => executor_id,
    "message" => message,
    "reason" => reason,
    "source" => source,
    "healthy" => healthy,
    "timestamp" => timestamp,
    "unreachable_time" => unreachable_time,
    "container_status" => container_status,
}

/// Container that a task runs in.
#[derive(Clone, Debug, Default)]
pub struct TaskContainer<'a> {
    /// Id of the task's container, then those of the containers around it.
    pub line: Vec<Text<'a>>,
    /// IP addresses of the container (network_infos.ip_addresses), in Mesos' order.
    pub addresses: Vec<Text<'a>>,
}

#[derive(Default)]
struct ContainerStatus<'a> {
    container_id: Option<ContainerId<'a>>,
    network_infos: Vec<NetworkInfo<'a>>,
}

fields! { impl<'de> ContainerStatus<'de>;
    "container_id" => container_id,
    "network_infos" => network_infos,
}

#[derive(Default)]
struct ContainerId<'a> {
    value: Text<'a>,
    parent: Option<Box<ContainerId<'a>>>,
}

fields! { impl<'de> ContainerId<'de>;
    "value" => value,
    "parent" => parent,
}

#[derive(Default)]
struct NetworkInfo<'a> {
    ip_addresses: Vec<IpAddress<'a>>,
}

fields! { impl<'de> NetworkInfo<'de>; "ip_addresses" => ip_addresses }

#[derive(Default)]
struct IpAddress<'a> {
    ip_address: Text<'a>,
}

fields! { impl<'de> IpAddress<'de>; "ip_address" => ip_address }

/// What is not as expected is left out: nothing but a search depends on it.
fn container(reported: Option<RawObject<'_>>) -> TaskContainer<'_> {
    let read = |RawObject(raw)| Encoded::of_field(raw, &CONTAINER_STATUS).read::<ContainerStatus<'_>>().ok()?.value;
    let reported = reported.and_then(read);
    let Some(reported) = reported else { return TaskContainer::default() };
    let mut line = Vec::new();
    let mut next = reported.container_id;
    while let Some(id) = next {
        line.push(id.value);
        next = id.parent.map(|parent| *parent);
    }
    let addresses = reported.network_infos.into_iter().flat_map(|network| network.ip_addresses);
    TaskContainer { line, addresses: addresses.map(|address| address.ip_address).collect() }
}

impl TaskStatus<'_> {
    /// Container that the status names; empty if it names none.
    pub fn container(&self) -> TaskContainer<'_> {
        container(self.container_status)
    }

    /// When it was made.
    pub fn at(&self) -> Option<Timestamp> {
        self.timestamp.map(|seconds| Timestamp::from_secs_f64(seconds.0))
    }

    /// Whether the master made it, and dated it by its own clock. All others are dated by the clock of the task's agent.
    pub fn is_by_master(&self) -> bool {
        self.source.as_ref().is_some_and(|source| source.as_str() == "SOURCE_MASTER")
    }

    /// Message of the status; empty if there is none.
    pub fn message(&self) -> &str {
        self.message.as_ref().map_or("", Text::as_str)
    }

    /// Name of the reason; empty if there is none.
    pub fn reason(&self) -> &str {
        self.reason.as_ref().map_or("", Name::as_str)
    }
}

impl<'de> FromAnyJson<'de> for Statuses<'de> {
    const EXPECTED: JsonForm = JsonForm::Statuses;

    fn of_list<A: SeqAccess<'de>>(list: A, misfits: &mut Misfits) -> Result<FieldValue<Self>, A::Error> {
        let mut ends = Self::default();
        each(list, misfits, |status: TaskStatus<'de>| {
            ends.first = ends.first.or(status.at());
            if status.state == TaskState::Running {
                ends.running = ends.running.or(status.at());
            }
            ends.container = status.container_status.or(ends.container);
            ends.last = Some(status);
        })?;
        Ok(FieldValue::Expected(ends))
    }
}
