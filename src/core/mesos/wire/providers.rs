//! Resource providers of an agent, as the agent and the master report them. What is not as expected is left out.

use super::detail::{self, DetailedResource};
use super::tree::{self, JsonTree};

/// A resource provider of an agent, with what it provides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Provider {
    /// The provider's id (ResourceProviderInfo.id); empty until it has registered.
    pub id: String,
    /// Type in reversed-domain form, as `org.apache.mesos.rp.local.storage`.
    pub kind: String,
    /// The provider's name, unique among those of its type on the agent.
    pub name: String,
    /// Attributes, each as `name:value`.
    pub attributes: Vec<String>,
    /// Type and name of the CSI plugin behind it; empty for a provider that has none.
    pub plugin: String,
    /// Services of the plugin's containers and endpoints, as `NODE_SERVICE`; each once.
    pub services: Vec<String>,
    /// Default reservations, the innermost last: type in lower case, role and principal, as `dynamic storage (ops)`.
    pub default_reservations: Vec<String>,
    /// All resources of the provider (total_resources).
    pub resources: Vec<DetailedResource>,
    /// The provider's own JSON (ResourceProviderInfo); empty if it is absent.
    pub json: String,
}

/// Reads the providers in an agent's own JSON, as the master lists it.
pub fn of_agent(json: &str) -> Vec<Provider> {
    tree::read(json, |agent| agent.list("resource_providers", provider)).0
}

pub(super) fn provider(reported: JsonTree<'_>) -> Provider {
    let json = reported.json("resource_provider_info").unwrap_or_default();
    let resources = reported.list("total_resources", detail::resource);
    Provider { resources, json, ..reported.part("resource_provider_info", info).unwrap_or_default() }
}

fn info(info: JsonTree<'_>) -> Provider {
    let plugin = [info.text("storage.plugin.type"), info.text("storage.plugin.name")].join(" ");
    let in_containers = info.list("storage.plugin.containers", |container| container.texts("services"));
    let at_endpoints = info.list("storage.plugin.endpoints", |endpoint| endpoint.name("csi_service"));
    let mut services = Vec::new();
    for service in in_containers.into_iter().flatten().chain(at_endpoints) {
        if !services.contains(&service) {
            services.push(service);
        }
    }
    Provider {
        id: info.text("id.value"),
        kind: info.text("type"),
        name: info.text("name"),
        attributes: info.list("attributes", attribute),
        plugin: plugin.trim().to_owned(),
        services,
        default_reservations: info.list("default_reservations", reservation),
        ..Provider::default()
    }
}

fn attribute(one: JsonTree<'_>) -> String {
    let items = detail::items_of(one);
    let scalar = || one.number("scalar.value").map(|value| value.to_string());
    let value = if items.is_empty() { scalar().unwrap_or_else(|| one.text("text.value")) } else { items };
    format!("{}:{value}", one.text("name"))
}

fn reservation(one: JsonTree<'_>) -> String {
    let principal = one.text("principal");
    let by = if principal.is_empty() { String::new() } else { format!(" ({principal})") };
    format!("{} {}{by}", one.name("type").to_lowercase(), one.text("role"))
}
