//! A framework, as far as tables and counts need it.

use super::agent::UnknownAmounts;
use super::json_store::StoredJson;
use super::offer::{InverseOffer, Offer};
use crate::base::ids::{FrameworkId, Role};
use crate::base::units::{Nanoseconds, Quantities, Timestamp};
use crate::mesos::wire;

/// A framework of the cluster, completed ones included.
#[derive(Clone, Debug, Default)]
pub struct Framework {
    pub id: FrameworkId,
    pub name: String,
    pub user: String,
    pub roles: Vec<Role>,
    pub principal: String,
    pub hostname: String,
    pub webui_url: String,
    /// In one text, to search in.
    pub labels: String,
    pub active: bool,
    pub connected: bool,
    pub recovered: bool,
    pub failover_timeout: Nanoseconds,
    pub registered: Option<Timestamp>,
    pub reregistered: Option<Timestamp>,
    pub unregistered: Option<Timestamp>,
    /// Live tasks. Derived.
    pub tasks: u32,
    /// What they use. Derived.
    pub used: Quantities,
    pub(super) offered: Quantities,
    /// Which of its amounts are not known; `total` says nothing.
    pub(super) unknown: UnknownAmounts,
    pub offers: Vec<Offer>,
    pub inverse_offers: Vec<InverseOffer>,
    /// As the master reported it.
    pub json: StoredJson,
    pub(super) completed: bool,
    /// Since when it is connected or not; unknown if it was never seen otherwise.
    pub(super) since: Option<Timestamp>,
    /// What the master said is allocated, and what its tasks used then.
    pub(super) reported: Quantities,
    pub(super) used_when_reported: Quantities,
}

impl Framework {
    /// Whether it has been torn down, or has not come back in time.
    pub fn completed(&self) -> bool {
        self.completed
    }

    /// Since when it is connected, or is not, as far as that was seen.
    pub fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// What is allocated: what the master said last, and what tasks that came and went since have changed. `None` if that list has
    /// something that cannot be read.
    pub fn allocated(&self) -> Option<Quantities> {
        let allocated = (self.reported + self.used - self.used_when_reported).at_least_none();
        (!self.unknown.allocated).then_some(allocated)
    }

    /// What is offered to it. `None` if that list has something that cannot be read.
    pub fn offered(&self) -> Option<Quantities> {
        (!self.unknown.offered).then_some(self.offered)
    }

    /// Takes over what no event carries (PROTOCOL.md, "FRAMEWORK_ADDED"): allocated and offered resources, and offers.
    pub(super) fn report_resources(&mut self, reported: &wire::framework::Framework<'_>, unknown: UnknownAmounts) {
        self.unknown = unknown;
        self.offered = reported.offered_resources.quantities;
        self.offers = reported.offers.iter().map(Offer::reported).collect();
        self.inverse_offers = reported.inverse_offers.iter().map(InverseOffer::reported).collect();
        self.reported = reported.allocated_resources.quantities;
        self.used_when_reported = self.used;
    }

    pub(super) fn report(&mut self, reported: &wire::framework::Framework<'_>) {
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
