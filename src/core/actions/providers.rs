//! Previews of actions on resource providers and images, from the providers that the master lists for the agent.

use serde_json::Value;

use super::Action;
use super::preview::{
    Impact, ImpactKind, Preview, PreviewEntry, PreviewValue, PreviewedField, Progress, Severity, count, named,
};
use super::provider_action::{ProviderAction, ProviderChange, ProviderConfig, ProviderImpact, ProviderValue};
use crate::checks::eligibility::{DisabledReason, ProviderReason, call_agent};
use crate::cluster::Cluster;
use crate::mesos::wire::providers::{Provider, of_agent};

/// The change, before the cluster as it is known.
pub(super) fn preview(cluster: &Cluster, action: &ProviderAction) -> Preview {
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
        // One that is listed may have a configuration, which an equal one leaves as it was: it is not ours to remove.
        ProviderChange::Add(config) => find(providers, config.kind(), config.name()).is_none().then(|| {
            let (kind, name) = (config.kind().to_owned(), config.name().to_owned());
            ProviderChange::Remove { kind, name }
        }),
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
    let configured = value(config.name(), ProviderValue::Configured);
    let mut preview = match known {
        None => Preview::new(not_listed(config), [configured, entries(config.json())].concat()),
        Some(_) => Preview {
            progress: Progress::Unobservable,
            ..Preview::new(value(config.name(), ProviderValue::NotReported), configured)
        },
    };
    preview.effects.push(effect(Severity::Note, ProviderImpact::Registers));
    preview.effects.extend(known.map(|_| effect(Severity::Warn, ProviderImpact::PerhapsExists)));
    preview
}

fn not_listed(config: &ProviderConfig) -> Vec<PreviewEntry> {
    vec![named(config.name(), PreviewValue::NotListed)]
}

fn update(known: Option<&Provider>, config: &ProviderConfig) -> Preview {
    let current = known.and_then(|provider| ProviderConfig::reported(&provider.json));
    let current = current.map_or_else(|| not_listed(config), |current| entries(current.json()));
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
    let kept = PreviewEntry { key: PreviewedField::KeptImages, value: kept };
    let mut preview = Preview::new(Vec::new(), vec![kept]);
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
