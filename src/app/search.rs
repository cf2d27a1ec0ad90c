//! Global search by Ctrl+K or ⌘K: all tables, the console's pages, and global actions.

use leptos::ev;
use leptos::html::{Dialog, Input};
use leptos::prelude::*;
use mesoscope_core::base::order;
use mesoscope_core::checks::eligibility::DisabledReason;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text;
use mesoscope_core::views::filter::Filter;
use mesoscope_core::views::search::hit::{Hit, HitTarget};
use mesoscope_core::views::search::tasks::TaskSearch;
use mesoscope_core::views::search::{ExecutorSearch, GeneralSearch};
use web_sys::KeyboardEvent;

use super::actions::{Proposal, action_store};
use super::hooks::on_window;
use super::icon::Icon;
use super::router::{push, route};
use super::worker_link::link;
use crate::parts::data_age::{may_be_filtered, unread_topics};
use crate::parts::state_badges::task_state;

/// A search result.
#[derive(Clone, PartialEq)]
struct SearchResult {
    kind: &'static str,
    title: String,
    detail: String,
    state: Option<mesoscope_core::mesos::wire::state::TaskState>,
    leads: ResultTarget,
}

/// Effect of choosing a result.
#[derive(Clone, PartialEq)]
enum ResultTarget {
    Page(Box<Route>),
    /// Opens a form, unless changes are disabled.
    Propose(Proposal),
}

/// The search button and its dialog.
#[component]
pub(crate) fn Search() -> impl IntoView {
    let dialog: NodeRef<Dialog> = NodeRef::new();
    let open = RwSignal::new(false);
    let show = move || {
        if let Some(dialog) = dialog.get_untracked()
            && !dialog.open()
            && dialog.show_modal().is_ok()
        {
            open.set(true);
        }
    };
    on_window(ev::keydown, move |event| {
        if event.key().eq_ignore_ascii_case("k") && (event.ctrl_key() || event.meta_key()) && !event.alt_key() {
            event.prevent_default();
            show();
        }
    });
    let close = Callback::new(move |()| {
        let _ = dialog.get_untracked().map(|dialog| dialog.close());
    });
    // The event is delayed; the dialog may be open again by then.
    let closed = move |_| open.set(dialog.get_untracked().is_some_and(|dialog| dialog.open()));
    // A click on the backdrop closes the dialog; inside, the target is a child.
    let beside = move |event: web_sys::MouseEvent| {
        if event.target() == event.current_target() {
            close.run(());
        }
    };
    view! {
        <button class="search-button" aria-label="Search" title="Search everything (Ctrl K)" aria-keyshortcuts="Control+K Meta+K" on:click=move |_| show()>
            {Icon::Search.view()}<span>"Search"</span>
        </button>
        <dialog class="search" node_ref=dialog aria-label="Search everything" on:close=closed on:click=beside>
            <Show when=move || open.get()><SearchBox close/></Show>
        </dialog>
    }
}

#[component]
fn SearchBox(close: Callback<()>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let actions = action_store();
    let lines = lines(text);
    let here = route();
    let is_allowed = move || untrack(|| actions.disabled_reason()).is_none();
    let go = move |at: usize| {
        let Some(line) = lines.with_untracked(|lines| lines.get(at).cloned()) else { return };
        close.run(());
        match line.leads {
            ResultTarget::Page(route) => push(here, *route),
            ResultTarget::Propose(proposal) if is_allowed() => actions.propose(proposal),
            // The result shows its disabled reason.
            ResultTarget::Propose(_) => {}
        }
    };
    let step = move |by: isize| {
        let count = lines.with_untracked(Vec::len);
        chosen.update(|chosen| *chosen = chosen.saturating_add_signed(by).min(count.saturating_sub(1)));
    };
    let pressed = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowDown" => {
            event.prevent_default();
            step(1);
        }
        "ArrowUp" => {
            event.prevent_default();
            step(-1);
        }
        // Closing restores the focus to the button: this key must not press it.
        "Enter" => {
            event.prevent_default();
            go(chosen.get_untracked());
        }
        _ => {}
    };
    let input: NodeRef<Input> = NodeRef::new();
    Effect::new(move |_| {
        let _ = input.get().map(|input| input.focus());
    });
    let typed = move |event| {
        text.set(event_target_value(&event));
        chosen.set(0);
    };
    let active = move || lines.with(|lines| (chosen.get() < lines.len()).then(|| format!("hit-{}", chosen.get())));
    let rows = move || {
        let lines = lines.get();
        lines.into_iter().enumerate().map(|(at, line)| row(at, line, chosen, move || go(at))).collect_view()
    };
    view! {
        <div class="search-box">
            <input node_ref=input type="text" role="combobox" aria-label="Search everything" aria-expanded="true" aria-controls="hits" aria-autocomplete="list"
                aria-activedescendant=active placeholder="Agents, frameworks, tasks, executors, roles, pages …" autocomplete="off" spellcheck="false"
                on:input=typed on:keydown=pressed/>
            <ul id="hits" role="listbox" aria-label="What was found">{rows}</ul>
            <p class="dim" role="status">{says(text, lines)}</p>
        </div>
    }
}

/// Results for a text: pages and actions first, then objects by rank.
fn lines(text: RwSignal<String>) -> Memo<Vec<SearchResult>> {
    let actions = action_store();
    let answer = link().watch(move || GeneralSearch(text.get()));
    // Queries run in watch order, expensive ones last: the first tasks, executors, then the other tasks, up to a million.
    let tasks = move |rest| link().watch(move || TaskSearch { text: text.get(), rest });
    let first = tasks(false);
    let executors = link().watch(move || ExecutorSearch(text.get()));
    let rest = tasks(true);
    Memo::new(move |_| {
        let found: Vec<Hit> =
            [answer, first, executors, rest].into_iter().filter_map(|answer| answer.get()).flatten().collect();
        let found = order::sorted(found, |a, b| b.score.cmp(&a.score)).into_iter().take(MOST).map(line);
        let own = text.with(|text| {
            pages(text).into_iter().chain(matching_actions(text, actions.disabled_reason())).collect::<Vec<_>>()
        });
        own.into_iter().chain(found).collect::<Vec<_>>()
    })
}

/// Status text below the results.
fn says(text: RwSignal<String>, lines: Memo<Vec<SearchResult>>) -> impl Fn() -> String {
    // These topics are only read for the search: until then, or if refused, they are unknown.
    let unseen = unread_topics(&[Topic::Operations, Topic::Machines]);
    let none = Memo::new(move |_| {
        let fits = if may_be_filtered() { "Nothing that you may see fits." } else { "Nothing fits." };
        unseen.get().map_or_else(|| fits.to_owned(), |unseen| format!("{fits} {unseen}."))
    });
    move || {
        if text.read().trim().is_empty() {
            "Any id or part of one, host, address, name, role, label or user.".to_owned()
        } else if lines.read().is_empty() {
            none.get()
        } else {
            String::new()
        }
    }
}

fn row(at: usize, line: SearchResult, chosen: RwSignal<usize>, go: impl Fn() + 'static) -> AnyView {
    let selected = move || (chosen.get() == at).to_string();
    view! {
        <li id=format!("hit-{at}") role="option" aria-selected=selected on:click=move |_| go() on:mousemove=move |_| chosen.set(at)>
            <small>{line.kind}</small><b>{line.title}</b>{line.state.map(task_state)}<span class="dim mono">{line.detail}</span>
        </li>
    }
    .into_any()
}

/// Maximum number of results; a longer text narrows them.
const MOST: usize = 40;

fn line(hit: Hit) -> SearchResult {
    let Hit { what, title, detail, .. } = hit;
    let only = |field: &str, value: &str| TableParams { filter: Filter::word(field, value), sort: String::new() };
    let (kind, state, route) = match what {
        HitTarget::Agent(id) => ("agent", None, Route::Agent(id)),
        HitTarget::Framework(id) => ("framework", None, Route::Framework(id)),
        HitTarget::Task(framework, id, state) => ("task", Some(state), Route::Task(framework, id)),
        HitTarget::Executor(agent, framework, id) => ("executor", None, Route::Executor(agent, framework, id)),
        HitTarget::Role(role) => ("role", None, Route::Role(role)),
        HitTarget::Offer(id) => ("offer", None, Route::Offer(id)),
        HitTarget::Operation(id) => ("operation", None, Route::Operation(id)),
        HitTarget::Volume(id) => ("volume", None, Route::Volumes(only("volume", &id))),
        HitTarget::Machine => ("machine", None, Route::Maintenance),
    };
    SearchResult { kind, title, detail, state, leads: ResultTarget::Page(Box::new(route)) }
}

/// Console pages whose names start with the text.
fn pages(text: &str) -> Vec<SearchResult> {
    let all = [
        ("Overview", Route::Overview),
        ("Agents", Route::Agents(TableParams::default())),
        ("Frameworks", Route::Frameworks(TableParams::default())),
        ("Tasks", Route::Tasks(TableParams::default())),
        ("Roles", Route::Roles(TableParams::default())),
        ("Maintenance", Route::Maintenance),
        ("Offers", Route::Offers(TableParams::default())),
        ("Executors", Route::Executors(TableParams::default())),
        ("Operations", Route::Operations(TableParams::default())),
        ("Reservations and volumes", Route::Volumes(TableParams::default())),
        ("Master", Route::Master),
        ("Events", Route::Events(TableParams::default())),
        ("Diagnostics", Route::Diagnostics),
        ("Changes", Route::Journal),
    ];
    let typed = text.trim().to_lowercase();
    let begins = |name: &str| name.to_lowercase().split(' ').any(|word| word.starts_with(&typed));
    let fits = |(name, _): &(&str, Route)| typed.is_empty() || begins(name);
    let page = |(name, route): (&str, Route)| SearchResult {
        kind: "page",
        title: name.to_owned(),
        detail: String::new(),
        state: None,
        leads: ResultTarget::Page(Box::new(route)),
    };
    all.into_iter().filter(fits).map(page).collect()
}

/// Global actions that match, with the disabled reason.
fn matching_actions(text: &str, closed: Option<DisabledReason>) -> Vec<SearchResult> {
    let all = [
        ("New quota", Proposal::Quotas(Vec::new())),
        ("Logging level of the master", Proposal::LoggingLevel(None, "the master".to_owned())),
    ];
    let typed = text.trim().to_lowercase();
    let fits = |(name, _): &(&str, Proposal)| !typed.is_empty() && name.to_lowercase().contains(&typed);
    let line = |(name, proposal): (&str, Proposal)| SearchResult {
        kind: "action",
        title: format!("{name} …"),
        detail: closed.as_ref().map(text::checks::disabled_reason).unwrap_or_default(),
        state: None,
        leads: ResultTarget::Propose(proposal),
    };
    all.into_iter().filter(fits).map(line).collect()
}
