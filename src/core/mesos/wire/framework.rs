//! Frameworks (include/mesos/v1/master/master.proto, Response.GetFrameworks.Framework).

use std::borrow::Cow;

use serde::de::{IgnoredAny, MapAccess, SeqAccess};

use super::field::{FieldValue, FromAnyJson, Misfits, Number, each, fields};
use super::json_form::JsonForm;
use super::resource::{ReportedAllocation, Resources};
use super::resource_totals::AgentResources;
use super::scalar::{Double, Id, Text};
use super::task::LabelsText;
use super::time::{Time, Unavailability};
use crate::base::units::Nanoseconds;

/// A framework as the master holds it.
#[derive(Clone, Debug, Default)]
pub struct ReportedFramework<'a> {
    /// The framework's own description of itself (FrameworkInfo).
    pub framework_info: FrameworkInfo<'a>,
    /// Whether resources are offered to the framework; false while it is disconnected or deactivated.
    pub active: bool,
    /// Whether the framework's scheduler is connected to the master.
    pub connected: bool,
    /// Whether the framework is known from agents only, since it has not re-subscribed after a master failover.
    pub recovered: bool,
    /// Time of the first subscription with this master; 0 means none.
    pub registered_time: Time,
    /// Time of the latest subscription; 0 means none.
    pub reregistered_time: Time,
    /// Time at which the framework ended; 0 means that it has not.
    pub unregistered_time: Time,
    /// Resources of its tasks and executors. Never in an event.
    pub allocated_resources: Resources<'a>,
    /// Resources in its open offers. Never in an event.
    pub offered_resources: Resources<'a>,
    /// Offers that the framework has not answered yet. Never in an event.
    pub offers: Vec<ReportedOffer<'a>>,
    /// Inverse offers that the framework has not answered yet. Never in an event.
    pub inverse_offers: Vec<ReportedInverseOffer<'a>>,
}

fields! { impl<'de> ReportedFramework<'de>, identified by |framework| framework.framework_info.has_identity();
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
pub struct ReportedOffer<'a> {
    /// The offer's id, unique in the cluster.
    pub id: Id<'a>,
    /// The agent whose resources are offered.
    pub agent_id: Id<'a>,
    /// Host name of that agent.
    pub hostname: Text<'a>,
    /// The resources that are offered, with reservations and volumes.
    pub resources: AgentResources,
    allocation_info: ReportedAllocation<'a>,
}

fields! { impl<'de> ReportedOffer<'de>, identified by |offer| offer.id.has_identity();
    "id" => id,
    "agent_id" => agent_id,
    "hostname" => hostname,
    "resources" => resources,
    "allocation_info" => allocation_info,
}

impl ReportedOffer<'_> {
    /// The role for which it is made.
    pub fn role(&self) -> &str {
        self.allocation_info.role.as_str()
    }
}

/// A request to free an agent (include/mesos/v1/mesos.proto, InverseOffer).
#[derive(Clone, Debug, Default)]
pub struct ReportedInverseOffer<'a> {
    /// The inverse offer's id (InverseOffer.id).
    pub id: Id<'a>,
    /// The agent that is to be freed.
    pub agent_id: Id<'a>,
    /// When the agent's machine will be unavailable; `None` if a part of it cannot be read.
    pub unavailability: Option<Unavailability>,
}

fields! { impl<'de> ReportedInverseOffer<'de>, identified by |offer| offer.id.has_identity();
    "id" => id,
    "agent_id" => agent_id,
    "unavailability" => unavailability,
}

/// A framework's description of itself (FrameworkInfo).
#[derive(Clone, Debug, Default)]
pub struct FrameworkInfo<'a> {
    /// The framework's id; empty before its first subscription.
    pub id: Id<'a>,
    /// The framework's name, which need not be unique.
    pub name: Text<'a>,
    /// User that tasks run as unless they name another.
    pub user: Text<'a>,
    /// The one role of a framework without MULTI_ROLE.
    pub role: Option<Text<'a>>,
    /// The roles of a framework with MULTI_ROLE.
    pub roles: RoleNames<'a>,
    /// Principal that the framework authenticates as; empty if none.
    pub principal: Text<'a>,
    /// Host of the scheduler, as it registered it; may be empty.
    pub hostname: Text<'a>,
    /// Address of the framework's own web page; untrusted, may be empty.
    pub webui_url: Text<'a>,
    /// Labels that the framework gave itself.
    pub labels: LabelsText,
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

/// The names of roles. An absent list is empty; one that cannot be read is not.
#[derive(Clone, Debug)]
pub enum RoleNames<'a> {
    /// As they are listed.
    Listed(Vec<Text<'a>>),
    /// In place of the list is something else.
    Unreadable,
}

impl Default for RoleNames<'_> {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

impl<'de> FromAnyJson<'de> for RoleNames<'de> {
    const EXPECTED: JsonForm = JsonForm::List;

    fn of_text(_: Cow<'de, str>) -> FieldValue<Self> {
        FieldValue::Other(Self::Unreadable)
    }
    fn of_bool(_: bool) -> FieldValue<Self> {
        FieldValue::Other(Self::Unreadable)
    }
    fn of_number(_: Number) -> FieldValue<Self> {
        FieldValue::Other(Self::Unreadable)
    }
    fn of_list<A: SeqAccess<'de>>(list: A, misfits: &mut Misfits) -> Result<FieldValue<Self>, A::Error> {
        let mut all = Vec::new();
        each(list, misfits, |role| all.push(role))?;
        Ok(FieldValue::Expected(Self::Listed(all)))
    }
    fn of_map<A: MapAccess<'de>>(mut map: A, _: &mut Misfits) -> Result<FieldValue<Self>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(FieldValue::Other(Self::Unreadable))
    }
}

impl FrameworkInfo<'_> {
    /// The roles that it is in, however it says so; without any it is in `*`. Empty if they cannot be read.
    pub fn all_roles(&self) -> Vec<String> {
        let RoleNames::Listed(roles) = &self.roles else { return Vec::new() };
        let roles: Vec<String> = roles.iter().map(|role| role.as_str().to_owned()).collect();
        if roles.is_empty() { vec![self.role.as_ref().map_or("*", Text::as_str).to_owned()] } else { roles }
    }

    /// Time that its tasks outlive its scheduler's connection (FrameworkInfo.failover_timeout).
    pub fn failover_timeout(&self) -> Nanoseconds {
        Nanoseconds::from_secs_f64(self.failover_timeout.0)
    }
}
