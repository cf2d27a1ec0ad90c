//! The buttons that propose a change. What cannot be done now is disabled with the reason, never hidden.

use leptos::prelude::*;
use mesoscope_core::checks::can::WhyNot;

use crate::acts::{Proposal, acts};
use crate::widgets::menu::Menu;

/// One thing that may be done.
#[derive(Clone, PartialEq)]
pub(crate) struct Choice {
    pub(crate) name: &'static str,
    pub(crate) why_not: Option<WhyNot>,
    pub(crate) proposal: Proposal,
}

/// A button; the reason why not stands below the pointer, and is read with the button.
pub(crate) fn act_button(choice: Choice) -> AnyView {
    button(choice, "button")
}

fn button(choice: Choice, class: &'static str) -> AnyView {
    let Choice { name, why_not, proposal } = choice;
    let acts = acts();
    let why_not = Signal::derive(move || acts.closed().or_else(|| why_not.clone()));
    let reason = move || why_not.get().map(|why| format!("{} ({})", why.words, why.source));
    let click = move |_| {
        if why_not.read_untracked().is_none() {
            acts.propose(proposal.clone());
        }
    };
    view! {
        <button class=class aria-disabled=move || why_not.read().is_some().then_some("true") title=reason
            aria-description=reason on:click=click>{name}" …"</button>
    }
    .into_any()
}

/// Several things that may be done to one object, in a menu, each with the reason why not beneath.
pub(crate) fn act_buttons(choices: Signal<Vec<Choice>>) -> AnyView {
    let content = move || {
        let line = |choice: Choice| {
            let acts = acts();
            let why = choice.why_not.clone();
            let reason = move || acts.closed().or_else(|| why.clone()).map(|why| why.words);
            view! { <div class="act-choice">{button(choice, "text-button")}<p class="dim">{reason}</p></div> }
        };
        choices.get().into_iter().map(line).collect_view()
    };
    view! { <Menu label="Actions" title=|| "Actions" content/> }.into_any()
}
