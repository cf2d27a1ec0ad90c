//! Host names of agents, kept when an agent leaves and when another stream begins.

use super::Cluster;
use super::agent::Agent;
use super::interner::Slot;
use crate::base::ids::AgentId;
use crate::mesos::error_text::lost_host;
use crate::mesos::wire::task::TaskStatus;

impl Cluster {
    /// Host name of an agent, its last one if it has left; empty if it was never reported.
    pub fn hostname(&self, agent: &AgentId) -> &str {
        let entry = self.agents.find(agent.as_str()).and_then(|slot| self.agents.get(slot));
        let host = entry.map_or("", |entry| &entry.hostname);
        if host.is_empty() { self.last_hosts.get(agent.as_str()).unwrap_or_default() } else { host }
    }

    /// The slot of an agent; a new one has its last host.
    pub(super) fn agent_slot(&mut self, id: &str) -> Slot {
        let slot = self.agents.slot(id);
        if self.agents.get(slot).is_some_and(|entry| entry.hostname.is_empty())
            && let Some(host) = self.last_hosts.get(id).map(Box::from)
        {
            self.set_host(slot, host);
        }
        slot
    }

    /// Takes the host of an agent that no list has shown from a status: the master names the agents that it lost.
    pub(super) fn read_lost_host(&mut self, slot: Slot, status: &TaskStatus<'_>) {
        let is_nameless = self.agents.get(slot).is_some_and(|entry| entry.hostname.is_empty());
        let host = status.is_by_master().then(|| lost_host(status.message())).flatten();
        if let Some(host) = host.filter(|_| is_nameless) {
            self.set_host(slot, host.into());
        }
    }

    /// Sets the host of an agent, which its tasks show.
    pub(super) fn set_host(&mut self, slot: Slot, host: Box<str>) {
        let Some(entry) = self.agents.get_mut(slot).filter(|entry| entry.hostname != host) else { return };
        entry.hostname = host;
        let rows = entry.rows.clone();
        self.note_tasks(&rows);
    }

    /// Keeps the host of an agent whose slot is about to go.
    pub(super) fn keep_host(&mut self, slot: Slot) {
        let host = self.agents.get(slot).map_or("", |entry| &entry.hostname);
        self.last_hosts.keep(self.agents.id(slot), host);
    }

    /// Takes over the hosts that only an older copy knows.
    pub(super) fn follow_hosts(&mut self, old: &mut Self) {
        let since = std::mem::replace(&mut self.last_hosts, std::mem::take(&mut old.last_hosts));
        self.last_hosts.extend(&since);
        let is_known = |id: &str| {
            let entry = self.agents.find(id).and_then(|slot| self.agents.get(slot));
            entry.is_some_and(|entry| !entry.hostname.is_empty())
        };
        let lost = old.agents.unsorted().filter(|(_, id, entry)| !entry.hostname.is_empty() && !is_known(id));
        let lost: Vec<(&str, &str)> = lost.map(|(_, id, entry)| (id, entry.hostname.as_ref())).collect();
        for (id, host) in crate::base::order::sorted(lost, Ord::cmp) {
            self.last_hosts.keep(id, host);
        }
        let is_away = |agent: &Agent| agent.unreachable;
        let nameless = self.agents.unsorted().filter(|(.., entry)| entry.hostname.is_empty());
        let nameless = nameless.filter(|(.., entry)| entry.known.as_ref().is_none_or(is_away));
        let found: Vec<(Slot, Box<str>)> =
            nameless.filter_map(|(slot, id, _)| Some((slot, self.last_hosts.get(id)?.into()))).collect();
        for (slot, host) in found {
            let Some(entry) = self.agents.get_mut(slot) else { continue };
            entry.known.iter_mut().for_each(|agent| agent.hostname = host.to_string());
            entry.hostname = host;
        }
    }
}
