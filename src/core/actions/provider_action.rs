//! Actions on an agent's resource providers and cached images: configurations, providers that never come back, unused images.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::base::ids::AgentId;
use crate::cluster::topic::Topic;
use crate::mesos::calls::containers::{Image, PruneImages};
use crate::mesos::calls::providers::{
    AddResourceProviderConfig, MarkResourceProviderGone, RemoveResourceProviderConfig, UpdateResourceProviderConfig,
};
use crate::mesos::calls::{self, Call};

/// An action on the resource providers or the images of one agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderAction {
    /// The agent that it is about.
    pub agent: AgentId,
    /// What happens there.
    pub change: ProviderChange,
}

/// A change of an agent's resource providers or images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProviderChange {
    /// Adds a provider (ADD_RESOURCE_PROVIDER_CONFIG).
    Add(ProviderConfig),
    /// Replaces a provider's configuration (UPDATE_RESOURCE_PROVIDER_CONFIG).
    Update(ProviderConfig),
    /// Stops a provider, and removes its configuration (REMOVE_RESOURCE_PROVIDER_CONFIG).
    Remove {
        /// Type of the provider.
        kind: String,
        /// Name of the provider among those of its type.
        name: String,
    },
    /// Declares that a provider never comes back (MARK_RESOURCE_PROVIDER_GONE).
    MarkGone {
        /// Id that Mesos gave the provider.
        id: String,
        /// Name of the provider, for people.
        name: String,
    },
    /// Removes the cached images that no container uses (PRUNE_IMAGES).
    PruneImages {
        /// Names of the Docker images that are kept although no container uses them.
        excluded: Vec<String>,
    },
}

/// A configuration that Mesos accepts as far as its form goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderConfig {
    kind: String,
    name: String,
    json: String,
}

impl ProviderConfig {
    /// Type in reversed-domain form.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Name of the provider among those of its type.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The configuration as one line of JSON.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The configuration of a provider that an agent reports, without the id that Mesos gave it. `None` if it is not as expected.
    pub fn reported(info: &str) -> Option<Self> {
        let mut info: Value = serde_json::from_str(info).ok()?;
        info.as_object_mut()?.remove("id");
        Self::of(info)
    }

    /// The configuration after a change of its JSON.
    pub(super) fn map(&self, change: impl FnOnce(&mut Value)) -> Self {
        let mut info: Value = serde_json::from_str(&self.json).unwrap_or_default();
        change(&mut info);
        Self { json: info.to_string(), ..self.clone() }
    }

    /// The configuration, with its fields in one order.
    pub(super) fn of(mut info: Value) -> Option<Self> {
        info.sort_all_objects();
        let text = |name: &str| info.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self { kind: text("type")?, name: text("name")?, json: info.to_string() })
    }
}

/// A value of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProviderValue {
    /// The provider has a configuration.
    Configured,
    /// Its configuration is removed.
    NotConfigured,
    /// No call reports whether it has a configuration.
    NotReported,
    /// The agent knows it.
    Known,
    /// No image is excluded.
    NoImage,
}

/// An effect on a provider or on images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProviderImpact {
    /// The agent starts the plugin, and the provider is listed once it has registered.
    Registers,
    /// The agent lists a provider of that type and name: Mesos refuses another one while its configuration exists.
    PerhapsExists,
    /// The provider restarts with the new configuration.
    Restarts,
    /// The provider stops, and this number of its disks leave the agent's resources.
    DisksLeave(u32),
    /// This number of persistent volumes are on the provider's disks.
    VolumesThere(u32),
    /// The provider stays listed, without resources, until it is marked gone.
    StaysListed,
    /// The provider is never accepted again under its id.
    NeverBack,
    /// The agent removes the cached images that no container uses.
    ImagesRemoved,
    /// The next container of a removed image waits for its download.
    DownloadedAgain,
}

impl ProviderChange {
    pub(super) const fn call(&self) -> &'static str {
        match self {
            Self::Add(_) => AddResourceProviderConfig::<Box<RawValue>>::TYPE,
            Self::Update(_) => UpdateResourceProviderConfig::<Box<RawValue>>::TYPE,
            Self::Remove { .. } => RemoveResourceProviderConfig::TYPE,
            Self::MarkGone { .. } => MarkResourceProviderGone::TYPE,
            Self::PruneImages { .. } => PruneImages::TYPE,
        }
    }

    /// The request's body; `None` if a stored configuration is no JSON.
    pub(super) fn request(&self) -> Option<Vec<u8>> {
        let info = |config: &ProviderConfig| RawValue::from_string(config.json().to_owned()).ok();
        Some(match self {
            Self::Add(config) => calls::request(&AddResourceProviderConfig { info: info(config)? }),
            Self::Update(config) => calls::request(&UpdateResourceProviderConfig { info: info(config)? }),
            Self::Remove { kind, name } => {
                calls::request(&RemoveResourceProviderConfig { kind: kind.clone(), name: name.clone() })
            }
            Self::MarkGone { id, .. } => {
                calls::request(&MarkResourceProviderGone { resource_provider_id: id.clone().into() })
            }
            Self::PruneImages { excluded } => calls::request(&PruneImages {
                excluded_images: excluded.iter().map(|name| Image::docker(name)).collect(),
            }),
        })
    }

    /// The master lists an agent's providers; nothing lists images.
    pub(super) const fn topics(&self) -> &'static [Topic] {
        match self {
            Self::PruneImages { .. } => &[],
            Self::Add(_) | Self::Update(_) | Self::Remove { .. } | Self::MarkGone { .. } => &[Topic::Agents],
        }
    }

    pub(super) const fn is_destructive(&self) -> bool {
        matches!(self, Self::MarkGone { .. })
    }

    /// Whether it sets values that were typed.
    pub(super) const fn sets_values(&self) -> bool {
        match self {
            Self::Add(_) | Self::Update(_) | Self::PruneImages { .. } => true,
            Self::Remove { .. } | Self::MarkGone { .. } => false,
        }
    }

    /// Name of the provider; `None` for a change of images.
    pub fn provider(&self) -> Option<&str> {
        match self {
            Self::Add(config) | Self::Update(config) => Some(config.name()),
            Self::Remove { name, .. } | Self::MarkGone { name, .. } => Some(name),
            Self::PruneImages { .. } => None,
        }
    }
}

/// Names of images from typed text: one a line, or separated by commas; each once, in their order.
pub fn image_names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in text.split([',', '\n', '\r']).map(str::trim).filter(|name| !name.is_empty()) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_names_are_read_once_each_from_lines_and_commas() {
        assert_eq!(
            image_names("mysql:8, redis\n\n mysql:8\r\nregistry:5000/a/b@sha256:0"),
            ["mysql:8", "redis", "registry:5000/a/b@sha256:0"]
        );
        assert!(image_names(" ,\n").is_empty());
    }

    #[test]
    fn requests_are_as_mesos_reads_them() {
        let check = |change: ProviderChange, expected: &str| {
            let body = change.request().expect("it is JSON");
            assert_eq!(String::from_utf8(body).expect("text"), expected);
        };
        let (kind, name) = ("k".to_owned(), "n".to_owned());
        check(
            ProviderChange::Remove { kind, name: name.clone() },
            r#"{"type":"REMOVE_RESOURCE_PROVIDER_CONFIG","remove_resource_provider_config":{"type":"k","name":"n"}}"#,
        );
        check(
            ProviderChange::MarkGone { id: "i".to_owned(), name },
            r#"{"type":"MARK_RESOURCE_PROVIDER_GONE","mark_resource_provider_gone":{"resource_provider_id":{"value":"i"}}}"#,
        );
        check(
            ProviderChange::PruneImages { excluded: vec!["mysql".to_owned()] },
            r#"{"type":"PRUNE_IMAGES","prune_images":{"excluded_images":[{"type":"DOCKER","docker":{"name":"mysql"}}]}}"#,
        );
        let config = ProviderConfig::reported(r#"{"type":"k","name":"n","storage":{}}"#).expect("a configuration");
        check(
            ProviderChange::Add(config),
            r#"{"type":"ADD_RESOURCE_PROVIDER_CONFIG","add_resource_provider_config":{"info":{"name":"n","storage":{},"type":"k"}}}"#,
        );
    }
}
