//! The dialogs of all changes to the cluster, one for each form.
//!
//! A hidden dialog keeps its input, and its requests continue; a button at the bottom of the page reopens it.

use crate::parts::action::focus::focus_first;
use leptos::html::Dialog;
use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::text;
use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;

use super::review::Review;
use super::{ActionForm, agents, containers, logging, machines, pool, providers, quotas, teardown, weights};
use crate::actions::{ActionStore, OpenForm, Proposal, action_store, own_form};
use crate::dialog_history::close_with_history;
use crate::icon::Icon;
use crate::lost_focus::restore_after_dialog;

/// The dialogs, for the shell, and the buttons that reopen hidden ones.
#[component]
pub(crate) fn ActionDialogs() -> impl IntoView {
    let actions = action_store();
    close_with_history(Signal::derive(move || actions.shown.get().is_some()), move || actions.hide());
    // The end of a hidden form's changes, for screen readers.
    let ended = move || {
        let of = |form: OpenForm| form.ended.get().map(|(_, words)| text::dialogs::of_form(&form.title.read(), words));
        actions.hidden().into_iter().filter_map(of).collect::<Vec<_>>().join(" ")
    };
    let is_any_hidden = Memo::new(move |_| !actions.hidden().is_empty());
    view! {
        <For each=move || actions.forms.get() key=|(form, _)| form.number let((form, proposal))><ActionDialog form proposal/></For>
        <p class="unseen" role="status">{ended}</p>
        <Show when=move || is_any_hidden.get()>
            <div class="act-backs" role="region" aria-label="Unfinished changes">
                <For each=move || actions.hidden() key=|form| form.number let:form>{back(actions, form)}</For>
            </div>
        </Show>
    }
}

/// The dialog of one form.
#[component]
fn ActionDialog(form: OpenForm, proposal: Proposal) -> impl IntoView {
    let actions = action_store();
    provide_context(form);
    let dialog: NodeRef<Dialog> = NodeRef::new();
    Effect::new(move |_| {
        // The form is there only with its code, and is focused then.
        let _ = CONTENT.is_loaded();
        let is_shown = actions.shown.get() == Some(form.number);
        let Some(dialog) = dialog.get() else { return };
        match (is_shown, dialog.open()) {
            (true, is_open) => {
                if !is_open {
                    close_other();
                    let _ = dialog.show_modal();
                }
                // Waits a frame, since the form is drawn by then.
                request_animation_frame(move || focus_first(&dialog));
            }
            (false, true) => dialog.close(),
            (false, false) => {}
        }
    });
    let closed = move |_| {
        if dialog.get_untracked().is_some_and(|dialog| !dialog.open()) {
            actions.closed(form);
        }
        restore_after_dialog();
    };
    view! {
        <dialog class="act" node_ref=dialog aria-labelledby=title_id(form) on:close=closed>{CONTENT.lazily(proposal, without_form)}</dialog>
    }
}

/// Closes the dialog of another form, which gives the focus back: the next one does so, too, when it is closed.
fn close_other() {
    let other = document().query_selector("dialog.act[open]").ok().flatten();
    other.and_then(|other| other.dyn_into::<HtmlDialogElement>().ok()).into_iter().for_each(|other| other.close());
}

fn title_id(form: OpenForm) -> String {
    format!("act-title-{}", form.number)
}

/// Button that reopens a hidden dialog, with a short status.
fn back(actions: ActionStore, form: OpenForm) -> AnyView {
    let of_form = move |words: String| text::dialogs::of_form(&form.title.read(), words);
    let says = Memo::new(move |_| match (form.progress.get(), form.ended.get()) {
        (Some(words), _) => ("busy", of_form(words)),
        (None, Some((true, words))) => ("ok", of_form(words)),
        (None, Some((false, words))) => ("bad", of_form(words)),
        (None, None) => match form.refused.get() {
            Some(words) => ("bad", of_form(words)),
            None => ("warn", text::dialogs::not_sent(&form.title.get())),
        },
    });
    view! {
        <button class="button act-back" title=move || says.get().1 on:click=move |_| actions.reopen(form)>
            <span class="state" data-tone=move || says.get().0>{move || says.get().1}</span></button>
    }
    .into_any()
}

/// The dialog with a notice in place of its form.
fn without_form(_: &Proposal, notice: AnyView) -> AnyView {
    let actions = action_store();
    view! {
        <header>
            <h2 id=title_id(own_form()) tabindex="-1">"Change"</h2>
            <button class="quiet" aria-label="Close" title="Close (Escape)" on:click=move |_| actions.hide()>{Icon::Cross.view()}</button>
        </header>
        {notice}
    }
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
    let id = title_id(own_form());
    own_form().title.set(form.title.clone());
    view! {
        <header>
            <h2 id=id tabindex="-1">{form.title.clone()}</h2>
            <button class="quiet" aria-label="Close" title="Close (Escape); your input is kept" on:click=move |_| actions.hide()>{Icon::Cross.view()}</button>
        </header>
        <Review form/>
    }
    .into_any()
}
