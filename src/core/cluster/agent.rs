//! An agent, as far as tables and counts need it.

use super::json_store::StoredJson;
use crate::base::ids::AgentId;
use crate::base::units::{Quantities, Timestamp};
use crate::mesos::calls::maintenance::MachineId;
use crate::mesos::wire;
use crate::mesos::wire::field::Misfits;

/// How far a drain has come. An agent that is not drained has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drain {
    Draining,
    Drained,
}

/// Which amounts of an agent or a framework are not known: the list was never reported, or has something that cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnknownAmounts {
    pub total: bool,
    pub allocated: bool,
    pub offered: bool,
}

impl UnknownAmounts {
    /// All of them.
    pub const ALL: Self = Self { total: true, allocated: true, offered: true };

    /// Those that fields of other forms than expected leave out.
    pub fn of(misfits: &Misfits) -> Self {
        let has = |list: &str| misfits.iter().any(|misfit| misfit.path.starts_with(list));
        Self { total: has("total_resources"), allocated: has("allocated_resources"), offered: has("offered_resources") }
    }
}

/// An agent of the cluster.
#[derive(Clone, Debug, Default)]
pub struct Agent {
    pub id: AgentId,
    pub hostname: String,
    /// `slave(1)@ip:port`.
    pub pid: String,
    pub version: String,
    /// As `rack:r12` and `zone:ams-2a`, a line each: values may have blanks.
    pub attributes: String,
    /// As `region/zone`; empty if it has none.
    pub domain: String,
    pub total: Quantities,
    /// What of it is no amount, as ports.
    pub pieces: wire::pieces::Pieces,
    pub offered: Quantities,
    /// Which of the amounts are not all that there is.
    pub unknown: UnknownAmounts,
    pub active: bool,
    pub deactivated: bool,
    pub drain: Option<Drain>,
    /// Known from the registry only: it has not come back since the master's start.
    pub recovered: bool,
    /// Its tasks are reported unreachable, and no read has shown it since.
    pub unreachable: bool,
    pub registered: Option<Timestamp>,
    pub reregistered: Option<Timestamp>,
    /// Live tasks. Derived.
    pub tasks: u32,
    /// What they use. Derived.
    pub used: Quantities,
    /// As the master reported it.
    pub json: StoredJson,
    /// What of it is reserved, and its persistent volumes.
    pub reserved: Vec<wire::resource_totals::Reserved>,
    /// What of that is allocated.
    pub reserved_allocated: Vec<wire::resource_totals::Reserved>,
    /// What the master said is allocated, and what its tasks used then.
    pub(super) reported: Quantities,
    pub(super) used_when_reported: Quantities,
    /// Of that, by role, what no task uses: executors' own.
    pub(super) overhead: Vec<(String, Quantities)>,
    /// Since when it stands as it does; unknown if it was never seen otherwise.
    pub(super) since: Option<Timestamp>,
}

impl Agent {
    /// Whether its resources count: those of one that is unreachable, or has not come back, cannot be used.
    pub fn is_there(&self) -> bool {
        !self.unreachable && !self.recovered
    }

    /// What is neither allocated nor offered.
    pub fn free(&self) -> Quantities {
        (self.total - self.allocated() - self.offered).at_least_none()
    }

    /// Since when it stands as it does, as far as that was seen or reported.
    pub fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// What tells one state of an agent from another.
    pub(super) fn standing(&self) -> (bool, bool, Option<Drain>, bool, bool) {
        (self.active, self.deactivated, self.drain, self.recovered, self.unreachable)
    }

    /// What is allocated: what the master said last, and what tasks that came and went since have changed.
    /// The master's figure has executors' own resources, which no task tells.
    pub fn allocated(&self) -> Quantities {
        (self.reported + self.used - self.used_when_reported).at_least_none()
    }

    /// Whether it is registered and has no connection: a deactivated or draining agent is inactive by intent.
    pub fn disconnected(&self) -> bool {
        !self.active && !self.deactivated && !self.recovered && !self.unreachable && self.drain.is_none()
    }

    /// Whether it runs on a machine, which is named by host, by address, or by both.
    pub fn is_on(&self, machine: &MachineId) -> bool {
        machine.fits(&self.hostname, self.ip().unwrap_or_default())
    }

    /// Whether that is its machine to Mesos, which compares both the host name and the address with what it registered with.
    pub fn is_of(&self, machine: &MachineId) -> bool {
        !machine.host().is_empty() && !machine.address().is_empty() && self.is_on(machine)
    }

    /// The machine that it runs on, in the words that it registered with.
    pub fn machine(&self) -> MachineId {
        MachineId { hostname: Some(self.hostname.clone()), ip: self.ip().map(str::to_owned) }
    }

    /// The address in its `pid`.
    pub fn ip(&self) -> Option<&str> {
        self.pid.split_once('@').and_then(|(_, address)| address.rsplit_once(':')).map(|(ip, _)| ip)
    }

    /// Its attributes, names and values.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.lines().filter_map(|attribute| attribute.split_once(':'))
    }

    /// The value of its attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes().find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    }

    /// Takes over what the master tells; what is derived stays.
    pub(super) fn report(&mut self, reported: &wire::agent::Agent<'_>, unknown: UnknownAmounts) {
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
            .map(|info| if info.state.as_str() == "DRAINED" { Drain::Drained } else { Drain::Draining });
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
