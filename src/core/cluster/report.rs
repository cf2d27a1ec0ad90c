//! The master's reports -> state: the snapshot's objects, and the answers to reads. The rules for tasks are in `fold`.

use std::collections::HashMap;

use super::arrived_object::{ArrivedObject, first, first_with};
use super::change::{ChangeKind, ChangeSource};
use super::interner::Slot;
use super::task::{DatedBy, MasterTaskList};
use super::tasks::RowId;
use super::{Cluster, HistoryLimits, Load, Master};
use crate::base::ids::{AgentId, TaskKey};
use crate::base::skew::Skew;
use crate::base::units::{Nanoseconds, Quantities, Timestamp};
use crate::cluster::agent::UnknownAmounts;
use crate::cluster::topic::Topic;
use crate::mesos::wire;
use crate::mesos::wire::encoded::Encoded;
use crate::mesos::wire::fault::ObjectFault;
use crate::mesos::wire::field::Misfits;
use crate::mesos::wire::json_splitter::{SnapshotList, UnknownList};
use crate::mesos::wire::lists;

impl Cluster {
    /// Takes over one object of the snapshot: the first of the text.
    ///
    /// # Errors
    /// If it is no object, or has no id; other objects are not affected.
    pub fn arrive<'a>(
        &mut self,
        list: SnapshotList,
        object: impl Into<Encoded<'a>>,
        now: Timestamp,
    ) -> Result<ArrivedObject, ObjectFault> {
        let object = object.into();
        self.began.get_or_insert(self.skew.at(now).get());
        let arrived = match list {
            SnapshotList::Tasks | SnapshotList::OrphanTasks => self.arrive_task(object, MasterTaskList::Live, now),
            SnapshotList::UnreachableTasks => self.arrive_task(object, MasterTaskList::Unreachable, now),
            SnapshotList::CompletedTasks => self.arrive_task(object, MasterTaskList::Completed, now),
            SnapshotList::Frameworks => first_with(object, |framework, sent, misfits| {
                self.report_listed(&framework, sent, UnknownAmounts::of(misfits), now);
            }),
            SnapshotList::CompletedFrameworks => first_with(object, |framework, sent, misfits| {
                self.report_completed(&framework, sent, UnknownAmounts::of(misfits), now);
            }),
            SnapshotList::RecoveredFrameworks => {
                first(object, |info, sent| self.report_recovered_framework(&info, sent, now))
            }
            SnapshotList::Agents => first_with(object, |agent, sent, misfits| {
                self.report_agent(&agent, sent, UnknownAmounts::of(misfits), now);
            }),
            SnapshotList::RecoveredAgents => first(object, |info, sent| self.report_recovered(&info, sent, now)),
            SnapshotList::Executors | SnapshotList::OrphanExecutors => {
                first(object, |executor, sent| self.report_executor(&executor, sent))
            }
            SnapshotList::Other => Ok(ArrivedObject { length: object.len(), misfits: Misfits::default() }),
        }?;
        self.revision += 1;
        Ok(arrived)
    }

    fn arrive_task(
        &mut self,
        object: Encoded<'_>,
        section: MasterTaskList,
        now: Timestamp,
    ) -> Result<ArrivedObject, ObjectFault> {
        first(object, |task, sent| {
            let row = self.place(&task, sent, section);
            self.note_ahead(row, now);
            self.recall_failure(row, now);
        })
    }

    /// Notes a status that its agent dated ahead of now: what has happened shows so that the agent's clock is ahead.
    fn note_ahead(&mut self, row: RowId, now: Timestamp) {
        let Some(task) = self.tasks.get(row).filter(|task| !task.is_by_cluster()) else { return };
        if let Some(at) = task.updated().filter(|at| *at > now) {
            let latest = self.dated_ahead.entry(task.agent).or_insert(at);
            *latest = at.max(*latest);
        }
    }

    /// Replaces the unknown lists: of the whole snapshot, or `within` one object of it, such as `get_agents`.
    pub fn report_unknown_lists(&mut self, within: Option<&str>, lists: Vec<UnknownList>) {
        self.unknown_lists.retain(|list| within.is_some_and(|within| list.within != within));
        self.unknown_lists.extend(lists);
        self.revision += 1;
    }

    /// Starts a list of agents, in a snapshot or a read: agents that it does not mention will be dropped.
    pub fn agents_arrive(&mut self) {
        self.agents.values_mut().for_each(|slot| slot.stale = slot.known.is_some());
    }

    /// Completes the snapshot.
    pub fn arrived(&mut self, heartbeat_seconds: Option<f64>) {
        self.forget_stale_agents(Timestamp(i64::MAX), self.began, ChangeSource::Event);
        self.add_lost_agents();
        self.whole = true;
        self.heartbeat = heartbeat_seconds;
        if self.limits_reported {
            self.trim();
        } else {
            self.learn_limits();
        }
        self.revision += 1;
    }

    /// Raises the limits to fit the snapshot, for a master that does not report its flags.
    fn learn_limits(&mut self) {
        let largest =
            |ring: fn(&super::FrameworkSlot) -> usize| self.frameworks.unsorted().map(|(.., entry)| ring(entry)).max();
        let completed = largest(|entry| entry.completed.len()).unwrap_or(0);
        let unreachable = largest(|entry| entry.unreachable.len()).unwrap_or(0);
        let limits = &mut self.limits;
        limits.completed_tasks_per_framework = limits.completed_tasks_per_framework.max(completed);
        limits.unreachable_tasks_per_framework = limits.unreachable_tasks_per_framework.max(unreachable);
        limits.completed_frameworks = limits.completed_frameworks.max(self.completed_frameworks.len());
    }

    /// Takes over from an older copy what no snapshot contains, until it is read again, and notes what has changed since.
    pub fn follow(&mut self, old: &mut Self, now: Timestamp) {
        self.revision += old.revision;
        self.tasks.changes.follow(&old.tasks.changes);
        self.follow_hosts(old);
        let lost = self.log.follow(&mut old.log).unwrap_or(now);
        self.log.begin(self.time(now).get());
        if old.whole {
            self.note_reconnection(old, lost, now);
        }
        self.name = self.name.take().or_else(|| old.name.take());
        let reported = std::mem::replace(&mut self.reported, std::mem::take(&mut old.reported));
        // These two are read beside the snapshot.
        if reported.master.is_ok() || self.reported.master.is_err() {
            self.reported.master = reported.master;
        }
        if reported.flags.is_ok() || self.reported.flags.is_err() {
            self.reported.flags = reported.flags;
        }
        self.remember_since(old);
    }

    /// Takes over since when tasks, agents and frameworks are in their states, where only the older copy saw it.
    fn remember_since(&mut self, old: &Self) {
        let rows: Vec<_> =
            self.tasks.unsorted_rows().filter(|(_, task)| task.updated.is_none()).map(|(row, _)| row).collect();
        for row in rows {
            let Some(task) = self.tasks.get(row) else { continue };
            let key = TaskKey { framework: self.framework_id_of(task).into(), task: task.id().into() };
            let Some(before) = old.task(&key).filter(|before| before.state == task.state) else { continue };
            let dated_by = if before.updated().is_some() { DatedBy::Cluster } else { DatedBy::FirstSeen };
            let since = old.unchanged_since(before);
            self.tasks.get_mut(row).into_iter().for_each(|task| (task.updated, task.dated_by) = (since, dated_by));
        }
        for agent in self.agents.values_mut().filter_map(|entry| entry.known.as_mut()) {
            let before = old.agent(&agent.id).filter(|before| before.status_flags() == agent.status_flags());
            agent.since = agent.since.or_else(|| before?.since);
        }
        for framework in self.frameworks.values_mut().filter_map(|entry| entry.known.as_mut()) {
            let before = old.framework(&framework.id).filter(|before| before.connected == framework.connected);
            framework.since = framework.since.or_else(|| before?.since);
        }
    }

    /// Takes over one object of an answer to GET_AGENTS or GET_TASKS that was requested at `asked`: the first of the
    /// text. Objects that an event has removed since are skipped.
    ///
    /// # Errors
    /// If it is no object, or has no id; other objects are not affected.
    pub fn arrive_read<'a>(
        &mut self,
        list: SnapshotList,
        object: impl Into<Encoded<'a>>,
        asked: Timestamp,
    ) -> Result<ArrivedObject, ObjectFault> {
        let object = object.into();
        let arrived = match list {
            SnapshotList::Agents => first_with(object, |agent: wire::agent::ReportedAgent<'_>, sent, misfits| {
                let id = &agent.agent_info.id;
                if !self.has_departed_since(id, asked) {
                    let before = self.agent_facts(id.as_str());
                    self.report_agent(&agent, sent, UnknownAmounts::of(misfits), asked);
                    self.await_tasks(id);
                    self.note_read_agent(id.as_str(), before.as_ref(), asked);
                }
            }),
            SnapshotList::RecoveredAgents => first(object, |info: wire::agent::AgentInfo<'_>, sent| {
                if !self.has_departed_since(&info.id, asked) {
                    let before = self.agent_facts(info.id.as_str());
                    self.report_recovered(&info, sent, asked);
                    self.note_read_agent(info.id.as_str(), before.as_ref(), asked);
                }
            }),
            SnapshotList::Tasks | SnapshotList::OrphanTasks => {
                first(object, |task, sent| self.reread_task(&task, sent, MasterTaskList::Live))
            }
            SnapshotList::UnreachableTasks => {
                first(object, |task, sent| self.reread_task(&task, sent, MasterTaskList::Unreachable))
            }
            SnapshotList::CompletedTasks => {
                first(object, |task, sent| self.reread_task(&task, sent, MasterTaskList::Completed))
            }
            _ => Ok(ArrivedObject { length: object.len(), misfits: Misfits::default() }),
        }?;
        self.revision += 1;
        Ok(arrived)
    }

    /// Clears an agent's overhead: until its tasks arrive, nothing shows which of its resources are its executors'.
    fn await_tasks(&mut self, id: &wire::scalar::Id<'_>) {
        if self.whole {
            return;
        }
        let known = self.agents.find(id.as_str()).and_then(|slot| self.agents.get_mut(slot)?.known.as_mut());
        known.into_iter().for_each(|agent| agent.overhead.clear());
    }

    fn has_departed_since(&self, id: &wire::scalar::Id<'_>, asked: Timestamp) -> bool {
        !self.departed.is_empty() && self.departed.get(id.as_str()).is_some_and(|at| *at >= asked)
    }

    /// Completes an answer to GET_TASKS or GET_AGENTS, requested at `asked`.
    pub fn list_read(&mut self, part: Topic, asked: Timestamp, now: Timestamp) {
        if part == Topic::Tasks { self.tasks_read(now) } else { self.agents_read(asked, now) }
    }

    /// Completes an answer to GET_AGENTS. Agents that it lacks are gone, or unreachable where their tasks are
    /// (PROTOCOL.md, "GET_AGENTS").
    pub fn agents_read(&mut self, asked: Timestamp, now: Timestamp) {
        self.departed.retain(|_, at| *at >= asked);
        let source = self.read_source(Topic::Agents);
        for agent in self.forget_stale_agents(asked, Some(self.time(asked).get()), source) {
            let time = self.time(now).get();
            self.note_agent_state((agent.id, agent.hostname), ChangeKind::Unlisted, time, source);
        }
        self.add_lost_agents();
        self.revision += 1;
    }

    /// Takes over an answer to GET_FRAMEWORKS, requested at `asked`. Frameworks that it lacks are hidden from the
    /// principal, or never existed.
    pub fn report_frameworks(&mut self, reported: &lists::FrameworkLists<'_>, asked: Timestamp) {
        let unknown = |sent: Encoded<'_>| {
            let misread = reported.misread.fields.iter().find(|(.., of)| *of == sent);
            misread.map(|(_, misfits, _)| UnknownAmounts::of(misfits)).unwrap_or_default()
        };
        self.frameworks.values_mut().for_each(|entry| entry.stale = entry.known.is_some());
        let (at, source) = (self.time(asked).get(), self.read_source(Topic::Frameworks));
        for (info, sent) in &reported.recovered {
            let id = info.id.as_str();
            if !self.has_ended_since(id, asked) {
                let before = self.framework_facts(id);
                self.report_recovered_framework(info, *sent, asked);
                self.note_framework(id, before.as_ref(), at, source);
            }
        }
        for (framework, sent) in &reported.frameworks {
            let id = framework.framework_info.id.as_str();
            if !self.has_ended_since(id, asked) {
                let before = self.framework_facts(id);
                self.report_listed(framework, *sent, unknown(*sent), asked);
                self.note_framework(id, before.as_ref(), at, source);
            }
        }
        let mut ended: Vec<Slot> = Vec::new();
        for (framework, sent) in &reported.completed {
            let id = framework.framework_info.id.as_str();
            let before = self.framework_facts(id);
            self.report_ended(framework, *sent, unknown(*sent), asked);
            self.note_framework(id, before.as_ref(), at, source);
            ended.push(self.frameworks.slot(id));
        }
        // One that could not be identified may be any of those that the list seems to lack.
        if reported.misread.unidentified.is_empty() {
            self.forget_stale_frameworks(asked);
        }
        // What ended after the answer was made is behind it.
        let since: Vec<Slot> = self.completed_frameworks.iter().copied().filter(|slot| !ended.contains(slot)).collect();
        self.completed_frameworks = ended.into_iter().chain(since).collect();
        self.trim_frameworks();
        self.revision += 1;
    }

    /// Whether an event ended the framework after `asked`.
    fn has_ended_since(&self, id: &str, asked: Timestamp) -> bool {
        let entry = self.frameworks.find(id).and_then(|slot| self.frameworks.get(slot));
        entry.is_some_and(|entry| {
            let ended = entry.known.as_ref().is_some_and(|framework| framework.completed());
            ended && entry.heard.is_some_and(|heard| heard >= asked)
        })
    }

    /// Sets the offset of the cluster's clock, which changes the set of recent failures.
    pub fn set_skew(&mut self, skew: Skew, now: Timestamp) {
        if self.skew == skew {
            return;
        }
        self.skew = skew;
        self.recall_failures(now);
    }

    /// Sets how far agents' clocks are ahead of the cluster's, which changes the set of recent failures.
    pub fn set_agents_ahead(&mut self, ahead: &HashMap<AgentId, Nanoseconds>, now: Timestamp) {
        if self.agents_ahead != *ahead {
            self.agents_ahead.clone_from(ahead);
            self.tasks.changes.note_all();
            self.recall_failures(now);
        }
    }

    fn recall_failures(&mut self, now: Timestamp) {
        self.revision += 1;
        self.log.forget_failures();
        let ended =
            |task: &crate::cluster::task::Task| task.section == MasterTaskList::Completed && task.state.is_failure();
        let rows: Vec<_> = self.tasks.unsorted_rows().filter(|(_, task)| ended(task)).map(|(row, _)| row).collect();
        rows.into_iter().for_each(|row| self.recall_failure(row, now));
    }

    /// Takes the timestamps of events, each with the agent whose clock it is by; `None` for the master's clock.
    pub fn take_events_at(&mut self) -> Vec<(Timestamp, Option<AgentId>)> {
        std::mem::take(&mut self.events_at)
    }

    /// Takes, of each agent, the latest time that it gave to a listed status, where that was still to come.
    pub fn take_dated_ahead(&mut self) -> Vec<(AgentId, Timestamp)> {
        let dated = std::mem::take(&mut self.dated_ahead);
        let dated = dated.into_iter().map(|(agent, at)| (self.agents.id(agent).into(), at)).collect();
        crate::base::order::sorted(dated, |a: &(AgentId, Timestamp), b| a.0.cmp(&b.0))
    }

    /// Takes the latest time that the master gave to anything that has happened.
    pub fn take_stamped(&mut self) -> Option<Timestamp> {
        self.stamped.take()
    }

    /// Takes over an answer to GET_MASTER.
    pub fn report_master(&mut self, master: Master) {
        self.revision += u64::from(self.reported.master.as_ref() != Ok(&master));
        self.reported.master = Ok(master);
    }

    /// Takes over an answer to GET_FLAGS.
    pub fn report_flags(&mut self, name: Option<String>, limits: HistoryLimits, flags: Vec<(String, String)>) {
        (self.name, self.reported.flags) = (name, Ok(flags));
        (self.limits, self.limits_reported) = (limits, true);
        if self.whole {
            self.trim();
        }
        self.revision += 1;
    }

    /// Drops agents that the list lacks, unless an event reported them after the list was requested. An agent with
    /// unreachable tasks stays, as unreachable, so that the tasks keep a place.
    fn forget_stale_agents(
        &mut self,
        asked: Timestamp,
        seen: Option<Timestamp>,
        source: ChangeSource,
    ) -> Vec<crate::cluster::agent::Agent> {
        let stale: Vec<Slot> = self
            .agents
            .unsorted()
            .filter(|(_, _, entry)| entry.stale && entry.heard.is_none_or(|heard| heard < asked))
            .map(|(slot, ..)| slot)
            .collect();
        let (lost, gone): (Vec<Slot>, Vec<Slot>) =
            stale.into_iter().partition(|slot| self.has_unreachable_tasks(*slot));
        for slot in lost {
            self.lose_agent(slot, seen, seen.unwrap_or(asked), source);
            let known = self.agents.get_mut(slot).and_then(|entry| entry.known.as_mut());
            known.into_iter().for_each(|agent| agent.active = false);
        }
        let gone: Vec<crate::cluster::agent::Agent> =
            gone.into_iter().filter_map(|slot| self.forget_agent(slot)).collect();
        crate::base::order::sorted(gone, |a, b| a.id.cmp(&b.id))
    }

    fn has_unreachable_tasks(&self, agent: Slot) -> bool {
        self.unreachable_since(agent).is_some()
    }

    /// Time at which its latest unreachable task became so; `None` without such tasks.
    fn unreachable_since(&self, agent: Slot) -> Option<Option<Timestamp>> {
        let rows = self.agents.get(agent).map(|entry| entry.rows.as_slice()).unwrap_or_default();
        let tasks = rows.iter().filter_map(|row| self.tasks.get(*row));
        tasks.filter(|task| task.section == MasterTaskList::Unreachable).map(|task| task.updated()).max()
    }

    /// Adds the agents that unreachable tasks name, since no list has them (PROTOCOL.md, "GET_AGENTS").
    fn add_lost_agents(&mut self) {
        let unknown = self.agents.unsorted().filter(|(.., entry)| entry.known.is_none()).map(|(slot, ..)| slot);
        let lost: Vec<_> = unknown
            .filter(|slot| !self.agents.id(*slot).is_empty())
            .filter_map(|slot| Some((slot, self.unreachable_since(slot)?)))
            .collect();
        for (slot, since) in lost {
            let id = self.agents.id(slot).into();
            let Some(entry) = self.agents.get_mut(slot) else { continue };
            let (hostname, Load { tasks, used, .. }) = (entry.hostname.to_string(), entry.load);
            entry.known = Some(crate::cluster::agent::Agent {
                id,
                hostname,
                unreachable: true,
                unknown: UnknownAmounts::ALL,
                since,
                tasks,
                used,
                ..crate::cluster::agent::Agent::default()
            });
        }
    }

    fn forget_stale_frameworks(&mut self, asked: Timestamp) {
        let stale: Vec<Slot> = self
            .frameworks
            .unsorted()
            .filter(|(_, _, entry)| entry.stale && entry.heard.is_none_or(|heard| heard < asked))
            .map(|(slot, ..)| slot)
            .collect();
        for slot in stale {
            self.note_unlisted_framework(slot, asked);
            self.completed_frameworks.retain(|other| *other != slot);
            self.forget_framework(slot);
        }
    }

    pub(super) fn report_agent(
        &mut self,
        reported: &wire::agent::ReportedAgent<'_>,
        sent: Encoded<'_>,
        unknown: UnknownAmounts,
        seen: Timestamp,
    ) {
        let id = reported.agent_info.id.as_str();
        let overhead = self.overhead(id, &reported.allocated_resources.allocated);
        let stamps = [reported.registered_time.moment(), reported.reregistered_time.moment()];
        self.stamped = stamps.into_iter().flatten().chain(self.stamped).max();
        self.keep_agent(id, sent, seen, |agent| {
            agent.report(reported, unknown);
            agent.overhead = overhead;
        });
    }

    /// Allocated resources of an agent per role that its live tasks do not use: its executors have them.
    fn overhead(&self, agent: &str, allocated: &[(String, Quantities)]) -> Vec<(String, Quantities)> {
        let rows = self.agents.find(agent).and_then(|slot| self.agents.get(slot)).map(|entry| entry.rows.as_slice());
        let mut rest = allocated.to_vec();
        let tasks = rows.unwrap_or_default().iter().filter_map(|row| self.tasks.get(*row));
        for task in tasks.filter(|task| task.section == MasterTaskList::Live) {
            let role = self.roles.id(task.role);
            rest.iter_mut().filter(|(name, _)| name == role).for_each(|(_, sum)| *sum -= task.used);
        }
        rest.retain(|(_, sum)| *sum != Quantities::NONE);
        rest
    }

    fn report_recovered(&mut self, reported: &wire::agent::AgentInfo<'_>, sent: Encoded<'_>, seen: Timestamp) {
        self.keep_agent(reported.id.as_str(), sent, seen, |agent| {
            agent.report_info(reported);
            (agent.active, agent.recovered, agent.unreachable) = (false, true, false);
            // The registry has what an agent has in all, and no more.
            agent.unknown = UnknownAmounts { total: false, ..UnknownAmounts::ALL };
        });
    }

    fn keep_agent(
        &mut self,
        id: &str,
        sent: Encoded<'_>,
        seen: Timestamp,
        report: impl FnOnce(&mut crate::cluster::agent::Agent),
    ) {
        let (slot, time) = (self.agent_slot(id), self.time(seen).get());
        let Some(entry) = self.agents.get_mut(slot) else { return };
        let before = entry.known.as_ref().map(crate::cluster::agent::Agent::status_flags);
        let agent = entry.known.get_or_insert_default();
        (agent.tasks, agent.used) = (entry.load.tasks, entry.load.used);
        entry.stale = false;
        report(agent);
        // A drain says itself when it began.
        if before.is_some_and(|before| before != agent.status_flags()) && agent.drain.is_none() {
            agent.since = Some(time);
        }
        let host = agent.hostname.as_str().into();
        let old = std::mem::replace(&mut agent.json, self.blobs.keep(sent.kept()));
        self.blobs.release(old);
        self.set_host(slot, host);
    }

    /// Takes over a listed framework, completed or not, with its resources.
    fn report_listed(
        &mut self,
        reported: &wire::framework::ReportedFramework<'_>,
        sent: Encoded<'_>,
        unknown: UnknownAmounts,
        seen: Timestamp,
    ) -> Slot {
        let slot = self.report_framework(reported, sent, seen);
        let known = self.frameworks.get_mut(slot).and_then(|entry| entry.known.as_mut());
        known.into_iter().for_each(|framework| framework.report_resources(reported, unknown));
        slot
    }

    /// Takes over a framework that is known from its agents only; masters before 1.3 list such frameworks apart.
    fn report_recovered_framework(
        &mut self,
        reported: &wire::framework::FrameworkInfo<'_>,
        sent: Encoded<'_>,
        seen: Timestamp,
    ) {
        self.keep_framework(reported.id.as_str(), sent, seen, |framework| {
            framework.report_info(reported);
            (framework.active, framework.connected, framework.recovered) = (false, false, true);
        });
    }

    /// Takes over what an event or any list reports of a framework.
    pub(super) fn report_framework(
        &mut self,
        reported: &wire::framework::ReportedFramework<'_>,
        sent: Encoded<'_>,
        seen: Timestamp,
    ) -> Slot {
        let stamps = [reported.registered_time.moment(), reported.reregistered_time.moment()];
        self.stamped = stamps.into_iter().flatten().chain(self.stamped).max();
        self.keep_framework(reported.framework_info.id.as_str(), sent, seen, |framework| framework.report(reported))
    }

    fn keep_framework(
        &mut self,
        id: &str,
        sent: Encoded<'_>,
        seen: Timestamp,
        report: impl FnOnce(&mut crate::cluster::framework::Framework),
    ) -> Slot {
        let (slot, time) = (self.frameworks.slot(id), self.time(seen).get());
        let Some(entry) = self.frameworks.get_mut(slot) else { return slot };
        let before = entry.known.as_ref().map(|framework| framework.connected);
        let framework = entry.known.get_or_insert_default();
        let name = framework.name.clone();
        report(framework);
        if before.is_some_and(|before| before != framework.connected) {
            framework.since = Some(time);
        }
        (framework.tasks, framework.used) = (entry.load.tasks, entry.load.used);
        entry.stale = false;
        let was_completed = std::mem::replace(&mut framework.completed, false);
        let old = std::mem::replace(&mut framework.json, self.blobs.keep(sent.kept()));
        self.blobs.release(old);
        let renamed = if framework.name == name { Vec::new() } else { entry.rows.clone() };
        self.note_tasks(&renamed);
        if was_completed {
            self.completed_frameworks.retain(|other| *other != slot);
        }
        slot
    }

    /// Takes over a completed framework of the snapshot.
    fn report_completed(
        &mut self,
        reported: &wire::framework::ReportedFramework<'_>,
        sent: Encoded<'_>,
        unknown: UnknownAmounts,
        seen: Timestamp,
    ) {
        self.report_ended(reported, sent, unknown, seen);
        self.completed_frameworks.push_back(self.frameworks.slot(reported.framework_info.id.as_str()));
    }

    fn report_ended(
        &mut self,
        reported: &wire::framework::ReportedFramework<'_>,
        sent: Encoded<'_>,
        unknown: UnknownAmounts,
        seen: Timestamp,
    ) {
        let slot = self.report_listed(reported, sent, unknown, seen);
        let known = self.frameworks.get_mut(slot).and_then(|entry| entry.known.as_mut());
        known.into_iter().for_each(|framework| framework.completed = true);
    }
}
