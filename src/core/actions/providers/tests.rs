//! Tests of previews on a small cluster: one agent with a running provider, and one whose configuration was removed.

use super::*;
use crate::actions::dry_run;
use crate::base::units::Timestamp;
use crate::mesos::wire::json_splitter::SnapshotList;

const KIND: &str = "org.apache.mesos.rp.local.storage";

fn config(role: &str, name: &str) -> ProviderConfig {
    let json = format!(
        r#"{{"type":"{KIND}","name":"{name}","default_reservations":[{{"type":"DYNAMIC","role":"{role}"}}],"storage":{{"plugin":{{"type":"a.b","name":"p","containers":[{{"services":["CONTROLLER_SERVICE","NODE_SERVICE"]}}]}}}}}}"#
    );
    crate::actions::provider_config::read(&json).expect("it is valid").0
}

/// A provider as listed, with or without a disk.
fn listed(id: &str, config: &ProviderConfig, disk: &str) -> String {
    let info = config.json().replacen('{', &format!(r#"{{"id":{{"value":"{id}"}},"#), 1);
    format!(r#"{{"resource_provider_info":{info},"total_resources":[{disk}]}}"#)
}

fn cluster(providers: &[String]) -> Cluster {
    let mut cluster = Cluster::default();
    let agent = format!(
        r#"{{"agent_info":{{"id":{{"value":"S1"}},"hostname":"node-1"}},"active":true,"pid":"slave(1)@1.2.3.4:5051","resource_providers":[{}]}}"#,
        providers.join(",")
    );
    cluster.arrive(SnapshotList::Agents, &agent, Timestamp(1)).expect("it is an agent");
    cluster.arrived(None);
    cluster
}

const DISK: &str = r#"{"name":"disk","type":"SCALAR","scalar":{"value":100.0},"disk":{"persistence":{"id":"v"}}}"#;

fn preview_of(cluster: &Cluster, change: ProviderChange) -> Preview {
    let action = Action::Provider(ProviderAction { agent: "S1".into(), change });
    dry_run::preview(cluster, &action, Timestamp(1))
}

fn impacts(preview: &Preview) -> Vec<ProviderImpact> {
    let of = |impact: &Impact| match &impact.impact {
        ImpactKind::Provider(impact) => Some(impact.clone()),
        _ => None,
    };
    preview.effects.iter().filter_map(of).collect()
}

#[test]
fn an_added_provider_is_there_once_it_is_listed() {
    let add = || ProviderChange::Add(config("storage", "ssd"));
    let before = preview_of(&cluster(&[]), add());
    assert_eq!((before.progress, before.disabled_reason.is_none()), (Progress::Pending, true));
    assert_eq!(before.current, [named("ssd", PreviewValue::NotListed)]);
    let services = named(
        "storage.plugin.containers[0].services",
        PreviewValue::Typed("CONTROLLER_SERVICE, NODE_SERVICE".to_owned()),
    );
    assert!(before.desired.contains(&services), "{:?}", before.desired);
    let back = Action::Provider(ProviderAction {
        agent: "S1".into(),
        change: ProviderChange::Remove { kind: KIND.to_owned(), name: "ssd".to_owned() },
    });
    assert_eq!(before.back, Some(back));
    assert_eq!(before.subject.as_deref(), Some("node-1"));
    let after = preview_of(&cluster(&[listed("id", &config("storage", "ssd"), "")]), add());
    // An effect that could be observed before, and no longer can, has come.
    assert_eq!(after.progress, Progress::Unobservable);
    assert!(impacts(&after).contains(&ProviderImpact::PerhapsExists));
    // An equal configuration changes nothing, so there is nothing to revert: that would remove another's provider.
    assert_eq!(after.back, None);
}

#[test]
fn an_update_shows_what_changes_and_restores_what_was() {
    let old = config("storage", "ssd");
    let cluster = cluster(&[listed("id", &old, DISK)]);
    let preview = preview_of(&cluster, ProviderChange::Update(config("fast", "ssd")));
    let changed = crate::actions::preview::differences(&preview.current, &preview.desired);
    let [one] = changed.as_slice() else { panic!("{changed:?}") };
    assert_eq!(one.key, crate::actions::preview::PreviewedField::Named("default_reservations[0].role".to_owned()));
    assert_eq!(impacts(&preview), [ProviderImpact::VolumesThere(1), ProviderImpact::Restarts]);
    let back = Action::Provider(ProviderAction { agent: "S1".into(), change: ProviderChange::Update(old.clone()) });
    assert_eq!(preview.back, Some(back));
    let same = preview_of(&cluster, ProviderChange::Update(old));
    assert_eq!(same.progress, Progress::Applied);
}

#[test]
fn a_provider_is_removed_first_and_marked_gone_then() {
    let ssd = config("storage", "ssd");
    let running = cluster(&[listed("id", &ssd, DISK)]);
    let stopped = cluster(&[listed("id", &ssd, "")]);
    let remove = || ProviderChange::Remove { kind: KIND.to_owned(), name: "ssd".to_owned() };
    let gone = || ProviderChange::MarkGone { id: "id".to_owned(), name: "ssd".to_owned() };
    let before = preview_of(&running, remove());
    assert_eq!(before.progress, Progress::Pending);
    assert!(impacts(&before).contains(&ProviderImpact::DisksLeave(1)));
    assert!(matches!(before.back, Some(Action::Provider(ProviderAction { change: ProviderChange::Add(_), .. }))));
    assert_eq!(preview_of(&stopped, remove()).progress, Progress::Unobservable);
    let refused = preview_of(&running, gone());
    assert_eq!(refused.disabled_reason, Some(DisabledReason::Provider(ProviderReason::HasResources)));
    let allowed = preview_of(&stopped, gone());
    assert_eq!((allowed.disabled_reason, allowed.name.as_deref()), (None, Some("ssd")));
    assert_eq!(allowed.progress, Progress::Pending);
    assert_eq!(preview_of(&cluster(&[]), gone()).progress, Progress::Applied);
}

#[test]
fn images_are_pruned_without_a_visible_effect() {
    let prune = |excluded: &[&str]| {
        let excluded = excluded.iter().map(|name| (*name).to_owned()).collect();
        preview_of(&cluster(&[]), ProviderChange::PruneImages { excluded })
    };
    let preview = prune(&["mysql:8", "redis"]);
    assert_eq!((preview.progress, preview.back.is_none()), (Progress::Unobservable, true));
    let kept = |value| [PreviewEntry { key: PreviewedField::KeptImages, value }];
    assert_eq!(preview.desired, kept(PreviewValue::Typed("mysql:8, redis".to_owned())));
    assert_eq!(prune(&[]).desired, kept(PreviewValue::Provider(ProviderValue::NoImage)));
}

#[test]
fn an_agent_that_is_not_listed_is_not_changed() {
    let action = Action::Provider(ProviderAction {
        agent: "S9".into(),
        change: ProviderChange::PruneImages { excluded: Vec::new() },
    });
    let preview = dry_run::preview(&cluster(&[]), &action, Timestamp(1));
    assert_eq!(preview.disabled_reason, Some(DisabledReason::AgentNotListed("S9".into())));
}
