//! The maintenance of machines: the schedule, how far it is, and what frameworks say to it.

use serde::{Deserialize, Serialize};

use super::agents::{AgentState, state};
use super::offers::{self, InverseOfferRow};
use crate::api::maintenance::MachineId;
use crate::cluster::{Cluster, MachineMode};
use crate::ids::{AgentId, FrameworkId};
use crate::order;
use crate::units::{Nanoseconds, Timestamp};

/// How many inverse offers are listed.
const INVERSE: usize = 500;

/// The page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Maintenance {
    /// In the order of their beginnings.
    pub windows: Vec<WindowRow>,
    /// Machines that are down, or draining, and are in no window any more.
    pub others: Vec<MachineRow>,
    pub inverse_offers: Vec<InverseOfferRow>,
}

/// Machines and when they will be unavailable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowRow {
    pub start: Timestamp,
    /// For ever, without one.
    pub duration: Option<Nanoseconds>,
    pub machines: Vec<MachineRow>,
}

/// A machine, and the agents on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MachineRow {
    pub id: MachineId,
    /// `None` while the master says that it is up.
    pub mode: Option<MachineMode>,
    /// Registered agents on it, with their live tasks.
    pub agents: Vec<(AgentId, String, AgentState, u32)>,
    /// What frameworks answered: their id and name, and `ACCEPT`, `DECLINE` or `UNKNOWN`.
    pub answers: Vec<(FrameworkId, String, String)>,
}

/// The page as it is.
pub fn maintenance(cluster: &Cluster) -> Maintenance {
    let windows: Vec<WindowRow> = cluster
        .schedule()
        .windows
        .iter()
        .map(|window| WindowRow {
            start: window.unavailability.start.moment(),
            duration: window.unavailability.duration.map(|duration| duration.length()),
            machines: window.machine_ids.iter().map(|id| machine(cluster, id)).collect(),
        })
        .collect();
    let windows = order::sorted(windows, |a, b| a.start.cmp(&b.start));
    let scheduled = |id: &MachineId| cluster.schedule().windows.iter().any(|window| window.machine_ids.contains(id));
    let others = cluster.machines().iter().filter(|machine| !scheduled(&machine.id));
    let inverse = cluster.frameworks().flat_map(|framework| {
        framework.inverse_offers.iter().map(move |offer| offers::inverse_row(cluster, framework, offer))
    });
    Maintenance {
        windows,
        others: others.map(|other| machine(cluster, &other.id)).collect(),
        inverse_offers: inverse.take(INVERSE).collect(),
    }
}

fn machine(cluster: &Cluster, id: &MachineId) -> MachineRow {
    let known = cluster.machines().iter().find(|machine| machine.id == *id);
    let agents: Vec<(AgentId, String, AgentState, u32)> = cluster
        .agents()
        .filter(|agent| agent.is_on(id))
        .map(|agent| (agent.id.clone(), agent.hostname.clone(), state(agent), agent.tasks))
        .collect();
    let agents = order::sorted(agents, |a, b| a.1.cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
    let name = |id: &FrameworkId| cluster.framework(id).map(|framework| framework.name.clone()).unwrap_or_default();
    MachineRow {
        id: id.clone(),
        mode: known.map(|machine| machine.mode),
        agents,
        answers: known
            .into_iter()
            .flat_map(|machine| &machine.answers)
            .map(|(framework, answer, _)| (framework.clone(), name(framework), answer.clone()))
            .collect(),
    }
}
