//! Fields for a file of any agent, by its host, or of the master.

use leptos::prelude::*;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::text::log_viewer;
use mesoscope_core::views::agent::is_masters_id;
use mesoscope_core::views::agents::AgentColumn;
use mesoscope_core::views::filter::Filter;
use mesoscope_core::views::table::{Column, TableQuery};
use web_sys::KeyboardEvent;

use crate::parts::links::host_of;
use crate::worker_link::link;

/// Maximum number of agents of one host.
const AGENTS: u32 = 8;

/// Renders the fields. The host is `agent`'s at first; a relative path is within `folder`.
pub(super) fn other_file(agent: AgentId, folder: String, add: Callback<(AgentId, String)>) -> AnyView {
    let typed_host = RwSignal::new(None::<String>);
    let known = host_of(agent.clone());
    let own = {
        let id = agent.0.clone();
        Memo::new(move |_| Some(known.get()).filter(|host| !host.is_empty()).unwrap_or_else(|| id.clone()))
    };
    let shown = move || typed_host.get().unwrap_or_else(|| own.get());
    let answer = link().watch(move || TableQuery {
        filter: Filter::word("host", typed_host.get().unwrap_or_default().trim()),
        sort: AgentColumn::DEFAULT.into(),
        first: 0,
        count: AGENTS,
        values: None,
    });
    let wrong = RwSignal::new(None::<String>);
    let find = move || match typed_host.get_untracked() {
        None => Some(agent.clone()),
        Some(host) if host.trim().is_empty() => Some(AgentId::default()),
        Some(host) => {
            let host = host.trim();
            let rows = answer.get_untracked().map(|window| window.rows).unwrap_or_default();
            let named = rows.into_iter().find(|row| row.hostname.eq_ignore_ascii_case(host)).map(|row| row.id);
            named.or_else(|| is_masters_id(&host.into()).then(|| host.into()))
        }
    };
    let pressed = move |event: KeyboardEvent| {
        let path = event_target_value(&event);
        if event.key() != "Enter" || path.trim().is_empty() {
            return;
        }
        // The menu closes, and the key would press the button that has the focus then.
        event.prevent_default();
        match find() {
            Some(agent) => add.run((agent, absolute(path.trim(), &folder))),
            None => wrong.set(Some(log_viewer::no_agent(typed_host.get_untracked().unwrap_or_default().trim()))),
        }
    };
    let type_host = move |event| {
        wrong.set(None);
        typed_host.set(Some(event_target_value(&event)));
    };
    view! {
        <div class="field"><label for="beside-agent">"Other file"</label><input id="beside-agent" type="text" autocomplete="off" spellcheck="false" placeholder="host or agent ID; empty for the master" prop:value=shown on:input=type_host/></div>
        <div class="field"><label for="beside-path">"Path"</label><input id="beside-path" type="text" autocomplete="off" spellcheck="false" placeholder="path, then Enter" on:keydown=pressed/></div>
        <p class="wrong" role="status">{move || wrong.get()}</p>
    }
    .into_any()
}

fn absolute(path: &str, folder: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("{folder}/{path}") }
}
