//! A framework of the cluster, with the fields that tables and counts need.

use super::agent::UnknownAmounts;
use super::json_store::StoredJson;
use super::offer::{InverseOffer, Offer};
use crate::base::ids::{FrameworkId, Role};
use crate::base::units::{Nanoseconds, Quantities, Timestamp};
use crate::mesos::wire;

/// The flags that make up a framework's state. Flags that another one overrides are left out, so equal ones mean an equal state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameworkStatus {
    /// Whether the master makes offers to it.
    pub active: bool,
    /// Whether its scheduler is connected.
    pub connected: bool,
    /// Whether it is known from its agents only.
    pub recovered: bool,
    /// Whether it has ended.
    pub completed: bool,
}

/// A framework of the cluster, completed ones included.
#[derive(Clone, Debug, Default)]
pub struct Framework {
    /// The framework's id.
    pub id: FrameworkId,
    /// The framework's name, `FrameworkInfo.name`, which need not be unique.
    pub name: String,
    /// The user that its tasks run as by default, `FrameworkInfo.user`.
    pub user: String,
    /// All roles that it subscribes to, from `FrameworkInfo.roles` or the older `role`; empty if they cannot be read.
    pub roles: Vec<Role>,
    /// The principal that it authenticated as, `FrameworkInfo.principal`; empty if it has none.
    pub principal: String,
    /// Host name of its scheduler, `FrameworkInfo.hostname`; empty if it gave none.
    pub hostname: String,
    /// Address of its own web interface, `FrameworkInfo.webui_url`, untrusted; empty if it gave none.
    pub webui_url: String,
    /// Its labels in one text, for searches.
    pub labels: String,
    /// Whether the master makes offers to it, `GetFrameworks.Framework.active`.
    pub active: bool,
    /// Whether its scheduler is connected, `GetFrameworks.Framework.connected`.
    pub connected: bool,
    /// Whether it is known from its agents only, `recovered`: its scheduler is not back since the master was elected.
    pub recovered: bool,
    /// How long its scheduler may stay away before its tasks are killed, `FrameworkInfo.failover_timeout`.
    pub failover_timeout: Nanoseconds,
    /// Time of the registration, `registered_time`; `None` if none was reported.
    pub registered: Option<Timestamp>,
    /// Time of the last reregistration, `reregistered_time`; `None` if none was reported.
    pub reregistered: Option<Timestamp>,
    /// Time at which it ended, `unregistered_time`; `None` unless it is completed.
    pub unregistered: Option<Timestamp>,
    /// Number of its live tasks; derived.
    pub tasks: u32,
    /// Resources of its live tasks; derived.
    pub used: Quantities,
    pub(super) offered: Quantities,
    /// Amounts that are not known; `total` has no meaning here.
    pub(super) unknown: UnknownAmounts,
    /// Its outstanding offers, as GET_FRAMEWORKS listed them last.
    pub offers: Vec<Offer>,
    /// Its outstanding inverse offers, as GET_FRAMEWORKS listed them last.
    pub inverse_offers: Vec<InverseOffer>,
    /// The framework as the master reported it.
    pub json: StoredJson,
    pub(super) completed: bool,
    /// Time at which it connected or disconnected last; `None` if that was not seen.
    pub(super) since: Option<Timestamp>,
    /// Allocated amount that the master reported last, and its tasks' resources at that time.
    pub(super) reported: Quantities,
    pub(super) used_when_reported: Quantities,
}

impl Framework {
    /// Whether it was torn down, or did not come back within its failover timeout.
    pub fn completed(&self) -> bool {
        self.completed
    }

    /// Its state.
    pub fn status(&self) -> FrameworkStatus {
        let none = FrameworkStatus::default();
        match self {
            _ if self.completed => FrameworkStatus { completed: true, ..none },
            _ if self.recovered => FrameworkStatus { recovered: true, ..none },
            _ if !self.connected => none,
            _ => FrameworkStatus { connected: true, active: self.active, ..none },
        }
    }

    /// Time at which it connected or disconnected last; `None` if that was not seen.
    pub fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// Allocated resources: the master's last figure, changed by the tasks that came and went since. `None` if the list
    /// cannot be read whole.
    pub fn allocated(&self) -> Option<Quantities> {
        let allocated = (self.reported + self.used - self.used_when_reported).at_least_none();
        (!self.unknown.allocated).then_some(allocated)
    }

    /// Whether some of its offers lack resources or ids that cannot be read.
    pub fn has_unreadable_offers(&self) -> bool {
        self.unknown.offers
    }

    /// Resources offered to it. `None` if that list cannot be read whole.
    pub fn offered(&self) -> Option<Quantities> {
        (!self.unknown.offered).then_some(self.offered)
    }

    /// Takes over the parts that no event carries (PROTOCOL.md, "FRAMEWORK_ADDED"): allocated and offered resources,
    /// and offers.
    pub(super) fn report_resources(
        &mut self,
        reported: &wire::framework::ReportedFramework<'_>,
        unknown: UnknownAmounts,
    ) {
        self.unknown = unknown;
        self.offered = reported.offered_resources.quantities;
        self.offers = reported.offers.iter().map(Offer::reported).collect();
        self.inverse_offers = reported.inverse_offers.iter().map(InverseOffer::reported).collect();
        self.reported = reported.allocated_resources.quantities;
        self.used_when_reported = self.used;
    }

    pub(super) fn report(&mut self, reported: &wire::framework::ReportedFramework<'_>) {
        self.report_info(&reported.framework_info);
        self.active = reported.active;
        self.connected = reported.connected;
        self.recovered = reported.recovered;
        self.registered = reported.registered_time.moment();
        self.reregistered = reported.reregistered_time.moment();
        self.unregistered = reported.unregistered_time.moment();
    }

    pub(super) fn report_info(&mut self, reported: &wire::framework::FrameworkInfo<'_>) {
        self.id = reported.id.as_str().into();
        reported.name.as_str().clone_into(&mut self.name);
        reported.user.as_str().clone_into(&mut self.user);
        reported.principal.as_str().clone_into(&mut self.principal);
        reported.hostname.as_str().clone_into(&mut self.hostname);
        reported.webui_url.as_str().clone_into(&mut self.webui_url);
        self.labels.clone_from(&reported.labels.0);
        self.roles = reported.all_roles().into_iter().map(Role).collect();
        self.failover_timeout = reported.failover_timeout();
    }
}
