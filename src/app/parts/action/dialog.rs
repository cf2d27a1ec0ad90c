//! The single dialog for all changes to the cluster.
//!
//! A hidden dialog keeps its input, and its requests continue; a button at the bottom of the page reopens it.

use crate::parts::action::focus::focus_first;
use leptos::html::Dialog;
use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::text;
use mesoscope_core::text::dialogs::ChosenOver;

use super::review::Review;
use super::{ActionForm, agents, containers, logging, machines, pool, providers, quotas, teardown, weights};
use crate::actions::{ActionStore, Proposal, action_store};
use crate::dialog_history::close_with_history;
use crate::icon::Icon;
use crate::lost_focus::restore_after_dialog;

/// The dialog, for the shell, and the button that reopens it while hidden.
#[component]
pub(crate) fn ActionDialog() -> impl IntoView {
    let actions = action_store();
    let dialog: NodeRef<Dialog> = NodeRef::new();
    Effect::new(move |_| {
        // The form is there only with its code, and is focused then.
        let _ = CONTENT.is_loaded();
        let (shown, there) = (actions.shown.get(), actions.proposal.read().is_some());
        let Some(dialog) = dialog.get() else { return };
        match (shown && there, dialog.open()) {
            (true, is_open) => {
                if !is_open {
                    let _ = dialog.show_modal();
                }
                // Waits a frame, since the form is drawn by then.
                request_animation_frame(move || focus_first(&dialog));
            }
            (false, true) => dialog.close(),
            (false, false) => {}
        }
    });
    let is_open = Signal::derive(move || actions.shown.get() && actions.proposal.read().is_some());
    close_with_history(is_open, move || actions.hide());
    let closed = move |_| {
        if dialog.get_untracked().is_some_and(|dialog| !dialog.open()) && actions.shown.get_untracked() {
            actions.hide();
        }
        restore_after_dialog();
    };
    let content = move || actions.proposal.get().map(|proposal| CONTENT.lazily(proposal, without_form));
    view! {
        <dialog class="act" node_ref=dialog aria-labelledby="act-title" on:close=closed>{content}</dialog>
        {move || (!actions.shown.get() && actions.proposal.read().is_some()).then(|| back(actions))}
    }
}

/// Button that reopens the hidden dialog, with a short status.
fn back(actions: ActionStore) -> AnyView {
    let says = move || match (actions.progress.get(), actions.ended.get()) {
        (Some(words), _) => ("busy", words),
        (None, Some((true, words))) => ("ok", words),
        (None, Some((false, words))) => ("bad", words),
        (None, None) => match actions.refused.get() {
            Some(words) => ("bad", words),
            None => ("warn", text::dialogs::not_sent(&actions.title.get())),
        },
    };
    view! {
        <button class="button act-back" on:click=move |_| actions.shown.set(true)>
            <span class="state" data-tone=move || says().0>{move || says().1}</span></button>
    }
    .into_any()
}

/// The dialog with a notice in place of its form.
fn without_form(_: &Proposal, notice: AnyView) -> AnyView {
    let actions = action_store();
    view! {
        <header>
            <h2 id="act-title" tabindex="-1">"Change"</h2>
            <button class="quiet" aria-label="Close" title="Close (Escape)" on:click=move |_| actions.hide()>{Icon::Cross.view()}</button>
        </header>
        {notice}
    }
    .into_any()
}

/// Says that another action was chosen, and what is in its way.
fn waiting(actions: ActionStore, over: ChosenOver) -> AnyView {
    let (tone, button) = match over {
        ChosenOver::Running => (None, None),
        ChosenOver::Unsent => (Some("warn"), Some("Discard and continue")),
        ChosenOver::Sent => (None, Some("Continue")),
    };
    let button = button.map(|label| {
        view! { <div class="tools"><button class="button" on:click=move |_| actions.give_up()>{label}</button></div> }
    });
    view! { <div class="stage" data-tone=tone role="status"><p>{text::dialogs::chosen_over(over)}</p>{button}</div> }
        .into_any()
}

chunk! {
    /// What the dialog shows for a proposal.
    pub(crate) CONTENT, actions, actions, preload_actions, content, Proposal
}

fn content(proposal: Proposal) -> AnyView {
    let actions = action_store();
    let form = match proposal {
        Proposal::Agents(verb, agents) => agents::form(verb, agents),
        Proposal::Teardown(frameworks) => teardown::form(frameworks),
        Proposal::Quotas(roles) => quotas::form(roles),
        Proposal::Weights(weights) => weights::form(weights),
        Proposal::Machines(down, ids) => machines::form(down, ids),
        Proposal::Schedule(windows) => machines::schedule(windows),
        // Their forms are on pages of their own.
        Proposal::ScheduleFor(_) | Proposal::Run(_) => machines::schedule(Vec::new()),
        Proposal::LoggingLevel(agent, name) => logging::form(agent, &name),
        Proposal::Provider(form) => providers::form(form),
        Proposal::Container(proposal) => containers::form(proposal),
        Proposal::Pool(proposal) => pool::form(proposal),
        Proposal::Undo(Action::Schedule(windows), _) => machines::revert_schedule(windows),
        Proposal::Undo(action, subject) => ActionForm {
            is_undo: true,
            ..ActionForm::plain(
                text::action_progress::revert_title(&action, subject.as_deref()),
                "Revert",
                vec![action],
            )
        },
    };
    actions.title.set(form.title.clone());
    let waiting = move || actions.chosen_over().map(|over| waiting(actions, over));
    view! {
        <header>
            <h2 id="act-title" tabindex="-1">{form.title.clone()}</h2>
            <button class="quiet" aria-label="Close" title="Close (Escape); your input is kept" on:click=move |_| actions.hide()>{Icon::Cross.view()}</button>
        </header>
        {waiting}
        <Review form/>
    }
    .into_any()
}
