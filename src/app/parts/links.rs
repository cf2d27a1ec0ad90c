//! Links to objects by name.

use leptos::prelude::*;
use mesoscope_core::base::ids::{AgentId, FrameworkId};
use mesoscope_core::route::Route;
use mesoscope_core::route::browse_params::BrowseParams;
use mesoscope_core::text::{self, agents};
use mesoscope_core::views::hosts::HostQuery;
use mesoscope_core::views::tasks::TaskRow;
use web_sys::Url;

use crate::widgets::copy::Copy;
use crate::worker_link::link;

/// Agent link: the host as text, the id in the tooltip.
pub(crate) fn agent_link(id: &AgentId, host: &str) -> AnyView {
    agent_name(id, host, None)
}

/// Agent link for a table with arrow-key navigation: not a tab stop.
pub(crate) fn agent_cell(id: &AgentId, host: &str) -> AnyView {
    agent_name(id, host, Some("-1"))
}

/// Agent link with a button that copies the id.
pub(crate) fn agent_fact(id: &AgentId, host: &str) -> AnyView {
    let copied =
        (!id.as_str().is_empty()).then(|| view! { <Copy text=Signal::stored(id.0.clone()) label="the agent's id"/> });
    view! { {agent_link(id, host)}{copied} }.into_any()
}

/// Agent link of a page that knows the id alone.
pub(crate) fn agent_link_by_id(id: &AgentId) -> AnyView {
    let (host, id) = (host_of(id.clone()), id.clone());
    (move || agent_link(&id, &host.read())).into_any()
}

/// Host of an agent, its last one if it has left; empty if it is not known.
pub(crate) fn host_of(id: AgentId) -> Memo<String> {
    let answer = link().watch(move || HostQuery(id.clone()));
    Memo::new(move |_| answer.get().unwrap_or_default())
}

fn agent_name(id: &AgentId, host: &str, tab: Option<&'static str>) -> AnyView {
    if id.as_str().is_empty() {
        return tab.is_none().then(none).into_any();
    }
    let (name, title) = (agents::name(host, id.as_str()), agents::hint(host, id.as_str()));
    view! { <a tabindex=tab class:dim=host.is_empty() href=Route::Agent(id.clone()).to_string() title=title>{name}</a> }
        .into_any()
}

/// Placeholder of a fact without a value; a list of facts hides such a fact.
pub(crate) fn none() -> AnyView {
    view! { <span class="none">"–"</span> }.into_any()
}

/// Framework link with the name, or the id if it has none.
pub(crate) fn framework_link(id: &FrameworkId, name: &str) -> AnyView {
    named(Route::Framework(id.clone()), id.as_str(), name, None)
}

/// Framework link for a table with arrow-key navigation: not a tab stop.
pub(crate) fn framework_cell(id: &FrameworkId, name: &str) -> AnyView {
    named(Route::Framework(id.clone()), id.as_str(), name, Some("-1"))
}

/// Role link.
pub(crate) fn role_link(role: &str) -> AnyView {
    named(Route::Role(role.into()), role, role, None)
}

/// Shows a dash for an empty id.
fn named(there: Route, id: &str, name: &str, tab: Option<&'static str>) -> AnyView {
    if id.is_empty() {
        return tab.is_none().then(none).into_any();
    }
    let name = if name.is_empty() { text::short_id(id) } else { name.to_owned() };
    view! { <a tabindex=tab href=there.to_string() title=name.clone()>{name.clone()}</a> }.into_any()
}

/// Id shortened in its middle, since ids differ at their ends; the tooltip has all of it.
pub(crate) fn id_text(id: &str) -> AnyView {
    const END: usize = 10;
    let cut = id.char_indices().rev().nth(END - 1).map_or(0, |(at, _)| at);
    let (head, tail) = id.split_at_checked(cut).unwrap_or(("", id));
    view! { <span class="middle mono dim" title=id.to_owned()><span>{head.to_owned()}</span><span>{tail.to_owned()}</span></span> }
        .into_any()
}

/// Links to a sandbox and its `stdout` and `stderr`.
pub(crate) fn sandbox_links(there: impl Fn(&str) -> Route) -> AnyView {
    let link =
        |file: &'static str, name: &'static str| view! { <a class="link" href=there(file).to_string()>{name}</a> };
    view! { <span class="links">{link("", "files")}{link("stdout", "stdout")}{link("stderr", "stderr")}</span> }
        .into_any()
}

/// Route of a file in a task's sandbox.
pub(crate) fn task_files(row: &TaskRow, file: &str) -> Route {
    let (agent, executor) = (row.agent.clone(), row.executor.clone());
    Route::TaskBrowse(agent, row.framework.clone(), executor, row.id.clone(), BrowseParams::of(file))
}

/// Link to a framework's own web UI; the address is untrusted.
///
/// Only http and https without user info become a link, labelled with the host in ASCII as the browser parses it. Anything else is
/// text.
pub(crate) fn web_link(url: &str, name: &str) -> AnyView {
    match safe(url) {
        Some(there) => {
            let title = text::tables::opens_new_tab(&there.href());
            view! { <a tabindex="-1" href=there.href() target="_blank" rel="noopener noreferrer" title=title>{there.host()}</a> }
                .into_any()
        }
        None => {
            let name = if name.is_empty() { url.to_owned() } else { name.to_owned() };
            view! { <span title=url.to_owned()>{name}</span> }.into_any()
        }
    }
}

fn safe(url: &str) -> Option<Url> {
    let there = Url::new(url).ok()?;
    let is_web = matches!(there.protocol().as_str(), "http:" | "https:");
    (is_web && there.username().is_empty() && there.password().is_empty() && !there.host().is_empty()).then_some(there)
}
