//! The one dialog in which the cluster is changed. Out of sight it keeps what was typed, and what is on its way goes on.

use leptos::ev;
use leptos::html::Dialog;
use leptos::prelude::*;

use super::review::Review;
use super::{Form, agents, logging, machines, quotas, teardown, weights, words};
use crate::ui::acts::{Acts, Proposal, acts};
use crate::ui::icon::Icon;

/// The dialog, for the shell; and, while a run goes on out of sight, the button that brings it back.
#[component]
pub(crate) fn ActDialog() -> impl IntoView {
    let acts = acts();
    let dialog: NodeRef<Dialog> = NodeRef::new();
    Effect::new(move |_| {
        let (shown, there) = (acts.shown.get(), acts.proposal.read().is_some());
        let Some(dialog) = dialog.get() else { return };
        match (shown && there, dialog.open()) {
            (true, false) => {
                let _ = dialog.show_modal();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    // Leaving the page would lose sight of what is on its way.
    let leaving = window_event_listener(ev::beforeunload, move |event| {
        if acts.progress.get_untracked().is_some() {
            event.prevent_default();
        }
    });
    on_cleanup(move || leaving.remove());
    let closed = move |_| {
        if dialog.get_untracked().is_some_and(|dialog| !dialog.open()) {
            close(acts);
        }
    };
    let content = move || acts.proposal.get().map(|proposal| view! { <Content proposal/> });
    view! {
        <dialog class="act" node_ref=dialog aria-labelledby="act-title" on:close=closed>{content}</dialog>
        {move || acts.progress.get().filter(|_| !acts.shown.get()).map(|words| {
            view! { <button class="button act-back" on:click=move |_| acts.shown.set(true)>{words}</button> }
        })}
    }
}

/// Hides it; without anything on its way it is over.
fn close(acts: Acts) {
    acts.shown.set(false);
    if acts.progress.get_untracked().is_none() {
        acts.proposal.set(None);
    }
}

#[component]
fn Content(proposal: Proposal) -> impl IntoView {
    let acts = acts();
    let form = match proposal {
        Proposal::Agents(verb, agents) => agents::form(verb, agents),
        Proposal::Teardown(id, name) => teardown::form(id, &name),
        Proposal::Quotas(roles) => quotas::form(roles),
        Proposal::Weights(weights) => weights::form(weights),
        Proposal::Machines(down, ids) => machines::form(down, ids),
        Proposal::Schedule(windows) => machines::schedule(windows),
        Proposal::LoggingLevel(agent, name) => logging::form(agent, &name),
        Proposal::Back(act) => Form::plain(format!("Put back: {}", words::act_title(&act)), "Put back", vec![act]),
    };
    view! {
        <header>
            <h2 id="act-title">{form.title.clone()}</h2>
            <button class="quiet" aria-label="Close" title="Close (Escape)" on:click=move |_| close(acts)>{Icon::Cross.view()}</button>
        </header>
        <Review form/>
    }
}
