//! Resource providers of an agent, as it reports them, with the changes of their configurations; and the pruning of its images.

use leptos::prelude::*;
use mesoscope_core::actions::provider_action::{ProviderAction, ProviderChange, ProviderConfig};
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::checks::eligibility::{DisabledReason, ProviderReason};
use mesoscope_core::mesos::calls::providers::GetResourceProviders;
use mesoscope_core::mesos::wire::agent_api;
use mesoscope_core::mesos::wire::providers::Provider;
use mesoscope_core::views::hosts::HostQuery;

use crate::actions::Proposal;
use crate::actions::providers::ProviderForm;
use crate::api_client::ApiRequest;
use crate::parts::action::control::{ActionChoice, action_button};
use crate::parts::agent_live::AgentSession;
use crate::parts::agent_live::polled::{PollMode, Polled};
use crate::parts::data_age::EmptyAgentList;
use crate::parts::detail::{chips, fact, resources, untrusted_text};
use crate::widgets::panel::{EmptyState, Panel};
use crate::worker_link::link;

/// Panel of an agent's providers and images. Errors that the session shows too are omitted.
#[component]
pub(crate) fn ProvidersPanel(id: AgentId, session: AgentSession) -> impl IntoView {
    let asked = ApiRequest::new(&GetResourceProviders, id.clone());
    let polled = Polled::start(asked, session.beat, PollMode::Repeated, |body, _| agent_api::providers(body));
    let all = polled.slice(|all| all.clone());
    let (failed, reported) = (polled.but_for(session.runs), polled.is_reported());
    let of = id.clone();
    let answer = link().watch(move || HostQuery(of.clone()));
    let host = Memo::new(move |_| answer.get().unwrap_or_default());
    let (adds, shown) = (id.clone(), StoredValue::new(id));
    let aside = move || {
        let (agent, host) = (adds.clone(), host.get());
        let choice = |name, form| ActionChoice { name, disabled_reason: None, proposal: Proposal::Provider(form) };
        view! {
            <div class="tools">
                {action_button(choice("Add provider", ProviderForm::Add(agent.clone(), host.clone())))}
                {action_button(choice("Prune images", ProviderForm::Prune(vec![(agent, host)])))}
            </div>
        }
    };
    let list = move || {
        all.with(|all| {
            if all.is_empty() {
                return view! { <EmptyAgentList words="No resource providers: all resources are the agent's own."/> }
                    .into_any();
            }
            let host = host.get();
            all.iter().map(|one| provider(one, &shown.get_value(), &host)).collect_view().into_any()
        })
    };
    view! {
        <Panel title="Resource providers and images" aside>
            {move || failed.get().map(|why| view! { <EmptyState title=why.headline() words=why.to_string()/> })}
            {move || reported.get().then(list)}
        </Panel>
    }
}

fn provider(one: &Provider, agent: &AgentId, host: &str) -> AnyView {
    view! {
        <section class="provider" aria-label=one.name.clone()>
            <dl class="facts">
                {fact("Name", untrusted_text(&one.name))}
                {fact("Type", untrusted_text(&one.kind))}
                {fact("ID", view! { <span class="mono">{untrusted_text(&one.id)}</span> })}
                {fact("Attributes", chips(&one.attributes))}
                {fact("Default reservations", untrusted_text(&one.default_reservations.join(" / ")))}
                {fact("Storage plugin", untrusted_text(&one.plugin))}
                {fact("Plugin services", chips(&one.services))}
            </dl>
            <div class="tools">{choices(one, agent, host).into_iter().map(action_button).collect_view()}</div>
            {resources("Resources of a provider", &one.resources)}
        </section>
    }
    .into_any()
}

/// The changes that a provider offers. One whose report cannot be read offers none that needs what is missing.
fn choices(one: &Provider, agent: &AgentId, host: &str) -> Vec<ActionChoice> {
    let of = |change| ProviderForm::Confirm(ProviderAction { agent: agent.clone(), change }, host.to_owned());
    let config = ProviderConfig::reported(&one.json);
    let update = config.map(|config| ActionChoice {
        name: "Update",
        disabled_reason: None,
        proposal: Proposal::Provider(ProviderForm::Update(agent.clone(), host.to_owned(), config)),
    });
    let (kind, name) = (one.kind.clone(), one.name.clone());
    let remove = (!kind.is_empty()).then(|| ActionChoice {
        name: "Remove",
        disabled_reason: None,
        proposal: Proposal::Provider(of(ProviderChange::Remove { kind, name: name.clone() })),
    });
    let gone = (!one.id.is_empty()).then(|| ActionChoice {
        name: "Mark gone",
        disabled_reason: (!one.resources.is_empty()).then_some(DisabledReason::Provider(ProviderReason::HasResources)),
        proposal: Proposal::Provider(of(ProviderChange::MarkGone { id: one.id.clone(), name })),
    });
    [update, remove, gone].into_iter().flatten().collect()
}
