//! Last host names of agents that neither a list nor a task names any more: operations, events and addresses still do.

use std::collections::{HashMap, VecDeque};

use crate::base::ids::AgentId;

/// Number of agents whose last host is kept; the oldest go first.
const MOST: usize = 20_000;

/// Hosts by agent.
#[derive(Debug, Default)]
pub(super) struct LastHosts {
    hosts: HashMap<AgentId, Box<str>>,
    order: VecDeque<AgentId>,
}

impl LastHosts {
    /// Keeps the host of an agent.
    pub(super) fn keep(&mut self, id: &str, host: &str) {
        if id.is_empty() || host.is_empty() {
            return;
        }
        if self.hosts.insert(id.into(), host.into()).is_none() {
            self.order.push_back(id.into());
        }
        while self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.hosts.remove(&oldest);
        }
    }

    /// The last host of an agent.
    pub(super) fn get(&self, id: &str) -> Option<&str> {
        self.hosts.get(id).map(AsRef::as_ref)
    }

    /// Adds what another copy has kept.
    pub(super) fn extend(&mut self, other: &Self) {
        other.order.iter().for_each(|id| self.keep(id.as_str(), other.get(id.as_str()).unwrap_or_default()));
    }
}
