//! Current names of objects whose addresses a page has kept.

use serde::{Deserialize, Serialize};

use crate::base::ids::{AgentId, FrameworkId, TaskKey};
use crate::base::units::Timestamp;
use crate::cluster::Cluster;
use crate::cluster::topic::Topic;
use crate::views::view::{Sources, View};

/// An object whose address has only its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NamedObject {
    /// An agent, named by its host, its last one if it has left.
    Agent(AgentId),
    /// A framework.
    Framework(FrameworkId),
    /// A task.
    Task(TaskKey),
}

/// Asks for the names of objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectNamesQuery(pub Vec<NamedObject>);

impl View for ObjectNamesQuery {
    /// Each object with its name, without objects that the cluster does not list, or that have no name.
    type Answer = Vec<(NamedObject, String)>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        let named = |object: &NamedObject| Some((object.clone(), name(sources.cluster, object)?));
        self.0.iter().filter_map(named).filter(|(_, name)| !name.is_empty()).collect()
    }

    fn topics(&self) -> &'static [Topic] {
        &[]
    }
}

fn name(cluster: &Cluster, object: &NamedObject) -> Option<String> {
    match object {
        NamedObject::Agent(id) => Some(cluster.hostname(id).to_owned()),
        NamedObject::Framework(id) => cluster.framework(id).map(|framework| framework.name.clone()),
        NamedObject::Task(key) => cluster.task(key).map(|task| task.name().to_owned()),
    }
}
