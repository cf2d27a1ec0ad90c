//! The buttons that propose a change. What cannot be done now is disabled with the reason, never hidden.

use leptos::prelude::*;
use mesoscope_core::checks::eligibility::DisabledReason;
use mesoscope_core::text::checks;

use crate::acts::{Proposal, acts};
use crate::widgets::menu::Menu;

/// One thing that may be done.
#[derive(Clone, PartialEq)]
pub(crate) struct Choice {
    pub(crate) name: &'static str,
    pub(crate) why_not: Option<DisabledReason>,
    pub(crate) proposal: Proposal,
}

/// A button; the reason why not is its tooltip, and is read with the button.
pub(crate) fn act_button(choice: Choice) -> AnyView {
    button(choice.name, Signal::stored(Some(choice)), "button")
}

/// A button whose reason why not may come and go.
pub(crate) fn act_button_of(name: &'static str, choice: Signal<Option<Choice>>) -> AnyView {
    button(name, choice, "button")
}

fn button(name: &'static str, choice: Signal<Option<Choice>>, class: &'static str) -> AnyView {
    let acts = acts();
    let why_not = Memo::new(move |_| reason(choice));
    let reason = move || why_not.get().map(|why| checks::why_not_with_source(&why));
    let click = move |_| {
        if let (None, Some(choice)) = (why_not.get_untracked(), choice.get_untracked()) {
            acts.propose(choice.proposal);
        }
    };
    view! {
        <button class=class aria-disabled=move || why_not.read().is_some().then_some("true") title=reason
            aria-description=reason on:click=click>{name}" …"</button>
    }
    .into_any()
}

fn reason(choice: Signal<Option<Choice>>) -> Option<DisabledReason> {
    acts().closed().or_else(|| choice.with(|choice| choice.as_ref().and_then(|choice| choice.why_not.clone())))
}

/// Several things that may be done to one object, in a menu, each with the reason why not beneath. A button stays where
/// it is while the cluster changes, so that it keeps the focus and a press that has started.
pub(crate) fn act_buttons(choices: Signal<Vec<Choice>>) -> AnyView {
    let names =
        Memo::new(move |_| choices.with(|choices| choices.iter().map(|choice| choice.name).collect::<Vec<_>>()));
    let line = move |name: &'static str| {
        let choice = Signal::derive(move || choices.with(|all| all.iter().find(|choice| choice.name == name).cloned()));
        let why = move || reason(choice).map(|why| checks::why_not(&why));
        view! { <div class="act-choice">{button(name, choice, "text-button")}<p class="dim">{why}</p></div> }
    };
    let content = move || view! { <For each=move || names.get() key=|name| *name children=line/> };
    view! { <Menu label="Actions" title=|| "Actions" content/> }.into_any()
}
