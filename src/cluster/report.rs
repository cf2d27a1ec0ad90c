//! What the master reports of its own accord or when asked -> state: the snapshot's objects, and the answers to reads.
//! Tasks' own rules are in `fold`.

use super::change::{Subject, What};
use super::slots::Slot;
use super::task::Section;
use super::{Cluster, Limits, Master};
use crate::units::Timestamp;
use crate::wire::{self, List};

impl Cluster {
    /// One object of the snapshot, as it arrives.
    ///
    /// # Errors
    /// If it is not of its list's type; the others are none the worse.
    pub fn arrive(&mut self, list: List, json: &str, now: Timestamp) -> Result<(), serde_json::Error> {
        match list {
            List::Tasks => self.arrive_task(json, Section::Live, now),
            List::UnreachableTasks => self.arrive_task(json, Section::Unreachable, now),
            List::CompletedTasks => self.arrive_task(json, Section::Completed, now),
            List::Frameworks => serde_json::from_str(json).map(|framework| self.report_framework(&framework, json)),
            List::CompletedFrameworks => {
                serde_json::from_str(json).map(|framework| self.report_completed(&framework, json))
            }
            List::Agents => serde_json::from_str(json).map(|agent| self.report_agent(&agent, json)),
            List::RecoveredAgents => serde_json::from_str(json).map(|info| self.report_recovered(&info, json)),
            // Executors have no table yet; tasks name theirs.
            List::Executors | List::Other => Ok(()),
        }?;
        self.revision += 1;
        Ok(())
    }

    fn arrive_task(&mut self, json: &str, section: Section, now: Timestamp) -> Result<(), serde_json::Error> {
        let task = serde_json::from_str(json)?;
        let row = self.place(&task, json, section);
        self.recall_failure(row, now);
        Ok(())
    }

    /// The snapshot begins to tell its agents: what a read told before is no longer enough.
    pub fn agents_arrive(&mut self) {
        self.agents.values_mut().for_each(|slot| slot.stale = slot.known.is_some());
    }

    /// The snapshot has come whole.
    pub fn arrived(&mut self, heartbeat_seconds: Option<f64>) {
        self.forget_stale_agents();
        self.whole = true;
        self.heartbeat = heartbeat_seconds;
        self.revision += 1;
    }

    /// This takes the place of an older copy: what is of the master rather than of the snapshot goes on.
    pub fn follow(&mut self, old: &Self) {
        self.revision += old.revision;
        self.master = self.master.take().or_else(|| old.master.clone());
        self.name = self.name.take().or_else(|| old.name.clone());
    }

    /// A read of all agents. Those that it does not tell are gone, which no event says (PROTOCOL.md, A0.1).
    pub fn report_agents(
        &mut self,
        agents: &[(wire::Agent<'_>, &str)],
        recovered: &[(wire::AgentInfo<'_>, &str)],
        now: Timestamp,
    ) {
        self.agents_arrive();
        agents.iter().for_each(|(agent, json)| self.report_agent(agent, json));
        recovered.iter().for_each(|(info, json)| self.report_recovered(info, json));
        for agent in self.forget_stale_agents() {
            self.log.change(now, Subject::Agent { id: agent.id, hostname: agent.hostname }, What::Removed);
        }
        self.revision += 1;
    }

    /// A read of all frameworks that are not completed.
    pub fn report_frameworks(&mut self, frameworks: &[(wire::Framework<'_>, &str)]) {
        frameworks.iter().for_each(|(framework, json)| self.report_framework(framework, json));
        self.revision += 1;
    }

    /// What the master says of itself.
    pub fn report_master(&mut self, master: Master) {
        self.revision += u64::from(self.master.as_ref() != Some(&master));
        self.master = Some(master);
    }

    /// What the master's flags say.
    pub fn report_flags(&mut self, name: Option<String>, limits: Limits) {
        self.name = name;
        self.limits = limits;
        self.revision += 1;
    }

    fn forget_stale_agents(&mut self) -> Vec<super::Agent> {
        let stale: Vec<Slot> =
            self.agents.unsorted().filter(|(_, _, entry)| entry.stale).map(|(slot, ..)| slot).collect();
        let mut gone: Vec<super::Agent> = stale.into_iter().filter_map(|slot| self.forget_agent(slot)).collect();
        gone.sort_by(|a, b| a.id.cmp(&b.id));
        gone
    }

    pub(super) fn report_agent(&mut self, told: &wire::Agent<'_>, json: &str) {
        self.keep_agent(told.agent_info.id.as_str(), json, |agent| agent.report(told));
    }

    fn report_recovered(&mut self, told: &wire::AgentInfo<'_>, json: &str) {
        self.keep_agent(told.id.as_str(), json, |agent| {
            agent.report_info(told);
            (agent.active, agent.recovered) = (false, true);
        });
    }

    fn keep_agent(&mut self, id: &str, json: &str, report: impl FnOnce(&mut super::Agent)) {
        let slot = self.agents.slot(id);
        let Some(entry) = self.agents.get_mut(slot) else { return };
        let agent = entry.known.get_or_insert_default();
        (agent.tasks, agent.used) = (entry.tasks, entry.used);
        entry.stale = false;
        report(agent);
        let old = std::mem::replace(&mut agent.json, self.blobs.keep(json.as_bytes()));
        self.blobs.release(old);
    }

    pub(super) fn report_framework(&mut self, told: &wire::Framework<'_>, json: &str) {
        let slot = self.frameworks.slot(told.framework_info.id.as_str());
        let Some(entry) = self.frameworks.get_mut(slot) else { return };
        let framework = entry.known.get_or_insert_default();
        framework.report(told);
        (framework.tasks, framework.used) = (entry.tasks, entry.used);
        let was_completed = std::mem::replace(&mut framework.completed, false);
        let old = std::mem::replace(&mut framework.json, self.blobs.keep(json.as_bytes()));
        self.blobs.release(old);
        if was_completed {
            self.completed_frameworks.retain(|other| *other != slot);
        }
    }

    fn report_completed(&mut self, told: &wire::Framework<'_>, json: &str) {
        self.report_framework(told, json);
        let slot = self.frameworks.slot(told.framework_info.id.as_str());
        let known = self.frameworks.get_mut(slot).and_then(|entry| entry.known.as_mut());
        known.into_iter().for_each(|framework| framework.completed = true);
        self.completed_frameworks.push_back(slot);
    }
}
