//! Roles of the cluster, and the other answers that only reads bring.

use super::role::{Machine, MachineMode, ReportedRole};
use super::task::UNKNOWN_ROLE;
use super::{Cluster, Load};
use crate::base::ids::{AgentId, Role};
use crate::base::order;
use crate::base::units::Timestamp;
use crate::cluster::topic::Topic;
use crate::cluster::unknown::{Fetched, ReadFailure, Unknown};
use crate::mesos::calls::maintenance::{MaintenanceStatus, Schedule};
use crate::mesos::calls::quota::QuotaStatus;
use crate::mesos::wire::detail::Operation;
use crate::mesos::wire::field::{Misfit, Misfits};
use crate::mesos::wire::state::TaskState;
use std::collections::{BTreeMap, BTreeSet};

impl Cluster {
    /// All roles that frameworks, tasks, weights, quotas or GET_ROLES name.
    pub fn roles(&self) -> BTreeSet<&str> {
        let active = self.frameworks().filter(|framework| !framework.completed());
        let mut roles: BTreeSet<&str> =
            order::inserted(active.flat_map(|framework| framework.roles.iter()).map(Role::as_str));
        let loaded = self.roles.unsorted().filter(|(.., entry)| entry.load.tasks > 0).map(|(_, name, _)| name);
        roles.extend(loaded.filter(|name| *name != UNKNOWN_ROLE));
        roles.extend(self.reported.roles.iter().flatten().map(|role| role.name.as_str()));
        roles
    }

    /// Live tasks of a role, and what they use. Derived.
    pub(super) fn role_load(&self, role: &str) -> Load {
        self.roles.find(role).and_then(|slot| self.roles.get(slot)).map_or(Load::default(), |entry| entry.load)
    }

    /// Number of live tasks whose resources cannot be read, so that sums leave them out.
    pub(super) fn unreadable_tasks(&self) -> u32 {
        self.roles.unsorted().fold(0, |sum, (.., entry)| sum + entry.load.unread)
    }

    /// Roles as GET_ROLES reported them.
    pub fn roles_reported(&self) -> Fetched<&[ReportedRole]> {
        self.reported.roles.as_deref().map_err(Unknown::clone)
    }

    /// Weights that were set; a role without one has 1.
    pub fn weights(&self) -> Fetched<&BTreeMap<Role, f64>> {
        self.reported.weights.as_ref().map_err(Unknown::clone)
    }

    /// Why a role's quota is not known though the master has sent it; `None` if it could be read.
    pub fn unreadable_quota(&self, role: &Role) -> Option<Unknown> {
        let misfit = self.misread(Topic::Quota).filter(|_| self.reported.unreadable_quotas.contains(role))?;
        Some(Unknown::Failed(ReadFailure::Field(misfit.clone())))
    }

    /// Quotas that were ever set.
    pub fn quota(&self) -> Fetched<&QuotaStatus> {
        self.reported.quota.as_ref().map_err(Unknown::clone)
    }

    /// The maintenance schedule.
    pub fn schedule(&self) -> Fetched<&Schedule> {
        self.reported.schedule.as_ref().map_err(Unknown::clone)
    }

    /// Machines that are in maintenance, or will be.
    pub fn machines(&self) -> Fetched<&[Machine]> {
        self.reported.machines.as_deref().map_err(Unknown::clone)
    }

    /// Operations that have not ended, or are not acknowledged.
    pub fn operations(&self) -> Fetched<&[Operation]> {
        self.reported.operations.as_deref().map_err(Unknown::clone)
    }

    /// The master's metrics, by name.
    pub fn metrics(&self) -> Fetched<&BTreeMap<String, f64>> {
        self.reported.metrics.as_ref().map_err(Unknown::clone)
    }

    /// Number of unreachable agents by the master's metrics, since it lists none (PROTOCOL.md, "GET_METRICS"). `None`
    /// where the metrics lack it or are not known.
    pub fn unreachable_agents_reported(&self) -> Option<u32> {
        self.reported.metrics.as_ref().ok()?.get("master/slaves_unreachable").map(|number| *number as u32)
    }

    /// Whether an unlisted agent is gone: an operator marked it so, according to its tasks.
    pub fn is_gone(&self, id: &AgentId) -> bool {
        self.agent(id).is_none() && self.tasks_of(id).any(|task| task.state == TaskState::GoneByOperator)
    }

    /// Notes that a read of the topic failed. The values of an earlier read stay.
    pub fn report_unknown(&mut self, part: Topic, why: &Unknown) {
        fn note<T>(reading: &mut Fetched<T>, why: &Unknown) -> bool {
            let is_news = reading.as_ref().err().is_some_and(|before| before != why);
            if is_news {
                *reading = Err(why.clone());
            }
            is_news
        }
        let reported = &mut self.reported;
        let is_news = match part {
            Topic::Master => note(&mut reported.master, why),
            Topic::Flags => note(&mut reported.flags, why),
            Topic::Roles => note(&mut reported.roles, why),
            Topic::Weights => note(&mut reported.weights, why),
            Topic::Quota => note(&mut reported.quota, why),
            Topic::Schedule => note(&mut reported.schedule, why),
            Topic::Machines => note(&mut reported.machines, why),
            Topic::Operations => note(&mut reported.operations, why),
            Topic::Metrics => note(&mut reported.metrics, why),
            Topic::Tasks => {
                self.tasks_unread();
                false
            }
            // The stream reports frameworks, too, but offers only as they were when it began.
            Topic::Frameworks if !reported.asked.contains_key(&part) => {
                reported.offers_unread.replace(why.clone()).as_ref() != Some(why)
            }
            Topic::Agents | Topic::Frameworks | Topic::Executors => false,
        };
        self.revision += u64::from(is_news);
    }

    /// Whether the offers are known: if not, those of the snapshot are all that was ever reported.
    pub fn offers_known(&self) -> Fetched<()> {
        let is_read = self.reported.asked.contains_key(&Topic::Frameworks);
        self.reported.offers_unread.clone().filter(|_| !is_read).map_or(Ok(()), Err)
    }

    /// Why the topic is not known; `None` if it is.
    pub fn unknown(&self, part: Topic) -> Option<&Unknown> {
        let reported = &self.reported;
        match part {
            Topic::Master => reported.master.as_ref().err(),
            Topic::Flags => reported.flags.as_ref().err(),
            Topic::Roles => reported.roles.as_ref().err(),
            Topic::Weights => reported.weights.as_ref().err(),
            Topic::Quota => reported.quota.as_ref().err(),
            Topic::Schedule => reported.schedule.as_ref().err(),
            Topic::Machines => reported.machines.as_ref().err(),
            Topic::Operations => reported.operations.as_ref().err(),
            Topic::Metrics => reported.metrics.as_ref().err(),
            Topic::Agents | Topic::Frameworks | Topic::Executors | Topic::Tasks => {
                (!self.whole && !reported.asked.contains_key(&part)).then_some(&Unknown::NotYet)
            }
        }
    }

    /// When the answer was asked for that reported the part last: the cluster's word is as old as that. `None` if none came.
    pub fn asked(&self, part: Topic) -> Option<Timestamp> {
        self.reported.asked.get(&part).copied()
    }

    /// An answer to what was asked then has been taken over.
    pub fn report_asked(&mut self, part: Topic, asked: Timestamp) {
        self.reported.asked.insert(part, asked);
        self.revision += 1;
    }

    /// The latest answer for the topic, as it was sent; `None` for topics whose objects keep their own JSON.
    pub fn body(&self, part: Topic) -> Option<&str> {
        self.reported.bodies.get(&part).map(AsRef::as_ref)
    }

    /// An answer as it was sent.
    pub fn report_body(&mut self, part: Topic, body: &str) {
        let kept = matches!(
            part,
            Topic::Master
                | Topic::Roles
                | Topic::Weights
                | Topic::Quota
                | Topic::Schedule
                | Topic::Machines
                | Topic::Operations
        );
        if kept && self.body(part) != Some(body) {
            self.reported.bodies.insert(part, body.into());
        }
    }

    /// The first field of the part's last answer that could not be read, in words: what is held of it is not all of it.
    pub fn misread(&self, part: Topic) -> Option<&Misfit> {
        self.reported.misread.get(&part)
    }

    /// Misfits of the topic's latest answer; `None` if all of it could be read.
    pub fn report_misread(&mut self, part: Topic, misfits: &Misfits) {
        match misfits.iter().next() {
            Some(misfit) => self.reported.misread.insert(part, misfit.clone()),
            None => self.reported.misread.remove(&part),
        };
    }

    /// GET_ROLES was answered.
    pub fn report_roles(&mut self, roles: Vec<ReportedRole>) {
        self.reported.roles = Ok(roles);
        self.revision += 1;
    }

    /// GET_WEIGHTS was answered.
    pub fn report_weights(&mut self, weights: BTreeMap<Role, f64>) {
        self.reported.weights = Ok(weights);
        self.revision += 1;
    }

    /// GET_QUOTA was answered. Of these roles' quotas something cannot be read.
    pub fn report_quota(&mut self, quota: QuotaStatus, unreadable: BTreeSet<Role>) {
        self.reported.quota = Ok(quota);
        self.reported.unreadable_quotas = unreadable;
        self.revision += 1;
    }

    /// GET_MAINTENANCE_SCHEDULE was answered.
    pub fn report_schedule(&mut self, schedule: Schedule) {
        self.reported.schedule = Ok(schedule);
        self.revision += 1;
    }

    /// GET_MAINTENANCE_STATUS was answered.
    pub fn report_machines(&mut self, reported: &MaintenanceStatus<'_>, asked: Timestamp) {
        let draining = reported.status.draining_machines.iter().map(|machine| Machine {
            id: machine.id.clone(),
            mode: MachineMode::Draining,
            since: None,
            answers: machine
                .statuses
                .iter()
                .map(|answer| {
                    let status = answer.status.as_str().to_owned();
                    (answer.framework_id.as_str().into(), status, answer.timestamp.moment())
                })
                .collect(),
        });
        let down = reported.status.down_machines.iter();
        let down = down.map(|id| Machine { id: id.clone(), mode: MachineMode::Down, answers: Vec::new(), since: None });
        let mut machines: Vec<Machine> = draining.chain(down).collect();
        let time = self.time(asked).get();
        if let Ok(before) = &self.reported.machines {
            let known: BTreeMap<_, _> = order::inserted(before.iter().map(|old| (&old.id, (old.mode, old.since))));
            for machine in &mut machines {
                let before = known.get(&machine.id).filter(|(mode, _)| *mode == machine.mode);
                machine.since = before.map_or(Some(time), |(_, since)| *since);
            }
        }
        self.reported.machines = Ok(machines);
        self.revision += 1;
    }

    /// GET_OPERATIONS was answered.
    pub fn report_operations(&mut self, operations: Vec<Operation>) {
        self.reported.operations = Ok(operations);
        self.revision += 1;
    }

    /// GET_METRICS was answered.
    pub fn report_metrics(&mut self, metrics: BTreeMap<String, f64>) {
        self.reported.metrics = Ok(metrics);
        self.revision += 1;
    }
}
