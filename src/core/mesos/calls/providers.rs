//! Resource providers of an agent: listed, configured, given up. What they provide is read by `wire::agent_api`.

use serde::Serialize;

use super::command::CommandInfo;
use super::resource::{ReservationInfo, Resource, UnknownFields};
use super::values::Valued;
use super::{AnswerPart, Call, EmptyReply};
use crate::base::ids::AgentId;
use crate::mesos::wire::agent_api::Providers;

/// The providers that have registered.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetResourceProviders;

/// A resource provider's whole configuration.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ResourceProviderInfo {
    /// Id that Mesos assigns at registration; `None` in a new configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Valued<String>>,
    /// Type in reversed-domain form, as `org.apache.mesos.rp.local.storage`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Name of the provider, unique among those of its type on the agent.
    pub name: String,
    /// Reservations that new resources of the provider get; empty for none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub default_reservations: Vec<ReservationInfo>,
    /// CSI plugin of a storage provider; `None` for other providers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
    /// Other fields of the message, kept unchanged.
    #[serde(flatten)]
    pub rest: UnknownFields,
}

/// Storage part of a resource provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Storage {
    /// The plugin that manages the disks.
    pub plugin: Plugin,
    /// Other fields of the message, kept unchanged.
    #[serde(flatten)]
    pub rest: UnknownFields,
}

/// The CSI plugin behind it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Plugin {
    /// Type of the plugin in reversed-domain form, as `org.apache.mesos.csi.test`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Name of the plugin, which tells plugins of one type apart.
    pub name: String,
    /// Containers that serve the plugin; empty if it is reached otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub containers: Vec<PluginContainer>,
    /// Other fields of the message, kept unchanged.
    #[serde(flatten)]
    pub rest: UnknownFields,
}

/// A standalone container that the plugin runs in.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PluginContainer {
    /// Services that it provides: CONTROLLER_SERVICE, NODE_SERVICE or both.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// Command that starts the plugin; `None` for the image's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandInfo>,
    /// Resources that the container gets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Resource>,
    /// Other fields of the message, kept unchanged.
    #[serde(flatten)]
    pub rest: UnknownFields,
}

impl Call for GetResourceProviders {
    const TYPE: &'static str = "GET_RESOURCE_PROVIDERS";
    const READS: bool = true;
    const PARTS: &'static [AnswerPart] = &[AnswerPart::list("resource_providers")];
    type Reply<'a> = Providers;
    type To = AgentId;

    fn longest_answer(&self) -> u64 {
        16 << 20
    }
}

/// Adds a provider. Refused with 409 if there is one of that type and name.
#[derive(Clone, Debug, Serialize)]
pub struct AddResourceProviderConfig<I = ResourceProviderInfo> {
    /// Complete configuration of the new provider, without an id: typed, or as JSON.
    pub info: I,
}

impl<I: Serialize> Call for AddResourceProviderConfig<I> {
    const TYPE: &'static str = "ADD_RESOURCE_PROVIDER_CONFIG";
    const FIELD: Option<&'static str> = Some("add_resource_provider_config");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = AgentId;
}

/// Replaces a provider's configuration. Refused with 409 if there is none of that type and name.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateResourceProviderConfig<I = ResourceProviderInfo> {
    /// Complete new configuration, typed or as JSON; type and name select the provider.
    pub info: I,
}

impl<I: Serialize> Call for UpdateResourceProviderConfig<I> {
    const TYPE: &'static str = "UPDATE_RESOURCE_PROVIDER_CONFIG";
    const FIELD: Option<&'static str> = Some("update_resource_provider_config");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = AgentId;
}

/// Stops a provider. May be repeated.
#[derive(Clone, Debug, Serialize)]
pub struct RemoveResourceProviderConfig {
    /// Type of the provider in reversed-domain form.
    #[serde(rename = "type")]
    pub kind: String,
    /// Name of the provider among those of its type.
    pub name: String,
}

impl Call for RemoveResourceProviderConfig {
    const TYPE: &'static str = "REMOVE_RESOURCE_PROVIDER_CONFIG";
    const FIELD: Option<&'static str> = Some("remove_resource_provider_config");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = AgentId;
}

/// Declares that a provider never comes back. An unknown one is answered by 200.
#[derive(Clone, Debug, Serialize)]
pub struct MarkResourceProviderGone {
    /// Id that the provider got when it registered.
    pub resource_provider_id: Valued<String>,
}

impl Call for MarkResourceProviderGone {
    const TYPE: &'static str = "MARK_RESOURCE_PROVIDER_GONE";
    const FIELD: Option<&'static str> = Some("mark_resource_provider_gone");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = AgentId;
}
