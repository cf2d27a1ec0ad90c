//! A row of the palette, and what choosing it does.

use leptos::prelude::*;
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text::commands::Command;
use mesoscope_core::views::filter::Filter;
use mesoscope_core::views::search::hit::{Hit, HitTarget};

use crate::actions::Proposal;
use crate::parts::state_badges::task_state;

/// A row of the palette.
#[derive(Clone, PartialEq)]
pub(super) struct Row {
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) detail: String,
    pub(super) state: Option<TaskState>,
    /// Whether the command ends tasks, or cannot be undone.
    pub(super) is_danger: bool,
    /// Keys that do it from anywhere; empty for none.
    pub(super) keys: String,
    /// Why it cannot be chosen; `None` if it can.
    pub(super) disabled_reason: Option<String>,
    pub(super) leads: Leads,
}

/// Effect of choosing a row.
#[derive(Clone, PartialEq)]
pub(super) enum Leads {
    /// Opens a page.
    Page(Box<Route>),
    /// Asks for the target of a command, with the text to begin with.
    Ask(Command, String),
    /// Runs a command without a target.
    Run(Command),
    /// Opens a form.
    Propose(Proposal),
    /// Saves the table under that name.
    SaveView(String),
    /// Deletes the saved view of that name.
    DeleteView(String),
}

impl Row {
    pub(super) fn new(kind: &'static str, title: impl Into<String>, leads: Leads) -> Self {
        let (detail, keys) = (String::new(), String::new());
        Self { kind, title: title.into(), detail, state: None, is_danger: false, keys, disabled_reason: None, leads }
    }

    pub(super) fn command(command: Command, title: impl Into<String>, leads: Leads) -> Self {
        Self { is_danger: command.is_danger(), ..Self::new("action", title, leads) }
    }

    pub(super) fn page(kind: &'static str, title: impl Into<String>, route: Route) -> Self {
        Self::new(kind, title, Leads::Page(Box::new(route)))
    }

    pub(super) fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }
}

/// Row of an object that the search found.
pub(super) fn hit(hit: Hit) -> Row {
    let Hit { what, title, detail, .. } = hit;
    let only = |field: &str, value: &str| TableParams { filter: Filter::word(field, value), ..TableParams::default() };
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
    Row { state, ..Row::page(kind, title, route).detail(detail) }
}

/// The row as an option of the list.
pub(super) fn option(at: usize, row: Row, chosen: RwSignal<usize>, go: impl Fn() + 'static) -> AnyView {
    let selected = move || (chosen.get() == at).to_string();
    let is_disabled = row.disabled_reason.is_some();
    let detail = match row.disabled_reason {
        Some(reason) => view! { <span class="reason">{reason}</span> }.into_any(),
        None => view! { <span class="dim mono">{row.detail}</span> }.into_any(),
    };
    let keys = (!row.keys.is_empty()).then(|| view! { <kbd>{row.keys}</kbd> });
    view! {
        <li id=format!("hit-{at}") role="option" aria-selected=selected aria-disabled=is_disabled.then_some("true") data-danger=row.is_danger.then_some("")
            on:click=move |_| go() on:mousemove=move |_| chosen.set(at)>
            <small>{row.kind}</small><b>{row.title}</b>{row.state.map(task_state)}{detail}{keys}
        </li>
    }
    .into_any()
}
