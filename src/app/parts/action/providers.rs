//! Forms for resource providers and cached images. A configuration is edited as JSON, and read in the core with each key.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::container_form::check_image;
use mesoscope_core::actions::provider_action::{ProviderAction, ProviderChange, ProviderConfig, image_names};
use mesoscope_core::actions::provider_config;
use mesoscope_core::actions::provider_fields::TEMPLATE;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::indent::indented;
use mesoscope_core::text::{dialogs, providers};

use super::ActionForm;
use super::agents::bulk_form;
use super::field::unique_id;
use crate::actions::providers::ProviderForm;

/// Builds the form.
pub(super) fn form(form: ProviderForm) -> ActionForm {
    match form {
        ProviderForm::Add(agent, host) => {
            let title = providers::add_title(&named(&agent, &host));
            editor(title, "Add", TEMPLATE, None, move |config| action(&agent, ProviderChange::Add(config)))
        }
        ProviderForm::Update(agent, host, config) => {
            let title = providers::update_title(config.name(), &named(&agent, &host));
            let change = move |config| action(&agent, ProviderChange::Update(config));
            editor(title, "Update", config.clone().json(), Some(config), change)
        }
        ProviderForm::Confirm(of, host) => confirm(of, &host),
        ProviderForm::Prune(agents) => prune(agents),
    }
}

fn named(agent: &AgentId, host: &str) -> String {
    if host.is_empty() { agent.0.clone() } else { host.to_owned() }
}

fn action(agent: &AgentId, change: ProviderChange) -> Action {
    Action::Provider(ProviderAction { agent: agent.clone(), change })
}

/// Editor of a configuration. `replaced` is the one that it replaces, whose type and name must stay.
fn editor(
    title: String,
    verb: &'static str,
    json: &str,
    replaced: Option<ProviderConfig>,
    change: impl Fn(ProviderConfig) -> Action + Send + Sync + 'static,
) -> ActionForm {
    let text = RwSignal::new(indented(json).unwrap_or_else(|_| json.to_owned()));
    let is_typed = RwSignal::new(false);
    let refusal = RwSignal::new(None::<String>);
    let read = Memo::new(move |_| text.with(|text| provider_config::read(text)));
    let fault = Memo::new(move |_| match read.get() {
        Err(error) => Some(providers::config_error(&error)),
        Ok((config, _)) => {
            let other = replaced.as_ref().filter(|old| (old.kind(), old.name()) != (config.kind(), config.name()));
            other.map(|old| providers::other_provider(old.kind(), old.name()))
        }
    });
    let actions = Signal::derive(move || {
        let config = read.get().ok().map(|(config, _)| config).filter(|_| fault.read().is_none());
        config.map(&change).into_iter().collect::<Vec<_>>()
    });
    // A new form has no error before it is touched; the footer says what is missing.
    let wrong = move || fault.get().filter(|_| is_typed.get()).or_else(|| refusal.get());
    let unknown = move || {
        let paths = read.get().ok().map(|(_, unknown)| unknown).filter(|unknown| !unknown.is_empty())?;
        Some(view! { <span class="state" data-tone="warn">{providers::unknown_fields(&paths)}</span> })
    };
    let typed = move |event| {
        is_typed.set(true);
        text.set(event_target_value(&event));
    };
    let (id, problem) = (unique_id(), unique_id());
    let view = view! {
        <div class="typed config">
            <label for=id.clone()>"Configuration (ResourceProviderInfo as JSON)"</label>
            <textarea id=id class="mono" rows="16" spellcheck="false" autocapitalize="none" autocomplete="off"
                aria-invalid=move || wrong().is_some().then_some("true") aria-describedby=problem.clone()
                prop:value=text on:input=typed></textarea>
            <span class="wrong" id=problem role="status">{wrong}</span>
            <span role="status">{unknown}</span>
        </div>
    }
    .into_any();
    ActionForm { actions, fault: fault.into(), view, refusal, ..ActionForm::plain(title, verb, Vec::new()) }
}

/// Form of a change that only needs confirmation.
fn confirm(of: ProviderAction, host: &str) -> ActionForm {
    let (agent, provider) = (named(&of.agent, host), of.change.provider().unwrap_or_default());
    let (title, verb) = match &of.change {
        ProviderChange::MarkGone { .. } => (providers::gone_title(provider, &agent), "Mark gone"),
        _ => (providers::remove_title(provider, &agent), "Remove"),
    };
    ActionForm::plain(title, verb, vec![Action::Provider(of)])
}

fn prune(agents: Vec<(AgentId, String)>) -> ActionForm {
    let whom = match agents.as_slice() {
        [(agent, host)] => named(agent, host),
        many => dialogs::number_of(many.len(), "agent", "agents"),
    };
    let excluded = RwSignal::new(String::new());
    let of = |agents: &[(AgentId, String)], excluded: Vec<String>| -> Vec<Action> {
        let change = ProviderChange::PruneImages { excluded };
        agents.iter().map(|(agent, _)| action(agent, change.clone())).collect()
    };
    let base = bulk_form(providers::prune_title(&whom), "Prune", of(&agents, Vec::new()));
    let actions = Signal::derive(move || of(&agents, excluded.with(|text| image_names(text))));
    let at_once = base.view;
    let id = unique_id();
    let view = view! {
        <div class="typed config">
            <label for=id.clone()>"Images to keep (Docker names, one per line)"</label>
            <textarea id=id class="mono" rows="3" spellcheck="false" autocapitalize="none" autocomplete="off" placeholder="mysql:8.0"
                prop:value=excluded on:input=move |event| excluded.set(event_target_value(&event))></textarea>
        </div>
        {at_once}
    }
    .into_any();
    let fault = Signal::derive(move || {
        let faults = |text: &String| image_names(text).iter().find_map(|name| check_image(name).err());
        excluded.with(faults).map(|fault| fault.to_string())
    });
    ActionForm { actions, view, fault, ..base }
}
