//! The pool of an agent: each resource with what of it is in use and offered, and actions on it before the cluster as it is.

pub mod amount_lines;
pub mod form;
mod impact;
pub mod labels;
pub mod limits;
pub mod ports;
pub mod preview;
pub mod selector;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::ports::{LAST, format_ports, parse_ranges};
use super::amount::{format_amount, parse_countable};
use crate::base::ids::AgentId;
use crate::base::order;
use crate::cluster::Cluster;
use crate::cluster::agent::Agent;
use crate::mesos::wire::pool_resource::{PoolAmount, PoolResource, ResourceIdentity, agent_pool};

/// An agent's resources.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AgentPool {
    /// The agent's id.
    pub agent: AgentId,
    /// The host's name; empty if it was never reported.
    pub hostname: String,
    /// Its resources: unreserved ones first, then by role.
    pub items: Vec<PoolItem>,
    /// Whether the master reports its resources now, and they can all be read.
    pub is_known: bool,
}

/// One resource of a pool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PoolItem {
    /// The resource, with its total amount.
    pub resource: PoolResource,
    /// The amount in use by tasks and executors.
    pub allocated: PoolAmount,
    /// The amount in outstanding offers, which the master rescinds if an operator needs it.
    pub offered: PoolAmount,
}

impl PoolItem {
    /// The amount that no task and no executor uses.
    pub fn free(&self) -> PoolAmount {
        self.resource.amount.minus(&self.allocated)
    }
}

impl AgentPool {
    /// The pool of an agent; `None` if the cluster lists no such agent.
    pub fn of(cluster: &Cluster, id: &AgentId) -> Option<Self> {
        cluster.agent(id).map(|agent| Self::of_agent(cluster, agent))
    }

    fn of_agent(cluster: &Cluster, agent: &Agent) -> Self {
        let reported = agent_pool(&cluster.json(agent.json));
        let mut pool = Self {
            agent: agent.id.clone(),
            hostname: agent.hostname.clone(),
            is_known: !agent.recovered && !agent.unknown.total && !agent.unknown.allocated,
            items: Vec::new(),
        };
        // Found by a map: an agent can have thousands of reservations.
        let mut items = BTreeMap::new();
        for resource in &reported.total {
            let item = item_of(&mut items, resource);
            item.resource.amount = item.resource.amount.plus(&resource.amount);
        }
        for used in &reported.allocated {
            let item = item_of(&mut items, used);
            // Each task that uses a shared volume counts it in full.
            let sum = item.allocated.plus(&used.amount);
            item.allocated = if used.shared { sum.least(&item.resource.amount) } else { sum };
        }
        for offered in &reported.offered {
            let item = item_of(&mut items, offered);
            item.offered = item.offered.plus(&offered.amount);
        }
        pool.items = items.into_values().filter(|item| !item.resource.amount.is_none()).collect();
        order::sort_by_key(&mut pool.items, |item| {
            (roles(&item.resource), item.resource.reservations.clone(), rank(&item.resource))
        });
        pool
    }

    /// The resource of the pool that is like that one, of whatever amount.
    pub fn find(&self, resource: &PoolResource) -> Option<&PoolItem> {
        self.items.iter().find(|item| item.resource.is_like(resource))
    }

    /// The total amount of such a resource; nothing if the pool has none.
    pub fn amount_of(&self, resource: &PoolResource) -> PoolAmount {
        self.find(resource).map(|item| item.resource.amount.clone()).unwrap_or_default()
    }

    /// The free amount of such a resource; nothing if the pool has none.
    pub fn free_of(&self, resource: &PoolResource) -> PoolAmount {
        self.find(resource).map(PoolItem::free).unwrap_or_default()
    }
}

fn item_of<'a, 'b>(
    items: &'b mut BTreeMap<ResourceIdentity<'a>, PoolItem>,
    resource: &'a PoolResource,
) -> &'b mut PoolItem {
    let nothing = || resource.of(resource.amount.minus(&resource.amount));
    items.entry(resource.identity()).or_insert_with(|| PoolItem { resource: nothing(), ..PoolItem::default() })
}

/// An amount as a person would type it.
pub fn amount_text(name: &str, amount: &PoolAmount) -> String {
    match amount {
        PoolAmount::Scalar(_) => format_amount(name, amount.number()),
        PoolAmount::Ranges(ranges) => format_ports(ranges),
        PoolAmount::Set(items) => items.join(", "),
    }
}

/// Parses an amount of the same type as another; nothing for an empty text.
///
/// # Errors
/// What is wrong with the text, in a sentence.
pub fn parse_pool_amount(name: &str, text: &str, like: &PoolAmount) -> Result<PoolAmount, String> {
    match like {
        PoolAmount::Scalar(_) => {
            let amount = parse_countable(name, text).map_err(|error| error.to_string())?;
            Ok(PoolAmount::scalar(amount.unwrap_or_default()))
        }
        PoolAmount::Ranges(_) => {
            // Ranges of other resources, as of networks, have no last number.
            let last = if name == "ports" { LAST } else { u64::MAX };
            parse_ranges(text, last).map_err(|error| error.to_string())
        }
        PoolAmount::Set(_) => {
            let mut items: Vec<String> =
                text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect();
            order::sort(&mut items);
            items.dedup();
            Ok(PoolAmount::Set(items))
        }
    }
}

fn roles(resource: &PoolResource) -> Vec<String> {
    resource.reservations.iter().map(|layer| layer.role.0.clone()).collect()
}

/// Position of a resource among those of the same reservation: usual scalars first, volumes last.
fn rank(resource: &PoolResource) -> (bool, usize, String, String) {
    const USUAL: [&str; 4] = ["cpus", "mem", "disk", "gpus"];
    let usual = USUAL.iter().position(|name| *name == resource.name).unwrap_or(USUAL.len());
    let disk = resource.source.as_ref().map(|disk| disk.name.clone()).unwrap_or_default();
    let volume = resource.volume.as_ref().map(|volume| volume.id.clone());
    (volume.is_some(), usual, resource.name.clone(), format!("{disk} {}", volume.unwrap_or_default()))
}

#[cfg(test)]
mod tests;
