//! Frameworks (include/mesos/v1/master/master.proto, Response.GetFrameworks.Framework).

use serde::Deserialize;

use super::scalar::{Double, Id, Text, Time};
use super::task::Resources;
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
