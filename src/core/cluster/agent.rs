//! An agent of the cluster, with the fields that tables and counts need.

use super::json_store::StoredJson;
use crate::base::ids::AgentId;
use crate::base::units::{Quantities, Timestamp};
use crate::mesos::calls::maintenance::MachineId;
use crate::mesos::wire;
use crate::mesos::wire::field::Misfits;

/// Progress of a drain, from `DrainInfo.state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrainState {
    /// The drain is going on: tasks are being killed.
    Draining,
    /// The drain is complete: no task or operation is left.
    Drained,
}

/// The flags that make up an agent's state. Flags that another one overrides are left out, so equal ones mean an equal state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgentStatus {
    /// Whether the master makes offers of it.
    pub active: bool,
    /// Whether an operator deactivated it.
    pub deactivated: bool,
    /// Progress of its drain; `None` if none was requested.
    pub drain: Option<DrainState>,
    /// Whether it is known from the registry only.
    pub recovered: bool,
    /// Whether the master has lost it.
    pub unreachable: bool,
}

/// Amounts of an agent or a framework that are not known, since the list was never reported or cannot be read whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnknownAmounts {
    /// Whether `total` is not known.
    pub total: bool,
    /// Whether the allocated amount is not known.
    pub allocated: bool,
    /// Whether `offered` is not known.
    pub offered: bool,
    /// Whether some of a framework's offers lack what cannot be read.
    pub offers: bool,
}

impl UnknownAmounts {
    /// No amount is known.
    pub const ALL: Self = Self { total: true, allocated: true, offered: true, offers: false };

    /// The amounts that misfit fields leave out.
    pub fn of(misfits: &Misfits) -> Self {
        let has = |list: &str| misfits.iter().any(|misfit| misfit.path.starts_with(list));
        Self {
            total: has("total_resources"),
            allocated: has("allocated_resources"),
            offered: has("offered_resources"),
            offers: has("offers"),
        }
    }
}

/// An agent of the cluster.
#[derive(Clone, Debug, Default)]
pub struct Agent {
    /// The agent's id.
    pub id: AgentId,
    /// The host's name, as the agent registered it; compared without case. Empty if it was never reported.
    pub hostname: String,
    /// Its libprocess address, such as `slave(1)@10.0.0.7:5051`; empty if it was not reported.
    pub pid: String,
    /// Version of Mesos that the agent runs, such as `1.11.0`; empty if it was not reported.
    pub version: String,
    /// Its attributes as `name:value`, one per line, since values may have blanks.
    pub attributes: String,
    /// Its fault domain as `region/zone`; empty if it has none.
    pub domain: String,
    /// All its resources, `total_resources`; for a recovered agent those of its `agent_info`.
    pub total: Quantities,
    /// Items of `total` that are no amounts, such as ports.
    pub pieces: wire::non_scalars::NonScalars,
    /// Resources in outstanding offers, `offered_resources`.
    pub offered: Quantities,
    /// Amounts that are not known.
    pub unknown: UnknownAmounts,
    /// Whether the master makes offers of it, `GetAgents.Agent.active`: connected, and not deactivated.
    pub active: bool,
    /// Whether an operator deactivated it, `GetAgents.Agent.deactivated`.
    pub deactivated: bool,
    /// Progress of its drain, `drain_info.state`; `None` if none was requested.
    pub drain: Option<DrainState>,
    /// Whether it is known from the registry only, and has not come back since the master's start.
    pub recovered: bool,
    /// Whether the master has lost it: its tasks are reported unreachable, and no read has shown it since.
    pub unreachable: bool,
    /// Time of the registration, `registered_time`; `None` if none was reported.
    pub registered: Option<Timestamp>,
    /// Time of the last reregistration, `reregistered_time`; `None` if none was reported.
    pub reregistered: Option<Timestamp>,
    /// Number of its live tasks; derived.
    pub tasks: u32,
    /// Resources of its live tasks; derived.
    pub used: Quantities,
    /// The agent as the master reported it.
    pub json: StoredJson,
    /// Its reservations and persistent volumes.
    pub reserved: Vec<wire::resource_totals::Reserved>,
    /// The allocated parts of those reservations and volumes.
    pub reserved_allocated: Vec<wire::resource_totals::Reserved>,
    /// Allocated amount that the master reported last, and its tasks' resources at that time.
    pub(super) reported: Quantities,
    pub(super) used_when_reported: Quantities,
    /// Allocated resources per role that no task uses: those of executors.
    pub(super) overhead: Vec<(String, Quantities)>,
    /// Start of its current state; `None` if it was never seen in another.
    pub(super) since: Option<Timestamp>,
}

impl Agent {
    /// Whether its resources count: it is neither unreachable nor recovered.
    pub fn is_there(&self) -> bool {
        !self.unreachable && !self.recovered
    }

    /// Resources that are neither allocated nor offered.
    pub fn free(&self) -> Quantities {
        (self.total - self.allocated() - self.offered).at_least_none()
    }

    /// Start of its current state; `None` if the change was neither seen nor reported.
    pub fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// Its state.
    pub fn status(&self) -> AgentStatus {
        let none = AgentStatus::default();
        match self.drain {
            _ if self.unreachable => AgentStatus { unreachable: true, ..none },
            _ if self.recovered => AgentStatus { recovered: true, ..none },
            Some(_) => AgentStatus { drain: self.drain, ..none },
            None if self.deactivated => AgentStatus { deactivated: true, ..none },
            None => AgentStatus { active: self.active, ..none },
        }
    }

    /// The flags that make up its state; equal ones mean that the state has not changed.
    pub(super) fn status_flags(&self) -> (bool, bool, Option<DrainState>, bool, bool) {
        (self.active, self.deactivated, self.drain, self.recovered, self.unreachable)
    }

    /// Allocated resources: the master's last figure, changed by the tasks that came and went since. Only that figure
    /// includes the executors' own resources.
    pub fn allocated(&self) -> Quantities {
        (self.reported + self.used - self.used_when_reported).at_least_none()
    }

    /// Whether it is registered without a connection; a deactivated or draining agent is inactive by intent.
    pub fn disconnected(&self) -> bool {
        !self.active && !self.deactivated && !self.recovered && !self.unreachable && self.drain.is_none()
    }

    /// Whether Mesos takes the machine for its own: both host name and address must equal those that it registered
    /// with.
    pub fn is_of(&self, machine: &MachineId) -> bool {
        !machine.is_half_named() && self.resembles(machine)
    }

    /// Whether the machine lacks its host name or its address, and has the other of the agent: to Mesos it is none of
    /// the agent's.
    pub fn is_half_named_by(&self, machine: &MachineId) -> bool {
        machine.is_half_named() && self.resembles(machine)
    }

    fn resembles(&self, machine: &MachineId) -> bool {
        machine.fits(&self.hostname, self.ip().unwrap_or_default())
    }

    /// The machine that it runs on, by the host name and address that it registered with.
    pub fn machine(&self) -> MachineId {
        MachineId { hostname: Some(self.hostname.clone()), ip: self.ip().map(str::to_owned) }
    }

    /// The address in its `pid`; `None` if that has another form.
    pub fn ip(&self) -> Option<&str> {
        self.pid.split_once('@').and_then(|(_, address)| address.rsplit_once(':')).map(|(ip, _)| ip)
    }

    /// Its attributes, as names and values.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.lines().filter_map(|attribute| attribute.split_once(':'))
    }

    /// The value of its first attribute with this name; the name is compared without case.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes().find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    }

    /// Takes over the master's report; derived values stay.
    pub(super) fn report(&mut self, reported: &wire::agent::ReportedAgent<'_>, unknown: UnknownAmounts) {
        self.report_info(&reported.agent_info);
        self.unknown = unknown;
        reported.pid.as_str().clone_into(&mut self.pid);
        reported.version.as_str().clone_into(&mut self.version);
        self.total = reported.total_resources.quantities;
        self.pieces.clone_from(&reported.total_resources.pieces);
        self.reserved.clone_from(&reported.total_resources.reserved);
        self.reserved_allocated.clone_from(&reported.allocated_resources.reserved);
        self.offered = reported.offered_resources.quantities;
        self.active = reported.active;
        self.deactivated = reported.deactivated;
        self.drain = reported
            .drain_info
            .as_ref()
            .map(|info| if info.state.as_str() == "DRAINED" { DrainState::Drained } else { DrainState::Draining });
        self.since = reported.estimated_drain_start_time.moment().filter(|_| self.drain.is_some()).or(self.since);
        self.recovered = false;
        self.unreachable = false;
        self.registered = reported.registered_time.moment();
        self.reregistered = reported.reregistered_time.moment();
        self.reported = reported.allocated_resources.quantities;
        self.used_when_reported = self.used;
    }

    pub(super) fn report_info(&mut self, reported: &wire::agent::AgentInfo<'_>) {
        self.id = reported.id.as_str().into();
        reported.hostname.as_str().clone_into(&mut self.hostname);
        self.attributes = reported.attributes_line();
        self.domain = reported.domain_line();
        self.total = reported.resources.quantities;
    }
}
