//! Begins the run that the form shows, on the agents that its preview shows.

use leptos::prelude::*;
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::scheduler::hosted_io::{BeginRun, RunMessage};
use mesoscope_core::scheduler::run::{RunId, RunTargets};
use mesoscope_core::text::{dialogs, own_frameworks, runs as words};
use mesoscope_core::views::run_preview::{RunAmong, RunPreview};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::state::{RunState, is_empty};
use crate::hooks::{after_paint, now};
use crate::router::push;
use crate::run_draft;

/// Why the form cannot be run now; `None` if it can.
pub(super) fn why_not(state: RunState) -> Option<String> {
    if let Some(why) = state.actions.run_refusal() {
        return Some(why);
    }
    let connection = state.link.status.with(|status| status.as_ref().map(|status| status.link.clone()));
    if dialogs::is_cut(connection.as_ref()) {
        return Some(dialogs::waiting(connection.as_ref()).to_owned());
    }
    let fault = state.faults.with(|faults| faults.iter().find(|fault| !is_empty(&fault.error)).cloned());
    if let Some(fault) = fault {
        return Some(words::fault(fault.field));
    }
    let wanted = state.wanted();
    state.preview.with(|preview| match preview {
        None => Some(words::NO_PREVIEW.to_owned()),
        Some(preview) if preview.targets.is_none() => Some(words::TOO_MANY.to_owned()),
        Some(preview) if !preview.can_run(wanted) => Some(words::headline(preview, wanted)),
        Some(_) if lacks_stream(state) => Some(own_frameworks::no_stream()),
        Some(_) => None,
    })
}

/// Whether the run needs a framework that other ones of this browser leave no stream.
pub(super) fn lacks_stream(state: RunState) -> bool {
    let Some(spec) = state.form.with(|form| form.checked().ok()) else { return false };
    state.preview.with(|preview| preview.as_ref().is_some_and(|it| !it.streams.has_one_for(&spec.framework)))
}

/// Begins the run, or leads to the first field that keeps it from that.
pub(super) fn begin(state: RunState) {
    state.is_tried.set(true);
    if untrack(|| why_not(state)).is_some() || state.faults.with_untracked(|faults| !faults.is_empty()) {
        return after_paint(focus_first_fault);
    }
    let Some(spec) = state.form.with_untracked(|form| form.checked().ok()) else { return };
    let Some(targets) = state.preview.with_untracked(|preview| preview.as_ref().and_then(|it| targets(state, it)))
    else {
        return;
    };
    let Some(id) = draw_id() else { return };
    let begin = BeginRun {
        request: spec.request(id.clone(), targets),
        framework: spec.framework,
        repeats: state.repeats.with_untracked(|repeats| repeats.as_ref().map(|repeats| repeats.run.clone())),
    };
    run_draft::forget();
    state.link.send(&ToEngine::Run(RunMessage::Begin(Box::new(begin))));
    push(state.here, Route::RunResults(id.as_str().to_owned(), TableParams::default()));
}

fn targets(state: RunState, preview: &RunPreview) -> Option<RunTargets> {
    let agents = preview.targets.clone()?;
    Some(match untrack(|| state.wanted()) {
        None => RunTargets::Each(agents),
        // Agents that register later are among all agents, too.
        Some(count) if state.among.with_untracked(is_all) => RunTargets::Any { count, among: None },
        Some(count) => RunTargets::Any { count, among: Some(agents) },
    })
}

fn is_all(among: &RunAmong) -> bool {
    matches!(among, RunAmong::Filter(filter) if filter.trim().is_empty())
}

/// Ids of one browser never repeat: they have the time and a random part.
fn draw_id() -> Option<RunId> {
    let random = (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
    RunId::new(&format!("run-{:x}-{random:08x}", now().as_millis() as i64)).ok()
}

fn focus_first_fault() {
    let found = document().query_selector(".run-form [aria-invalid='true']").ok().flatten();
    let _ = found.and_then(|field| field.dyn_into::<HtmlElement>().ok()).map(|field| field.focus());
}
