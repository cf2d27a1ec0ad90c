//! Names that lead to what they name.

use leptos::prelude::*;
use mesoscope_core::base::ids::{AgentId, FrameworkId};
use mesoscope_core::route::Route;
use mesoscope_core::route::browse_params::BrowseParams;
use mesoscope_core::text;
use mesoscope_core::views::tasks::TaskRow;
use web_sys::Url;

/// An agent by its host's name, or by its id where that was never reported.
pub(crate) fn agent_link(id: &AgentId, hostname: &str) -> AnyView {
    named(Route::Agent(id.clone()), id.as_str(), hostname, None)
}

/// A link in a table whose rows the arrow keys walk: Tab does not stop there.
pub(crate) fn agent_cell(id: &AgentId, hostname: &str) -> AnyView {
    named(Route::Agent(id.clone()), id.as_str(), hostname, Some("-1"))
}

/// A framework by its name, or by its id where it has none.
pub(crate) fn framework_link(id: &FrameworkId, name: &str) -> AnyView {
    named(Route::Framework(id.clone()), id.as_str(), name, None)
}

/// A link in a table whose rows the arrow keys walk: Tab does not stop there.
pub(crate) fn framework_cell(id: &FrameworkId, name: &str) -> AnyView {
    named(Route::Framework(id.clone()), id.as_str(), name, Some("-1"))
}

/// A role, which has no other name.
pub(crate) fn role_link(role: &str) -> AnyView {
    named(Route::Role(role.into()), role, role, None)
}

/// A dash for nobody.
fn named(there: Route, id: &str, name: &str, tab: Option<&'static str>) -> AnyView {
    if id.is_empty() {
        return tab.is_none().then_some("–").into_any();
    }
    let name = if name.is_empty() { text::short_id(id) } else { name.to_owned() };
    view! { <a tabindex=tab href=there.to_string() title=name.clone()>{name.clone()}</a> }.into_any()
}

/// An id where there is little room: shortened in its middle, since ids differ at their ends; whole when pointed at.
pub(crate) fn id_text(id: &str) -> AnyView {
    const END: usize = 10;
    let cut = id.char_indices().rev().nth(END - 1).map_or(0, |(at, _)| at);
    let (head, tail) = id.split_at_checked(cut).unwrap_or(("", id));
    view! { <span class="middle mono dim" title=id.to_owned()><span>{head.to_owned()}</span><span>{tail.to_owned()}</span></span> }
        .into_any()
}

/// A sandbox, and the two files that each has.
pub(crate) fn sandbox_links(there: impl Fn(&str) -> Route) -> AnyView {
    let link =
        |file: &'static str, name: &'static str| view! { <a class="link" href=there(file).to_string()>{name}</a> };
    view! { <span class="links">{link("", "files")}{link("stdout", "stdout")}{link("stderr", "stderr")}</span> }
        .into_any()
}

/// A file in a task's sandbox.
pub(crate) fn task_files(row: &TaskRow, file: &str) -> Route {
    let (agent, executor) = (row.agent.clone(), row.executor.clone());
    Route::TaskBrowse(agent, row.framework.clone(), executor, row.id.clone(), BrowseParams::of(file))
}

/// A framework's own web UI: an address that it chose itself, so only http and https make a link, and none that hides its host
/// behind a user's name. The link says where it leads: its host as the browser reads it, in ASCII. Anything else is text.
pub(crate) fn web_link(url: &str, name: &str) -> AnyView {
    match safe(url) {
        Some(there) => {
            let title = format!("{} (opens in a new tab)", there.href());
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
