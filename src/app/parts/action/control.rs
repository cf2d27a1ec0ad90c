//! Buttons that open an action's form. An ineligible action is disabled with its reason, never hidden.

use leptos::prelude::*;
use mesoscope_core::checks::eligibility::DisabledReason;
use mesoscope_core::text::checks;

use crate::actions::pool::PoolProposal;
use crate::actions::{ContainerForm, Proposal, action_store, is_served_without_exec};
use crate::widgets::menu::Menu;

/// An action offered on an object.
#[derive(Clone, PartialEq)]
pub(crate) struct ActionChoice {
    pub(crate) name: &'static str,
    pub(crate) disabled_reason: Option<DisabledReason>,
    pub(crate) proposal: Proposal,
}

impl ActionChoice {
    /// Whether it starts a command in a container.
    fn is_exec(&self) -> bool {
        matches!(&self.proposal, Proposal::Container(proposal) if matches!(proposal.form, ContainerForm::Launch { .. }))
    }

    /// Whether it ends tasks, or cannot be undone.
    fn is_danger(&self) -> bool {
        match &self.proposal {
            Proposal::Agents(action, _) => action.is_danger(),
            Proposal::Teardown(_) => true,
            Proposal::Pool(proposal) => matches!(proposal, PoolProposal::DestroyVolumes(_)),
            Proposal::Machines(is_start, _) => *is_start,
            Proposal::Undo(action, _) => action.is_destructive(),
            Proposal::Container(proposal) => !matches!(proposal.form, ContainerForm::Launch { .. }),
            Proposal::Quotas(_) | Proposal::Weights(_) | Proposal::Schedule(_) => false,
            Proposal::ScheduleFor(_) | Proposal::LoggingLevel(..) | Proposal::Run(_) => false,
            Proposal::Provider(form) => form.is_destructive(),
        }
    }
}

/// Action button; a disabled reason is its tooltip and its accessible description.
pub(crate) fn action_button(choice: ActionChoice) -> AnyView {
    button(choice.name, Signal::stored(Some(choice)), "button")
}

/// Action button in a row of a table.
pub(crate) fn row_action_button(choice: ActionChoice) -> AnyView {
    button(choice.name, Signal::stored(Some(choice)), "text-button")
}

/// Action button whose disabled reason may change.
pub(crate) fn action_button_of(name: &'static str, choice: Signal<Option<ActionChoice>>) -> AnyView {
    button(name, choice, "button")
}

fn button(name: &'static str, choice: Signal<Option<ActionChoice>>, class: &'static str) -> AnyView {
    let actions = action_store();
    let disabled_reason = Memo::new(move |_| reason(choice));
    let reason = move || disabled_reason.get().map(|why| checks::disabled_reason_with_source(&why));
    let click = move |_| {
        if let (None, Some(choice)) = (disabled_reason.get_untracked(), choice.get_untracked()) {
            actions.propose(choice.proposal);
        }
    };
    let is_danger = move || choice.with(|choice| choice.as_ref().is_some_and(ActionChoice::is_danger)).then_some("");
    view! {
        <button class=class data-danger=is_danger aria-disabled=move || disabled_reason.read().is_some().then_some("true") title=reason
            aria-description=reason on:click=click>{name}" …"</button>
    }
    .into_any()
}

fn reason(choice: Signal<Option<ActionChoice>>) -> Option<DisabledReason> {
    let of = |choice: &ActionChoice| {
        let without_exec = choice.is_exec() && is_served_without_exec();
        without_exec.then_some(DisabledReason::ServedWithoutExec).or_else(|| choice.disabled_reason.clone())
    };
    action_store().disabled_reason().or_else(|| choice.with(|choice| choice.as_ref().and_then(of)))
}

/// Menu of actions on one object, each with its disabled reason below. Buttons keep their place while the cluster changes, so that
/// focus and a press in progress survive.
pub(crate) fn action_menu(choices: Signal<Vec<ActionChoice>>) -> AnyView {
    view! { <Menu label="Actions" title=|| "Actions" content=move || action_list(choices)/> }.into_any()
}

/// Content of a menu of actions.
pub(crate) fn action_list(choices: Signal<Vec<ActionChoice>>) -> AnyView {
    let names = Memo::new(move |_| {
        choices.with(|choices| {
            // Dangerous actions come last, below a line.
            let (danger, usual): (Vec<_>, Vec<_>) = choices.iter().partition(|choice| choice.is_danger());
            usual.into_iter().chain(danger).map(|choice| choice.name).collect::<Vec<_>>()
        })
    });
    let line = move |name: &'static str| {
        let choice = Signal::derive(move || choices.with(|all| all.iter().find(|choice| choice.name == name).cloned()));
        let why = move || reason(choice).map(|why| checks::disabled_reason(&why));
        view! { <div class="act-choice">{button(name, choice, "text-button")}<p class="dim">{why}</p></div> }
    };
    view! { <For each=move || names.get() key=|name| *name children=line/> }.into_any()
}
