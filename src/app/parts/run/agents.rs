//! Choice of agents: some that were chosen before, or those that pass a filter, and how many of them.

use leptos::prelude::*;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::scheduler::form::fault::RunField;
use mesoscope_core::text::{self, runs as words};
use mesoscope_core::views::agents::AgentColumn;
use mesoscope_core::views::run_preview::RunAmong;

use super::state::RunState;
use crate::parts::suggest::suggestions;
use crate::parts::table::fields;
use crate::widgets::field::Field;
use crate::widgets::filter::{FilterBox, SuggestionList};
use crate::widgets::panel::Panel;

/// Chosen agents that are listed; the others are counted.
const MOST_LISTED: usize = 20;

/// Renders the choice.
pub(super) fn choice(state: RunState) -> AnyView {
    let is_chosen = Memo::new(move |_| state.among.with(|among| matches!(among, RunAmong::Chosen(_))));
    let among = move || if is_chosen.get() { chosen(state) } else { filter(state) };
    let way = move |is_each: bool, words: &'static str| {
        let checked = move || state.is_each.get() == is_each;
        view! { <label class="run-check"><input type="radio" name="run-each" prop:checked=checked on:change=move |_| state.is_each.set(is_each)/>{words}</label> }
    };
    let count = move || (!state.is_each.get()).then(|| count(state));
    view! {
        <Panel title="Agents">
            <div class="run-body">
                {among}
                <div class="run-checks" role="radiogroup" aria-label="How many">
                    {way(true, "Each of them")}
                    {way(false, "Any of them")}
                </div>
                {count}
            </div>
        </Panel>
    }
    .into_any()
}

fn count(state: RunState) -> AnyView {
    let problem = state.problem(RunField::Count);
    view! {
        <Field label=words::field(RunField::Count) id="run-count" problem>
            <input id="run-count" class="short" type="text" inputmode="numeric" autocomplete="off" aria-describedby="run-count-problem"
                aria-invalid=move || problem.read().is_some().then_some("true")
                prop:value=move || state.form.with(|form| form.count.clone()) on:input=move |event| state.form.update(|form| form.count = event_target_value(&event))/>
        </Field>
    }
    .into_any()
}

fn filter(state: RunState) -> AnyView {
    let value = Signal::derive(move || {
        state.among.with(|among| match among {
            RunAmong::Filter(filter) => filter.clone(),
            RunAmong::Chosen(_) => String::new(),
        })
    });
    let on_change = Callback::new(move |filter: String| state.among.set(RunAmong::Filter(filter)));
    let open = RwSignal::new(false);
    let offered = SuggestionList { open, suggestions: suggestions(fields::<AgentColumn>(), value, open) };
    view! {
        <FilterBox label="Filter agents".to_owned() hint="state:active, rack:r7, free.cpus>2 …" value on_change offered/>
        <small class="dim">{words::FILTER_HINT}</small>
    }
    .into_any()
}

fn chosen(state: RunState) -> AnyView {
    let ids = Memo::new(move |_| {
        state.among.with(|among| match among {
            RunAmong::Chosen(ids) => ids.iter().cloned().collect::<Vec<AgentId>>(),
            RunAmong::Filter(_) => Vec::new(),
        })
    });
    let remove = move |id: &AgentId| {
        state.among.update(|among| match among {
            RunAmong::Chosen(ids) if ids.len() > 1 => _ = ids.remove(id),
            other => *other = RunAmong::Filter(String::new()),
        });
    };
    let host = move |id: &AgentId| {
        state.preview.with(|preview| {
            let agents = preview.iter().flat_map(|preview| &preview.agents);
            let host = agents.into_iter().find(|agent| agent.id == *id).map(|agent| agent.hostname.as_str());
            text::agents::name(host.unwrap_or_default(), id.as_str())
        })
    };
    let line = move |id: AgentId| {
        let (named, said) = (id.clone(), id.clone());
        view! {
            <li>{move || host(&named)}<button type="button" class="text-button" aria-label=move || words::remove_agent(&host(&said)) on:click=move |_| remove(&id)>"Remove"</button></li>
        }
    };
    let rest = move || ids.with(|ids| words::more_agents(ids.len(), MOST_LISTED));
    view! {
        <ul class="run-agents"><For each=move || ids.get().into_iter().take(MOST_LISTED) key=Clone::clone children=line/></ul>
        {move || rest().map(|rest| view! { <p class="dim">{rest}</p> })}
        <button type="button" class="text-button" on:click=move |_| state.among.set(RunAmong::Filter(String::new()))>"Choose by a filter instead"</button>
    }
    .into_any()
}
