//! Frameworks (include/mesos/v1/master/master.proto, Response.GetFrameworks.Framework).

use serde::Deserialize;

use super::scalar::{Double, Id, Integer, Text, Time};
use super::task::{Labels, Resources};
use crate::units::Nanoseconds;

/// A framework as the master holds it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Framework<'a> {
    #[serde(borrow, default)]
    pub framework_info: FrameworkInfo<'a>,
    #[serde(default)]
    pub active: bool,
    #[serde(default)]
    pub connected: bool,
    #[serde(default)]
    pub recovered: bool,
    #[serde(default)]
    pub registered_time: Time,
    #[serde(default)]
    pub reregistered_time: Time,
    #[serde(default)]
    pub unregistered_time: Time,
    #[serde(borrow, default)]
    pub allocated_resources: Resources<'a>,
    #[serde(borrow, default)]
    pub offered_resources: Resources<'a>,
    /// Never in an event.
    #[serde(borrow, default)]
    pub offers: Vec<Offer<'a>>,
    /// Never in an event.
    #[serde(borrow, default)]
    pub inverse_offers: Vec<InverseOffer<'a>>,
}

/// Resources that a framework may take (include/mesos/v1/mesos.proto, Offer).
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Offer<'a> {
    #[serde(borrow, default)]
    pub id: Id<'a>,
    #[serde(borrow, default)]
    pub agent_id: Id<'a>,
    #[serde(borrow, default)]
    pub hostname: Text<'a>,
    #[serde(borrow, default)]
    pub resources: Resources<'a>,
    #[serde(borrow, default)]
    allocation_info: AllocationInfo<'a>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct AllocationInfo<'a> {
    #[serde(borrow, default)]
    role: Text<'a>,
}

impl Offer<'_> {
    /// The role for which it is made.
    pub fn role(&self) -> &str {
        self.allocation_info.role.as_str()
    }
}

/// A request to free an agent (include/mesos/v1/mesos.proto, InverseOffer).
#[derive(Clone, Debug, Default, Deserialize)]
pub struct InverseOffer<'a> {
    #[serde(borrow, default)]
    pub id: Id<'a>,
    #[serde(borrow, default)]
    pub agent_id: Id<'a>,
    #[serde(default)]
    pub unavailability: Unavailability,
}

/// When a machine will not be there.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Unavailability {
    #[serde(default)]
    pub start: Time,
    #[serde(default)]
    pub duration: Option<Duration>,
}

/// A length of time.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Duration {
    #[serde(default)]
    pub nanoseconds: Integer,
}

/// What a framework says of itself.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct FrameworkInfo<'a> {
    #[serde(borrow, default)]
    pub id: Id<'a>,
    #[serde(borrow, default)]
    pub name: Text<'a>,
    #[serde(borrow, default)]
    pub user: Text<'a>,
    /// The one role of an old framework.
    #[serde(borrow, default)]
    pub role: Option<Text<'a>>,
    /// The roles of one that is MULTI_ROLE.
    #[serde(borrow, default)]
    pub roles: Vec<Text<'a>>,
    #[serde(borrow, default)]
    pub principal: Text<'a>,
    #[serde(borrow, default)]
    pub hostname: Text<'a>,
    #[serde(borrow, default)]
    pub webui_url: Text<'a>,
    #[serde(default)]
    pub labels: Labels,
    #[serde(default)]
    failover_timeout: Double,
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
