//! Previews of actions on resource providers and images, from the providers that the master lists for the agent.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::config::ProviderConfig;
use super::{ProviderAction, ProviderChange};
use crate::actions::Action;
use crate::actions::preview::{
    Impact, ImpactKind, Preview, PreviewEntry, PreviewValue, Progress, Severity, count, named,
};
use crate::checks::eligibility::{DisabledReason, ProviderReason, call_agent};
use crate::cluster::Cluster;
use crate::mesos::wire::providers::{Provider, of_agent};

/// Name of the value that says whether a provider is configured.
const CONFIGURATION: &str = "configuration";
/// Name of the value with the images that are kept.
const EXCLUDED: &str = "excluded images";

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

/// The change, before the cluster as it is known.
pub(in crate::actions) fn preview(cluster: &Cluster, action: &ProviderAction) -> Preview {
    let providers = cluster.agent(&action.agent).map(|agent| of_agent(&cluster.json(agent.json))).unwrap_or_default();
    let back = |change: ProviderChange| Action::Provider(ProviderAction { agent: action.agent.clone(), change });
    let mut preview = match &action.change {
        ProviderChange::Add(config) => add(find(&providers, config.kind(), config.name()), config),
        ProviderChange::Update(config) => update(find(&providers, config.kind(), config.name()), config),
        ProviderChange::Remove { kind, name } => remove(find(&providers, kind, name), name),
        ProviderChange::MarkGone { id, name } => {
            mark_gone(providers.iter().find(|provider| !id.is_empty() && provider.id == *id), name)
        }
        ProviderChange::PruneImages { excluded } => prune(excluded),
    };
    preview.back = inverse(&action.change, &providers).map(back);
    let why = match cluster.agent(&action.agent) {
        Some(agent) => call_agent(agent).err(),
        None => Some(DisabledReason::AgentNotListed(action.agent.clone())),
    };
    preview.disabled_reason = why.or(preview.disabled_reason);
    preview
}

fn find<'a>(providers: &'a [Provider], kind: &str, name: &str) -> Option<&'a Provider> {
    providers.iter().find(|provider| provider.kind == kind && provider.name == name)
}

/// The change that restores the current state.
fn inverse(change: &ProviderChange, providers: &[Provider]) -> Option<ProviderChange> {
    let known = |kind: &str, name: &str| {
        find(providers, kind, name).and_then(|provider| ProviderConfig::reported(&provider.json))
    };
    match change {
        ProviderChange::Add(config) => {
            let (kind, name) = (config.kind().to_owned(), config.name().to_owned());
            Some(ProviderChange::Remove { kind, name })
        }
        ProviderChange::Update(config) => known(config.kind(), config.name()).map(ProviderChange::Update),
        ProviderChange::Remove { kind, name } => known(kind, name).map(ProviderChange::Add),
        ProviderChange::MarkGone { .. } | ProviderChange::PruneImages { .. } => None,
    }
}

fn value(name: &str, value: ProviderValue) -> Vec<PreviewEntry> {
    vec![named(name, PreviewValue::Provider(value))]
}

fn effect(tone: Severity, impact: ProviderImpact) -> Impact {
    Impact::new(tone, ImpactKind::Provider(impact))
}

/// No call reports configurations, so one of a listed provider may exist or not.
fn add(known: Option<&Provider>, config: &ProviderConfig) -> Preview {
    let mut preview = match known {
        None => Preview::new(Vec::new(), entries(config.json())),
        Some(_) => Preview {
            progress: Progress::Unobservable,
            ..Preview::new(
                value(CONFIGURATION, ProviderValue::NotReported),
                value(CONFIGURATION, ProviderValue::Configured),
            )
        },
    };
    preview.effects.push(effect(Severity::Note, ProviderImpact::Registers));
    preview.effects.extend(known.map(|_| effect(Severity::Warn, ProviderImpact::PerhapsExists)));
    preview
}

fn update(known: Option<&Provider>, config: &ProviderConfig) -> Preview {
    let current = known.and_then(|provider| ProviderConfig::reported(&provider.json));
    let current = current.map(|current| entries(current.json())).unwrap_or_default();
    let mut preview = Preview { is_whole: true, ..Preview::new(current, entries(config.json())) };
    preview.effects.push(effect(Severity::Warn, ProviderImpact::Restarts));
    preview.effects.extend(volumes(known));
    preview
}

fn remove(known: Option<&Provider>, name: &str) -> Preview {
    let disks = known.map_or(0, |provider| count(provider.resources.len()));
    let is_running = disks > 0;
    let now = if is_running { ProviderValue::Configured } else { ProviderValue::NotReported };
    let mut preview = Preview::new(value(name, now), value(name, ProviderValue::NotConfigured));
    preview.progress = if is_running { Progress::Pending } else { Progress::Unobservable };
    if is_running {
        preview.effects.push(effect(Severity::Warn, ProviderImpact::DisksLeave(disks)));
    }
    preview.effects.extend(volumes(known));
    preview.effects.extend(known.map(|_| effect(Severity::Note, ProviderImpact::StaysListed)));
    preview
}

fn mark_gone(known: Option<&Provider>, name: &str) -> Preview {
    let Some(provider) = known else {
        let gone = || vec![named(name, PreviewValue::Gone)];
        return Preview::new(gone(), gone());
    };
    let gone = vec![named(name, PreviewValue::Gone)];
    let mut preview = Preview::new(value(name, ProviderValue::Known), gone);
    // src/slave/slave.cpp, Slave::markResourceProviderGone.
    let has_disks = !provider.resources.is_empty();
    preview.disabled_reason = has_disks.then_some(DisabledReason::Provider(ProviderReason::HasResources));
    preview.effects.push(effect(Severity::Bad, ProviderImpact::NeverBack));
    preview.name = Some(name.to_owned());
    preview
}

fn prune(excluded: &[String]) -> Preview {
    let kept = match excluded {
        [] => PreviewValue::Provider(ProviderValue::NoImage),
        names => PreviewValue::Typed(names.join(", ")),
    };
    let mut preview = Preview::new(Vec::new(), vec![named(EXCLUDED, kept)]);
    preview.progress = Progress::Unobservable;
    preview.effects.push(effect(Severity::Note, ProviderImpact::ImagesRemoved));
    preview.effects.push(effect(Severity::Note, ProviderImpact::DownloadedAgain));
    preview
}

/// The persistent volumes on a provider's disks.
fn volumes(known: Option<&Provider>) -> Option<Impact> {
    let volumes = known?.resources.iter().filter(|resource| !resource.volume.is_empty()).count();
    (volumes > 0).then(|| effect(Severity::Bad, ProviderImpact::VolumesThere(count(volumes))))
}

/// Values of a configuration by their paths; texts in a list are one value.
fn entries(json: &str) -> Vec<PreviewEntry> {
    fn walk(value: &Value, path: &str, into: &mut Vec<PreviewEntry>) {
        let mut entry = |text: String| into.push(named(path, PreviewValue::Typed(text)));
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    walk(field, &below, into);
                }
            }
            Value::Array(all) if all.iter().all(Value::is_string) => {
                entry(all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "));
            }
            Value::Array(all) => {
                for (nth, item) in all.iter().enumerate() {
                    walk(item, &format!("{path}[{nth}]"), into);
                }
            }
            Value::String(text) => entry(text.clone()),
            Value::Null | Value::Bool(_) | Value::Number(_) => entry(value.to_string()),
        }
    }
    let mut all = Vec::new();
    walk(&serde_json::from_str(json).unwrap_or_default(), "", &mut all);
    all
}

#[cfg(test)]
mod tests;
