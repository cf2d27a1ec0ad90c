//! A row of the palette, and what choosing it does.

use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text::commands::Command;
use mesoscope_core::views::filter::Filter;
use mesoscope_core::views::search::hit::{Hit, HitTarget};

use crate::actions::Proposal;

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

    /// Whether both are rows of one thing, whatever is said about it now.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.kind == other.kind && self.title == other.title && self.leads == other.leads
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
        HitTarget::Reserved(agent, ..) => ("reservation", None, Route::Agent(agent)),
        HitTarget::Machine => ("machine", None, Route::Maintenance),
    };
    Row { state, ..Row::page(kind, title, route).detail(detail) }
}
