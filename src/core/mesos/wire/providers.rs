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
    tree::read(json, all_of).0
}

pub(super) fn all_of(agent: JsonTree<'_>) -> Vec<Provider> {
    agent.list("resource_providers", provider)
}

impl Provider {
    /// Disk space that it provides, in MiB.
    pub fn disk(&self) -> f64 {
        self.resources.iter().filter(|resource| resource.name == "disk").filter_map(|disk| disk.scalar).sum()
    }
}

pub(super) fn provider(reported: JsonTree<'_>) -> Provider {
    let of = |field: &str| reported.text(&format!("resource_provider_info.{field}"));
    let plugin = [of("storage.plugin.type"), of("storage.plugin.name")].join(" ");
    Provider {
        id: of("id.value"),
        kind: of("type"),
        name: of("name"),
        attributes: reported.list("resource_provider_info.attributes", attribute),
        plugin: plugin.trim().to_owned(),
        services: services(reported),
        default_reservations: reported.list("resource_provider_info.default_reservations", reservation),
        resources: reported.list("total_resources", detail::resource),
        json: reported.json("resource_provider_info").unwrap_or_default(),
    }
}

fn services(reported: JsonTree<'_>) -> Vec<String> {
    let of = |list: &str| format!("resource_provider_info.storage.plugin.{list}");
    let in_containers = reported.list(&of("containers"), |container| container.texts("services"));
    let at_endpoints = reported.list(&of("endpoints"), |endpoint| endpoint.name("csi_service"));
    let mut services = Vec::new();
    for service in in_containers.into_iter().flatten().chain(at_endpoints) {
        if !services.contains(&service) {
            services.push(service);
        }
    }
    services
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
