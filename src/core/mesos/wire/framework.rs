//! Frameworks (include/mesos/v1/master/master.proto, Response.GetFrameworks.Framework).

use super::field::fields;
use super::resource::{AllocationInfo, Resources};
use super::resource_totals::ResourceTotals;
use super::scalar::{Double, Id, Text};
use super::task::Labels;
use super::time::{Time, Unavailability};
use crate::base::units::Nanoseconds;

/// A framework as the master holds it.
#[derive(Clone, Debug, Default)]
pub struct Framework<'a> {
    pub framework_info: FrameworkInfo<'a>,
    pub active: bool,
    pub connected: bool,
    pub recovered: bool,
    pub registered_time: Time,
    pub reregistered_time: Time,
    pub unregistered_time: Time,
    pub allocated_resources: Resources<'a>,
    pub offered_resources: Resources<'a>,
    /// Never in an event.
    pub offers: Vec<Offer<'a>>,
    /// Never in an event.
    pub inverse_offers: Vec<InverseOffer<'a>>,
}

fields! { impl<'de> Framework<'de>, identified by |framework| framework.framework_info.has_identity();
    "framework_info" => framework_info,
    "active" => active,
    "connected" => connected,
    "recovered" => recovered,
    "registered_time" => registered_time,
    "reregistered_time" => reregistered_time,
    "unregistered_time" => unregistered_time,
    "allocated_resources" => allocated_resources,
    "offered_resources" => offered_resources,
    "offers" => offers,
    "inverse_offers" => inverse_offers,
}

/// Resources that a framework may take (include/mesos/v1/mesos.proto, Offer).
#[derive(Clone, Debug, Default)]
pub struct Offer<'a> {
    pub id: Id<'a>,
    pub agent_id: Id<'a>,
    pub hostname: Text<'a>,
    pub resources: ResourceTotals,
    allocation_info: AllocationInfo<'a>,
}

fields! { impl<'de> Offer<'de>, identified by |offer| offer.id.has_identity();
    "id" => id,
    "agent_id" => agent_id,
    "hostname" => hostname,
    "resources" => resources,
    "allocation_info" => allocation_info,
}

impl Offer<'_> {
    /// The role for which it is made.
    pub fn role(&self) -> &str {
        self.allocation_info.role.as_str()
    }
}

/// A request to free an agent (include/mesos/v1/mesos.proto, InverseOffer).
#[derive(Clone, Debug, Default)]
pub struct InverseOffer<'a> {
    pub id: Id<'a>,
    pub agent_id: Id<'a>,
    pub unavailability: Unavailability,
}

fields! { impl<'de> InverseOffer<'de>, identified by |offer| offer.id.has_identity();
    "id" => id,
    "agent_id" => agent_id,
    "unavailability" => unavailability,
}

/// What a framework says of itself.
#[derive(Clone, Debug, Default)]
pub struct FrameworkInfo<'a> {
    pub id: Id<'a>,
    pub name: Text<'a>,
    pub user: Text<'a>,
    /// The one role of an old framework.
    pub role: Option<Text<'a>>,
    /// The roles of one that is MULTI_ROLE.
    pub roles: Vec<Text<'a>>,
    pub principal: Text<'a>,
    pub hostname: Text<'a>,
    pub webui_url: Text<'a>,
    pub labels: Labels,
    failover_timeout: Double,
}

fields! { impl<'de> FrameworkInfo<'de>, identified by |info| info.id.has_identity();
    "id" => id,
    "name" => name,
    "user" => user,
    "role" => role,
    "roles" => roles,
    "principal" => principal,
    "hostname" => hostname,
    "webui_url" => webui_url,
    "labels" => labels,
    "failover_timeout" => failover_timeout,
}

impl FrameworkInfo<'_> {
    /// The roles that it is in, however it says so; without any it is in `*`.
    pub fn all_roles(&self) -> Vec<String> {
        let roles: Vec<String> = self.roles.iter().map(|role| role.as_str().to_owned()).collect();
        if roles.is_empty() { vec![self.role.as_ref().map_or("*", Text::as_str).to_owned()] } else { roles }
    }

    /// How long its tasks outlive its connection.
    pub fn failover_timeout(&self) -> Nanoseconds {
        Nanoseconds::from_secs_f64(self.failover_timeout.0)
    }
}
