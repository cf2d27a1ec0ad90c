//! Tasks, their statuses and their resources (include/mesos/v1/mesos.proto).

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::scalar::{Double, Id, Text, Time};
use super::state::TaskState;
use crate::units::{Quantities, Timestamp};

/// A task as the master holds it. An example of the official page has only half of its fields, so all have defaults.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Task<'a> {
    #[serde(borrow, default)]
    pub name: Text<'a>,
    #[serde(borrow, default)]
    pub task_id: Id<'a>,
    #[serde(borrow, default)]
    pub framework_id: Id<'a>,
    /// Absent for a task of the command executor.
    #[serde(borrow, default)]
    pub executor_id: Option<Id<'a>>,
    #[serde(borrow, default)]
    pub agent_id: Id<'a>,
    #[serde(default)]
    pub state: TaskState,
    #[serde(borrow, default)]
    pub resources: Resources<'a>,
    #[serde(borrow, default)]
    pub statuses: Statuses<'a>,
    #[serde(default)]
    pub labels: Labels,
}

/// Labels in one text, each as `key=value`, or as its key alone if it has no value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels(pub String);

/// What stands between two labels of a text: no label has it.
const BETWEEN: char = '\u{1f}';

impl Labels {
    /// The labels of such a text.
    pub fn split(text: &str) -> impl Iterator<Item = &str> {
        text.split(BETWEEN).filter(|label| !label.is_empty())
    }
}

#[derive(Deserialize)]
struct LabelList<'a> {
    #[serde(borrow, default)]
    labels: Vec<Label<'a>>,
}

#[derive(Deserialize)]
struct Label<'a> {
    #[serde(borrow, default)]
    key: Text<'a>,
    #[serde(borrow, default)]
    value: Text<'a>,
}

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = LabelList::deserialize(deserializer)?;
        let mut text = String::new();
        for Label { key, value } in &list.labels {
            if !text.is_empty() {
                text.push(BETWEEN);
            }
            let parts = [key.as_str(), if value.as_str().is_empty() { "" } else { "=" }, value.as_str()];
            parts.into_iter().flat_map(|part| part.split(BETWEEN)).for_each(|part| text.push_str(part));
        }
        Ok(Self(text))
    }
}

/// A list of resources, summed up as it is read: no list of them is ever built.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resources<'a> {
    pub quantities: Quantities,
    /// The role that the first of them is allocated to.
    pub role: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Resource<'a> {
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(default)]
    scalar: Option<Scalar>,
    #[serde(borrow, default)]
    allocation_info: Option<AllocationInfo<'a>>,
}

#[derive(Deserialize)]
struct Scalar {
    #[serde(default)]
    value: Double,
}

#[derive(Deserialize)]
struct AllocationInfo<'a> {
    #[serde(borrow, default)]
    role: Text<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Resources<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ResourcesVisitor)
    }
}

struct ResourcesVisitor;

impl<'de> Visitor<'de> for ResourcesVisitor {
    type Value = Resources<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of resources")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut sum = Resources::default();
        while let Some(resource) = seq.next_element::<Resource<'de>>()? {
            let scalar = resource.scalar.as_ref().map_or(0.0, |scalar| scalar.value.0);
            sum.quantities += Quantities::of(resource.name.as_str(), scalar);
            if sum.role.is_none() {
                sum.role = resource.allocation_info.map(|allocation| allocation.role);
            }
        }
        Ok(sum)
    }
}

/// What tables need of a list of statuses: its ends.
#[derive(Clone, Debug, Default)]
pub struct Statuses<'a> {
    /// The time of the first status.
    pub first: Option<Timestamp>,
    /// When it was first seen running.
    pub running: Option<Timestamp>,
    pub last: Option<Status<'a>>,
    /// Of the newest that tells any.
    container: Option<&'a RawValue>,
}

impl Statuses<'_> {
    /// Where the task runs, as far as any status tells.
    pub fn container(&self) -> Container<'_> {
        container(self.container)
    }
}

/// One status of a task.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Status<'a> {
    #[serde(borrow, default)]
    pub task_id: Id<'a>,
    #[serde(default)]
    pub state: TaskState,
    #[serde(borrow, default)]
    pub agent_id: Id<'a>,
    #[serde(borrow, default)]
    pub executor_id: Option<Id<'a>>,
    #[serde(borrow, default)]
    pub message: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub reason: Option<Text<'a>>,
    #[serde(default)]
    pub healthy: Option<bool>,
    #[serde(default)]
    pub timestamp: Option<Double>,
    /// Set on the statuses of an unreachable task, whatever its state is called for its framework.
    #[serde(default)]
    pub unreachable_time: Option<Time>,
    /// Read apart, and seldom: of a task's many statuses only the newest matters.
    #[serde(borrow, default)]
    pub(super) container_status: Option<&'a RawValue>,
}

/// Where a task runs.
#[derive(Clone, Debug, Default)]
pub struct Container<'a> {
    /// Its container's id, then those of the containers around it.
    pub line: Vec<Text<'a>>,
    pub addresses: Vec<Text<'a>>,
}

#[derive(Deserialize)]
struct ContainerStatus<'a> {
    #[serde(borrow, default)]
    container_id: Option<ContainerId<'a>>,
    #[serde(borrow, default)]
    network_infos: Vec<NetworkInfo<'a>>,
}

#[derive(Deserialize)]
struct ContainerId<'a> {
    #[serde(borrow, default)]
    value: Text<'a>,
    #[serde(borrow, default)]
    parent: Option<Box<ContainerId<'a>>>,
}

#[derive(Deserialize)]
struct NetworkInfo<'a> {
    #[serde(borrow, default)]
    ip_addresses: Vec<Address<'a>>,
}

#[derive(Deserialize)]
struct Address<'a> {
    #[serde(borrow, default)]
    ip_address: Text<'a>,
}

/// What is not as expected is left out: nothing but a search depends on it.
fn container(told: Option<&RawValue>) -> Container<'_> {
    let Some(told) = told.and_then(|told| serde_json::from_str::<ContainerStatus<'_>>(told.get()).ok()) else {
        return Container::default();
    };
    let mut line = Vec::new();
    let mut next = told.container_id;
    while let Some(id) = next {
        line.push(id.value);
        next = id.parent.map(|parent| *parent);
    }
    let addresses = told.network_infos.into_iter().flat_map(|network| network.ip_addresses);
    Container { line, addresses: addresses.map(|address| address.ip_address).collect() }
}

impl Status<'_> {
    /// Where the task runs, if the status tells.
    pub fn container(&self) -> Container<'_> {
        container(self.container_status)
    }

    /// When it was made.
    pub fn at(&self) -> Option<Timestamp> {
        self.timestamp.map(|seconds| Timestamp::from_secs_f64(seconds.0))
    }

    /// Its message, or nothing.
    pub fn message(&self) -> &str {
        self.message.as_ref().map_or("", Text::as_str)
    }

    /// Its reason's name, or nothing.
    pub fn reason(&self) -> &str {
        self.reason.as_ref().map_or("", Text::as_str)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Statuses<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(StatusesVisitor)
    }
}

struct StatusesVisitor;

impl<'de> Visitor<'de> for StatusesVisitor {
    type Value = Statuses<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of statuses")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut ends = Statuses::default();
        while let Some(status) = seq.next_element::<Status<'de>>()? {
            ends.first = ends.first.or(status.at());
            if status.state == TaskState::Running {
                ends.running = ends.running.or(status.at());
            }
            ends.container = status.container_status.or(ends.container);
            ends.last = Some(status);
        }
        Ok(ends)
    }
}
