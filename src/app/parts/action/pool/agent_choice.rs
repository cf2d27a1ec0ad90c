//! Choice of agents by their hosts, for a form that was opened without any.

use leptos::prelude::*;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::units::Quantities;
use mesoscope_core::text;
use mesoscope_core::views::pools::AgentChoicesQuery;

use crate::actions::pool::NamedAgent;
use crate::worker_link::link;

/// Field that searches agents, those that match as buttons, and the chosen ones.
pub(super) fn agent_choice(agents: RwSignal<Vec<NamedAgent>>) -> AnyView {
    let sought = RwSignal::new(String::new());
    let answer = link().watch(move || AgentChoicesQuery(sought.get()));
    let add = move |agent: AgentId, host: String| {
        agents.update(|agents| agents.push((agent, host)));
        sought.set(String::new());
    };
    let choice = move |(agent, host, free): (AgentId, String, Quantities)| {
        let name = text::agents::name(&host, agent.as_str());
        let free = text::reservations::free(free);
        view! { <li><button class="text-button" type="button" on:click=move |_| add(agent.clone(), host.clone())>{name}</button><small class="dim">{free}</small></li> }
    };
    let choices = move || {
        let chosen = agents.get();
        let all = answer.get().unwrap_or_default().into_iter();
        all.filter(|(agent, ..)| chosen.iter().all(|(other, _)| other != agent)).map(choice).collect_view()
    };
    let drop = move |agent: AgentId| agents.update(|agents| agents.retain(|(other, _)| *other != agent));
    let chosen = move |(agent, host): NamedAgent| {
        let name = text::agents::name(&host, agent.as_str());
        let label = text::reservations::remove_agent(&name);
        view! { <span class="chip">{name}<button class="text-button" type="button" aria-label=label on:click=move |_| drop(agent.clone())>"×"</button></span> }
    };
    view! {
        <label>"Agents"<input class="inline" type="text" autocomplete="off" spellcheck="false" placeholder="host or id" prop:value=sought
            on:input=move |event| sought.set(event_target_value(&event))/></label>
        <p class="chips" role="status">{move || agents.get().into_iter().map(chosen).collect_view()}</p>
        <ul class="pool-choices" aria-label="Agents to choose from">{choices}</ul>
    }
    .into_any()
}
