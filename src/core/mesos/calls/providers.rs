//! Resource providers of an agent: listed, configured, given up. What they provide is read by `wire::own`.

use serde::Serialize;

use super::command::CommandInfo;
use super::resource::{ReservationInfo, Resource, Rest};
use super::values::Valued;
use super::{Call, Done};
use crate::base::ids::AgentId;
use crate::mesos::wire::own::Providers;

/// The providers that have registered.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetResourceProviders;

/// What a provider is: all of a configuration. It has an id once it has registered.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ResourceProviderInfo {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Valued<String>>,
    /// In reversed-domain form, as `org.apache.mesos.rp.local.storage`.
    #[serde(rename = "type")]
    pub kind: String,
    pub name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub default_reservations: Vec<ReservationInfo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
    #[serde(flatten)]
    pub rest: Rest,
}

/// Of a provider of disks.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Storage {
    pub plugin: Plugin,
    #[serde(flatten)]
    pub rest: Rest,
}

/// The CSI plugin behind it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Plugin {
    #[serde(rename = "type")]
    pub kind: String,
    pub name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub containers: Vec<PluginContainer>,
    #[serde(flatten)]
    pub rest: Rest,
}

/// A standalone container that the plugin runs in.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PluginContainer {
    /// CONTROLLER_SERVICE and NODE_SERVICE.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandInfo>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Resource>,
    #[serde(flatten)]
    pub rest: Rest,
}

impl Call for GetResourceProviders {
    const TYPE: &'static str = "GET_RESOURCE_PROVIDERS";
    const READS: bool = true;
    type Reply<'a> = Providers;
    type To = AgentId;

    fn longest_answer(&self) -> u64 {
        16 << 20
    }
}

/// Adds a provider. Refused with 409 if there is one of that type and name.
#[derive(Clone, Debug, Serialize)]
pub struct AddResourceProviderConfig {
    pub info: ResourceProviderInfo,
}

impl Call for AddResourceProviderConfig {
    const TYPE: &'static str = "ADD_RESOURCE_PROVIDER_CONFIG";
    const FIELD: Option<&'static str> = Some("add_resource_provider_config");
    const READS: bool = false;
    type Reply<'a> = Done;
    type To = AgentId;
}

/// Replaces a provider's configuration. Refused with 409 if there is none of that type and name.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateResourceProviderConfig {
    pub info: ResourceProviderInfo,
}

impl Call for UpdateResourceProviderConfig {
    const TYPE: &'static str = "UPDATE_RESOURCE_PROVIDER_CONFIG";
    const FIELD: Option<&'static str> = Some("update_resource_provider_config");
    const READS: bool = false;
    type Reply<'a> = Done;
    type To = AgentId;
}

/// Stops a provider. May be repeated.
#[derive(Clone, Debug, Serialize)]
pub struct RemoveResourceProviderConfig {
    #[serde(rename = "type")]
    pub kind: String,
    pub name: String,
}

impl Call for RemoveResourceProviderConfig {
    const TYPE: &'static str = "REMOVE_RESOURCE_PROVIDER_CONFIG";
    const FIELD: Option<&'static str> = Some("remove_resource_provider_config");
    const READS: bool = false;
    type Reply<'a> = Done;
    type To = AgentId;
}

/// Declares that a provider never comes back. An unknown one is answered by 200.
#[derive(Clone, Debug, Serialize)]
pub struct MarkResourceProviderGone {
    pub resource_provider_id: Valued<String>,
}

impl Call for MarkResourceProviderGone {
    const TYPE: &'static str = "MARK_RESOURCE_PROVIDER_GONE";
    const FIELD: Option<&'static str> = Some("mark_resource_provider_gone");
    const READS: bool = false;
    type Reply<'a> = Done;
    type To = AgentId;
}
